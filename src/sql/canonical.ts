import type { Call, Expression, SqlStatement } from '../model/syntax-tree.js';
import { canonicalCast, canonicalMoment } from './canonical/moment.js';
import { canonicalAggregate } from './canonical/aggregate.js';
import { canonicalFunction } from './canonical/function.js';
import { isCondition, withoutSpans } from './canonical/nodes.js';
import { mapExpression, mapStatement } from './map-tree.js';
import type { DialectId } from './dialect.js';

/**
 * A query in one spelling, whichever dialect it was written in: `countIf(p)` (ClickHouse), `COUNTIF(p)` (BigQuery) and
 * `COUNT(CASE WHEN p THEN 1 END)` ask for the same. What only looks alike stays as it is: `uniq` is no exact count, and the
 * week of `DATE_TRUNC(d, WEEK)` begins on a Sunday in BigQuery. Spans stay those of the text. The names are those of PostgreSQL
 * where it has one.
 *
 * @param dialect decides spellings that mean different things in two dialects; null where it is not known
 */
export function canonicalStatement(statement: SqlStatement, dialect: DialectId | null = null): SqlStatement {
  return mapStatement(statement, { expression: (expression) => canonical(expression, dialect) });
}

/** The same for an expression alone, such as a CHECK. */
export function canonicalExpression(expression: Expression, dialect: DialectId | null = null): Expression {
  return mapExpression(expression, { expression: (inner) => canonical(inner, dialect) });
}

/** One node, everything inside it in canonical form. */
function canonical(expression: Expression, dialect: DialectId | null): Expression {
  switch (expression.type) {
    case 'call': {
      const call = withoutCatalog(expression);
      if (call.name.length > 1 || call.over !== null) return call;
      return canonicalAggregate(call) ?? canonicalMoment(call, dialect) ?? canonicalFunction(call) ?? call;
    }
    case 'cast':
      return canonicalCast(expression);
    case 'operation':
      return canonicalOperation(expression);
    case 'case':
      return canonicalCase(expression);
    default:
      return expression;
  }
}

/** What PostgreSQL's grammar makes of `EXTRACT(…)` and its kin has a schema; the function called by hand has none. */
function withoutCatalog(call: Call): Call {
  return call.name.length === 2 && call.name[0] === 'pg_catalog' ? { ...call, name: call.name.slice(1) } : call;
}

const SPELLINGS: Record<string, string> = { '==': '=', '!=': '<>', '^=': '<>', '<=>': 'is_not_distinct' };

function canonicalOperation(expression: Extract<Expression, { type: 'operation' }>): Expression {
  const operator = SPELLINGS[expression.operator] ?? expression.operator;
  const operation = operator === expression.operator ? expression : { ...expression, operator };
  const [first, second, more] = operation.operands;
  // Where a condition is a number, `(a = b) = 1` is the condition.
  if ((operator === '=' || operator === '<>') && first && second && !more && isCondition(first) && second.type === 'literal' && second.kind === 'number') {
    if (second.value === '1' || second.value === '0') {
      const holds = (second.value === '1') === (operator === '=');
      return holds ? first : { ...operation, operator: 'not', operands: [first] };
    }
  }
  return operation;
}

/** A quotient that guards itself against zero: `CASE WHEN b = 0 THEN NULL ELSE a / b END` is `a / nullif(b, 0)`. */
function canonicalCase(expression: Extract<Expression, { type: 'case' }>): Expression {
  const [branch, another] = expression.branches;
  if (!branch || another || expression.operand !== null || branch.when.type !== 'operation') return expression;
  const { operator, operands } = branch.when;
  const [divisor, zero] = operands;
  if (!divisor || zero?.type !== 'literal' || zero.value !== '0' || zero.kind !== 'number') return expression;
  const empty = (value: Expression | null): boolean => value === null || (value.type === 'literal' && value.kind === 'null');
  const quotient = operator === '=' && empty(branch.then) ? expression.otherwise : operator === '<>' && empty(expression.otherwise) ? branch.then : null;
  if (quotient?.type !== 'operation' || quotient.operator !== '/') return expression;
  const [dividend, by] = quotient.operands;
  if (!dividend || !by || JSON.stringify(by, withoutSpans) !== JSON.stringify(divisor, withoutSpans)) return expression;
  return { ...quotient, operands: [dividend, { type: 'operation', operator: 'nullif', operands: [by, zero], span: by.span }] };
}
