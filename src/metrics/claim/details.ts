import type { Relation } from '../../model/catalog.js';
import type { Expression, Select, SqlStatement } from '../../model/syntax-tree.js';
import { expressionText } from '../../sql/expression-text.js';
import { mapExpression } from '../../sql/map-tree.js';
import { walkExpression, walkStatement } from '../../sql/walk.js';
import type { Claim } from './claim.js';
import { clausesAt, conditionSpans, lexemesOf, type Lexeme } from './clauses.js';
import { sqlIdentifier } from '../../text/sql-name.js';
import { isIngestionClock } from '../verdict/kind.js';
import { conjuncts } from './reduce.js';
import { isTimeType, splitConditions } from './scope.js';

/** What a claim says besides its measure. */
export interface ClaimDetails {
  /** Conditions of the claim's canonical tree that are the scope of its dashboard. */
  scope: ReadonlySet<Expression>;
  scopeTexts: string[];
  /** Conditions that define the metric. */
  filters: string[];
  /** The output by which it is bucketed in time, as it stands in the canonical tree. */
  bucket: Expression | null;
  /** `day`, `week`, `month` … of the bucket. */
  grain: string | null;
  timeColumn: string | null;
  /** As SQL: the column of the time axis, by which the dashboard's range narrows it or its bucket groups it. */
  timeRange: string | null;
  timeZone: string | null;
  clock: 'event' | 'ingestion' | null;
  limits: string | null;
}

/**
 * @param relations what the claim reads, as far as the catalogue knows it
 * @param carried texts of conditions that most cards of its dashboard carry; see `conditionKey`
 */
export function detailsOf(claim: Claim, relations: readonly Relation[], carried: ReadonlySet<string>): ClaimDetails {
  const types = new Map(relations.flatMap(({ columns }) => columns.map(({ name, type }) => [name, type.toLowerCase()] as const)));
  const split = splitAll(claim, types, carried);
  const bucket = bucketOf(claim, types);
  const bucketColumn = bucket === null ? null : timeColumnIn(bucket.expression, types);
  const timeColumn = bucketColumn ?? split.timeColumn;
  const zoned = timeColumn !== null && /with time zone|timestamptz/.test(types.get(timeColumn) ?? '');
  const written = bucket === null ? null : zoneIn(bucket.expression);
  return {
    scope: split.scope,
    scopeTexts: split.scopeTexts,
    filters: filtersOf(claim, split.filters, carried),
    bucket: bucket?.expression ?? null,
    grain: bucket?.grain ?? null,
    timeColumn,
    timeRange: split.timeRange ?? (bucketColumn === null ? null : writtenColumn(bucket?.expression ?? null, bucketColumn)),
    timeZone: written ?? (zoned ? (claim.input.timeZone ?? null) : null),
    clock: timeColumn === null ? null : isIngestionClock(timeColumn) ? 'ingestion' : 'event',
    limits: limitsOf(claim),
  };
}

/** A condition as text that does not depend on how its tables are called. */
export function conditionKey(condition: Expression): string {
  return expressionText(mapExpression(condition, { expression: (inner) => (inner.type === 'column' ? { ...inner, parts: inner.parts.slice(-1) } : inner) }));
}

/** The conditions of every WHERE of a statement, in canonical spelling. */
export function allConditions(statement: SqlStatement): Expression[] {
  return selectsIn(statement).flatMap(({ where }) => conjuncts(where));
}

/** Those of common tables and of sub-queries that are read; one that stands in a condition belongs to that condition. */
function selectsIn(statement: SqlStatement): Select[] {
  const selects: Select[] = [];
  walkStatement(statement, {
    expression: ({ type }) => type !== 'subquery',
    query: ({ body }) => {
      if (body.type === 'select') selects.push(body);
    },
  });
  return selects;
}

type Types = ReadonlyMap<string, string>;

function splitAll(claim: Claim, types: Types, carried: ReadonlySet<string>): { scope: Set<Expression>; scopeTexts: string[]; filters: string[]; timeColumn: string | null; timeRange: string | null } {
  const scope = new Set<Expression>();
  const filters: string[] = [];
  const scopeTexts: string[] = [];
  let timeColumn: string | null = null;
  let timeRange: string | null = null;
  const lexemes = lexemesOf(claim.input.text);
  for (const select of selectsIn(claim.statement)) {
    const { where } = select;
    const split = splitConditions(conjuncts(where), (name) => isTime(types.get(name)), claim.input.generated ?? []);
    const text = shownBy(select, claim, lexemes);
    for (const condition of split.scope) scope.add(condition);
    timeColumn ??= split.timeColumn;
    timeRange ??= split.timeRange;
    for (const condition of split.definition) {
      if (carried.has(conditionKey(condition))) scope.add(condition);
      else filters.push(text(condition));
    }
    scopeTexts.push(...conjuncts(where).flatMap((condition) => (scope.has(condition) ? [text(condition)] : [])));
  }
  return { scope, scopeTexts, filters, timeColumn, timeRange };
}

/** A condition for people: as it was written where it holds a query. */
function shownBy(select: Select, claim: Claim, lexemes: readonly Lexeme[]): (condition: Expression) => string {
  return (condition) => {
    const text = conditionKey(condition);
    if (!text.includes('({"')) return text;
    const conditions = conjuncts(select.where);
    const where = clausesAt(lexemes, select.projections[0]?.span.start ?? 0)?.where ?? null;
    const spans = where === null ? [] : conditionSpans(lexemes, where);
    const span = spans.length === conditions.length ? spans[conditions.indexOf(condition)] : undefined;
    return span === undefined ? 'a condition with a sub-query' : claim.input.text.slice(span.start, span.end).replace(/\s+/g, ' ');
  };
}

/** Also those that stand in the measure: `count(*) FILTER (WHERE …)`. */
function filtersOf(claim: Claim, conditions: string[], carried: ReadonlySet<string>): string[] {
  if (claim.rows.kind !== 'simple') return [...new Set(conditions)];
  const implied = new Set(claim.rows.implied);
  return [...new Set(claim.rows.conditions.filter((condition) => !implied.has(expressionText(condition))).map(conditionKey).filter((text) => !carried.has(text)))];
}

function isTime(type: string | undefined): boolean {
  return type !== undefined && isTimeType(type);
}

function timeColumnIn(expression: Expression, types: Types): string | null {
  let found: string | null = null;
  walkExpression(expression, {
    expression: (inner) => {
      const name = inner.type === 'column' ? inner.parts.at(-1) : undefined;
      if (name !== undefined && isTime(types.get(name))) found ??= name;
    },
  });
  return found;
}

function writtenColumn(expression: Expression | null, column: string): string | null {
  let written: string | null = null;
  if (expression === null) return null;
  walkExpression(expression, {
    expression: (inner) => {
      if (inner.type === 'column' && inner.parts.at(-1) === column) written ??= inner.parts.map(sqlIdentifier).join('.');
    },
  });
  return written;
}

function bucketOf(claim: Claim, types: Types): { expression: Expression; grain: string } | null {
  const { place } = claim;
  if (place === null || place.select.groupBy.length === 0) return null;
  for (const { expression } of place.select.projections) {
    const grain = timeColumnIn(expression, types) === null ? null : grainOf(expression, types);
    if (grain !== null && isGrouped(expression, place.select)) return { expression, grain };
  }
  return null;
}

/** Whether an output is one of what the rows are grouped by: by its text, its place or its name. */
function isGrouped(expression: Expression, { projections, groupBy }: Select): boolean {
  const index = projections.findIndex((projection) => projection.expression === expression);
  const alias = projections[index]?.alias ?? null;
  const text = expressionText(expression);
  return groupBy.some((item) => {
    if (item.type !== 'expression') return item.type === 'all';
    const grouped = item.expression;
    if (grouped.type === 'literal') return grouped.value === String(index + 1);
    if (alias !== null && grouped.type === 'column' && grouped.parts.length === 1 && grouped.parts[0] === alias) return true;
    return expressionText(grouped) === text;
  });
}

const UNITS = new Set(['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']);

function grainOf(expression: Expression, types: Types): string | null {
  switch (expression.type) {
    case 'cast':
      return grainOf(expression.operand, types) ?? (expression.target.toLowerCase() === 'date' ? 'day' : null);
    case 'operation':
      return expression.operands.map((operand) => grainOf(operand, types)).find((grain) => grain !== null) ?? null;
    case 'column':
      return types.get(expression.parts.at(-1) ?? '') === 'date' ? 'day' : null;
    case 'call': {
      const name = expression.name.at(-1) ?? '';
      const [first] = expression.arguments;
      const unit = first?.type === 'literal' ? (first.value ?? '').toLowerCase() : '';
      if (UNITS.has(unit)) return unit;
      if (name === 'date' || name === 'to_date') return 'day';
      if (UNITS.has(name)) return name;
      return name === 'to_char' ? grainOfFormat(expression.arguments[1]) : (expression.arguments.map((part) => grainOf(part, types)).find((grain) => grain !== null) ?? null);
    }
    default:
      return null;
  }
}

function grainOfFormat(format: Expression | undefined): string | null {
  const text = format?.type === 'literal' ? (format.value ?? '') : '';
  if (/DD/.test(text)) return 'day';
  if (/WW|IW/.test(text)) return 'week';
  if (/MM|Mon/.test(text)) return 'month';
  return /YY/.test(text) ? 'year' : null;
}

/** A zone that the text names: `AT TIME ZONE 'Europe/Amsterdam'`. The outermost one decides the bucket. */
function zoneIn(expression: Expression): string | null {
  let zone: string | null = null;
  walkExpression(expression, {
    expression: (inner) => {
      const name = inner.type === 'operation' && inner.operator === 'at_time_zone' ? inner.operands[1] : inner.type === 'call' && inner.name.at(-1) === 'date_trunc' ? inner.arguments[2] : undefined;
      if (name?.type === 'literal' && name.value !== null) zone ??= name.value;
    },
  });
  return zone;
}

function limitsOf({ place }: Claim): string | null {
  if (place === null) return null;
  const { select, query, around } = place;
  const limits: string[] = [];
  if (select.having !== null) limits.push(`HAVING ${expressionText(select.having)}`);
  const limit = [query, ...around.map((entry) => entry.query)].map((outer) => outer.limit).find((found) => found !== null) ?? null;
  if (limit !== null && select.groupBy.length > 0 && limit.type === 'literal') limits.push(`the first ${limit.value ?? ''}`);
  return limits.length === 0 ? null : limits.join(', ');
}
