import type { Expression, FromItem, GroupItem, OrderItem, Query, Select, SqlStatement } from '../../model/syntax-tree.js';
import { isAggregateName } from '../../sql/functions.js';
import { walkExpression } from '../../sql/walk.js';

/** What one SELECT computes over the rows that come into it; sub-queries are their own. */
export interface SelectWork {
  /** Names of aggregate functions, sorted. */
  aggregates: string[];
  grouped: boolean;
  /** GROUPING SETS, ROLLUP, CUBE. */
  groupingSets: boolean;
  /** It groups by a part of time: months, days, hours. */
  byTime: boolean;
  windowed: boolean;
  /** The only window is a count of all rows beside the page that is shown. */
  countsBesidePage: boolean;
  distinct: boolean;
  /** Ordered by what it aggregates. */
  orderedByAggregate: boolean;
  /** `max(column)` and `min(column)` and nothing else, over one table without a condition: the column. */
  endOf: string | null;
}

const TIME_PARTS =
  /^(?:(?:date|time|timestamp|datetime)_?(?:trunc|bucket|bin|part|format|slice)|time_bucket(?:_gapfill)?|date|to_char|to_date|todate|extract|datepart|datename|datetrunc|strftime|format_date|format_timestamp|year|quarter|month|week|weekofyear|yearweek|day|hour|dayofweek|dayofmonth|dayname|monthname|last_day|tostartof\w+|toyyyymm\w*|toyear|tomonth|tohour|tomonday|todayof\w+|tostartofinterval|from_unixtime|unix_timestamp|trunc|month_?year)$/;

/** Percentiles and their kin need all rows of a group at once. */
const ORDERED_SETS = new Set(['percentile_cont', 'percentile_disc', 'median', 'mode', 'approx_percentile', 'approx_quantiles', 'quantile', 'quantiles', 'corr', 'regr_slope', 'stddev', 'variance']);

export function isOrderedSet(name: string): boolean {
  return ORDERED_SETS.has(name);
}

export function workOf(query: Query): SelectWork | null {
  const { body } = query;
  if (body.type !== 'select') return null;
  const aggregates = new Set<string>();
  const windows: Expression[] = [];
  const shown = body.projections.map(({ expression }) => expression);
  for (const expression of [...shown, ...optional(body.having), ...optional(body.qualify), ...query.orderBy.map(({ expression: by }) => by)]) {
    walkExpression(expression, {
      query: () => false,
      expression: (inner) => {
        if (inner.type !== 'call') return;
        if (inner.over) windows.push(inner);
        else if (aggregatesRows(inner)) aggregates.add(inner.name.at(-1) ?? '');
      },
    });
  }
  const groups = body.groupBy.flatMap(groupExpressions).map((expression) => projected(expression, body));
  const names = [...aggregates].sort();
  return {
    aggregates: names,
    grouped: body.groupBy.length > 0,
    groupingSets: body.groupBy.some(({ type }) => type === 'sets'),
    byTime: groups.some(isTimePart),
    windowed: windows.length > 0 || body.qualify !== null,
    countsBesidePage: windows.length > 0 && body.qualify === null && windows.every(isCountOfAll),
    distinct: body.distinct !== null,
    orderedByAggregate: query.orderBy.some((item) => ordersByAggregate(item, body)),
    endOf: endOf(body, names),
  };
}

/** SQLite's max(a, b) and min(a, b) compare two values of one row. */
function aggregatesRows({ name, arguments: given }: Extract<Expression, { type: 'call' }>): boolean {
  const last = name.at(-1) ?? '';
  return isAggregateName(last) && !((last === 'max' || last === 'min') && given.length > 1);
}

function optional(expression: Expression | null): Expression[] {
  return expression === null ? [] : [expression];
}

function groupExpressions(item: GroupItem): Expression[] {
  if (item.type === 'all') return [];
  return item.type === 'expression' ? [item.expression] : item.items.flatMap(groupExpressions);
}

/** What an ordinal or the name of an output stands for. */
function projected(expression: Expression, { projections }: Select): Expression {
  if (expression.type === 'literal' && expression.kind === 'number') return projections[Number(expression.value) - 1]?.expression ?? expression;
  if (expression.type === 'column' && expression.parts.length === 1) return projections.find(({ alias }) => alias === expression.parts[0])?.expression ?? expression;
  return expression;
}

function isTimePart(expression: Expression): boolean {
  let found = false;
  walkExpression(expression, {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'call' && TIME_PARTS.test((inner.name.at(-1) ?? '').toLowerCase())) found = true;
      if (inner.type === 'cast' && /^date\b/i.test(inner.target)) found = true;
      return !found;
    },
  });
  return found;
}

function isCountOfAll(expression: Expression): boolean {
  if (expression.type !== 'call' || expression.name.at(-1) !== 'count' || expression.over === null) return false;
  const { partitionBy, orderBy, reference } = expression.over;
  return partitionBy.length === 0 && orderBy.length === 0 && reference === null;
}

function ordersByAggregate({ expression }: OrderItem, select: Select): boolean {
  let found = false;
  walkExpression(projected(expression, select), {
    query: () => false,
    expression: (inner) => {
      if (inner.type === 'call' && inner.over === null && aggregatesRows(inner)) found = true;
      return !found;
    },
  });
  return found;
}

function endOf({ projections, from, where, groupBy, having }: Select, aggregates: readonly string[]): string | null {
  if (aggregates.length === 0 || aggregates.some((name) => name !== 'max' && name !== 'min')) return null;
  if (where !== null || groupBy.length > 0 || having !== null || from.length !== 1 || from[0]?.type !== 'table') return null;
  const columns = new Set<string>();
  for (const { expression } of projections) {
    walkExpression(expression, {
      expression: (inner) => {
        if (inner.type === 'column') columns.add(inner.parts.at(-1) ?? '');
      },
    });
  }
  const [only, another] = columns;
  return another === undefined ? (only ?? null) : null;
}

/** Queries that stand in expressions of a query or in LATERAL: they run for a row, and are no part of its FROM. */
export function queriesPerRow(query: Query): Set<Query> {
  const found = new Set<Query>();
  if (query.body.type === 'select') {
    const { projections, from, where, groupBy, having, qualify, distinct } = query.body;
    const expressions = [
      ...projections.map(({ expression }) => expression), ...optional(where), ...optional(having), ...optional(qualify),
      ...groupBy.flatMap(groupExpressions), ...(Array.isArray(distinct) ? distinct : []),
    ];
    for (const expression of expressions) noteQueries(expression, found);
    for (const item of from) noteFrom(item, found);
  }
  for (const { expression } of [...query.orderBy, ...query.definitions]) noteQueries(expression, found);
  for (const expression of [...optional(query.limit), ...optional(query.offset)]) noteQueries(expression, found);
  return found;
}

/** The same for a statement that changes rows: its conditions and the values that it sets. */
export function queriesOfChange(statement: SqlStatement): Set<Query> {
  const found = new Set<Query>();
  if (statement.type === 'update' || statement.type === 'delete') {
    if (statement.where) noteQueries(statement.where, found);
    for (const item of statement.from) noteFrom(item, found);
  }
  if (statement.type === 'update') for (const { value } of statement.assignments) noteQueries(value, found);
  if (statement.type === 'insert') for (const { value } of statement.conflict?.assignments ?? []) noteQueries(value, found);
  if (statement.type === 'merge') noteQueries(statement.condition, found);
  if ('returning' in statement) for (const { expression } of statement.returning) noteQueries(expression, found);
  return found;
}

/** Queries in the select list whose rows are gathered into one value or looked through: ARRAY, IN, ANY, ALL. A scalar gives one row. */
export function queriesGathered({ body }: Query): Set<Query> {
  const found = new Set<Query>();
  if (body.type !== 'select' || body.from.length > 0) return found;
  for (const { expression } of body.projections) {
    walkExpression(expression, {
      query: () => false,
      expression: (inner) => {
        if (inner.type === 'subquery' && inner.kind !== 'scalar' && inner.kind !== 'exists') found.add(inner.query);
      },
    });
  }
  return found;
}

function noteQueries(expression: Expression, found: Set<Query>): void {
  walkExpression(expression, {
    query: (query) => {
      found.add(query);
      return false;
    },
  });
}

function noteFrom(item: FromItem, found: Set<Query>): void {
  if (item.type === 'derived' && item.lateral) found.add(item.query);
  if (item.type === 'function') for (const { call } of item.functions) noteQueries(call, found);
  if (item.type !== 'join') return;
  noteFrom(item.left, found);
  noteFrom(item.right, found);
  if (item.on) noteQueries(item.on, found);
}

/** Queries in the select list of a query and in LATERAL: of a page they run for its rows alone. */
export function queriesOfShownRows(query: Query): Set<Query> {
  const found = lateralQueries(query);
  if (query.body.type === 'select') for (const { expression } of query.body.projections) noteQueries(expression, found);
  return found;
}

/** LATERAL queries of a FROM: their rows come into the query, for each row of what stands before them. */
export function lateralQueries(query: Query): Set<Query> {
  const found = new Set<Query>();
  const visit = (item: FromItem): void => {
    if (item.type === 'derived' && item.lateral) found.add(item.query);
    if (item.type === 'join') for (const side of [item.left, item.right]) visit(side);
  };
  if (query.body.type === 'select') for (const item of query.body.from) visit(item);
  return found;
}
