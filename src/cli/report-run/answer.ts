import type { Run } from '../../official/run.js';
import { count } from '../../text/quantity.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import { displayName } from '../configuration.js';
import { formsOf } from '../forms.js';
import { heading, remark } from '../lines.js';
import { toolVersion } from '../version.js';

export const SCHEMA_VERSION = 1;

/** What every answer of these commands begins with. */
export function answerHead(): { schemaVersion: number; tool: { name: string; version: string } } {
  return { schemaVersion: SCHEMA_VERSION, tool: { name: 'tidemark', version: toolVersion() } };
}

export function shortId(id: string): string {
  return id.slice(0, 8);
}

export function moment(iso: string): string {
  return iso.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
}

/** What a recording ended with. */
export interface Recorded {
  run: Run;
  /** Where it is kept; null where it is kept in no file. */
  file: string | null;
  head: string | null;
  notes: readonly string[];
  /** For a person to run; each statement with its semicolon. */
  sql: string | null;
  /** Whether it stands in the table; null where nobody asked for that. */
  written: boolean | null;
  nextStep: string | null;
}

/** Prints what was recorded. With `--print-sql` the text is the SQL alone, all else a comment, so that it can be piped. */
export async function writeRecorded(context: CommandContext, recorded: Recorded): Promise<void> {
  context.progress.end();
  const shown = context.redactor.redactAll(recorded);
  const file = shown.file === null ? null : displayName(context, shown.file);
  const json = { ...answerHead(), run: shown.run, file, head: shown.head, written: shown.written, sql: shown.sql, notes: shown.notes, nextStep: shown.nextStep };
  await writeAnswer(context, formsOf('report-run', context.options), {
    lines: (page) => (shown.sql === null ? recordedLines(page, shown, file) : sqlLines(page, shown, file)),
    json: () => json,
    records: () => [{ type: 'report-run', ...json }],
  });
}

function recordedLines(page: Page, { run, head, notes, written, nextStep }: Recorded, file: string | null): string[] {
  const { inputs, result, failure } = run;
  const lines = heading(page, `${inputs.name} ${inputs.version} on ${inputs.store}: ${run.status}`);
  if (failure !== null) lines.push(...paragraph(page, failure, { first: '  ', columns: 2 }), ...(nextStep === null ? [] : remark(page, nextStep)));
  if (result !== null) lines.push(...fact(page, 'rows', result.rows), ...fact(page, 'hash', result.hash), ...(result.buckets.length === 0 ? [] : fact(page, 'parts', `${result.buckets.length} by ${inputs.bucket ?? ''}`)));
  const sources = Object.entries(inputs.sourceWatermarks).map(([name, watermark]) => `${name} ${watermark}`);
  lines.push(...fact(page, 'sources', sources.length === 0 ? 'none known' : sources.join(' · ')));
  lines.push(...fact(page, 'held to', inputs.watermark === null ? 'no watermark: rows that arrive later count when it is run again' : `${inputs.watermark}${inputs.at === null ? '' : ` by ${inputs.at}`}`));
  lines.push(...fact(page, 'run', `${inputs.id} by ${inputs.executedBy}, ${moment(inputs.executedAt)}, time zone ${inputs.timeZone}`));
  if (file !== null) lines.push(...fact(page, 'kept in', `${file}${head === null ? '' : `, chained to ${head.slice(0, 16)}`}`));
  if (written !== null) lines.push(...fact(page, 'table', written ? 'written to report_run' : 'not written'));
  for (const note of notes) lines.push(...remark(page, `note: ${note}`));
  return lines;
}

function sqlLines(page: Page, recorded: Recorded, file: string | null): string[] {
  const wide = { ...page, width_columns: Math.max(40, page.width_columns - 3), strong: (text: string) => text, faint: (text: string) => text };
  return [...recordedLines(wide, recorded, file).map((line) => `-- ${line.trimEnd()}`), ...(recorded.sql ?? '').split('\n')];
}

const NAME_COLUMNS = 9;

/** `name     text`, wrapped below the text. */
export function fact(page: Page, name: string, text: string): string[] {
  return paragraph(page, text, { first: `  ${page.faint(name.padEnd(NAME_COLUMNS))}`, columns: NAME_COLUMNS + 2 });
}

/** `1,204 rows`, `1 row`; digits of any length. */
export function rowsText(digits: string): string {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? count(number, 'row') : `${digits} rows`;
}
