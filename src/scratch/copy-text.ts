import { quoteName } from './quote.js';

/** COPY reads with the input function of each column, so that a text that is too long is refused and not cut as by a cast. */
export function copyStatement(table: { schema: string; name: string }, columns: readonly { name: string }[]): string {
  return `copy ${quoteName(table.schema)}.${quoteName(table.name)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) from stdin`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Rows in the text format of COPY (PostgreSQL 18, COPY, "Text Format"). */
export function copyLines(rows: readonly (readonly (string | null)[])[]): string {
  return rows.map((row) => `${row.map((value) => (value === null ? '\\N' : value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character))).join('\t')}\n`).join('');
}
