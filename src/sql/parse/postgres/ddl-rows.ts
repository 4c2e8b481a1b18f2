import type { CallStmt, CopyStmt, DeleteStmt, InsertStmt, MergeStmt, Node, SelectStmt, TruncateStmt, UpdateStmt } from '@pgsql/types';
import { relationKey } from '../../schema-index.js';
import type { DdlState } from './ddl-state.js';
import { type Source, whereText } from './ddl-text.js';
import { childNodes, text, texts } from './nodes.js';

/** Statements that change rows, and calls, which may change anything. */

/** Tells of rows that change; false for a statement of another kind. */
export function changeRows(node: Node, state: DdlState, source: Source): boolean {
  if ('InsertStmt' in node) insert(node.InsertStmt, state);
  else if ('UpdateStmt' in node) update(node.UpdateStmt, state, source);
  else if ('DeleteStmt' in node) remove(node.DeleteStmt, state, source);
  else if ('MergeStmt' in node) merge(node.MergeStmt, state);
  else if ('TruncateStmt' in node) truncate(node.TruncateStmt, state);
  else if ('CopyStmt' in node) copy(node.CopyStmt, state);
  else if ('CallStmt' in node) call(node.CallStmt, state);
  else return false;
  return true;
}

function targets(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : []));
}

function insert({ relation, cols, onConflictClause }: InsertStmt, state: DdlState): void {
  const table = relation ? state.find(relation) : null;
  if (!table) return;
  state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: targets(cols), verb: 'insert', condition: null });
  const updated = targets(onConflictClause?.targetList);
  if (updated.length > 0) state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: updated, verb: 'update', condition: 'rows that conflict' });
}

function update({ relation, targetList, whereClause }: UpdateStmt, state: DdlState, source: Source): void {
  const table = relation ? state.find(relation) : null;
  if (!table) return;
  const columns = [...new Set(targets(targetList))];
  const missing = columns.filter((column) => !table.columns.some(({ name }) => name === column));
  if (missing.length > 0) state.unknown(`the catalogue has no column ${relationKey(table)}.${missing.join(', ')}`);
  state.emit({ kind: 'rows-changed', relation: relationKey(table), columns, verb: 'update', condition: whereText(whereClause, source) });
}

function remove({ relation, whereClause }: DeleteStmt, state: DdlState, source: Source): void {
  const table = relation ? state.find(relation) : null;
  if (table) state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: [], verb: 'delete', condition: whereText(whereClause, source) });
}

function merge({ relation, mergeWhenClauses }: MergeStmt, state: DdlState): void {
  const table = relation ? state.find(relation) : null;
  if (!table) return;
  const columns = (mergeWhenClauses ?? []).flatMap((clause) => ('MergeWhenClause' in clause ? targets(clause.MergeWhenClause.targetList) : []));
  state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: [...new Set(columns)], verb: 'merge', condition: null });
}

function truncate({ relations, behavior }: TruncateStmt, state: DdlState): void {
  const named = (relations ?? []).flatMap((node) => ('RangeVar' in node ? (state.find(node.RangeVar) ?? []) : []));
  const all = new Set(named);
  for (const table of all) {
    const referring = state.catalog.constraints.filter(({ references }) => references?.schema === table.schema && references.relation === table.name);
    for (const { schema, relation, name } of referring) {
      const other = state.index().get(relationKey({ schema, name: relation }));
      if (!other || all.has(other)) continue;
      if (behavior === 'DROP_CASCADE') all.add(other);
      else state.unknown(`fails: the foreign key ${name} of ${relationKey(other)} refers to ${relationKey(table)}; use CASCADE, which empties that too`);
    }
  }
  for (const table of all) state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: [], verb: 'truncate', condition: null });
}

function copy({ relation, is_from, attlist }: CopyStmt, state: DdlState): void {
  const table = is_from && relation ? state.find(relation) : null;
  if (table) state.emit({ kind: 'rows-changed', relation: relationKey(table), columns: texts(attlist), verb: 'insert', condition: null });
}

function call({ funccall }: CallStmt, state: DdlState): void {
  state.unknown(`it calls ${texts(funccall?.funcname).join('.')}, which may change anything; look at what the procedure does`);
}

/** Functions of the engine that change nothing that a query reads: settings, sequences, locks, waiting. */
const IDLE = /^(?:set_config|current_setting|setval|nextval|currval|lastval|now|version|pg_sleep|pg_(?:try_)?advisory_\w+|pg_notify|current_\w+|count|max|min|sum|coalesce|format|to_regclass|pg_get_serial_sequence|pg_(?:re)?fresh\w*|lower|upper|greatest|nullif|array_agg|string_agg|row_number|exists)$/;

/** A SELECT calls functions: of those that are not known to be idle nobody can tell what they change. */
export function callsOf(select: SelectStmt, state: DdlState): void {
  const called = [...new Set(functionsIn(select))].filter((name) => !IDLE.test(name));
  if (called.length > 0) state.unknown(`it calls ${called.slice(0, 5).join(', ')}, which may change anything; look at what it does`);
}

function functionsIn(value: unknown): string[] {
  return childNodes(value).flatMap((node) => {
    const own = 'FuncCall' in node ? [text(node.FuncCall.funcname?.at(-1))] : [];
    return [...own, ...functionsIn(Object.values(node)[0])];
  });
}
