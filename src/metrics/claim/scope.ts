import type { Relation } from '../../model/catalog.js';
import type { QueryVariant } from '../../model/query.js';
import type { Expression, Span } from '../../model/syntax-tree.js';
import { walkExpression } from '../../sql/walk.js';
import { columnsOf } from '../rows/opacity.js';

/** Conditions of a claim, apart: what defines the metric, and what the dashboard narrows it to when somebody looks. */
export interface SplitConditions {
  definition: Expression[];
  scope: Expression[];
  /** The column of the dashboard's time range, if it has one. */
  timeColumn: string | null;
}

/**
 * Where a template put a value in place of a parameter, in the text of the variant. What it put in place of a whole query
 * (a card that another card includes) is definition like any other text.
 */
export function parameterSpans(variant: QueryVariant): Span[] {
  return variant.map
    .filter(({ copy }) => !copy)
    .map(({ out, length }) => ({ start: out, end: out + length }))
    .filter(({ start, end }) => !/\b(?:select|with)\b/i.test(variant.sql.slice(start, end)));
}

/**
 * A condition with a parameter, or with a value that a template put in, is scope, and so is a range with both ends on a column of date or time: dashboards put
 * their time picker there, and export it with the range that was last chosen. A range with one end is a definition.
 */
export function splitConditions(conditions: readonly Expression[], relation: Relation, generated: readonly Span[]): SplitConditions {
  const lower = new Set<string>();
  const upper = new Set<string>();
  for (const condition of conditions) {
    const bound = boundOf(condition, relation);
    if (bound?.end === 'lower') lower.add(bound.column);
    if (bound?.end === 'upper') upper.add(bound.column);
  }
  const split: SplitConditions = { definition: [], scope: [], timeColumn: null };
  for (const condition of conditions) {
    const bound = boundOf(condition, relation);
    const ranged = bound !== null && (bound.end === 'both' || (lower.has(bound.column) && upper.has(bound.column)));
    if (ranged) split.timeColumn ??= bound.column;
    if (ranged || hasParameter(condition, generated)) split.scope.push(condition);
    else split.definition.push(condition);
  }
  return split;
}

interface Bound {
  column: string;
  end: 'lower' | 'upper' | 'both';
}

function boundOf(condition: Expression, relation: Relation): Bound | null {
  if (condition.type !== 'operation') return null;
  const { operator, operands } = condition;
  const [first, second, third] = operands;
  if (first === undefined || second === undefined) return null;
  if (operator === 'between' && third !== undefined) {
    const column = timeColumnOf(first, relation);
    return column !== null && isConstant(second) && isConstant(third) ? { column, end: 'both' } : null;
  }
  if (!['<', '<=', '>', '>='].includes(operator)) return null;
  const upwards = operator.startsWith('>');
  const left = timeColumnOf(first, relation);
  if (left !== null && isConstant(second)) return { column: left, end: upwards ? 'lower' : 'upper' };
  const right = timeColumnOf(second, relation);
  return right !== null && isConstant(first) ? { column: right, end: upwards ? 'upper' : 'lower' } : null;
}

/** The column, also below a cast or a time zone: `opened_at::date`, `opened_at AT TIME ZONE 'UTC'`. */
export function timeColumnOf(expression: Expression, relation: Relation): string | null {
  if (expression.type === 'cast') return timeColumnOf(expression.operand, relation);
  if (expression.type === 'operation' && expression.operator === 'at_time_zone') {
    return expression.operands.map((operand) => timeColumnOf(operand, relation)).find((column) => column !== null) ?? null;
  }
  if (expression.type !== 'column') return null;
  const column = relation.columns.find(({ name }) => name === expression.parts[0]);
  return column !== undefined && /^(?:date|timestamp|datetime)/.test(column.type.toLowerCase()) ? column.name : null;
}

function isConstant(expression: Expression): boolean {
  return columnsOf(expression).length === 0;
}

function hasParameter(expression: Expression, generated: readonly Span[]): boolean {
  let found = false;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'parameter') found = true;
      if (inner.type === 'literal' && generated.some(({ start, end }) => inner.span.start >= start && inner.span.start < end)) found = true;
    },
  });
  return found;
}
