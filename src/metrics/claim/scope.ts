import type { Relation } from '../../model/catalog.js';
import type { QueryVariant } from '../../model/query.js';
import type { Expression, Span } from '../../model/syntax-tree.js';
import { walkExpression } from '../../sql/walk.js';
import { sqlIdentifier } from '../../text/sql-name.js';
import { columnsOf } from '../rows/opacity.js';

/** Conditions of a claim, apart: what defines the metric, and what the dashboard narrows it to when somebody looks. */
export interface SplitConditions {
  definition: Expression[];
  scope: Expression[];
  /** The column of the dashboard's time range, if it has one. */
  timeColumn: string | null;
  /** The same as SQL, with the table that it was written with. */
  timeRange: string | null;
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
export function splitConditions(conditions: readonly Expression[], isTime: (column: string) => boolean, generated: readonly Span[]): SplitConditions {
  const lower = new Set<string>();
  const upper = new Set<string>();
  for (const condition of conditions) {
    const bound = boundOf(condition, isTime);
    if (bound?.end === 'lower') lower.add(bound.column);
    if (bound?.end === 'upper') upper.add(bound.column);
  }
  const split: SplitConditions = { definition: [], scope: [], timeColumn: null, timeRange: null };
  for (const condition of conditions) {
    const bound = boundOf(condition, isTime);
    const ranged = bound !== null && (bound.end === 'both' || (lower.has(bound.column) && upper.has(bound.column)));
    if (ranged) {
      split.timeColumn ??= bound.column;
      split.timeRange ??= bound.written;
    }
    if (ranged || hasParameter(condition, generated)) split.scope.push(condition);
    else split.definition.push(condition);
  }
  return split;
}

interface Bound {
  column: string;
  written: string;
  end: 'lower' | 'upper' | 'both';
}

function boundOf(condition: Expression, isTime: (column: string) => boolean): Bound | null {
  if (condition.type !== 'operation') return null;
  const { operator, operands } = condition;
  const [first, second, third] = operands;
  if (first === undefined || second === undefined) return null;
  const bound = (time: Expression, end: Bound['end']): Bound | null => {
    const parts = timeReference(time, isTime);
    return parts === null ? null : { column: parts.at(-1) ?? '', written: parts.map(sqlIdentifier).join('.'), end };
  };
  if (operator === 'between' && third !== undefined) return isConstant(second) && isConstant(third) ? bound(first, 'both') : null;
  if (!['<', '<=', '>', '>='].includes(operator)) return null;
  const upwards = operator.startsWith('>');
  if (isConstant(second)) return bound(first, upwards ? 'lower' : 'upper');
  return isConstant(first) ? bound(second, upwards ? 'upper' : 'lower') : null;
}

/** The column, also below a cast or a time zone: `opened_at::date`, `opened_at AT TIME ZONE 'UTC'`. */
export function timeColumnOf(expression: Expression, relation: Relation): string | null {
  return timeReference(expression, (name) => relation.columns.some((column) => column.name === name && isTimeType(column.type)))?.at(-1) ?? null;
}

/** Whether a type is one of dates or times. */
export function isTimeType(type: string): boolean {
  return /^(?:date|timestamp|datetime)/.test(type.toLowerCase());
}

function timeReference(expression: Expression, isTime: (column: string) => boolean): string[] | null {
  if (expression.type === 'cast') return timeReference(expression.operand, isTime);
  if (expression.type === 'operation' && expression.operator === 'at_time_zone') {
    return expression.operands.map((operand) => timeReference(operand, isTime)).find((parts) => parts !== null) ?? null;
  }
  return expression.type === 'column' && isTime(expression.parts.at(-1) ?? '') ? expression.parts : null;
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
