import type { Call, Expression } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, flagOf, isAbsent, listOf, numberOf, presentFields, taggedOf, type Tagged, textOf } from './data.js';
import { expressions, lowerChildren, lowerExpression, lowerWindow, optionalExpression, orderItems } from './expression.js';
import { functionName, POSSIBLE_NAMES } from './function-names.js';
import { literal } from './literal.js';
import { call, composite, opaque, operation } from './make.js';
import { writtenAs } from './operator.js';
import { subqueryOf } from './predicate.js';
import { isQueryNode } from './query.js';
import { typeText } from './types.js';

/** Lowers calls of functions, also of those that are nodes of their own kind; null for all other nodes. */
export function lowerCallNode(node: Tagged, context: Context): Expression | null {
  const { kind, fields } = node;
  switch (kind) {
    case 'function':
    case 'aggregate_function':
      return lowerFunction(fields, context);
    case 'method_call':
      return lowerMethod(fields, context);
    case 'window_function':
      return lowerWindowCall(fields, context);
    case 'within_group': {
      const inner = lowerExpression(fields['this'], context);
      return inner.type === 'call'
        ? { ...inner, withinGroup: true, orderBy: orderItems(fields['order_by'], context) }
        : opaque('within_group', [inner, ...lowerChildren(fields['order_by'], context)]);
    }
    case 'count':
      return lowerCount(fields, context);
    case 'combined_parameterized_agg':
    case 'parameterized_agg':
    case 'combined_agg_func':
    case 'anonymous_agg_func':
    case 'anonymous':
      // `quantile(0.5)(x)`: the parameters come first.
      return call([nameOf(fields['this'], context)], [...expressions(fields['params'], context), ...expressions(fields['expressions'], context)]);
    default: {
      const name = functionName(kind, fields, context.dialect.id);
      return name === null ? null : lowerOwnKind(kind, name, fields, context);
    }
  }
}

function nameOf(value: unknown, context: Context): string {
  const node = taggedOf(value);
  return (textOf(value) ?? context.name(node?.fields) ?? textOf(node?.fields['this']) ?? 'unknown').toLowerCase();
}

/** Operations of the tree that the parser has as plain functions. */
const OPERATIONS = new Set(['coalesce', 'nullif', 'greatest', 'least']);

function lowerFunction(fields: Fields, context: Context): Expression {
  const parts = (textOf(fields['name']) ?? '').toLowerCase().split('.');
  const name = parts.length === 1 ? parts[0] ?? '' : '';
  const list = listOf(fields['args']);
  const [first] = list;
  const special = lowerSpecial(name, list, context);
  if (special) return special;
  if (name === 'array' && list.length === 1 && isQueryNode(first)) return subqueryOf('array', null, null, first, context) ?? opaque(name, []);
  const operands = list.map((argument) => unitOf(name, argument) ?? lowerExpression(argument, context));
  if (OPERATIONS.has(name)) return operation(name, operands);
  if (name === 'count_big' && operands[0]?.type === 'star') return { ...call(parts, []), star: true, ...modifiers(fields, context) };
  if (name === 'row' || name === 'struct' || (name === 'tuple' && context.dialect.id === 'clickhouse')) return composite('row', operands);
  return { ...call(parts, operands), ...modifiers(fields, context) };
}

function modifiers(fields: Fields, context: Context): Pick<Call, 'distinct' | 'filter' | 'orderBy'> {
  return { distinct: flagOf(fields['distinct']), filter: optionalExpression(fields['filter'], context), orderBy: orderItems(fields['order_by'], context) };
}

/** Calls that are no calls: CONVERT is a cast, COLUMNS stands for columns, TABLE for what is in it. */
function lowerSpecial(name: string, list: readonly unknown[], context: Context): Expression | null {
  const [first, second] = list;
  if (name === 'columns' && context.dialect.id !== 'duckdb' && context.dialect.id !== 'clickhouse') return opaque('columns', [{ type: 'star', qualifier: [], except: [], replace: [], rename: [], span: { start: 0, end: 0 } }]);
  if (name === 'table' && list.length === 1) return lowerExpression(first, context);
  if (name === 'values' && context.hasInsertedRow) {
    const column = lowerExpression(first, context);
    return column.type === 'column' ? { ...column, parts: ['excluded', column.parts.at(-1) ?? ''] } : null;
  }
  if ((name === 'convert' || name === 'try_convert') && second !== undefined) {
    const type = nodeType(first, context);
    if (type !== null) {
      const operand = lowerExpression(second, context);
      return { type: 'cast', operand, target: type, span: operand.span };
    }
  }
  return null;
}

function nodeType(value: unknown, context: Context): string | null {
  const node = taggedOf(value);
  if (node?.kind === 'data_type') return typeText(node.fields, context.dialect.id);
  // Redshift: CONVERT(int, a), of which the parser makes a column.
  const isWord = node?.kind === 'column' && !node.fields['table'] && context.dialect.id === 'redshift';
  return isWord ? typeText({ data_type: 'custom', name: context.name(node.fields['name']) ?? '' }, context.dialect.id) : null;
}

const UNITS = new Set(`nanosecond microsecond millisecond second minute hour day dayofweek dayofyear week isoweek month quarter year isoyear decade century millennium epoch date
  nanoseconds microseconds milliseconds seconds minutes hours days weeks months quarters years dow doy weekday dd mm yy yyyy hh mi ss qq wk ns us ms`.split(/\s+/));
const UNIT_FUNCTION = /^(?:date|time|timestamp|datetime)_?(?:add|sub|diff|trunc|part|name|bucket)$|^(?:last_day|timestamptrunc|datetrunc|timestampadd|timestampdiff)$/;

/** The unit of DATEADD(day, …) and its kin, which looks like a column. */
function unitOf(name: string, argument: unknown): Expression | null {
  if (!UNIT_FUNCTION.test(name)) return null;
  const node = taggedOf(argument);
  if (node?.kind !== 'column' || node.fields['table']) return null;
  const identifier = fieldsOf(node.fields['name']);
  const word = textOf(identifier?.['name'])?.toLowerCase() ?? '';
  return identifier?.['quoted'] !== true && UNITS.has(word) ? literal('string', word) : null;
}

/** `schema.function(…)`, `NET.HOST(…)`; of a value, or in DuckDB of anything, it is the function of that value. */
function lowerMethod(fields: Fields, context: Context): Expression {
  const method = (context.name(fields['method']) ?? '').toLowerCase();
  const operands = expressions(fields['args'], context);
  const target = lowerExpression(fields['this'], context);
  if (target.type === 'column' && context.dialect.id !== 'duckdb') return call([...target.parts.map((part) => part.toLowerCase()), method], operands);
  return call([method], [target, ...operands]);
}

function lowerWindowCall(fields: Fields, context: Context): Expression {
  const inner = lowerExpression(fields['this'], context);
  const window = lowerWindow(fields['over'], context);
  const keep = orderItems(fieldsOf(fields['keep'])?.['order_by'], context);
  if (inner.type !== 'call') return opaque('window_function', [inner, ...lowerChildren(fields['over'], context)]);
  // Oracle: KEEP (DENSE_RANK FIRST ORDER BY …) chooses the rows that are aggregated, and is no window.
  if (keep.length > 0) return { ...inner, orderBy: keep };
  return { ...inner, over: window };
}

function lowerCount(fields: Fields, context: Context): Expression {
  const argument = taggedOf(fields['this']);
  const isList = argument?.kind === 'tuple' && flagOf(fields['distinct']);
  const operands = isList ? expressions(argument.fields['expressions'], context) : argument ? [lowerExpression(fields['this'], context)] : [];
  const [only] = operands;
  // `count()` of ClickHouse and DuckDB counts rows, as `count(*)` does.
  const isStar = flagOf(fields['star']) || operands.length === 0;
  const name = textOf(fields['original_name'])?.toLowerCase() ?? 'count';
  return { ...call([name], only?.type === 'star' && only.qualifier.length === 0 ? [] : operands), star: isStar || (only?.type === 'star' && only.qualifier.length === 0), ...modifiers(fields, context) };
}

/** Fields of such nodes that are no arguments. */
const NO_ARGUMENTS = new Set([
  'name', 'original_name', 'distinct', 'filter', 'order_by', 'ignore_nulls', 'limit', 'position_explicit', 'returning', 'on_overflow', 'with_tz', 'safe', 'wrapper_option', 'quotes_option', 'on_error',
]);

/** A function that is a node of its own kind: its fields are its arguments, in their order. */
function lowerOwnKind(kind: string, name: string, fields: Fields, context: Context): Expression {
  let operands = presentFields(fields).flatMap(([key, value]) => {
    if (NO_ARGUMENTS.has(key)) return [];
    const word = textOf(value);
    if (word !== null) return key === 'unit' || key === 'form' ? [literal('string', word.toLowerCase())] : [];
    return argumentsOf(value, context);
  });
  if (kind === 'date_diff') operands = [...operands.slice(2), ...operands.slice(0, 2).reverse()];
  const possible = POSSIBLE_NAMES[kind];
  const written = possible ? writtenAs(operands, possible, context) : null;
  // LOG(base, value): the parser keeps the value first.
  const isTurned = kind === 'log' && operands.length === 2 && context.dialect.id !== 'bigquery' && context.dialect.id !== 'tsql';
  if (name === 'nullif' || name === 'greatest' || name === 'least') return operation(name, operands);
  return { ...call([written ?? name], isTurned ? operands.reverse() : operands), ...modifiers(fields, context) };
}

function argumentsOf(value: unknown, context: Context): Expression[] {
  if (isAbsent(value) || value === true) return [];
  const number = numberOf(value);
  if (number !== null) return [literal('number', String(number))];
  if (Array.isArray(value)) return value.flatMap((item) => argumentsOf(item, context));
  if (textOf(fieldsOf(value)?.['data_type']) !== null) return [];
  return taggedOf(value) ? [lowerExpression(value, context)] : lowerChildren(value, context);
}
