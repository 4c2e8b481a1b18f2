import type { SqlStatement, TableReference, UtilityStatement } from '../../../model/syntax-tree.js';
import type { Context } from './context.js';
import { type Fields, fieldsOf, taggedOf } from './data.js';
import { isQueryNode } from './query.js';
import { lowerStatement } from './statement.js';
import { tablesIn } from './table.js';

/** Kinds of nodes that are statements of their own, each with its verb where that is another word. */
const VERBS: Record<string, string> = {
  set_statement: 'set', transaction: 'begin', create_function: 'create_function', cache: 'cache_table', uncache: 'uncache_table', truncate: 'truncate', truncate_table: 'truncate',
  multitable_inserts: 'insert_all', rollback: 'rollback', commit: 'commit',
};

const KINDS = new Set(
  `set_statement set transaction begin commit rollback savepoint use grant revoke comment describe show prepare execute kill pragma analyze refresh attach detach install summarize declare
   cache uncache load_data truncate truncate_table alter_table alter_view alter_index alter_session alter_sequence drop_table drop_view drop_index drop_schema drop_database drop_function
   drop_procedure drop_sequence drop_trigger drop_type drop_namespace undrop split_table flashback_table create_index create_schema create_database create_function create_procedure create_sequence
   create_synonym create_trigger create_type create_task multitable_inserts export put query_band vacuum lock_tables unlock_tables`.split(/\s+/),
);

export function isUtility(kind: string): boolean {
  return KINDS.has(kind);
}

/** Everything that neither reads into a result nor writes rows from a query. */
export function lowerUtility(kind: string, fields: Fields, context: Context): UtilityStatement {
  if (holdsRaw(fields)) context.warn('a part of the statement was not read');
  const explained = kind === 'describe' ? lowerStatement(fields['target'], context) : null;
  const inner = explained ?? innerOf(kind, fields, context);
  const verb = explained ? 'explain' : (VERBS[kind] ?? kind);
  return { type: 'utility', verb, inner, relations: inner ? targets(kind, fields, context) : relationsOf(kind, fields, context) };
}

function innerOf(kind: string, fields: Fields, context: Context): SqlStatement | null {
  const value = kind === 'prepare' ? fields['statement'] : kind === 'cache' ? fields['query'] : kind === 'multitable_inserts' ? fields['source'] : null;
  return taggedOf(value) || isQueryNode(value) ? lowerStatement(value, context) : null;
}

/** Whether the parser kept a part of the statement as text. */
function holdsRaw(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsRaw);
  const fields = fieldsOf(value);
  return fields !== null && ('Raw' in fields || 'raw' in fields || 'command' in fields || Object.values(fields).some(holdsRaw));
}

/** Where a statement with a query inside it writes to. */
function targets(kind: string, fields: Fields, context: Context): TableReference[] {
  if (kind === 'cache') return named(fields['table'], context);
  return kind === 'multitable_inserts' ? tablesIn(fields['expressions'], context) : [];
}

function relationsOf(kind: string, fields: Fields, context: Context): TableReference[] {
  const found = tablesIn(fields, context);
  // The names of functions, schemas and the like come as tables.
  if (/^(?:create|drop)_(?:function|procedure|schema|database|sequence|type|task|synonym)$|^drop_namespace$|^execute$/.test(kind)) return [];
  if (found.length > 0) return found;
  if (kind === 'grant' || kind === 'revoke') return named(fields['securable'], context);
  return kind === 'comment' ? named(taggedOf(fields['this'])?.fields, context) : [];
}

/** A relation that comes as a bare name, its parts joined by points. */
function named(identifier: unknown, context: Context): TableReference[] {
  const name = context.name(identifier);
  if (name === null) return [];
  const parts = fieldsOf(identifier)?.['quoted'] === true ? [name] : name.split('.');
  const span = context.spans.of(identifier);
  return [{ type: 'table', catalog: parts.at(-3) ?? null, schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '', alias: null, columnAliases: [], only: false, span }];
}
