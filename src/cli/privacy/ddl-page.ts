import { amount, counted } from '../../report/layout/amounts.js';
import { paragraph, type Page } from '../../report/layout/page.js';
import { table } from '../../report/layout/table.js';
import { plainText } from '../../text/plain-text.js';
import { writeAnswer } from '../answer-forms.js';
import type { CommandContext } from '../command.js';
import type { Form } from '../forms.js';
import { heading } from '../lines.js';
import { toolVersion } from '../version.js';
import type { DdlColumn } from './ddl.js';

export interface DdlAnswer {
  columns: DdlColumn[];
  /** What could not be read, in words. */
  unread: string[];
}

/** Writes the answer in every form that was asked for. NDJSON is a line a column and nothing else. */
export async function writeDdl(context: CommandContext, forms: readonly Form[], answer: DdlAnswer): Promise<void> {
  await writeAnswer(context, forms, {
    lines: (page) => ddlPage(page, answer),
    json: () => context.redactor.redactAll({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, ...answer }),
    records: () => answer.columns,
  });
}

/** The text page: what holds personal data, table by table, with the first reason for it. */
export function ddlPage(page: Page, { columns, unread }: DdlAnswer): string[] {
  const personal = columns.filter(({ pii }) => pii);
  const tables = new Set(personal.map(({ schema, table: name }) => JSON.stringify([schema, name])));
  const head = columns.length === 0
    ? 'No column was read.'
    : `Of ${counted(columns.length, 'column')}, ${amount(personal.length)} hold${personal.length === 1 ? 's' : ''} personal data or secrets${personal.length === 0 ? '' : `, in ${counted(tables.size, 'table')}`}.`;
  return [
    ...heading(page, head),
    ...[...tables].flatMap((key) => ['', ...tableLines(page, personal.filter((column) => JSON.stringify([column.schema, column.table]) === key))]),
    ...(unread.length === 0 ? [] : ['', ...heading(page, `Could not be read: ${counted(unread.length, 'statement or file', 'statements or files')}; what stands there is not counted as clean`), ...unread.slice(0, 20).flatMap((text) => paragraph(page, text, { first: '  - ', columns: 4 }))]),
  ];
}

/** A guess is never shown as certain. */
const SURE_MAX = 0.99;

function tableLines(page: Page, columns: readonly DdlColumn[]): string[] {
  const [first] = columns;
  if (first === undefined) return [];
  const built = table(page, [
    { head: 'column', cells: columns.map(({ column }) => plainText(column, 80)), align: 'left', leaves: 0 },
    { head: 'kind', cells: columns.map(({ kind }) => kind ?? ''), align: 'left', leaves: 0 },
    { head: 'confidence', cells: columns.map(({ confidence }) => (confidence < 1 ? Math.min(confidence, SURE_MAX) : confidence).toFixed(2)), align: 'right', leaves: 1 },
    { head: 'type', cells: columns.map(({ type }) => plainText(type, 60)), align: 'left', leaves: 3 },
    { head: 'because', cells: columns.map(({ reasons }) => plainText(reasons[0] ?? '', 160)), align: 'left', leaves: 2, wraps: true },
  ]);
  return [...heading(page, plainText(`${first.schema === '' ? '' : `${first.schema}.`}${first.table}`, 120)), built.head, ...built.rows.flat()];
}
