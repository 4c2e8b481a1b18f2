import type { CommonTable, Expression, OrderItem, Projection, Query, Select, SqlStatement } from '../../../model/syntax-tree.js';
import { call, composite, conjunction, literal, operation, star } from './build.js';
import { type Context, doubt, expressions, optional } from './context.js';
import { childExpressions } from './expression.js';
import { orderItems } from './functions.js';
import { ident } from './names.js';
import { flag, items, list, member, variant, when } from './node.js';
import { NOWHERE } from './positions.js';
import { lowerSelect } from './select.js';
import { tableReference, NO_ALIAS } from './names.js';

/** Statements that may stand where a query does: after WITH, and in a common table. */
export const MODIFICATIONS: ReadonlySet<string> = new Set(['Insert', 'Update', 'Delete', 'Merge']);

export function plainQuery(body: Query['body']): Query {
  return { type: 'query', recursive: false, ctes: [], definitions: [], body, orderBy: [], limit: null, offset: null, locks: [] };
}

export function lowerQuery(node: unknown, at: Context): Query {
  const body = member(node, 'body');
  const select = when(body, 'Select');
  // TOP stands in the SELECT but goes by the ORDER BY of the query.
  const inner = select === undefined ? lowerSetExpression(body, at) : plainQuery(lowerSelect(select, at));
  const bounds = limits(node, select, at);
  const own: Query = {
    ...plainQuery(inner.body),
    recursive: flag(member(node, 'with'), 'recursive'),
    ctes: lowerCommonTables(member(node, 'with'), at),
    orderBy: [...lowerOrder(member(node, 'order_by'), inner, at), ...sorted(select, at)],
    limit: bounds.limit,
    offset: bounds.offset,
    locks: list(node, 'locks').map((lock) => ({
      strength: member(lock, 'lock_type') === 'Share' ? 'LCS_FORSHARE' : 'LCS_FORUPDATE',
      skipLocked: member(lock, 'nonblock') === 'SkipLocked',
    })),
  };
  const merged = combined(own, inner);
  const limited = limitedBy(node, merged, at);
  const steps = list(node, 'pipe_operators');
  return steps.length === 0 ? limited : piped(limited, steps, at);
}

/** `(query) ORDER BY …` is one query, unless both levels order or cut the rows. */
function combined(own: Query, inner: Query): Query {
  const outerActs = own.orderBy.length > 0 || own.limit !== null || own.offset !== null;
  const innerActs = inner.orderBy.length > 0 || inner.limit !== null || inner.offset !== null;
  if (outerActs && innerActs) {
    const from: Select = { ...emptySelect(), projections: [everything()], from: [{ type: 'derived', query: inner, alias: null, columnAliases: [], lateral: false }] };
    return { ...own, body: from };
  }
  const acting = innerActs ? inner : own;
  return {
    ...own,
    recursive: own.recursive || inner.recursive,
    ctes: [...own.ctes, ...inner.ctes],
    orderBy: acting.orderBy,
    limit: acting.limit,
    offset: acting.offset,
    locks: [...inner.locks, ...own.locks],
  };
}

function emptySelect(): Select {
  return { type: 'select', distinct: null, projections: [], from: [], where: null, groupBy: [], having: null, qualify: null, windows: [] };
}

export function everything(): Projection {
  return { expression: star([], NOWHERE), alias: null, span: NOWHERE };
}

/** SELECT * from one item. */
export function selectFrom(from: Select['from']): Query {
  return plainQuery({ ...emptySelect(), projections: [everything()], from });
}

export function lowerSetExpression(node: unknown, at: Context): Query {
  const { tag, content } = variant(node);
  switch (tag) {
    case 'Select':
      return { ...plainQuery(lowerSelect(content, at)), limit: top(content, at), orderBy: sorted(content, at) };
    case 'Query':
      return lowerQuery(content, at);
    case 'Values':
      return plainQuery({ type: 'values', rows: list(content, 'rows').map((row) => expressions(list(row, 'content'), at)) });
    case 'SetOperation':
      return plainQuery(lowerSetOperation(content, at));
    case 'Table': {
      const parts = [member(content, 'schema_name'), member(content, 'table_name')];
      const identifiers = parts.flatMap((value) => (typeof value === 'string' ? [{ Identifier: { value } }] : []));
      return selectFrom([tableReference(identifiers, NO_ALIAS, at)]);
    }
    default:
      doubt(`${tag || 'a part of the query'} is not understood`, at.positions.around(content), at);
      return plainQuery({ type: 'values', rows: [childExpressions(content, at)] });
  }
}

const SET_OPERATORS: Record<string, 'union' | 'intersect' | 'except'> = { Union: 'union', Intersect: 'intersect', Except: 'except', Minus: 'except' };

function lowerSetOperation(content: unknown, at: Context): Query['body'] {
  const quantifier = variant(member(content, 'set_quantifier')).tag;
  return {
    type: 'set_operation',
    operator: SET_OPERATORS[variant(member(content, 'op')).tag] ?? 'union',
    all: quantifier.startsWith('All'),
    byName: quantifier.endsWith('ByName'),
    left: lowerSetExpression(member(content, 'left'), at),
    right: lowerSetExpression(member(content, 'right'), at),
  };
}

export function lowerCommonTables(clause: unknown, at: Context): CommonTable[] {
  return list(clause, 'cte_tables').map((table) => {
    const alias = member(table, 'alias');
    return {
      name: ident(member(alias, 'name'), at),
      columns: list(alias, 'columns').map((column) => ident(member(column, 'name'), at)),
      statement: queryStatement(member(table, 'query'), at),
      span: at.positions.of(member(alias, 'name')),
    };
  });
}

/** A query or, after WITH, a writing statement. */
export function queryStatement(node: unknown, at: Context): SqlStatement {
  const body = member(node, 'body');
  const { tag, content } = variant(body);
  if (MODIFICATIONS.has(tag)) {
    const [statement] = at.statements(content);
    const ctes = lowerCommonTables(member(node, 'with'), at);
    if (statement && 'ctes' in statement) return { ...statement, ctes: [...ctes, ...statement.ctes] };
    if (statement) return statement;
  }
  return { type: 'query_statement', form: 'select', query: at.query(node) };
}

function limits(node: unknown, select: unknown, at: Context): { limit: Expression | null; offset: Expression | null } {
  const { tag, content } = variant(member(node, 'limit_clause'));
  const fetched = optional(member(member(node, 'fetch'), 'quantity'), at);
  const offset = member(content, 'offset');
  return {
    limit: optional(member(content, 'limit'), at) ?? fetched ?? (select === undefined ? null : top(select, at)),
    offset: optional(tag === 'OffsetCommaLimit' ? offset : member(offset, 'value'), at),
  };
}

function top(select: unknown, at: Context): Expression | null {
  const clause = member(select, 'top');
  if (clause === undefined || clause === null) return null;
  const { tag, content } = variant(member(clause, 'quantity'));
  if (tag === 'Constant') return literal('number', String(content), NOWHERE);
  return tag === 'Expr' ? at.expression(content) : null;
}

/** SORT BY, DISTRIBUTE BY and CLUSTER BY of Hive order and spread the rows. */
function sorted(select: unknown, at: Context): OrderItem[] {
  const spread = expressions([...list(select, 'distribute_by'), ...list(select, 'cluster_by')], at);
  return [...spread.map((expression) => ({ expression, descending: false })), ...orderItems(list(select, 'sort_by'), at)];
}

function lowerOrder(clause: unknown, query: Query, at: Context): OrderItem[] {
  const { tag, content } = variant(member(clause, 'kind'));
  if (tag === 'Expressions') return orderItems(items(content), at);
  const projections = tag === 'All' && query.body.type === 'select' ? query.body.projections : [];
  // ORDER BY ALL goes by every output in turn; what a star shows is not known here.
  if (projections.some(({ expression }) => expression.type === 'star')) return [];
  const descending = member(member(content, 'options') ?? content, 'asc') === false;
  return projections.map((_, index) => ({ expression: literal('number', String(index + 1), NOWHERE), descending }));
}

/** ClickHouse's LIMIT n BY a is what others write with QUALIFY: the first rows of each a. */
function limitedBy(node: unknown, query: Query, at: Context): Query {
  const clause = member(when(member(node, 'limit_clause'), 'LimitOffset'), 'limit_by');
  const keys = expressions(items(clause), at);
  if (keys.length === 0 || query.body.type !== 'select') return query;
  const position: Expression = { ...call(['row_number'], []), over: { partitionBy: keys, orderBy: query.orderBy, reference: null } };
  const first = operation('<=', query.limit ? [position, query.limit] : [position]);
  return { ...query, limit: null, body: { ...query.body, qualify: conjunction([query.body.qualify, first]) } };
}

/** BigQuery's `|> …` after a query: kept as columns that may come from anywhere in it. */
function piped(query: Query, steps: readonly unknown[], at: Context): Query {
  return selectFrom([{
    type: 'opaque_table', what: 'pipe_operators', alias: null, columns: [], inputs: childExpressions(steps, at),
    source: { type: 'derived', query, alias: null, columnAliases: [], lateral: false },
  }]);
}

/** A query in an expression: SELECT AS STRUCT gives one value that holds all its outputs. */
export function lowerValueQuery(node: unknown, at: Context): Query {
  const query = lowerQuery(node, at);
  if (member(when(member(node, 'body'), 'Select'), 'value_table_mode') === undefined || query.body.type !== 'select') return query;
  const { projections } = query.body;
  if (projections.length < 2) return query;
  const expression = composite('row', projections.map((projection) => projection.expression));
  return { ...query, body: { ...query.body, projections: [{ expression, alias: null, span: expression.span }] } };
}
