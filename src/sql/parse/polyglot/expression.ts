import type { Expression, OrderItem, Projection, Window } from '../../../model/syntax-tree.js';
import { lowerCallNode } from './call.js';
import { lowerColumnNode } from './column.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, nodeOf, presentFields, taggedOf, textOf } from './data.js';
import { lowerForm } from './form.js';
import { lowerLiteral } from './literal.js';
import { opaque } from './make.js';
import { lowerOperator } from './operator.js';
import { lowerPredicate, subqueryOf } from './predicate.js';
import { isQueryNode } from './query.js';
import { lowerRaw } from './raw.js';
import { misplacedIn } from './set-operation.js';
import { frameText } from '../window-frame.js';

/** Lowers one expression. A node that it does not know becomes `opaque` with every expression inside it. */
export function lowerExpression(value: unknown, context: Context): Expression {
  const node = taggedOf(value);
  if (!node) return opaque('nothing', lowerChildren(value, context));
  const first = misplacedIn(value);
  if (first !== null) {
    context.misplaced.at(-1)?.push(value);
    return lowerExpression(first, context);
  }
  if (isQueryNode(value)) {
    const subquery = subqueryOf('scalar', null, null, value, context);
    if (subquery) return subquery;
  }
  if (node.kind === 'raw' || node.kind === 'command') return lowerRaw(textOf(node.fields['sql'] ?? node.fields['this']) ?? '', context);
  return (
    lowerColumnNode(node, context) ??
    lowerLiteral(node, context) ??
    lowerOperator(node, context) ??
    lowerPredicate(node, context) ??
    lowerForm(node, context) ??
    lowerCallNode(node, context) ??
    opaque(node.kind, presentFields(node.fields).flatMap(([, inner]) => lowerChildren(inner, context)))
  );
}

export function optionalExpression(value: unknown, context: Context): Expression | null {
  return isAbsent(value) ? null : lowerExpression(value, context);
}

export function expressions(values: unknown, context: Context): Expression[] {
  return listOf(values).map((value) => lowerExpression(value, context));
}

/** Objects with one key that are no nodes but hold some. */
const CONTAINERS = new Set(['this', 'expressions', 'expression', 'items', 'columns', 'args', 'name', 'field', 'fields']);
/** Nodes that are no expressions. */
const NO_EXPRESSIONS = new Set(['identifier', 'var', 'data_type', 'table', 'column_def']);

/** The expressions anywhere in a value of the parser's tree. */
export function lowerChildren(value: unknown, context: Context): Expression[] {
  if (Array.isArray(value)) return value.flatMap((item) => lowerChildren(item, context));
  const fields = fieldsOf(value);
  if (!fields || isName(fields)) return [];
  const node = taggedOf(value);
  const isNode = node !== null && /^[a-z]/.test(node.kind) && !CONTAINERS.has(node.kind) && (node.body === null || fieldsOf(node.body) !== null);
  if (isNode) return NO_EXPRESSIONS.has(node.kind) ? [] : [lowerExpression(value, context)];
  return presentFields(fields).flatMap(([, inner]) => lowerChildren(inner, context));
}

/** An identifier, a reference to a table, or a type. */
function isName(fields: Fields): boolean {
  return ('quoted' in fields && textOf(fields['name']) !== null) || ('catalog' in fields && 'schema' in fields) || textOf(fields['data_type']) !== null;
}

/** ORDER BY: a list of items, or what holds one. */
export function orderItems(value: unknown, context: Context): OrderItem[] {
  const items = Array.isArray(value) ? value : listOf(fieldsOf(value)?.['expressions']);
  return items.map((item: unknown) => {
    const node = taggedOf(item);
    const fields = node?.kind === 'ordered' ? node.fields : (fieldsOf(item) ?? {});
    const inner = 'this' in fields ? fields['this'] : item;
    const first = fields['nulls_first'];
    const nulls = typeof first === 'boolean' ? ({ nulls: first ? 'first' : 'last' } as const) : {};
    return { expression: lowerExpression(inner, context), descending: fields['desc'] === true, ...nulls };
  });
}

/** What stands in OVER (…), or in the WINDOW clause behind a name. */
export function lowerWindow(value: unknown, context: Context): Window {
  const fields = fieldsOf(value) ?? {};
  const frame = frameOf(fieldsOf(fields['frame']));
  return {
    ...(frame === null ? {} : { frame }),
    partitionBy: expressions(fields['partition_by'], context),
    orderBy: orderItems(fields['order_by'], context),
    reference: context.name(fields['window_name']),
  };
}

/** `ROWS BETWEEN … AND …`, without the distances. */
function frameOf(fields: Fields | null): string | null {
  const unit = textOf(fields?.['kind']);
  const start = boundOf(fields?.['start']);
  if (unit === null || start === null) return null;
  return frameText({ unit: unit.toLowerCase(), start, end: boundOf(fields?.['end']), exclude: wordsOf(textOf(fields?.['exclude'])) });
}

function boundOf(value: unknown): string | null {
  return wordsOf(textOf(value) ?? taggedOf(value)?.kind ?? null);
}

/** `UnboundedPreceding` as `unbounded preceding`. */
function wordsOf(name: string | null): string | null {
  return name === null ? null : name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

export function lowerProjections(values: readonly unknown[], context: Context): Projection[] {
  return values.flatMap((value) => {
    // `stack(2, a, b) AS (name, value)` (Spark): a column for each name.
    const names = context.names(listOf(nodeOf(value, 'alias')?.['column_aliases']));
    const projection = lowerProjection(value, context);
    return names.length > 0 ? names.map((alias) => ({ ...projection, alias })) : [projection];
  });
}

function lowerProjection(value: unknown, context: Context): Projection {
  const node = taggedOf(value);
  if (node?.kind === 'annotated') return lowerProjection(node.fields['this'], context);
  if (node?.kind === 'alias') {
    const number = hexadecimal(node.fields, context);
    if (number) return { expression: number, alias: null, span: number.span };
    const expression = lowerExpression(node.fields['this'], context);
    const end = context.spans.of(node.fields['alias']).end;
    const span = expression.span.end > 0 ? { start: expression.span.start, end: Math.max(end, expression.span.end) } : context.spans.of(node.fields['alias']);
    return { expression, alias: context.name(node.fields['alias']), span };
  }
  // T-SQL: `name = expression` is an alias.
  const assigned = context.dialect.id === 'tsql' && node?.kind === 'eq' ? taggedOf(node.fields['left']) : null;
  if (node && assigned?.kind === 'column' && !assigned.fields['table']) {
    const expression = lowerExpression(node.fields['right'], context);
    const { start } = context.spans.of(assigned.fields);
    return { expression, alias: context.name(assigned.fields['name']), span: { start, end: Math.max(expression.span.end, context.spans.of(assigned.fields).end) } };
  }
  const expression = lowerExpression(value, context);
  return { expression, alias: null, span: expression.span };
}

/** `0x1F`, which the parser reads as `0 AS x1F`. */
function hexadecimal(fields: Fields, context: Context): Expression | null {
  const { start, end } = context.spans.of(fields['alias']);
  const isZero = nodeOf(fields['this'], 'literal')?.['value'] === '0';
  if (!isZero || context.text.charAt(start - 1) !== '0' || !/^x[\da-f]+$/i.test(context.text.slice(start, end))) return null;
  return { type: 'literal', kind: 'number', value: String(Number(`0${context.text.slice(start, end)}`)), span: { start: start - 1, end } };
}
