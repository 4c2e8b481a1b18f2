import type { Expression, GroupItem, Query, Select } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, flagOf, held, isAbsent, listOf, presentFields, taggedOf, textOf } from './data.js';
import { expressions, lowerChildren, lowerProjections, lowerWindow, optionalExpression, orderItems } from './expression.js';
import { lowerFrom } from './from.js';
import { lowerGroup } from './group.js';
import { lowerLimitBy } from './limit-by.js';
import { both, composite, named, opaque } from './make.js';
import { lowerLimit, ONE_ROW, queryOf, spread } from './query.js';

export function emptySelect(): Select {
  return { type: 'select', distinct: null, projections: [], from: [], where: null, groupBy: [], having: null, qualify: null, windows: [] };
}

/** Fields that are read below, and those that change neither columns nor what is read. */
const KNOWN = new Set([
  'expressions', 'from', 'joins', 'lateral_views', 'prewhere', 'where_clause', 'group_by', 'having', 'qualify', 'order_by', 'distribute_by', 'cluster_by', 'sort_by', 'limit',
  'offset', 'limit_by', 'fetch', 'distinct', 'distinct_on', 'top', 'with', 'windows', 'connect', 'into', 'locks', 'kind', 'exclude',
  'sample', 'settings', 'format', 'operation_modifiers', 'option', 'qualify_after_window',
]);

/** A SELECT with its order and limit, without its WITH. */
export function lowerSelect(fields: Fields, context: Context): Query {
  const select: Select = {
    type: 'select',
    projections: projections(fields, context),
    from: lowerFrom(fields['from'], fields['joins'], fields['lateral_views'], context),
    where: both(both(optionalExpression(fields['prewhere'], context), optionalExpression(held(fields['where_clause']), context)), connection(fields['connect'], context)),
    groupBy: groupBy(fields['group_by'], context),
    having: optionalExpression(held(fields['having']), context),
    qualify: optionalExpression(held(fields['qualify']), context),
    windows: listOf(fields['windows']).map((item) => {
      const window = fieldsOf(item);
      return { name: context.name(window?.['name']) ?? '', window: lowerWindow(window?.['spec'], context) };
    }),
    distinct: distinct(fields, context),
  };
  for (const [key, value] of presentFields(fields)) {
    if (KNOWN.has(key)) continue;
    const parts = lowerChildren(value, context);
    context.warn(`the clause ${key.toUpperCase().replaceAll('_', ' ')} of a query was not read`, context.spanOf(...parts));
    if (parts.length > 0) select.where = both(select.where, opaque(key, parts));
  }
  const query: Query = {
    ...queryOf(select),
    orderBy: [...orderItems(fields['order_by'], context), ...spread(fields, context)],
    limit: limit(fields, context),
    offset: optionalExpression(held(fields['offset']), context),
    locks: listOf(fields['locks']).map((lock) => lockOf(fieldsOf(lock))),
  };
  return isAbsent(fields['limit_by']) ? query : lowerLimitBy(query, select, fields, context);
}

function projections(fields: Fields, context: Context): Select['projections'] {
  const found = lowerProjections(listOf(fields['expressions']), context);
  const excluded = listOf(fields['exclude']).flatMap((item) => context.name(taggedOf(item)?.fields['name']) ?? context.name(taggedOf(item)?.fields) ?? context.name(item) ?? []);
  for (const { expression } of found) if (expression.type === 'star') expression.except.push(...excluded);
  // BigQuery: one column, a row of all of them.
  if (textOf(fields['kind'])?.toUpperCase() !== 'STRUCT') return found;
  const row = composite('row', found.map(({ expression, alias }) => named(alias ?? (expression.type === 'column' ? (expression.parts.at(-1) ?? null) : null), expression)));
  return [{ expression: row, alias: null, span: row.span }];
}

/** CONNECT BY: which rows follow each other depends on these columns. */
function connection(value: unknown, context: Context): Expression | null {
  const fields = fieldsOf(value);
  if (!fields) return null;
  return opaque('connect_by', ['start', 'connect'].flatMap((key) => optionalExpression(fields[key], context) ?? []));
}

function distinct(fields: Fields, context: Context): Select['distinct'] {
  const on = expressions(fields['distinct_on'], context);
  if (on.length > 0) return on;
  return fields['distinct'] === true ? 'all' : null;
}

function limit(fields: Fields, context: Context): Query['limit'] {
  const fetch = fieldsOf(fields['fetch']);
  if (fetch) return optionalExpression(fetch['count'], context) ?? ONE_ROW;
  return lowerLimit(fields['limit'], context) ?? optionalExpression(held(fields['top']), context);
}

function groupBy(value: unknown, context: Context): GroupItem[] {
  const fields = fieldsOf(value);
  if (!fields) return [];
  return lowerGroup(fields, context);
}

/** FOR UPDATE and FOR SHARE, by the names of libpg_query. */
function lockOf(lock: Fields | null): Query['locks'][number] {
  const isUpdate = flagOf(lock?.['update']);
  const isKey = flagOf(lock?.['key']);
  const strength = isUpdate ? (isKey ? 'LCS_FORNOKEYUPDATE' : 'LCS_FORUPDATE') : isKey ? 'LCS_FORKEYSHARE' : 'LCS_FORSHARE';
  // `wait` is false for SKIP LOCKED, true for NOWAIT, a number of seconds for WAIT.
  const wait = taggedOf(lock?.['wait']);
  return { strength, skipLocked: wait?.kind === 'boolean' && wait.fields['value'] === false };
}
