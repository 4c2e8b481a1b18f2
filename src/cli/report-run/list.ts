import type { Run } from '../../official/run.js';
import { like } from '../../text/glob.js';
import { table } from '../../report/layout/table.js';
import type { Page } from '../../report/layout/page.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { heading, remark } from '../lines.js';
import { answerHead, moment, shortId } from './answer.js';
import type { ListOptions } from './options.js';
import { brokenLines, remarksOf, runPlace } from './place.js';

interface Listed {
  /** The file, or the table as `store: schema.name`. */
  place: string;
  /** The hash of its last line; null of a table. */
  head: string | null;
  /** The newest first. */
  runs: Run[];
  /** What is wrong with the file; empty where it holds together. */
  broken: string[];
  notes: string[];
}

/** `tidemark report-run list`. */
export async function list(context: CommandContext, name: string | null, options: ListOptions): Promise<ExitCode> {
  const forms = formsOf('report-run', context.options);
  for (const { file } of forms) if (file !== null) await context.output.refuseUnwritable(file);
  const place = await runPlace(context, options);
  context.progress.end();
  const named = place.runs.filter(({ inputs }) => name === null || like(inputs.name, name)).reverse();
  const listed: Listed = context.redactor.redactAll({
    place: place.kind === 'file' ? displayName(context, place.file) : `${place.opened.store.name}: ${place.table.schema}.${place.table.name}`,
    head: place.kind === 'file' && place.ledger.hashes.size > 0 ? place.ledger.head : null,
    runs: named, broken: brokenLines(place, options.head), notes: remarksOf(place),
  });
  const json = { ...answerHead(), ...listed };
  await writeAnswer(context, forms, {
    lines: (page) => listLines(page, listed, options.limit),
    json: () => json,
    records: () => [{ type: 'report-runs', ...answerHead(), place: listed.place, head: listed.head, broken: listed.broken, notes: listed.notes }, ...listed.runs.map((run) => ({ type: 'report-run', ...run }))],
  });
  return listed.broken.length > 0 ? EXIT.findings : EXIT.clean;
}

function listLines(page: Page, { place, head, runs, broken, notes }: Listed, limit: number): string[] {
  const shown = runs.slice(0, limit);
  const lines = heading(page, `${place}: ${runs.length === 0 ? 'no run' : runs.length === 1 ? '1 run' : `${runs.length} runs`}`);
  for (const text of broken) lines.push(...remark(page, `${page.level('error').glyph} ${text}`));
  if (shown.length > 0) {
    const cells = (of: (run: Run) => string): string[] => shown.map(of);
    const { head: titles, rows } = table(page, [
      { head: 'run', cells: cells(({ inputs }) => shortId(inputs.id)), align: 'left', leaves: 0 },
      { head: 'report', cells: cells(({ inputs }) => `${inputs.name} ${inputs.version}`), align: 'left', leaves: 0, wraps: true },
      { head: 'status', cells: cells(({ status }) => status), align: 'left', leaves: 0 },
      { head: 'executed', cells: cells(({ inputs }) => moment(inputs.executedAt)), align: 'left', leaves: 2 },
      { head: 'by', cells: cells(({ inputs }) => inputs.executedBy), align: 'left', leaves: 3 },
      { head: 'approved by', cells: cells(({ approved }) => approved?.by ?? ''), align: 'left', leaves: 4 },
      { head: 'rows', cells: cells(({ result }) => result?.rows ?? ''), align: 'right', leaves: 1 },
    ]);
    lines.push(titles, ...rows.flat());
  }
  for (const { inputs, failure, revoked } of shown) {
    if (failure !== null) lines.push(...remark(page, `${shortId(inputs.id)} failed: ${failure}`));
    if (revoked !== null) lines.push(...remark(page, `${shortId(inputs.id)} was revoked by ${revoked.by}: ${revoked.note ?? ''}`));
  }
  const running = shown.filter(({ status }) => status === 'RUNNING');
  for (const { inputs } of running) lines.push(...remark(page, `${shortId(inputs.id)} began ${moment(inputs.executedAt)} and has no end: it is running, or its process was ended`));
  if (runs.length > shown.length) lines.push(...remark(page, `${runs.length - shown.length} more: --limit all`));
  if (head !== null && broken.length === 0) lines.push(...remark(page, `the file holds together up to ${head}; keep this hash elsewhere: list --head tells whether lines were taken off the end since`));
  for (const note of notes) lines.push(...remark(page, `note: ${note}`));
  return lines;
}
