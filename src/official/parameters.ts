import { regionAt, regions } from '../sql/lexer.js';
import type { EngineExpressions } from '../stores/expressions/expression.js';

/** What a parameter may be given as. */
export type GivenValue = string | number | boolean | null;

/** A value that stands in the place of the watermark that a run is held to. */
export const WATERMARK_PARAMETER = 'watermark';

/** `:name` (PEP 249, SQLAlchemy, psql without quotes) and `%(name)s` (pyformat); not `::type`, `:=`, slices and members of structs. */
const PLACEHOLDER = /::|:=|(?<![\w\])'":]):([A-Za-z_]\w{0,62})|%\(([A-Za-z_]\w{0,62})\)s/g;

interface Placeholder {
  name: string;
  start: number;
  end: number;
}

function placeholdersOf(text: string): Placeholder[] {
  const found = regions(text, { backticks: false });
  return [...text.matchAll(PLACEHOLDER)].flatMap((match) => {
    const name = match[1] ?? match[2];
    if (name === undefined || regionAt(found, match.index)?.kind !== 'code') return [];
    return [{ name, start: match.index, end: match.index + match[0].length }];
  });
}

/** The parameters that a query names, each once, in their order. */
export function parametersOf(text: string): string[] {
  return [...new Set(placeholdersOf(text).map(({ name }) => name))];
}

/**
 * The query with constants in the places of its parameters, in quotes of the engine, whatever stands in them. Texts are constants of no
 * type of their own: both engines take `'2026-01-31'` for a date where a date is compared.
 *
 * @returns names that have no value, and values that the query does not name, where there are any
 */
export function withValues(text: string, values: ReadonlyMap<string, GivenValue>, expressions: Pick<EngineExpressions, 'text'>): { sql: string; missing: string[]; unused: string[] } {
  const places = placeholdersOf(text);
  const named = new Set(places.map(({ name }) => name));
  let sql = '';
  let copied = 0;
  for (const { name, start, end } of places) {
    const value = values.get(name);
    sql += text.slice(copied, start) + (value === undefined ? text.slice(start, end) : constant(value, expressions));
    copied = end;
  }
  return { sql: sql + text.slice(copied), missing: [...named].filter((name) => !values.has(name)), unused: [...values.keys()].filter((name) => !named.has(name)) };
}

function constant(value: GivenValue, { text }: Pick<EngineExpressions, 'text'>): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return text(value);
  // A minus sign behind a minus sign would begin a comment.
  return typeof value === 'number' ? `(${value})` : String(value);
}
