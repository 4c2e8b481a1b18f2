import type { Expression, Query, Subquery } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, isAbsent, listOf, taggedOf, type Tagged, textOf } from './data.js';
import { lowerExpression } from './expression.js';
import { call, composite, operation } from './make.js';
import { isQueryNode, lowerQuery, selectAll } from './query.js';

/** Lowers predicates and sub-queries; null for nodes of other kinds. */
export function lowerPredicate({ kind, fields }: Tagged, context: Context): Expression | null {
  switch (kind) {
    case 'in':
      return lowerIn(fields, context);
    case 'between': {
      const operator = `${isNot(fields) ? 'not_' : ''}between${fields['symmetric'] === true ? '_symmetric' : ''}`;
      return operation(operator, ['this', 'low', 'high'].map((key) => lowerExpression(fields[key], context)));
    }
    case 'like':
    case 'i_like':
      return lowerLike(kind === 'like' ? 'like' : 'ilike', fields, context);
    case 'similar_to': {
      const pattern = escaped('similar_to_escape', true, fields['pattern'], fields['escape'], context);
      return operation(isNot(fields) ? 'not_similar' : 'similar', [lowerExpression(fields['this'], context), pattern]);
    }
    case 'is_null':
    case 'is_true':
    case 'is_false':
      return operation(isNot(fields) ? kind.replace('is_', 'is_not_') : kind, [lowerExpression(fields['this'], context)]);
    case 'is_json':
      return composite('json', [lowerExpression(fields['this'], context)], 'is_json');
    case 'exists':
      return subqueryOf('exists', null, null, fields['this'], context);
    case 'any':
    case 'all':
      return lowerQuantified(kind, fields, context);
    case 'overlaps':
      return call(['pg_catalog', 'overlaps'], ['this', 'expression'].flatMap((key) => rowElements(fields[key], context)));
    default:
      return null;
  }
}

function isNot(fields: Fields): boolean {
  return fields['not'] === true;
}

/** A node that holds a query, as an expression; null where it holds none. */
export function subqueryOf(kind: Subquery['kind'], operand: Expression | null, operator: string | null, value: unknown, context: Context): Expression | null {
  const query = lowerQuery(value, context);
  return query ? subquery(kind, operand, operator, query) : null;
}

function subquery(kind: Subquery['kind'], operand: Expression | null, operator: string | null, query: Query): Expression {
  return { type: 'subquery', kind, operand, operator, query, span: operand?.span ?? { start: 0, end: 0 } };
}

function lowerIn(fields: Fields, context: Context): Expression {
  const tested = lowerExpression(fields['this'], context);
  const list = listOf(fields['expressions']);
  const [only] = list;
  const inner = fields['query'] ?? (list.length === 1 && isQueryNode(only) ? only : null);
  const query = inner ? lowerQuery(inner, context) : listedTable(fields, context);
  if (query) {
    const found = subquery('in', tested, null, query);
    return isNot(fields) ? operation('not', [found]) : found;
  }
  if (!isAbsent(fields['unnest'])) return operation(isNot(fields) ? '<> all' : '= any', [tested, lowerExpression(fields['unnest'], context)]);
  const values = list.map((value) => lowerExpression(value, context));
  return operation(isNot(fields) ? 'not_in' : 'in', [tested, ...values]);
}

/** ClickHouse: `x IN t` means every row of the table t, unless t is a name of this query for an expression. */
function listedTable(fields: Fields, context: Context): Query | null {
  if (fields['is_field'] !== true || context.dialect.id !== 'clickhouse') return null;
  const [only] = listOf(fields['expressions']);
  if (taggedOf(only)?.kind !== 'column') return null;
  const column = lowerExpression(only, context);
  if (column.type !== 'column') return null;
  const isExpression = column.parts.length === 1 && context.inlineNames.some((names) => names.some(({ alias }) => alias === column.parts[0]));
  return isExpression ? null : selectAll({
    type: 'table', catalog: null, schema: column.parts.at(-2) ?? null, name: column.parts.at(-1) ?? '', alias: null, columnAliases: [], only: false, span: column.span,
  });
}

/** ESCAPE and SIMILAR TO go through a function of the catalogue, as in the grammar of PostgreSQL. */
function escaped(name: string, always: boolean, pattern: unknown, escape: unknown, context: Context): Expression {
  const operands = [lowerExpression(pattern, context), ...(isAbsent(escape) ? [] : [lowerExpression(escape, context)])];
  const [only] = operands;
  return operands.length === 1 && only && !always ? only : call(['pg_catalog', name], operands);
}

function lowerLike(operator: string, fields: Fields, context: Context): Expression {
  const left = lowerExpression(fields['left'], context);
  const quantifier = textOf(fields['quantifier'])?.toLowerCase();
  if (quantifier === undefined) return operation(operator, [left, escaped('like_escape', false, fields['right'], fields['escape'], context)]);
  const patterns = taggedOf(fields['right'])?.kind === 'tuple' ? composite('array', rowElements(fields['right'], context)) : lowerExpression(fields['right'], context);
  return operation(`${operator} ${quantifier}`, [left, patterns]);
}

function rowElements(value: unknown, context: Context): Expression[] {
  const node = taggedOf(value);
  return node?.kind === 'tuple' ? listOf(node.fields['expressions']).map((element) => lowerExpression(element, context)) : [lowerExpression(value, context)];
}

const SYMBOLS: Record<string, string> = { Eq: '=', Neq: '<>', Lt: '<', Lte: '<=', Gt: '>', Gte: '>=' };

function lowerQuantified(kind: 'any' | 'all', fields: Fields, context: Context): Expression {
  const operand = lowerExpression(fields['this'], context);
  const symbol = SYMBOLS[textOf(fields['op']) ?? ''] ?? '=';
  const found = isQueryNode(fields['subquery']) ? subqueryOf(kind, operand, symbol, fields['subquery'], context) : null;
  return found ?? operation(`${symbol} ${kind}`, [operand, lowerExpression(fields['subquery'], context)]);
}
