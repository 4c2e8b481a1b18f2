import type { Access, StoreBoundary } from '../graph/boundary.js';
import { type ReadPart, type StatementReader, parseSearchPath } from '../graph/statement-reader.js';
import type { Relation } from '../model/catalog.js';
import type { ImpactedThing } from '../model/impact-report.js';
import { relationKey } from '../sql/schema-index.js';
import { plainText } from '../text/plain-text.js';

export type ColumnUse = 'shown' | 'grouping' | 'condition' | 'written';

/** One statement of someone who reads or writes, with the columns that it uses in the end. */
export interface Reader {
  thing: ImpactedThing;
  /** The whole text that the part stands in. */
  text: string;
  part: ReadPart;
  /** As its session has it; null where nothing tells. */
  searchPath: readonly string[] | null;
  /** By relation (`schema.name`), then column. */
  uses: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<ColumnUse>>>;
  /** Every relation that it names or reads through views. */
  relations: ReadonlySet<string>;
  calls: number | null;
}

/** Everyone who reads or writes a store: cards, code and roles. What could not be read is not among them. */
export function readersOf(boundary: StoreBoundary): Reader[] {
  return boundary.accesses.flatMap((access) => {
    if (access.part === null || !isOfInterest(access.part)) return [];
    return [readerOf(thingOf(access, boundary.store.name), access.text, access.part, { searchPath: pathOf(access, boundary), calls: callsOf(access) })];
  });
}

/** Definitions of views and bodies of SQL functions read too. */
export function definitionsOf({ store, reader }: StoreBoundary): Reader[] {
  const views = store.catalog.relations.flatMap((relation) => partsOf(relation.definition, reader).map(({ text, part }) => readerOf(viewThing(relation, store.name), text, part, { searchPath: null, calls: null })));
  const functions = store.catalog.functions.flatMap(({ schema, name, body }) =>
    partsOf(body, reader).map(({ text, part }) => readerOf({ kind: 'function', name: `${schema}.${name}`, owner: null, store: store.name, dashboard: null, location: null }, text, part, { searchPath: null, calls: null })));
  return [...views, ...functions];
}

function partsOf(text: string | null, reader: StatementReader): { text: string; part: ReadPart }[] {
  return text === null ? [] : reader.read(text, null).parts.map((part) => ({ text, part }));
}

export function viewThing(relation: Relation, store: string): ImpactedThing {
  return { kind: 'view', name: relationKey(relation), owner: relation.owner, store, dashboard: null, location: null };
}

function readerOf(thing: ImpactedThing, text: string, part: ReadPart, more: Pick<Reader, 'searchPath' | 'calls'>): Reader {
  return { thing, text, part, uses: usesOf(part), relations: relationsOf(part), ...more };
}

/** DDL and settings read nothing that a later migration could break. */
function isOfInterest({ statement }: ReadPart): boolean {
  return statement.type !== 'table_definition' && !(statement.type === 'utility' && statement.inner === null);
}

function relationsOf({ resolution: { direct, base, writes } }: ReadPart): Set<string> {
  return new Set([...direct.keys(), ...base, ...writes.keys()]);
}

export function usesOf({ resolution }: ReadPart): Map<string, Map<string, Set<ColumnUse>>> {
  const found = new Map<string, Map<string, Set<ColumnUse>>>();
  const note = (source: string, use: ColumnUse): void => {
    const point = source.lastIndexOf('.');
    const relation = source.slice(0, point);
    const columns = found.get(relation) ?? new Map<string, Set<ColumnUse>>();
    found.set(relation, columns);
    const column = source.slice(point + 1);
    columns.set(column, (columns.get(column) ?? new Set()).add(use));
  };
  for (const { flows } of resolution.outputs) for (const source of flows.keys()) note(source, 'shown');
  for (const { column, kind } of resolution.uses) note(column, kind);
  for (const [relation, slots] of resolution.writes) {
    for (const { name, flows } of slots) {
      note(`${relation}.${name}`, 'written');
      for (const source of flows.keys()) note(source, 'shown');
    }
  }
  // A column of a view that is named is used as such, besides what it is made of.
  for (const [relation, columns] of resolution.direct) for (const column of columns) if (found.get(relation)?.get(column) === undefined) note(`${relation}.${column}`, 'shown');
  return found;
}

export function thingOf({ consumer, query }: Access, store: string): ImpactedThing {
  const kind = consumer.kind === 'role' ? 'role' : consumer.kind === 'code' ? 'code' : query?.builds === undefined ? 'card' : 'model';
  return {
    kind,
    name: plainText(consumer.name),
    owner: consumer.owner === '' ? null : plainText(consumer.owner),
    store,
    dashboard: consumer.dashboard === '' ? null : plainText(consumer.dashboard),
    location: query === null ? null : { file: query.origin.file, line: query.origin.line },
  };
}

function callsOf({ rows }: Access): number | null {
  return rows.length === 0 ? null : rows.reduce((sum, { calls }) => sum + calls, 0);
}

/** What is sent by a role is looked up as the role looks names up. */
function pathOf({ query, rows: [row] }: Access, { store: { catalog } }: StoreBoundary): readonly string[] | null {
  if (query !== null || row === undefined) return null;
  const ofRole = catalog.roles.find(({ name }) => name === row.role)?.settings['search_path'];
  return parseSearchPath(ofRole ?? catalog.settings['search_path'], row.role);
}
