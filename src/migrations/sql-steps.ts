import { splitStatements } from '../sql/lexer.js';
import type { Reading } from './reading.js';

const LEXING = { backticks: false };
/** Longer statements are data, or an attack: they are not parsed as SQL later either. */
const STATEMENT_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * The statements of a text of SQL as steps; psql's commands are passed over.
 *
 * @param offset where the text stands in the file
 */
export function addStatements(sql: string, reading: Reading, offset = 0, writtenAs: string | null = null): void {
  for (const { start, end, command } of splitStatements(sql, LEXING)) {
    const at = offset + start;
    if (command === 'copy') reading.problem('\\copy loads rows from a file of whoever runs psql: which rows is not known', at);
    else if (end - start > STATEMENT_LENGTH_MAX) reading.problem(`the statement has ${end - start} characters; more than ${STATEMENT_LENGTH_MAX} are not read`, at);
    else if (sql.slice(start, end).includes('\0')) reading.problem('a NUL character stands in the statement, so that it cannot be read', at);
    else reading.step(sql.slice(start, end), at, writtenAs);
  }
}

/** A text in which some parts are blanks, so that what is left stands where it stood. */
export function blanked(text: string, keeps: (line: string, number: number) => boolean): string {
  return text
    .split('\n')
    .map((line, number) => (keeps(line, number) ? line : line.replace(/[^\r]/g, ' ')))
    .join('\n');
}
