import type { AlterObjectSchemaStmt, CommentStmt, Node, RenameStmt, SecLabelStmt } from '@pgsql/types';
import type { Relation, StoredFunction } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { renameAccess } from './ddl-access.js';
import { functionsOf, FUNCTIONS, nameParts, RELATIONS, TYPES } from './ddl-objects.js';
import { followColumn, readersOf, tableFollowers } from './ddl-readers.js';
import type { DdlState, Name, UserType } from './ddl-state.js';
import { quoteName, withColumnRenamed } from './ddl-text.js';

/** Statements that rename, move or describe what others have made. */

export function rename(node: RenameStmt, state: DdlState): void {
  const { renameType = '', subname = '', newname = '' } = node;
  if (renameType === 'OBJECT_SCHEMA') {
    moveSchema(subname, newname, state);
    return;
  }
  if (FUNCTIONS.has(renameType)) renameFunctions(functionsOf(node.object, state), nameParts(node.object), { name: newname }, state);
  if (TYPES.has(renameType)) moveType(state.findType(nameParts(node.object)), { name: newname }, state);
  const relation = node.relation && (RELATIONS.has(renameType) || renameType === 'OBJECT_COLUMN') ? state.find(node.relation, node.missing_ok ?? false) : null;
  if (relation && renameType === 'OBJECT_COLUMN') renameColumns(relation, subname, newname, state);
  else if (relation) renameRelation(relation, { schema: relation.schema, name: newname }, state);
  else if (state.recorder && !node.relation && !FUNCTIONS.has(renameType) && !TYPES.has(renameType)) renameOther(node, state);
  else if (state.recorder && node.relation && !RELATIONS.has(renameType) && renameType !== 'OBJECT_COLUMN') renameOther(node, state);
  state.renamed();
}

function renameOther(node: RenameStmt, state: DdlState): void {
  const { renameType = '', subname = '', newname = '' } = node;
  if (renameType === 'OBJECT_INDEX') return renameIndex(node.relation?.schemaname, node.relation?.relname ?? '', newname, state);
  const table = node.relation && (renameType === 'OBJECT_TABCONSTRAINT' || renameType === 'OBJECT_POLICY') ? state.find(node.relation, node.missing_ok ?? false) : null;
  if (table && renameType === 'OBJECT_TABCONSTRAINT') {
    const isMeant = (item: { schema: string; relation: string; name: string }): boolean => item.schema === table.schema && item.relation === table.name && item.name === subname;
    const constraint = state.catalog.constraints.find(isMeant);
    if (!constraint) return state.unknown(`the catalogue has no constraint ${subname} on ${relationKey(table)}`);
    for (const item of [...state.catalog.indexes.filter(isMeant), constraint]) item.name = newname;
    return state.harmless(relationKey(table), `constraint ${subname} is called ${newname}`);
  }
  if (renameType === 'OBJECT_ATTRIBUTE') return state.unknown(`a field of the type ${node.relation?.relname ?? ''} has another name: who reads it is not followed`);
  renameAccess(renameType, table, subname, newname, state);
}

function renameIndex(schema: string | undefined, from: string, to: string, state: DdlState): void {
  const index = state.catalog.indexes.find((candidate) => candidate.name === from && (schema === undefined || candidate.schema === schema));
  if (!index) return state.unknown(`the catalogue has no index ${from}`);
  for (const constraint of state.catalog.constraints) if (constraint.name === from && constraint.schema === index.schema && constraint.relation === index.relation) constraint.name = to;
  index.name = to;
  state.harmless(relationKey({ schema: index.schema, name: index.relation }), `index ${from} is called ${to}`);
}

/** A relation under another name or in another schema; the texts of views follow. */
function renameRelation(relation: Relation, to: Name, state: DdlState): void {
  const before = relationKey(relation);
  if (state.recorder !== null && state.index().get(relationKey(to))) return state.exists(relationKey(to), false);
  const followers = state.recorder === null ? [] : tableFollowers(state, relation);
  state.rename(relation, to);
  for (const follow of followers) follow();
  state.emit({ kind: 'relation-renamed', relation: before, to: relationKey(to) });
}

function renameFunctions(meant: readonly StoredFunction[], parts: readonly string[], to: Partial<Name>, state: DdlState): void {
  if (meant.length === 0) state.unknown(`the catalogue has no function ${parts.join('.')}`);
  for (const stored of meant) {
    const before = relationKey(stored);
    Object.assign(stored, to);
    state.emit({ kind: 'function-dropped', relation: '', name: before });
    state.emit({ kind: 'function-added', relation: '', name: relationKey(stored) });
  }
}

/** Columns keep their type, which is called otherwise now. */
function moveType(type: UserType | null, to: Partial<Name>, state: DdlState): void {
  if (!type) return state.harmless('', 'a type that no column of the catalogue has');
  const { schema, name } = type;
  Object.assign(type, to);
  const printed = (key: Name): string[] => [`${key.schema}.${key.name}`, `${quoteName(key.schema)}.${quoteName(key.name)}`, ...(key.schema === 'public' ? [key.name] : [])];
  const before = printed({ schema, name });
  for (const column of state.recorder === null ? [] : state.catalog.relations.flatMap(({ columns }) => columns)) {
    const array = /(?:\[\])*$/.exec(column.type)?.[0] ?? '';
    if (before.includes(column.type.slice(0, column.type.length - array.length))) column.type = relationKey(type) + array;
    if (column.domain !== undefined && before.includes(column.domain)) column.domain = relationKey(type);
  }
  if (state.recorder !== null) followType(state, before, `${quoteName(type.schema)}.${quoteName(type.name)}`);
  state.harmless('', `the type ${schema}.${name} is called ${relationKey(type)}`);
}

/** The casts of definitions, defaults and conditions name the type too. */
function followType(state: DdlState, before: readonly string[], to: string): void {
  const named = new RegExp(`(::\\s*|\\bas\\s+)(?:${before.map((name) => name.replace(/\W/g, '\\$&')).join('|')})(?![\\w"])`, 'gi');
  const follow = (text: string): string => text.replace(named, (_, head: string) => head + to);
  for (const relation of state.catalog.relations) {
    if (relation.definition !== null) relation.definition = follow(relation.definition);
    for (const column of relation.columns) {
      if (column.default !== undefined) column.default = follow(column.default);
      if (column.generated !== undefined) column.generated = follow(column.generated);
    }
  }
  for (const constraint of state.catalog.constraints) if (constraint.expression !== null) constraint.expression = follow(constraint.expression);
  for (const index of state.catalog.indexes) if (index.predicate !== null) index.predicate = follow(index.predicate);
}

function renameColumns(relation: Relation, from: string, to: string, state: DdlState): void {
  if (state.recorder !== null && !relation.columns.some(({ name }) => name === from)) return state.unknown(`the catalogue has no column ${relationKey(relation)}.${from}: its effect is not known`);
  if (state.recorder !== null && relation.columns.some(({ name }) => name === to)) state.unknown(`fails: ${relationKey(relation)} has a column ${to} already`);
  for (const each of [relation, ...state.partitions(relation)]) {
    const readers = readersOf(state, each, from);
    renameColumn(each, from, to, state);
    state.renamed();
    followColumn(state, readers, relationKey(each), from, to);
    if (each.definition !== null && state.recorder !== null) renameOutput(each);
    state.emit({ kind: 'column-renamed', relation: relationKey(each), column: from, to });
  }
}

/** A view whose own column has another name shows the same under it. */
function renameOutput(view: Relation): void {
  const definition = (view.definition ?? '').replace(/;\s*$/, '');
  view.definition = `SELECT * FROM (${definition}) AS ${quoteName(view.name)} (${view.columns.map(({ name }) => quoteName(name)).join(', ')})`;
}

function renameColumn(relation: Relation, from: string, to: string, state: DdlState): void {
  const renamed = <T extends string | null>(columns: T[]): (T | string)[] => columns.map((column) => (column === from ? to : column));
  for (const column of relation.columns) {
    if (column.name === from) column.name = to;
    if (column.generated !== undefined && state.recorder) column.generated = withColumnRenamed(column.generated, from, to);
  }
  const { catalog } = state;
  const isOwn = (item: { schema: string; relation: string }): boolean => item.schema === relation.schema && item.relation === relation.name;
  for (const constraint of catalog.constraints) {
    if (isOwn(constraint)) {
      constraint.columns = renamed(constraint.columns);
      if (constraint.expression !== null && state.recorder) constraint.expression = withColumnRenamed(constraint.expression, from, to);
    }
    if (constraint.references && isOwn(constraint.references)) constraint.references.columns = renamed(constraint.references.columns);
  }
  for (const index of catalog.indexes) {
    if (!isOwn(index)) continue;
    index.columns = renamed(index.columns);
    if (index.predicate !== null && state.recorder) index.predicate = withColumnRenamed(index.predicate, from, to);
  }
  for (const policy of catalog.policies) if (isOwn(policy) && policy.using !== null) policy.using = withColumnRenamed(policy.using, from, to);
  for (const table of catalog.publications.flatMap(({ tables }) => tables)) if (isOwn(table) && table.columns) table.columns = renamed(table.columns);
}

function moveSchema(from: string, to: string, state: DdlState): void {
  for (const relation of state.catalog.relations.filter(({ schema }) => schema === from)) renameRelation(relation, { schema: to, name: relation.name }, state);
  const functions = state.catalog.functions.filter(({ schema }) => schema === from);
  if (functions.length > 0) renameFunctions(functions, [], { schema: to }, state);
  for (const type of state.recorder === null ? [] : state.types().filter(({ schema }) => schema === from)) moveType(type, { schema: to }, state);
  state.path = state.path.map((schema) => (schema === from && state.recorder ? to : schema));
  state.renamed();
}

export function setSchema(node: AlterObjectSchemaStmt, state: DdlState): void {
  const { objectType = '', newschema = '' } = node;
  const relation = RELATIONS.has(objectType) && node.relation ? state.find(node.relation, node.missing_ok ?? false) : null;
  if (relation) renameRelation(relation, { schema: newschema, name: relation.name }, state);
  else if (FUNCTIONS.has(objectType)) renameFunctions(functionsOf(node.object, state), nameParts(node.object), { schema: newschema }, state);
  else if (TYPES.has(objectType)) moveType(state.findType(nameParts(node.object)), { schema: newschema }, state);
  else if (!RELATIONS.has(objectType)) state.harmless('', 'the schema of something that no query names');
  state.renamed();
}

export function comment(node: CommentStmt, state: DdlState): void {
  state.harmless('', 'comment');
  describe(node.objtype, node.object, state, (item) => {
    item.comment = node.comment ?? null;
  });
}

/** Labels of columns alone: that is where personal data is declared. */
export function label(node: SecLabelStmt, state: DdlState): void {
  state.harmless('', 'security label');
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
