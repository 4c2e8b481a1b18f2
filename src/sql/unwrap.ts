import type { CommonTable, Expression, FromItem, Projection, Query, Select, SqlStatement } from '../model/syntax-tree.js';
import { outputName } from './output-name.js';

/** A query without what tools put around it. */
export interface Unwrapped {
  query: Query;
  /** The row limits of the wrappers that were taken off. */
  limits: Expression[];
  /** A wrapper orders the rows. */
  ordered: boolean;
  /** What the wrappers call the outputs; null where they keep the query's own names. */
  names: readonly string[] | null;
}

/** What a wrapper may do besides naming columns. `nothing` is what can be taken off in the middle of a query too. */
export type Tolerance = 'limit_and_order' | 'nothing';

/**
 * Takes off the wrappers that dashboards and notebooks put around a query: `SELECT * FROM (…) AS source LIMIT 2000` (Metabase,
 * Superset, dbt), `SELECT "source"."a" AS "a", … FROM (…) AS "source"` (Metabase, Tableau, Power BI) and
 * `WITH t AS (…) SELECT t.a AS "t.a" FROM t` (Looker, dbt). A wrapper that filters, groups, computes, leaves columns out or
 * changes their order is a query of its own and stays.
 */
export function unwrap(query: Query, tolerance: Tolerance = 'limit_and_order'): Unwrapped {
  const result: Unwrapped = { query, limits: [], ordered: false, names: null };
  for (;;) {
    const outer = result.query;
    if (tolerance === 'nothing' && (outer.limit !== null || outer.offset !== null || outer.orderBy.length > 0)) return result;
    const inner = wrappedQuery(outer);
    if (!inner) return result;
    if (outer.limit !== null) result.limits.push(outer.limit);
    if (outer.orderBy.length > 0) result.ordered = true;
    result.query = inner.query;
    // The outermost wrapper names what is seen.
    result.names ??= inner.names;
  }
}

interface Inner {
  query: Query;
  names: readonly string[] | null;
}

/** What a query wraps, when it is a wrapper and nothing else. */
function wrappedQuery(query: Query): Inner | null {
  const { body } = query;
  if (body.type !== 'select' || query.locks.length > 0 || query.definitions.length > 0 || !isBare(body)) return null;
  const [only] = body.from;
  const found = only ? (wrappedByTable(query, only) ?? wrappedByCommonTable(query, only)) : null;
  if (!found) return null;
  const given = found.aliases.length > 0 ? found.aliases : null;
  const [first, another] = body.projections;
  if (first && !another && isPlainStar(first.expression, found.alias)) return { query: found.query, names: given };
  const own = outputsOf(found.query);
  if (own === null || own.length === 0 || own.length !== body.projections.length) return null;
  const names = own.map((name, position) => given?.[position] ?? name);
  if (!body.projections.every(({ expression }, position) => isColumn(expression, found.alias, names[position]))) return null;
  return { query: found.query, names: body.projections.map((projection, position) => projection.alias ?? names[position] ?? '') };
}

function isBare({ from, where, groupBy, having, qualify, distinct, windows }: Select): boolean {
  return from.length === 1 && where === null && groupBy.length === 0 && having === null && qualify === null && distinct === null && windows.length === 0;
}

interface Candidate {
  query: Query;
  alias: string;
  aliases: readonly string[];
}

function wrappedByTable(query: Query, item: FromItem): Candidate | null {
  if (item.type !== 'derived') return null;
  const inner = withCommonTables(query, query.ctes, item.query);
  return inner && { query: inner, alias: item.alias ?? '', aliases: item.columnAliases };
}

/** The last common table, read by nothing but the wrapper. */
function wrappedByCommonTable(query: Query, item: FromItem): Candidate | null {
  const last = query.ctes.at(-1);
  if (item.type !== 'table' || item.schema !== null || !last || item.name !== last.name || query.recursive) return null;
  if (last.statement.type !== 'query_statement') return null;
  const inner = withCommonTables(query, query.ctes.slice(0, -1), last.statement.query);
  return inner && { query: inner, alias: item.alias ?? item.name, aliases: item.columnAliases.length > 0 ? item.columnAliases : last.columns };
}

/** Common tables of the wrapper belong to what is inside. Null where RECURSIVE would then reach tables that it did not. */
function withCommonTables(outer: Query, tables: CommonTable[], inner: Query): Query | null {
  if (tables.length === 0) return inner;
  if (inner.ctes.length > 0 && outer.recursive !== inner.recursive) return null;
  return { ...inner, recursive: outer.recursive || inner.recursive, ctes: [...tables, ...inner.ctes] };
}

function isPlainStar(expression: Expression, alias: string): boolean {
  if (expression.type !== 'star') return false;
  const { qualifier, except, replace, rename } = expression;
  const whole = qualifier.length === 0 || (qualifier.length === 1 && qualifier[0] === alias);
  return whole && except.length === 0 && replace.length === 0 && rename.length === 0;
}

function isColumn(expression: Expression, alias: string, name: string | undefined): boolean {
  if (expression.type !== 'column' || expression.parts.at(-1) !== name) return false;
  return expression.parts.length === 1 || (expression.parts.length === 2 && expression.parts[0] === alias);
}

/** The names of a query's outputs in order; null where a star stands for columns that the text does not name. */
export function outputsOf(query: Query): string[] | null {
  let { body } = query;
  while (body.type === 'set_operation') body = body.left.body;
  if (body.type === 'values') return (body.rows[0] ?? []).map((_, position) => `column${position + 1}`);
  const names: string[] = [];
  for (const projection of body.projections) {
    if (projection.expression.type === 'star') return null;
    names.push(nameOf(projection));
  }
  return names;
}

export function nameOf({ alias, expression }: Projection): string {
  return alias ?? outputName(expression);
}

/**
 * A query that stands whole in a statement. `portions`: a cursor or COPY hands out its rows; `limit`: only the first of its
 * rows are asked for; `part`: a statement is made of it, as charts are of a data set and tables of a model.
 */
export interface Core {
  query: Query;
  use: 'portions' | 'limit' | 'part';
}

/** How far tools nest what they put around a query. */
const CORES_MAX = 6;

/**
 * The queries that a statement may have been made of, the outermost first: what a cursor, COPY, CREATE TABLE AS or INSERT
 * carries, the query without its row limit, then what stands first in FROM (Superset's `virtual_table`, Tableau's
 * `Custom SQL Query`, Power BI's `$Table` and `rows`, Metabase's `source`).
 */
export function coresOf(statement: SqlStatement): Core[] {
  const carried = carriedBy(statement);
  if (carried === null) return [];
  const cores: Core[] = carried.use === null ? [] : [{ query: carried.query, use: carried.use }];
  const outer = carried.use === null ? 'limit' : carried.use;
  if (carried.query.limit !== null) cores.push({ query: { ...carried.query, limit: null, offset: null }, use: outer === 'part' ? 'part' : 'limit' });
  for (let query = firstInFrom(carried.query); query !== null && cores.length < CORES_MAX; query = firstInFrom(query)) cores.push({ query, use: 'part' });
  return cores;
}

function carriedBy(statement: SqlStatement): { query: Query; use: Core['use'] | null } | null {
  switch (statement.type) {
    case 'query_statement':
      return { query: statement.query, use: statement.form === 'cursor' ? 'portions' : null };
    case 'copy':
      return statement.direction === 'to' && statement.query !== null ? { query: statement.query, use: 'portions' } : null;
    case 'create':
      return { query: statement.query, use: 'part' };
    case 'insert':
      return statement.source === null || statement.ctes.length > 0 ? null : { query: statement.source, use: 'part' };
    default:
      return null;
  }
}

function firstInFrom(query: Query): Query | null {
  if (query.body.type !== 'select') return null;
  let [item] = query.body.from;
  while (item?.type === 'join') item = item.left;
  return item === undefined ? null : (wrappedByTable(query, item) ?? wrappedByCommonTable(query, item))?.query ?? null;
}
