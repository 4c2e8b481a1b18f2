import { literalOf, quote } from '../../template/placeholder.js';
import { listOf } from './lists.js';

const PLAIN_OPERATORS: Readonly<Record<string, string>> = {
  '==': '=', '=': '=', '!=': '!=', '<>': '!=', '>': '>', '<': '<', '>=': '>=', '<=': '<=', LIKE: 'LIKE', 'NOT LIKE': 'NOT LIKE', ILIKE: 'ILIKE', 'NOT ILIKE': 'NOT ILIKE',
};
const UNARY_OPERATORS = new Set(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS FALSE']);
/** Other columns are cast before they are compared with a pattern (`get_sqla_query`). */
const NOT_TEXT = /^(?:big|small|tiny)?(?:int|serial)|^(?:integer|numeric|decimal|double|float|real|number|money|bool|date|time|interval)/i;

/** A filter of one column in SQL; null where Superset leaves it out; `unknown` for an operator that nobody knows. */
export function filterPredicate(column: string, type: string | null, operator: string, value: unknown): string | null | 'unknown' {
  if (UNARY_OPERATORS.has(operator)) return `${column} ${operator}`;
  if (operator === 'IN' || operator === 'NOT IN') return listPredicate(column, operator, listOf(value));
  const plain = Object.hasOwn(PLAIN_OPERATORS, operator) ? PLAIN_OPERATORS[operator] : undefined;
  if (plain === undefined) return 'unknown';
  const operand = plain.endsWith('LIKE') && type !== null && NOT_TEXT.test(type) ? `CAST(${column} AS VARCHAR)` : column;
  return `${operand} ${plain} ${literal(Array.isArray(value) ? value[0] : value)}`;
}

function listPredicate(column: string, operator: 'IN' | 'NOT IN', values: readonly unknown[]): string | null {
  if (values.length === 0) return null;
  const known = values.filter((value) => value !== null);
  const list = `(${known.map(literal).join(', ')})`;
  if (known.length === values.length) return `${column} ${operator} ${list}`;
  const either = known.length === 0 ? `${column} IS NULL` : `(${column} IS NULL OR ${column} IN ${list})`;
  return operator === 'IN' ? either : `NOT (${either})`;
}

function literal(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'string' ? quote(value) : literalOf('unknown', 'NULL');
}
