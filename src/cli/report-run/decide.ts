import { statusSql } from '../../official/article-table.js';
import { findRun, type Ledger } from '../../official/ledger.js';
import { approvalRefused, revocationRefused, type Run } from '../../official/run.js';
import { plainText } from '../../text/plain-text.js';
import { paragraph } from '../../report/layout/page.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { formsOf } from '../forms.js';
import { heading, remark } from '../lines.js';
import { UsageError } from '../usage-error.js';
import { answerHead, shortId } from './answer.js';
import { appendToLedger } from './ledger-file.js';
import type { ApproveOptions, RevokeOptions } from './options.js';
import { brokenLines, runPlace, type RunPlace } from './place.js';
import { cleanText } from './values.js';
import { NotWritten, refuseAuditing, writeStatement, writeTarget } from './write.js';

const NOTE_LENGTH_MAX = 1_000;

/** What became of a decision. */
interface Decided {
  done: boolean;
  /** `APPROVED`, or `REVOKED`. */
  status: 'APPROVED' | 'REVOKED';
  run: Run | null;
  /** Why it was refused. */
  because: string | null;
  sql: string | null;
  head: string | null;
  notes: string[];
  code: ExitCode;
}

interface Wanted {
  to: 'APPROVED' | 'REVOKED';
  by: string;
  note: string | null;
  refused: (run: Run) => string | null;
}

/** `tidemark report-run approve`. */
export function approve(context: CommandContext, wanted: string, options: ApproveOptions): Promise<ExitCode> {
  const by = cleanText('--by', options.by);
  const note = options.note === undefined ? null : cleanText('--note', options.note, NOTE_LENGTH_MAX);
  return decide(context, wanted, options, { to: 'APPROVED', by, note, refused: (run) => approvalRefused(run, by) });
}

/** `tidemark report-run revoke`. */
export function revoke(context: CommandContext, wanted: string, options: RevokeOptions): Promise<ExitCode> {
  return decide(context, wanted, options, { to: 'REVOKED', by: cleanText('--by', options.by), note: cleanText('--reason', options.reason, NOTE_LENGTH_MAX), refused: revocationRefused });
}

async function decide(context: CommandContext, name: string, options: ApproveOptions | RevokeOptions, wanted: Wanted): Promise<ExitCode> {
  const forms = formsOf('report-run', context.options);
  for (const { file } of forms) if (file !== null) await context.output.refuseUnwritable(file);
  if (options.from === undefined && (options.printSql === true || options.writeTo !== undefined)) throw new UsageError('--print-sql and --write-to are about a table', 'name its store with --from');
  const place = await runPlace(context, options);
  const decided = await decidedAt(context, place, name, options, wanted);
  context.progress.end();
  const shown = context.redactor.redactAll(decided);
  const { code: _, ...answer } = shown;
  const json = { ...answerHead(), ...answer };
  await writeAnswer(context, forms, {
    lines: (page) => {
      const { run, because, sql, notes, done, status } = shown;
      const called = run === null ? 'nothing' : `run ${shortId(run.inputs.id)} of ${run.inputs.name} ${run.inputs.version}`;
      const words = because !== null ? `${called} is not ${status.toLowerCase()}: ${because}` : done ? `${called} is ${status}, by ${wanted.by}` : `${called} would be ${status} by this statement:`;
      const comment = sql === null ? '' : '-- ';
      const lines = [...heading(page, words).map((line) => comment + line), ...(sql === null ? [] : [`${sql};`])];
      if (place.kind === 'file' && done) lines.push(...remark(page, `kept in ${displayName(context, place.file)}, chained to ${(shown.head ?? '').slice(0, 16)}`));
      for (const note of notes) lines.push(...paragraph(page, `note: ${note}`, { first: comment === '' ? '  ' : comment, columns: comment === '' ? 2 : 3 }));
      return lines;
    },
    json: () => json, records: () => [{ type: 'report-run-decided', ...json }],
  });
  return decided.code;
}

const NOTHING: Omit<Decided, 'status'> = { done: false, run: null, because: null, sql: null, head: null, notes: [], code: EXIT.findings };

async function decidedAt(context: CommandContext, place: RunPlace, name: string, options: ApproveOptions | RevokeOptions, wanted: Wanted): Promise<Decided> {
  const status = wanted.to;
  const broken = brokenLines(place, options.head);
  if (broken.length > 0) return { ...NOTHING, status, because: broken.join('; ') };
  const run = findRun(place.runs, name);
  if (typeof run === 'string') throw new UsageError(`${plainText(name, 80)}: ${run}`, 'tidemark report-run list shows them');
  const because = wanted.refused(run);
  if (because !== null) return { ...NOTHING, status, run, because };
  return place.kind === 'file' ? inFile(place.file, run, wanted, options.head) : inTable(context, place, run, wanted, options);
}

async function inFile(file: string, run: Run, { to, by, note, refused }: Wanted, head: string | undefined): Promise<Decided> {
  const at = new Date().toISOString();
  const { id } = run.inputs;
  // Somebody else may have decided between the two looks.
  const mayFollow = (ledger: Ledger): string | null => {
    const broken = brokenLines({ kind: 'file', file, ledger, runs: ledger.runs }, head);
    const now = ledger.runs.find(({ inputs }) => inputs.id === id);
    return broken[0] ?? (now === undefined ? 'the run is gone' : refused(now));
  };
  const entry = to === 'APPROVED' ? { event: 'approved' as const, at, id, by, note } : { event: 'revoked' as const, at, id, by, note: note ?? '' };
  const appended = await appendToLedger(file, entry, mayFollow);
  if ('refused' in appended) return { ...NOTHING, status: to, run, because: appended.refused };
  const decision = { by, at, note };
  const after: Run = to === 'APPROVED' ? { ...run, status: to, approved: decision } : { ...run, status: to, revoked: decision };
  return { ...NOTHING, status: to, run: after, done: true, head: appended.head, code: EXIT.clean };
}

async function inTable(context: CommandContext, { table, opened }: Extract<RunPlace, { kind: 'table' }>, run: Run, { to, by, note }: Wanted, options: ApproveOptions | RevokeOptions): Promise<Decided> {
  const target = writeTarget(options, context);
  const decision = { by, at: new Date().toISOString(), note };
  const sql = statusSql(run, to, decision, target?.engine ?? opened.engine, table);
  const isKept = to === 'APPROVED' && note === null && table.further.includes('approved_by');
  const notes = isKept ? [] : [`${table.schema}.${table.name} keeps neither ${to === 'REVOKED' ? 'who revoked nor why' : table.further.includes('approved_by') ? 'a note nor a reason' : 'who approved nor when'}: keep that elsewhere, as in report_approval or the file of runs`];
  if (target === null) return { ...NOTHING, status: to, run, sql, notes, code: EXIT.clean };
  refuseAuditing(target, opened.prepared.configuration.stores);
  try {
    const rows = await writeStatement(target, sql, context);
    if (rows === 0) return { ...NOTHING, status: to, run, because: 'its status is another meanwhile, or the role sees no such row' };
    return { ...NOTHING, status: to, run: { ...run, status: to, ...(to === 'APPROVED' ? { approved: decision } : { revoked: decision }) }, done: true, notes, code: EXIT.clean };
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    return { ...NOTHING, status: to, run, because: error.message, sql, code: EXIT.blind };
  }
}
