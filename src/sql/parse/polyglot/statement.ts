import type { SqlStatement } from '../../../model/syntax-tree.js';
import { lowerCommand, lowerMutation } from './command.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, listOf, nodeOf, taggedOf, textOf } from './data.js';
import { lowerCopy, lowerCreateTable, lowerCreateView } from './ddl.js';
import { lowerFromItem } from './from.js';
import { lowerMerge } from './merge.js';
import { lowerDelete, lowerInsert, lowerUpdate } from './modification.js';
import { isQueryNode, lowerQuery, selectAll } from './query.js';
import { lowerTable } from './table.js';
import { isUtility, lowerUtility } from './utility.js';

/** Lowers a statement; null for a node that is none, such as an expression standing alone. */
export function lowerStatement(value: unknown, context: Context): SqlStatement | null {
  const node = taggedOf(value);
  if (!node) return null;
  const { kind, fields } = node;
  if (isQueryNode(value)) return lowerQueryStatement(value, context);
  switch (kind) {
    case 'insert':
      return lowerInsert(fields, context);
    case 'update':
      return lowerUpdate(fields, context);
    case 'delete':
      return lowerDelete(fields, context);
    case 'merge':
      return lowerMerge(fields, context);
    case 'create_table':
      return lowerCreateTable(fields, context);
    case 'create_view':
      return lowerCreateView(fields, context);
    case 'copy':
      return lowerCopy(fields, context);
    case 'export': {
      const query = lowerQuery(fields['this'], context);
      return query ? { type: 'copy', direction: 'to', table: null, columns: [], query } : lowerUtility(kind, fields, context);
    }
    case 'alter_table': {
      const [only, more] = listOf(fields['actions']);
      const raw = more === undefined ? nodeOf(only, 'Raw') : null;
      return (raw ? rowMutation(fields, textOf(raw['sql']) ?? '', context) : null) ?? lowerUtility(kind, fields, context);
    }
    case 'pivot':
    case 'unpivot':
      return { type: 'query_statement', form: 'select', query: selectAll(lowerFromItem(value, context)) };
    case 'annotated':
    case 'paren':
      return lowerStatement(fields['this'], context);
    case 'locking_statement':
      return lowerStatement(fields['expression'], context);
    case 'command':
      return lowerCommand(textOf(fields['this']) ?? '', context);
    default:
      return isUtility(kind) ? lowerUtility(kind, fields, context) : null;
  }
}

function lowerQueryStatement(value: unknown, context: Context): SqlStatement | null {
  const query = lowerQuery(value, context);
  if (!query) return null;
  const target = intoOf(value);
  if (target) return { type: 'create', object: 'table', target: lowerTable(target['this'], context), columns: [], query };
  return { type: 'query_statement', form: 'select', query };
}

/** SELECT … INTO t; in a set operation it stands in the first branch. */
function intoOf(value: unknown): Fields | null {
  const node = taggedOf(value);
  if (node?.kind === 'select') return fieldsOf(node.fields['into']);
  if (node?.kind === 'union' || node?.kind === 'intersect' || node?.kind === 'except') return intoOf(node.fields['left']);
  return node?.kind === 'subquery' ? intoOf(node.fields['this']) : null;
}

/** ALTER TABLE t DELETE WHERE … of ClickHouse, whose action the parser writes anew without spaces. */
function rowMutation(fields: Fields, action: string, context: Context): SqlStatement | null {
  const mutation = lowerMutation(`ALTER TABLE t ${action}`, context);
  return mutation?.type === 'delete' || mutation?.type === 'update' ? { ...mutation, target: lowerTable(fields['name'], context) } : null;
}
