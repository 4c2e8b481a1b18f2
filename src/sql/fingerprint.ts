import { createHash } from 'node:crypto';
import type { Expression, Projection, Query, SqlStatement } from '../model/syntax-tree.js';
import { unwrap } from './shape.js';

/**
 * A fingerprint that a card's SQL and its row in pg_stat_statements share: it ignores literals and parameters, the length
 * of lists of them, aliases of outputs, formatting, comments and the wrapper `SELECT * FROM (…) AS source`. It keeps the
 * names of relations with their schemas, unlike the fingerprint of libpg_query. 16 hexadecimal digits.
 */
export function fingerprint(statement: SqlStatement): string {
  const body = statement.type === 'query_statement' ? { ...statement, query: unwrap(statement.query) } : statement;
  return createHash('sha256').update(JSON.stringify(body, canonical)).digest('hex').slice(0, 16);
}

/** Drops what does not count and replaces values by one mark, bottom-up as JSON.stringify walks. */
function canonical(key: string, value: unknown): unknown {
  if (key === 'span' || key === 'columnAliases') return undefined;
  if (!isTyped(value)) return isProjection(value) ? value.expression : value;
  switch (value.type) {
    case 'literal':
    case 'parameter':
      return '?';
    case 'cast':
      return isValue(value.operand) ? '?' : value;
    case 'operation':
      return canonicalOperation(value);
    case 'composite':
      return value.elements.length > 0 && value.elements.every(isValue) ? '?' : value;
    default:
      return value;
  }
}

type Typed = Expression | Query;

function isTyped(value: unknown): value is Typed {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function isProjection(value: unknown): value is Projection {
  return typeof value === 'object' && value !== null && 'expression' in value && 'alias' in value;
}

function canonicalOperation(operation: Extract<Expression, { type: 'operation' }>): unknown {
  const { operator, operands } = operation;
  // -1 is an operator and a number to the grammar, and one constant to pg_stat_statements.
  if (operands.length === 1 && operands[0] && (operator === '-' || operator === '+') && isValue(operands[0])) return '?';
  if (operator !== 'in' && operator !== 'not_in') return operation;
  const [tested, ...list] = operands;
  return { ...operation, operands: [tested, ...new Set(list.map((item) => (isValue(item) ? '?' : item)))] };
}

function isValue(expression: Expression): boolean {
  switch (expression.type) {
    case 'literal':
    case 'parameter':
      return true;
    case 'cast':
      return isValue(expression.operand);
    case 'operation':
      return expression.operands.length === 1 && (expression.operator === '-' || expression.operator === '+') && expression.operands.every(isValue);
    default:
      return false;
  }
}
