import type { DropStmt, Node } from '@pgsql/types';
import type { Column, Relation } from '../../../model/catalog.js';
import { relationKey } from '../../schema-index.js';
import { asConstraint, removeConstraint } from './ddl-constraint.js';
import { dropAccess } from './ddl-access.js';
import { functionsOf, FUNCTIONS, nameParts, RELATIONS, TYPES } from './ddl-objects.js';
import { allReadersOf, readersOf } from './ddl-readers.js';
import type { DdlState } from './ddl-state.js';
import { namesColumn } from './ddl-text.js';
import { text } from './nodes.js';
import { keepLists } from './ddl-values.js';

/** What is dropped, and what goes with it. */

interface Dropping {
  missingOk: boolean;
  cascade: boolean;
}

export function drop({ objects = [], removeType: dropped, missing_ok, behavior }: DropStmt, state: DdlState): void {
  const removeType: string = dropped ?? '';
  const how: Dropping = { missingOk: missing_ok ?? false, cascade: behavior === 'DROP_CASCADE' };
  const meant = RELATIONS.has(removeType) && state.recorder ? new Set(objects.flatMap((object) => state.find(nameParts(object), true) ?? [])) : new Set<Relation>();
  for (const object of objects) dropObject(object, removeType, how, meant, state);
  state.renamed();
}

function dropObject(object: Node, removeType: string, how: Dropping, meant: ReadonlySet<Relation>, state: DdlState): void {
  const parts = nameParts(object);
  if (RELATIONS.has(removeType)) {
    const relation = state.find(parts, how.missingOk);
    if (relation) dropRelation(relation, how.cascade, meant, state);
    else if (how.missingOk) state.harmless(parts.join('.'), 'it is not there, so that nothing happens');
  } else if (FUNCTIONS.has(removeType)) dropFunctions(object, how, state);
  else if (TYPES.has(removeType)) dropType(parts, how, state);
  else if (removeType === 'OBJECT_INDEX') dropIndex(parts, how, state);
  else if (removeType === 'OBJECT_SCHEMA') dropSchema(text(object), how, state);
  else if (state.recorder !== null) dropAccess(removeType, parts, how.missingOk, state);
}

/** Takes a relation away; with CASCADE what rests on it too. Without, the server refuses where something does. */
function dropRelation(relation: Relation, cascade: boolean, meant: ReadonlySet<Relation>, state: DdlState): void {
  if (state.recorder === null) return state.remove(relation);
  if (!state.catalog.relations.includes(relation)) return;
  const key = relationKey(relation);
  const gone = [relation, ...state.partitions(relation)];
  const readers = [...new Set(gone.flatMap((each) => allReadersOf(state, each)))].filter((view) => !meant.has(view) && !gone.includes(view));
  const references = state.catalog.constraints.filter(({ schema, relation: of, references: to }) => {
    const isOwn = (place: { schema: string; name: string }): boolean => gone.some((each) => each.schema === place.schema && each.name === place.name);
    return to && isOwn({ schema: to.schema, name: to.relation }) && !isOwn({ schema, name: of }) && ![...meant].some((each) => each.schema === schema && each.name === of);
  });
  if (!cascade) {
    for (const view of readers) state.unknown(`fails: the view ${relationKey(view)} reads ${key}; drop it before, or use CASCADE`);
    for (const reference of references) state.unknown(`fails: the foreign key ${reference.name} of ${reference.schema}.${reference.relation} refers to ${key}; drop it before, or use CASCADE`);
  }
  for (const each of gone) state.emit({ kind: 'relation-dropped', relation: relationKey(each), cascade: each !== relation });
  if (cascade) {
    for (const view of readers) state.emit({ kind: 'relation-dropped', relation: relationKey(view), cascade: true });
    for (const reference of references) removeConstraint(reference, state);
    for (const view of readers) state.remove(view);
  }
  state.remove(relation);
}

function dropSchema(schema: string, how: Dropping, state: DdlState): void {
  const inside = state.catalog.relations.filter((candidate) => candidate.schema === schema);
  const functions = state.catalog.functions.filter((stored) => stored.schema === schema);
  if (!how.cascade && inside.length + functions.length > 0) state.unknown(`fails: the schema ${schema} is not empty; it has ${inside.length} relations and ${functions.length} functions; use CASCADE`);
  const meant = new Set(inside);
  for (const relation of inside) dropRelation(relation, how.cascade, meant, state);
  for (const stored of functions) state.emit({ kind: 'function-dropped', relation: '', name: relationKey(stored) });
  state.catalog.functions = state.catalog.functions.filter((stored) => stored.schema !== schema);
  for (const type of state.types().filter((candidate) => candidate.schema === schema)) state.removeType(type);
  if (inside.length + functions.length === 0) state.harmless('', `schema ${schema}`);
}

function dropFunctions(object: Node, how: Dropping, state: DdlState): void {
  const meant = new Set(functionsOf(object, state));
  if (meant.size === 0 && !how.missingOk) state.unknown(`the catalogue has no function ${nameParts(object).join('.')}`);
  else if (meant.size === 0) state.harmless('', 'a function that is not there');
  for (const stored of meant) {
    state.emit({ kind: 'function-dropped', relation: '', name: relationKey(stored) });
    if (state.recorder === null) continue;
    const users = state.catalog.relations.filter(({ definition }) => definition !== null && new RegExp(`\\b${stored.name.replace(/\W/g, '\\$&')}\\s*\\(`, 'i').test(definition));
    for (const view of users) {
      if (how.cascade) dropRelation(view, true, new Set(users), state);
      else state.unknown(`fails: the view ${relationKey(view)} calls ${relationKey(stored)}; drop it before, or use CASCADE`);
    }
  }
  state.catalog.functions = state.catalog.functions.filter((stored) => !meant.has(stored));
}

function dropType(parts: string[], how: Dropping, state: DdlState): void {
  const type = state.findType(parts);
  if (!type) return state.harmless('', `the type ${parts.join('.')}, which no column of the catalogue has`);
  const using = state.recorder === null ? [] : state.catalog.relations.filter(({ kind }) => kind !== 'view').flatMap((relation) => relation.columns.filter((column) => isOfType(column, type)).map((column) => ({ relation, column })));
  for (const { relation, column } of using) {
    if (how.cascade) dropColumn(relation, column, true, state);
    else state.unknown(`fails: ${relationKey(relation)}.${column.name} has the type ${relationKey(type)}`);
  }
  if (using.length === 0) state.harmless('', `the type ${relationKey(type)}, which no column has`);
  state.removeType(type);
}

function isOfType({ type, domain }: Column, { schema, name }: { schema: string; name: string }): boolean {
  const bare = (printed: string): string => printed.replace(/(?:\[\])+$/, '').replaceAll('"', '');
  return [type, domain ?? ''].some((printed) => bare(printed) === `${schema}.${name}` || bare(printed) === name);
}

function dropIndex(parts: string[], how: Dropping, state: DdlState): void {
  const { catalog } = state;
  const isMeant = ({ name, schema }: { name: string; schema: string }): boolean => name === parts.at(-1) && (parts.length < 2 || schema === parts.at(-2));
  const index = catalog.indexes.find(isMeant);
  if (!index && state.recorder !== null) return how.missingOk ? state.harmless('', `the index ${parts.join('.')}, which is not there`) : state.unknown(`the catalogue has no index ${parts.join('.')}: whether it made rows unique is not known`);
  catalog.indexes = catalog.indexes.filter((candidate) => !isMeant(candidate));
  if (!index || state.recorder === null) return;
  const relation = relationKey({ schema: index.schema, name: index.relation });
  const behind = catalog.constraints.find(({ schema, relation: of, name }) => schema === index.schema && of === index.relation && name === index.name);
  if (behind) state.unknown(`fails: the constraint ${behind.name} of ${relation} rests on the index; drop the constraint`);
  if (index.unique) state.emit({ kind: 'constraint-dropped', relation, constraint: asConstraint(index) });
  else state.harmless(relation, `index ${index.name}`);
}

/** With a column go the constraints and indexes over it. */
export function dropColumn(table: Relation, column: Column, cascade: boolean, state: DdlState): void {
  const { name } = column;
  if (state.recorder !== null) dropReadersOf(table, name, cascade, state);
  for (const each of [table, ...state.partitions(table)]) {
    if (!each.columns.some((own) => own.name === name)) continue;
    state.emit({ kind: 'column-dropped', relation: relationKey(each), column: name, cascade: each !== table });
    removeColumn(each, name, state);
  }
}

function removeColumn(table: Relation, name: string, state: DdlState): void {
  const isOver = (item: { schema: string; relation: string; columns: (string | null)[] }): boolean =>
    item.schema === table.schema && item.relation === table.name && item.columns.includes(name);
  table.columns = table.columns.filter((column) => column.name !== name);
  for (const constraint of state.catalog.constraints.filter(isOver)) {
    if (state.recorder !== null) {
      if (constraint.kind === 'check') keepLists(constraint, state);
      if (constraint.kind !== 'not_null') state.emit({ kind: 'constraint-dropped', relation: relationKey(table), constraint });
    }
  }
  for (const index of state.recorder === null ? [] : state.catalog.indexes.filter((candidate) => isOver(candidate) && candidate.unique)) {
    if (!state.constraintsOf(table).some((constraint) => constraint.name === index.name)) state.emit({ kind: 'constraint-dropped', relation: relationKey(table), constraint: asConstraint(index) });
  }
  state.catalog.constraints = state.catalog.constraints.filter((constraint) => !isOver(constraint));
  state.catalog.indexes = state.catalog.indexes.filter((index) => !isOver(index) && !(index.schema === table.schema && index.relation === table.name && index.predicate !== null && namesColumn(index.predicate, name)));
}

/** Views, foreign keys, generated columns, policies and publications that rest on a column. */
function dropReadersOf(table: Relation, name: string, cascade: boolean, state: DdlState): void {
  const key = relationKey(table);
  const views = cascade ? allReadersOf(state, table, name) : readersOf(state, table, name);
  const references = state.catalog.constraints.filter(({ references: to }) => to?.schema === table.schema && to.relation === table.name && to.columns.includes(name));
  const generated = table.columns.filter((own) => own.generated !== undefined && own.name !== name && namesColumn(own.generated, name));
  const policies = state.catalog.policies.filter(({ schema, relation, using }) => schema === table.schema && relation === table.name && using !== null && namesColumn(using, name));
  if (cascade) {
    for (const view of views) state.emit({ kind: 'relation-dropped', relation: relationKey(view), cascade: true });
    for (const view of views) state.remove(view);
    for (const reference of references) removeConstraint(reference, state);
    for (const own of generated) dropColumn(table, own, true, state);
    for (const policy of policies) state.emit({ kind: 'policy-dropped', relation: key, policy });
    state.catalog.policies = state.catalog.policies.filter((policy) => !policies.includes(policy));
    return;
  }
  const resting = [
    ...views.map((view) => `the view ${relationKey(view)} reads it`),
    ...references.map((reference) => `the foreign key ${reference.name} of ${reference.schema}.${reference.relation} refers to it`),
    ...generated.map((own) => `the generated column ${own.name} is made of it`),
    ...policies.map((policy) => `the policy ${policy.name} asks for it`),
  ];
  for (const why of resting) state.unknown(`fails: ${why} (${key}.${name}); drop it before, or use CASCADE`);
}
