import { expressionSql, type ExpressionScope } from './expression.js';
import { isClause, MBQL_DEPTH_MAX, MbqlError, type Argument, type Clause } from './mbql.js';
import { stringLiteral, type TypedSql } from './sql-text.js';
import { addInterval, bucket, isExtraction, isTemporalType, NOW, relativeMoment, temporalLiteral, unitBounds } from './temporal.js';

/** The conditions of a segment, which `expand` writes; it decides whether they may be expanded. */
export type SegmentDefinition = (segment: Clause, expand: (filters: readonly Clause[]) => string[]) => string[];

/**
 * A filter as Metabase writes it: several values become OR, negations keep NULL, and comparisons of time columns become
 * half-open ranges on the bare column (`optimize_temporal_filters.clj`, v0.57) so that an index can serve them.
 */
export function predicateSql(clause: Clause, scope: ExpressionScope, definition: SegmentDefinition, depth = 0): string {
  const parts = conjuncts(clause, scope, definition, depth);
  if (parts.length === 0) return 'TRUE';
  return parts.length === 1 ? (parts[0] ?? 'TRUE') : parts.map((part) => `(${part})`).join(' AND ');
}

/** The conditions that all must hold, flat: Metabase nests no AND in another. */
export function conjuncts(clause: Clause, scope: ExpressionScope, definition: SegmentDefinition, depth = 0): string[] {
  if (depth > MBQL_DEPTH_MAX) throw new MbqlError(`a filter nests deeper than ${MBQL_DEPTH_MAX}`);
  const [first, second, third] = clause.arguments;
  switch (clause.operator) {
    case 'and':
      return clause.arguments.flatMap((part) => (isClause(part) ? conjuncts(part, scope, definition, depth + 1) : [value(part, scope)]));
    case 'segment':
      return definition(clause, (filters) => filters.flatMap((filter) => conjuncts(filter, scope, definition, depth + 1)));
    case 'during':
      return comparison(withUnit(first, third), '=', second, scope);
    case 'in':
      return conjuncts({ ...clause, operator: '=' }, scope, definition, depth + 1);
    case 'not-in':
      return conjuncts({ ...clause, operator: '!=' }, scope, definition, depth + 1);
    case '=':
      if (clause.arguments.length === 2) return comparison(first, '=', second, scope);
      break;
    case '!=':
      return clause.arguments.slice(1).flatMap((operand) => comparison(first, '!=', operand, scope));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(first, clause.operator, second, scope);
    case 'between':
      return between(first, second, third, scope);
    case 'inside':
      return inside(clause, scope);
    case 'time-interval':
      return timeInterval(clause, scope);
    case 'relative-time-interval':
      return relativeTimeInterval(clause, scope);
    case 'not-empty':
      return [`${value(first, scope)} IS NOT NULL`, `(${value(first, scope)} <> '') OR (${value(first, scope)} IS NULL)`];
    case 'does-not-contain':
      return clause.arguments.slice(1).map((pattern) => {
        const contains = like({ ...clause, operator: 'contains' }, first, pattern, scope);
        return `(NOT (${contains})) OR (${value(first, scope)} IS NULL)`;
      });
  }
  const parts = disjuncts(clause, scope, definition, depth);
  if (parts.length === 0) return [];
  return [parts.length === 1 ? (parts[0] ?? 'TRUE') : parts.map((part) => `(${part})`).join(' OR ')];
}

/** The conditions of which one must hold, flat. */
function disjuncts(clause: Clause, scope: ExpressionScope, definition: SegmentDefinition, depth: number): string[] {
  const [first, ...rest] = clause.arguments;
  switch (clause.operator) {
    case 'or':
      return clause.arguments.flatMap((part) => (isClause(part) ? disjuncts(part, scope, definition, depth + 1) : [value(part, scope)]));
    case '=':
      if (rest.length !== 1) return rest.map((operand) => joined(comparison(first, '=', operand, scope)));
      break;
    case 'is-empty':
      return [`${value(first, scope)} IS NULL`, `${value(first, scope)} = ''`];
    case 'contains':
    case 'starts-with':
    case 'ends-with':
      return rest.map((pattern) => like(clause, first, pattern, scope));
    case 'not':
      return negation(first, scope, definition, depth);
    case 'is-null':
      return [`${value(first, scope)} IS NULL`];
    case 'not-null':
      return [`${value(first, scope)} IS NOT NULL`];
  }
  return IS_CONJUNCTION.has(clause.operator) ? [predicateSql(clause, scope, definition, depth + 1)] : [expressionSql(clause, scope).sql];
}

/** `[during, field, moment, unit]` is the field in that unit, equal to the moment. */
function withUnit(field: Argument | undefined, unit: Argument | undefined): Argument | undefined {
  if (!isClause(field) || typeof unit !== 'string') return field;
  return { ...field, options: { ...field.options, 'temporal-unit': unit } };
}

const IS_CONJUNCTION = new Set([
  'during', 'in', 'not-in', 'and', 'segment', '=', '!=', '<', '<=', '>', '>=', 'between', 'inside', 'time-interval', 'relative-time-interval', 'not-empty',
  'does-not-contain',
]);

function joined(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? 'TRUE') : parts.map((part) => `(${part})`).join(' AND ');
}

function value(argument: Argument | undefined, scope: ExpressionScope): string {
  return expressionSql(argument, scope).sql;
}

/** A negated pattern keeps the rows without a value. */
function negation(first: Argument | undefined, scope: ExpressionScope, definition: SegmentDefinition, depth: number): string[] {
  if (!isClause(first)) return [`NOT ${value(first, scope)}`];
  const negated = `NOT (${predicateSql(first, scope, definition, depth + 1)})`;
  if (!/^(contains|starts-with|ends-with)$/.test(first.operator)) return [negated];
  return [negated, `${value(first.arguments[0], scope)} IS NULL`];
}

/** A time column compared with a moment: the bare column, and the half-open range that the moment's unit covers. */
interface Moment {
  column: string;
  start: string;
  end: string;
}

function momentOf(field: Argument | undefined, operand: Argument | undefined, scope: ExpressionScope): Moment | null {
  if (!isClause(field) || field.operator !== 'field') return null;
  const stated = field.options['temporal-unit'];
  const unit = typeof stated === 'string' && stated !== 'default' ? stated : null;
  if (unit !== null && isExtraction(unit)) return null;
  const column = scope.field({ ...field, options: { ...field.options, 'temporal-unit': undefined } });
  if (isClause(operand) && operand.operator === 'relative-datetime') {
    const [amount, relativeUnit] = operand.arguments;
    const of = typeof relativeUnit === 'string' ? relativeUnit : (unit ?? 'day');
    const from = amount === 'current' ? 0 : Number(amount);
    return { column: column.sql, start: relativeMoment(from, of, scope.weekStart), end: relativeMoment(from + 1, of, scope.weekStart) };
  }
  const text = isClause(operand) ? operand.arguments[0] : operand;
  if (typeof text !== 'string' || !(unit !== null || isTemporalType(column.baseType))) return null;
  if (unit === null && /T|:/.test(text)) return null;
  const range = unitBounds(text, unit ?? 'day');
  if (range === null) return null;
  return { column: column.sql, start: temporalLiteral(range.start, column), end: temporalLiteral(range.end, column) };
}

function comparison(field: Argument | undefined, operator: string, operand: Argument | undefined, scope: ExpressionScope): string[] {
  if (operand === null) return [`${value(field, scope)} ${operator === '=' ? 'IS NULL' : 'IS NOT NULL'}`];
  const moment = momentOf(field, operand, scope);
  if (moment !== null) return momentComparison(moment, operator);
  const left = expressionSql(field, scope);
  const right = literalFor(left, operand, scope);
  if (operator !== '!=') return [`${left.sql} ${operator} ${right}`];
  return [`(${left.sql} <> ${right}) OR (${left.sql} IS NULL)`];
}

function momentComparison({ column, start, end }: Moment, operator: string): string[] {
  switch (operator) {
    case '=':
      return [`${column} >= ${start}`, `${column} < ${end}`];
    case '!=':
      return [`(${column} < ${start}) OR (${column} >= ${end})`];
    case '<':
      return [`${column} < ${start}`];
    case '<=':
      return [`${column} < ${end}`];
    case '>':
      return [`${column} >= ${end}`];
    default:
      return [`${column} >= ${start}`];
  }
}

/** Enums are cast to their type and moments get the type of their column. */
function literalFor(left: TypedSql, operand: Argument | undefined, scope: ExpressionScope): string {
  if (typeof operand === 'string') {
    if (left.baseType === 'type/PostgresEnum' && left.databaseType !== null) {
      const type = left.databaseType.startsWith('"') ? left.databaseType : `"${left.databaseType.replaceAll('"', '""')}"`;
      return `CAST(${stringLiteral(operand)} AS ${type})`;
    }
    if (isTemporalType(left.baseType)) return temporalLiteral(operand, left);
  }
  const right = value(operand, scope);
  return isClause(operand) && /^[-+*/]$/.test(operand.operator) ? `(${right})` : right;
}

function between(field: Argument | undefined, low: Argument | undefined, high: Argument | undefined, scope: ExpressionScope): string[] {
  const from = momentOf(field, low, scope);
  const to = momentOf(field, high, scope);
  if (from !== null && to !== null) return [`${from.column} >= ${from.start}`, `${from.column} < ${to.end}`];
  const left = expressionSql(field, scope);
  return [`${left.sql} BETWEEN ${literalFor(left, low, scope)} AND ${literalFor(left, high, scope)}`];
}

/** `[inside, latitude, longitude, north, west, south, east]` */
function inside(clause: Clause, scope: ExpressionScope): string[] {
  const [latitude, longitude, north, west, south, east] = clause.arguments;
  return [...between(latitude, south, north, scope), ...between(longitude, west, east, scope)];
}

function like(clause: Clause, field: Argument | undefined, pattern: Argument | undefined, scope: ExpressionScope): string {
  const before = clause.operator === 'starts-with' ? '' : '%';
  const after = clause.operator === 'ends-with' ? '' : '%';
  const ignoresCase = clause.options['case-sensitive'] === false;
  const left = value(field, scope);
  const text = typeof pattern === 'string' ? pattern : null;
  const right =
    text === null
      ? `CONCAT(${[before, value(pattern, scope), after].map((part, at) => (at === 1 ? part : stringLiteral(part))).join(', ')})`
      : stringLiteral(`${before}${ignoresCase ? text.toLowerCase() : text}${after}`);
  return ignoresCase ? `LOWER(${left}) LIKE ${right}` : `${left} LIKE ${right}`;
}

/** `[time-interval, field, n, unit]`: `current`, `last`, `next` or a number of units, the present one left out. */
function timeInterval(clause: Clause, scope: ExpressionScope): string[] {
  const [field, amount, unitArgument] = clause.arguments;
  const unit = String(unitArgument ?? 'day');
  const includesCurrent = clause.options['include-current'] === true;
  const count = amount === 'current' ? 0 : amount === 'last' ? -1 : amount === 'next' ? 1 : Number(amount);
  const from = count > 0 ? (includesCurrent ? 0 : 1) : count;
  const to = count > 0 ? count + 1 : count === 0 || includesCurrent ? 1 : 0;
  const column = bareColumn(field, scope);
  return [`${column.sql} >= ${relativeMoment(from, unit, scope.weekStart)}`, `${column.sql} < ${relativeMoment(to, unit, scope.weekStart)}`];
}

/** `[relative-time-interval, field, n, unit, offset, offset unit]`: the same, shifted. */
function relativeTimeInterval(clause: Clause, scope: ExpressionScope): string[] {
  const [field, amount, unitArgument, offset, offsetUnit] = clause.arguments;
  const unit = String(unitArgument ?? 'day');
  const column = bareColumn(field, scope);
  const count = Number(amount);
  const at = (units: number): string => {
    const moment = bucket(unit, units === 0 ? NOW : addInterval(NOW, units, unit), scope.weekStart);
    return addInterval(moment, Number(offset), String(offsetUnit ?? unit)).sql;
  };
  const [from, to] = count > 0 ? [1, count + 1] : [count, 0];
  return [`${column.sql} >= ${at(from)}`, `${column.sql} < ${at(to)}`];
}

function bareColumn(field: Argument | undefined, scope: ExpressionScope): TypedSql {
  if (!isClause(field) || field.operator !== 'field') return expressionSql(field, scope);
  return scope.field({ ...field, options: { ...field.options, 'temporal-unit': undefined } });
}
