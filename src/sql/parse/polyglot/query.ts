import type { CommonTable, FromItem, Projection, Query, Select } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, held, isAbsent, listOf, taggedOf } from './data.js';
import { expressions, lowerExpression, optionalExpression, orderItems } from './expression.js';
import { literal } from './literal.js';
import { emptySelect } from './select.js';
import { lowerChain } from './set-operation.js';
import { around } from './spans.js';
import { lowerStatement } from './statement.js';

const QUERY_KINDS = new Set(['select', 'union', 'intersect', 'except', 'values']);

/** Whether a node is a query, in parentheses or not. */
export function isQueryNode(value: unknown): boolean {
  const node = taggedOf(value);
  if (!node) return false;
  return QUERY_KINDS.has(node.kind) || ((node.kind === 'subquery' || node.kind === 'paren') && isQueryNode(node.fields['this']));
}

/** Lowers a node that is a query; null for any other. */
export function lowerQuery(value: unknown, context: Context): Query | null {
  const node = taggedOf(value);
  if (!node || !isQueryNode(value)) return null;
  const { kind, fields } = node;
  if (kind === 'subquery' || kind === 'paren') return lowerParenthesised(fields, context);
  const definitions: Projection[] = [];
  context.inlineNames.push(definitions);
  try {
    const ctes = lowerWith(fields['with'], context, definitions);
    return { ...lowerBody(kind, fields, context), ...ctes, definitions };
  } finally {
    context.inlineNames.pop();
  }
}

function lowerBody(kind: string, fields: Fields, context: Context): Query {
  if (kind === 'values') return queryOf({ type: 'values', rows: listOf(fields['expressions']).map((row) => rowOf(row, context)) });
  return lowerChain({ kind, fields, body: fields }, context);
}

/** The order and limit that stand behind a query. */
export function orderAndLimit(fields: Fields, context: Context): Pick<Query, 'orderBy' | 'limit' | 'offset'> {
  return {
    orderBy: [...orderItems(fields['order_by'], context), ...spread(fields, context)],
    limit: lowerLimit(fields['limit'], context),
    offset: optionalExpression(held(fields['offset']), context),
  };
}

/** SORT BY and its kin order and distribute rows. */
export function spread(fields: Fields, context: Context): Query['orderBy'] {
  return ['sort_by', 'cluster_by', 'distribute_by'].flatMap((key) => orderItems(fields[key], context));
}

function rowOf(row: unknown, context: Context): ReturnType<typeof expressions> {
  const node = taggedOf(row);
  return expressions(node?.kind === 'tuple' ? node.fields['expressions'] : fieldsOf(row)?.['expressions'], context);
}

/** LIMIT ALL is none; the parser makes a column of the word. */
export function lowerLimit(value: unknown, context: Context): Query['limit'] {
  if (isAbsent(value)) return null;
  const inner = held(value);
  const node = taggedOf(inner);
  const limit = lowerExpression(inner, context);
  return (node?.kind === 'column' && limit.type === 'column' && limit.parts.join('.').toLowerCase() === 'all') || node?.kind === 'null' ? null : limit;
}

export function queryOf(body: Query['body']): Query {
  return { type: 'query', recursive: false, ctes: [], definitions: [], body, orderBy: [], limit: null, offset: null, locks: [] };
}

/** `SELECT * FROM item`. */
export function selectAll(item: FromItem): Query {
  const star: Select = {
    ...emptySelect(),
    projections: [{ expression: { type: 'star', qualifier: [], except: [], replace: [], rename: [], span: { start: 0, end: 0 } }, alias: null, span: { start: 0, end: 0 } }],
    from: [item],
  };
  return queryOf(star);
}

/** A query in parentheses; what stands behind them belongs to it, or to a query around it where it has the same already. */
function lowerParenthesised(fields: Fields, context: Context): Query | null {
  const inner = lowerQuery(fields['this'], context);
  if (!inner) return null;
  const { orderBy, limit, offset } = orderAndLimit(fields, context);
  if (orderBy.length === 0 && !limit && !offset) return inner;
  const isOpen = inner.orderBy.length === 0 && !inner.limit && !inner.offset;
  if (isOpen) return { ...inner, orderBy, limit, offset };
  const outer = selectAll({ type: 'derived', query: inner, alias: null, columnAliases: [], lateral: false });
  return { ...outer, orderBy, limit, offset };
}

/** WITH: tables, and in ClickHouse expressions under a name, which are added to `definitions`. */
export function lowerWith(value: unknown, context: Context, definitions: Projection[]): Pick<Query, 'ctes' | 'recursive'> {
  const fields = fieldsOf(value);
  const ctes = listOf(fields?.['ctes']).flatMap((item): CommonTable[] => {
    const table = taggedOf(item)?.kind === 'cte' ? taggedOf(item)?.fields : fieldsOf(item);
    if (!table) return [];
    const span = context.spans.of(table['alias']);
    const name = context.name(table['alias']) ?? '';
    // `name AS (query)` is a table; `expression AS name` has the alias behind.
    if (context.dialect.id === 'clickhouse' && table['alias_first'] !== true) {
      const expression = lowerExpression(table['this'], context);
      definitions.push({ expression, alias: name, span: around([expression.span, span]) });
      return [];
    }
    const statement = lowerStatement(table['this'], context);
    return statement ? [{ name, columns: context.names(listOf(table['columns'])), statement, span }] : [];
  });
  return { ctes, recursive: fields?.['recursive'] === true };
}

/** The number of rows of FETCH FIRST ROW ONLY. */
export const ONE_ROW = literal('number', '1');
