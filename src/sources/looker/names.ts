import { quoteIdentifier } from '../../template/placeholder.js';

/** Words that PostgreSQL takes for no name where a relation or an alias stands (appendix C of its manual, reserved). */
const RESERVED = new Set([
  'all', 'analyse', 'analyze', 'and', 'any', 'array', 'as', 'asc', 'both', 'case', 'cast', 'check', 'collate', 'column', 'constraint', 'create',
  'current_date', 'current_user', 'default', 'desc', 'distinct', 'do', 'else', 'end', 'except', 'false', 'fetch', 'for', 'foreign', 'from', 'full',
  'grant', 'group', 'having', 'in', 'initially', 'inner', 'intersect', 'into', 'is', 'join', 'leading', 'left', 'limit', 'natural', 'not', 'null',
  'offset', 'on', 'only', 'or', 'order', 'outer', 'primary', 'references', 'returning', 'right', 'select', 'session_user', 'some', 'table', 'then',
  'to', 'trailing', 'true', 'union', 'unique', 'user', 'using', 'variadic', 'when', 'where', 'window', 'with',
]);

/** A name of LookML as an identifier of SQL. */
export function identifier(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name.toLowerCase()) ? name : quoteIdentifier(name);
}

/** An expression that may stand within another one. */
export function enclosed(sql: string): string {
  if (/^[\w".]+$/.test(sql)) return sql;
  // Line breaks keep a last `--` comment from swallowing the parenthesis.
  return sql.includes('--') ? `(${sql}\n)` : `(${sql})`;
}

/** `orders.created_date` in its two halves. */
export function splitField(name: string): { view: string; field: string } | null {
  const dot = name.indexOf('.');
  return dot <= 0 ? null : { view: name.slice(0, dot), field: name.slice(dot + 1) };
}
