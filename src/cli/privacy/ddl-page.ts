import { amount, counted } from '../../report/layout/amounts.js';
import { createPage, paragraph, type Page } from '../../report/layout/page.js';
import { sortedJson } from '../../report/layout/sorted-json.js';
import { table } from '../../report/layout/table.js';
import { plainText } from '../../text/plain-text.js';
import { mayColor } from '../color.js';
import type { CommandContext } from '../command.js';
import type { Form } from '../forms.js';
import { knowsUtf8 } from '../locale.js';
import { heading } from '../metrics/lines.js';
import { asciiLines } from '../metrics/signs.js';
import { COLUMNS_DEFAULT } from '../output.js';
import { toolVersion } from '../version.js';
import type { DdlColumn } from './ddl.js';

const WIDTH_MAX = 120;
const WIDTH_MIN = 40;

export interface DdlAnswer {
  columns: DdlColumn[];
  /** What could not be read, in words. */
  unread: string[];
}

/** Writes the answer in every form that was asked for. NDJSON is a line a column and nothing else. */
export async function writeDdl({ host, options, output, redactor }: CommandContext, forms: readonly Form[], answer: DdlAnswer): Promise<void> {
  for (const { id, file } of forms) {
    if (id === 'text') {
      const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, file === null ? output.columns() : COLUMNS_DEFAULT));
      const page = createPage(width, mayColor(options.color, host.environment, file === null && host.stdout.isTTY));
      const lines = ddlPage(page, answer);
      await output.printOrWrite((file === null && !knowsUtf8(host.environment) ? asciiLines(lines) : lines).map((line) => `${line}\n`).join(''), file);
    } else if (id === 'json') {
      await output.printOrWrite(`${sortedJson(redactor.redactAll({ schemaVersion: 1, tool: { name: 'tidemark', version: toolVersion() }, ...answer }), 2)}\n`, file);
    } else {
      await output.printOrWrite(answer.columns.map((column) => `${sortedJson(column)}\n`).join(''), file);
    }
  }
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

function tableLines(page: Page, columns: readonly DdlColumn[]): string[] {
  const [first] = columns;
  if (first === undefined) return [];
  const built = table(page, [
    { head: 'column', cells: columns.map(({ column }) => plainText(column, 80)), align: 'left', leaves: 0 },
    { head: 'kind', cells: columns.map(({ kind }) => kind ?? ''), align: 'left', leaves: 0 },
    { head: 'confidence', cells: columns.map(({ confidence }) => confidence.toFixed(2)), align: 'right', leaves: 1 },
    { head: 'type', cells: columns.map(({ type }) => plainText(type, 60)), align: 'left', leaves: 3 },
    { head: 'because', cells: columns.map(({ reasons }) => plainText(reasons[0] ?? '', 160)), align: 'left', leaves: 2, wraps: true },
  ]);
  return [...heading(page, plainText(`${first.schema === '' ? '' : `${first.schema}.`}${first.table}`, 120)), built.head, ...built.rows.flat()];
}
