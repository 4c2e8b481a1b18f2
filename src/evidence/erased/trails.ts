import type { Catalog, Relation } from '../../model/catalog.js';
import type { MaskLevel } from '../../model/masking.js';
import type { RelationMovement } from '../../model/movement.js';
import type { PersonalColumn } from '../../model/personal-column.js';

/** A stored relation into which rows of persons have come, with the columns by which they can be told there. */
export interface Trail {
  store: string;
  relation: Relation;
  /** By the columns of the source's key, in its order; null where they do not all arrive as they were. */
  key: string[] | null;
  /** Who or what moves the rows, the whole way. */
  by: string[];
  /** Of the whole way, 0 to 1: below 1 where some of it was inferred. */
  confidence: number;
  /** Columns of the person that arrive here. */
  columns: { column: string; kind: string; mask: MaskLevel }[];
}

/** A relation that holds direct identifiers of persons where they stand first, and what became of its rows. */
export interface Subjects {
  store: string;
  relation: Relation;
  /** Names of its key; null where none is declared. */
  key: string[] | null;
  trails: Trail[];
}

/** What of a person is left says nothing of anybody. */
const NOTHING_LEFT = new Set<MaskLevel>(['aggregate', 'predicate', 'constant']);
const STORED = new Set<Relation['kind']>(['table', 'partitioned_table', 'materialized_view']);

/** @param stores the catalogues that are known, by the name of the store. Sorted by store and relation. */
export function subjectsOf(columns: readonly PersonalColumn[], movements: readonly RelationMovement[], stores: ReadonlyMap<string, Catalog>): Subjects[] {
  const origins = new Map<string, PersonalColumn[]>();
  for (const column of columns) append(origins, placeKey(column.place.store, column.place.relation), column);
  const byFrom = new Map<string, RelationMovement[]>();
  for (const movement of movements) append(byFrom, placeKey(movement.from.store, movement.from.relation), movement);
  return [...origins.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined || !own.some((column) => column.class === 'direct')) return [];
    const { store, relation: name } = first.place;
    const catalog = stores.get(store);
    const relation = catalog?.relations.find((one) => keyOf(one) === name);
    if (catalog === undefined || relation === undefined || !STORED.has(relation.kind)) return [];
    const key = keyColumns(catalog, relation);
    const trails = trailsFrom(placeKey(store, name), key ?? [], own, byFrom, stores);
    return trails.length === 0 ? [] : [{ store, relation, key, trails: key === null ? trails.map((trail) => ({ ...trail, key: null })) : trails }];
  }).sort((a, b) => compare(a.store, b.store) || compare(keyOf(a.relation), keyOf(b.relation)));
}

export function keyOf({ schema, name }: { schema: string; name: string }): string {
  return `${schema}.${name}`;
}

interface Reached {
  store: string;
  relation: string;
  /** By column of the source's key: what it is called here. */
  names: ReadonlyMap<string, string>;
  by: string[];
  confidence: number;
}

/** Breadth first, so that the shortest way speaks; a way on which the whole key arrives outdoes one on which it does not. */
function trailsFrom(source: string, key: readonly string[], columns: readonly PersonalColumn[], byFrom: ReadonlyMap<string, RelationMovement[]>, stores: ReadonlyMap<string, Catalog>): Trail[] {
  const reached = new Map<string, Reached>();
  const queue: [string, Reached][] = [[source, { store: '', relation: '', names: new Map(key.map((name) => [name, name])), by: [], confidence: 1 }]];
  for (let [place, from] = queue.shift() ?? [null, null]; place !== null && from !== null; [place, from] = queue.shift() ?? [null, null]) {
    for (const { to, by, confidence, columns: carried } of byFrom.get(place) ?? []) {
      const names = new Map([...from.names].flatMap(([name, here]) => {
        const there = carried.find((column) => column.from === here && column.identity);
        return there === undefined ? [] : [[name, there.to] as const];
      }));
      const next = placeKey(to.store, to.relation);
      const known = reached.get(next);
      if (next === source || (known !== undefined && known.names.size >= names.size)) continue;
      const there: Reached = { ...to, names, by: [...from.by, by], confidence: from.confidence * confidence };
      reached.set(next, there);
      queue.push([next, there]);
    }
  }
  return [...reached.values()].flatMap((there) => {
    const relation = stores.get(there.store)?.relations.find((one) => keyOf(one) === there.relation);
    const arriving = columnsAt(columns, there);
    if (relation === undefined || !STORED.has(relation.kind) || arriving.length === 0) return [];
    const names = key.flatMap((name) => there.names.get(name) ?? []);
    return [{ store: there.store, relation, key: names.length === key.length && key.length > 0 ? names : null, by: there.by, confidence: there.confidence, columns: arriving }];
  }).sort((a, b) => compare(a.store, b.store) || compare(keyOf(a.relation), keyOf(b.relation)));
}

function columnsAt(columns: readonly PersonalColumn[], { store, relation }: Pick<Reached, 'store' | 'relation'>): Trail['columns'] {
  const found = new Map<string, Trail['columns'][number]>();
  for (const { kind, copies } of columns) {
    for (const { place, mask } of copies) {
      if (place.store === store && place.relation === relation && !NOTHING_LEFT.has(mask)) found.set(place.column, { column: place.column, kind, mask });
    }
  }
  return [...found.values()].sort((a, b) => compare(a.column, b.column));
}

/** The primary key; else a unique constraint or index whose columns cannot be null, the shortest first. */
function keyColumns({ constraints, indexes }: Catalog, relation: Relation): string[] | null {
  const own = constraints.filter(({ schema, relation: name }) => schema === relation.schema && name === relation.name);
  const primary = own.find(({ kind }) => kind === 'primary_key');
  if (primary !== undefined) return primary.columns;
  const required = new Set(relation.columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const unique = [
    ...own.filter(({ kind }) => kind === 'unique').map(({ columns }) => columns),
    ...indexes.filter((index) => index.schema === relation.schema && index.relation === relation.name && index.unique && index.valid && index.predicate === null).map(({ columns }) => columns.filter((name) => name !== null)),
  ];
  return unique.filter((columns) => columns.length > 0 && columns.every((name) => required.has(name))).sort((a, b) => a.length - b.length)[0] ?? null;
}

function placeKey(store: string, relation: string): string {
  return JSON.stringify([store, relation]);
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
