import { ScratchError } from '../model/scratch-engine.js';

/** A name as PostgreSQL and DuckDB read it whatever it holds. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as both read it; PostgreSQL with standard_conforming_strings, which a space never turns off. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Statements as they are. A text ends for an engine where a NUL stands, and what stands before it would be run alone.
 *
 * @throws ScratchError
 */
export function withoutNul(sql: string): string {
  if (sql.includes('\0')) throw new ScratchError('a NUL character stands in the text');
  return sql;
}
