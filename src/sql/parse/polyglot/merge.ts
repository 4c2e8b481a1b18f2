import type { Assignment, FromItem, MergeStatement, TableReference } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, listOf, taggedOf, textOf } from './data.js';
import { expressions, lowerExpression, lowerProjections, optionalExpression } from './expression.js';
import { lowerFromItem } from './from.js';
import { literal } from './literal.js';
import { lowerWith } from './query.js';
import { lowerTable } from './table.js';
import { assignmentOf, ofTarget } from './modification.js';

export function lowerMerge(fields: Fields, context: Context): MergeStatement {
  const withClause = taggedOf(fields['with_']);
  const { ctes } = lowerWith(withClause?.kind === 'with' ? withClause.fields : fields['with_'], context, []);
  const whens = taggedOf(fields['whens']);
  const returning = taggedOf(fields['returning']);
  const target = targetOf(fields['this'], context);
  const source = lowerFromItem(fields['using'], context);
  return {
    type: 'merge',
    ctes,
    target,
    source,
    condition: optionalExpression(fields['on'], context) ?? literal('boolean', 'true'),
    clauses: listOf(whens?.fields['expressions']).map((when) => clauseOf(taggedOf(when)?.fields ?? {}, source, context)),
    returning: lowerProjections(listOf(returning?.fields['expressions']), context).map((projection) => ofTarget(projection, target)),
  };
}

function targetOf(value: unknown, context: Context): TableReference {
  const item = lowerFromItem(value, context);
  return item.type === 'table' ? item : lowerTable({}, context);
}

const ACTIONS: Record<string, MergeStatement['clauses'][number]['action']> = { INSERT: 'insert', UPDATE: 'update', DELETE: 'delete' };

/** `then` is the word of the action, or a tuple of it and what it writes. */
function clauseOf(when: Fields, source: FromItem, context: Context): MergeStatement['clauses'][number] {
  const then = taggedOf(when['then']);
  const [word, first, second] = then?.kind === 'tuple' ? listOf(then.fields['expressions']) : [when['then']];
  const action = ACTIONS[(textOf(taggedOf(word)?.fields['this']) ?? '').toUpperCase()] ?? 'nothing';
  const condition = optionalExpression(when['condition'], context);
  return { condition, action, assignments: action === 'insert' ? inserted(first, second, source, context) : updated(first, source, context) };
}

function updated(value: unknown, source: FromItem, context: Context): Assignment[] {
  const node = taggedOf(value);
  if (node?.kind === 'star') return byName(source);
  if (node?.kind !== 'tuple') return [];
  return listOf(node.fields['expressions']).flatMap((pair) => assignmentOf(pair, context));
}

/** INSERT ROW (BigQuery) writes every column of the source, by its position. */
function row(source: FromItem, column = ''): Assignment[] {
  const name = source.type === 'table' ? (source.alias ?? source.name) : source.alias;
  const span = { start: 0, end: 0 };
  return [{ column, value: { type: 'star', qualifier: name === null ? [] : [name], except: [], replace: [], rename: [], span }, ordinal: null }];
}

/** UPDATE SET * and INSERT * (Databricks) write every column that both sides have. */
function byName(source: FromItem): Assignment[] {
  return row(source, '*');
}

function inserted(columns: unknown, values: unknown, source: FromItem, context: Context): Assignment[] {
  const first = taggedOf(columns);
  if (first?.kind === 'star') return byName(source);
  if (first?.kind !== 'tuple') return row(source);
  const list = taggedOf(values);
  // Without a list of columns only the values are there.
  if (list?.kind !== 'tuple') return expressions(first.fields['expressions'], context).map((value) => ({ column: '', value, ordinal: null }));
  const names = listOf(first.fields['expressions']).map((column) => {
    const node = taggedOf(column);
    const name = context.name(node?.kind === 'column' ? node.fields['name'] : node?.fields) ?? '';
    return name.slice(name.lastIndexOf('.') + 1);
  });
  return listOf(list.fields['expressions']).map((value, index) => ({ column: names[index] ?? '', value: lowerExpression(value, context), ordinal: null }));
}
