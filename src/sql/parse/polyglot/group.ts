import type { GroupItem } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, isAbsent, listOf, nodeOf, taggedOf, textOf } from './data.js';
import { expressions, lowerExpression } from './expression.js';
import { composite } from './make.js';

type SetKind = Extract<GroupItem, { type: 'sets' }>['kind'];

const SET_FUNCTIONS: Record<string, SetKind> = { rollup: 'rollup', cube: 'cube', 'grouping sets': 'sets' };

const ALL_DIALECTS: ReadonlySet<string> = new Set(['duckdb', 'snowflake', 'databricks', 'spark', 'clickhouse', 'redshift', 'bigquery']);

/** GROUP BY with its grouping sets, WITH ROLLUP, WITH CUBE and WITH TOTALS. */
export function lowerGroup(fields: Fields, context: Context): GroupItem[] {
  if (fields['all'] === true) return [{ type: 'all' }];
  // After a FROM that stands first the parser takes the word for a column.
  const [only, more] = listOf(fields['expressions']);
  const word = more === undefined && ALL_DIALECTS.has(context.dialect.id) ? nodeOf(only, 'column') : null;
  if (word && isAbsent(word['table']) && fieldsOf(word['name'])?.['quoted'] !== true && context.name(word['name'])?.toLowerCase() === 'all') return [{ type: 'all' }];
  let items: GroupItem[] = [];
  for (const value of listOf(fields['expressions'])) {
    const node = taggedOf(value);
    // Without arguments it stands behind the keys: GROUP BY a, b WITH ROLLUP.
    if ((node?.kind === 'rollup' || node?.kind === 'cube') && listOf(node.fields['expressions']).length === 0) items = [{ type: 'sets', kind: node.kind, items }];
    else items.push(lowerItem(value, context));
  }
  return fields['totals'] === true && items.length > 0 ? [withTotals(items)] : items;
}

/** WITH TOTALS adds a row over all groups: the sets of the keys, and of none. */
function withTotals(items: GroupItem[]): GroupItem {
  const keys = items.flatMap((item) => (item.type === 'expression' ? [item.expression] : []));
  const [only, more] = keys;
  const whole: GroupItem[] = keys.length < items.length ? items : only && !more ? [{ type: 'expression', expression: only }] : [{ type: 'expression', expression: composite('row', keys) }];
  return { type: 'sets', kind: 'sets', items: [...whole, { type: 'sets', kind: 'empty', items: [] }] };
}

function lowerItem(value: unknown, context: Context): GroupItem {
  const node = taggedOf(value);
  const name = node?.kind === 'function' ? (textOf(node.fields['name']) ?? '').toLowerCase() : (node?.kind ?? '').replace('_', ' ');
  const kind = SET_FUNCTIONS[name];
  if (kind !== undefined && node) {
    const members = listOf(node.fields['args'] ?? node.fields['expressions']);
    return { type: 'sets', kind, items: members.map((member) => lowerItem(member, context)) };
  }
  if (node?.kind === 'tuple') {
    const elements = listOf(node.fields['expressions']);
    if (elements.length === 0) return { type: 'sets', kind: 'empty', items: [] };
    const [only] = elements;
    return { type: 'expression', expression: elements.length === 1 ? lowerExpression(only, context) : composite('row', expressions(elements, context)) };
  }
  return { type: 'expression', expression: lowerExpression(value, context) };
}
