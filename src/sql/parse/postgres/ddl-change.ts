import type { AlterEnumStmt, AlterObjectSchemaStmt, CommentStmt, DropStmt, Node, RenameStmt, SecLabelStmt } from '@pgsql/types';
import type { Relation, StoredFunction } from '../../../model/catalog.js';
import { type DdlState, inputTypes } from './ddl-state.js';
import { items, text, texts } from './nodes.js';

/** Statements that change, describe or drop what others have made. */

const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);
const FUNCTIONS = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);
const TYPES = new Set(['OBJECT_TYPE', 'OBJECT_DOMAIN']);

/** The dotted name of an object, however the grammar has it. */
function nameParts(node: Node | undefined): string[] {
  if (!node) return [];
  if ('TypeName' in node) return texts(node.TypeName.names);
  if ('ObjectWithArgs' in node) return texts(node.ObjectWithArgs.objname);
  return texts(items(node));
}

/** The functions that a statement means: that with the argument types it gives, or all of the name. */
function functionsOf(node: Node | undefined, state: DdlState): StoredFunction[] {
  const parts = nameParts(node);
  const same = state.index().functionsNamed(parts.at(-2) ?? null, parts.at(-1) ?? '', state.path);
  if (!node || !('ObjectWithArgs' in node) || node.ObjectWithArgs.args_unspecified) return same;
  const types = (node.ObjectWithArgs.objargs ?? []).map((type) => ('TypeName' in type ? state.typeText(type.TypeName) : '')).join(',');
  return same.filter((stored) => inputTypes(stored) === types);
}

export function rename(node: RenameStmt, state: DdlState): void {
  const { renameType = '', subname = '', newname = '' } = node;
  if (renameType === 'OBJECT_SCHEMA') {
    moveSchema(subname, newname, state);
    return;
  }
  if (FUNCTIONS.has(renameType)) for (const stored of functionsOf(node.object, state)) stored.name = newname;
  if (TYPES.has(renameType)) {
    const type = state.findType(nameParts(node.object));
    if (type) type.name = newname;
  }
  const relation = node.relation && (RELATIONS.has(renameType) || renameType === 'OBJECT_COLUMN') ? state.find(node.relation, node.missing_ok ?? false) : null;
  if (relation && renameType === 'OBJECT_COLUMN') for (const each of [relation, ...state.partitions(relation)]) renameColumn(each, subname, newname, state);
  else if (relation) state.rename(relation, { schema: relation.schema, name: newname });
  state.renamed();
}

function renameColumn(relation: Relation, from: string, to: string, state: DdlState): void {
  const renamed = <T extends string | null>(columns: T[]): (T | string)[] => columns.map((column) => (column === from ? to : column));
  for (const column of relation.columns) if (column.name === from) column.name = to;
  const { catalog } = state;
  const isOwn = (item: { schema: string; relation: string }): boolean => item.schema === relation.schema && item.relation === relation.name;
  for (const constraint of catalog.constraints) {
    if (isOwn(constraint)) constraint.columns = renamed(constraint.columns);
    if (constraint.references && isOwn(constraint.references)) constraint.references.columns = renamed(constraint.references.columns);
  }
  for (const index of catalog.indexes) if (isOwn(index)) index.columns = renamed(index.columns);
}

function moveSchema(from: string, to: string, state: DdlState): void {
  for (const relation of state.catalog.relations.filter(({ schema }) => schema === from)) state.rename(relation, { schema: to, name: relation.name });
  for (const stored of state.catalog.functions) if (stored.schema === from) stored.schema = to;
  state.renamed();
}

export function setSchema(node: AlterObjectSchemaStmt, state: DdlState): void {
  const { objectType = '', newschema = '' } = node;
  const relation = RELATIONS.has(objectType) && node.relation ? state.find(node.relation, node.missing_ok ?? false) : null;
  if (relation) state.rename(relation, { schema: newschema, name: relation.name });
  if (FUNCTIONS.has(objectType)) for (const stored of functionsOf(node.object, state)) stored.schema = newschema;
  if (TYPES.has(objectType)) {
    const type = state.findType(nameParts(node.object));
    if (type) type.schema = newschema;
  }
  state.renamed();
}

/** CASCADE takes along what lies in a schema, and nothing else: which views read a table is not looked for. */
export function drop({ objects = [], removeType: dropped, missing_ok }: DropStmt, state: DdlState): void {
  const removeType: string = dropped ?? '';
  for (const object of objects) {
    const parts = nameParts(object);
    if (RELATIONS.has(removeType)) {
      const relation = state.find(parts, missing_ok ?? false);
      if (relation) state.remove(relation);
    } else if (FUNCTIONS.has(removeType)) {
      const meant = new Set(functionsOf(object, state));
      state.catalog.functions = state.catalog.functions.filter((stored) => !meant.has(stored));
    } else if (TYPES.has(removeType)) {
      const type = state.findType(parts);
      if (type) state.removeType(type);
    } else if (removeType === 'OBJECT_INDEX') {
      state.catalog.indexes = state.catalog.indexes.filter(({ name, schema }) => name !== parts.at(-1) || (parts.length > 1 && schema !== parts.at(-2)));
    } else if (removeType === 'OBJECT_SCHEMA') {
      const schema = text(object);
      for (const relation of state.catalog.relations.filter((candidate) => candidate.schema === schema)) state.remove(relation);
      state.catalog.functions = state.catalog.functions.filter((stored) => stored.schema !== schema);
    }
  }
  state.renamed();
}

export function comment(node: CommentStmt, state: DdlState): void {
  describe(node.objtype, node.object, state, (item) => {
    item.comment = node.comment ?? null;
  });
}

/** Labels of columns alone: that is where personal data is declared. */
export function label(node: SecLabelStmt, state: DdlState): void {
  if (node.objtype !== 'OBJECT_COLUMN') return;
  describe(node.objtype, node.object, state, (item) => {
    if ('label' in item) item.label = node.label ?? null;
  });
}

function describe(objectType: string | undefined, object: Node | undefined, state: DdlState, write: (item: Relation | Relation['columns'][number]) => void): void {
  const parts = nameParts(object);
  const column = objectType === 'OBJECT_COLUMN' ? parts.pop() : undefined;
  if (column === undefined && !RELATIONS.has(objectType ?? '')) return;
  const relation = state.find(parts);
  const item = column === undefined ? relation : relation?.columns.find(({ name }) => name === column);
  if (item) write(item);
}

export function alterEnum(node: AlterEnumStmt, state: DdlState): void {
  const type = state.findType(texts(node.typeName));
  if (type?.kind !== 'enum') return;
  const before = [...type.values];
  const { oldVal, newVal = '', newValNeighbor, newValIsAfter } = node;
  if (oldVal !== undefined) type.values = type.values.map((value) => (value === oldVal ? newVal : value));
  else if (!type.values.includes(newVal)) {
    const neighbour = newValNeighbor === undefined ? type.values.length : type.values.indexOf(newValNeighbor) + (newValIsAfter ? 1 : 0);
    type.values.splice(neighbour, 0, newVal);
  }
  const same = (values: readonly string[] | null): boolean => values !== null && values.length === before.length && values.every((value, at) => value === before[at]);
  for (const { columns } of state.catalog.relations) {
    for (const column of columns) if (column.type.replace(/^.*\./, '') === type.name && same(column.enumValues)) column.enumValues = [...type.values];
  }
}
