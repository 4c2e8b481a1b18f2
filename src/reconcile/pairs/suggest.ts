import type { Catalog, Column, Relation } from '../../model/catalog.js';
import type { ColumnPair, PairWatermark, ReconcilePair } from '../../model/configuration.js';
import type { RelationMovement } from '../../model/movement.js';
import type { Engine, StoreRole } from '../../model/store.js';
import { isLoadColumn, plainName, sameColumns } from './likeness.js';

/** A store as far as pairs are found by it. */
export interface CataloguedStore {
  name: string;
  role: StoreRole;
  engine: Engine;
  catalog: Catalog;
}

/** Two relations that should hold the same rows, with what is known of how to compare them. */
export interface SuggestedPair {
  name: string;
  source: { store: string; relation: string; time_column: string | null };
  target: { store: string; relation: string; time_column: string | null };
  /** Null where the source has none that the target has too. */
  key: ColumnPair[] | null;
  /** Columns that both have, by name; those with other names stand here too. */
  columns: ColumnPair[];
  watermark: PairWatermark | null;
  /** Why it is believed, in words. */
  reason: string;
  /** 0 to 1. */
  confidence: number;
  /** What somebody must say before the pair can be compared or confirmed; one line each. */
  missing: string[];
}

/** Names alone are believed this much; a movement tells its own confidence. */
const NAME_CONFIDENCE = { all: 0.6, part: 0.45 } as const;
/** Part of the source's columns that the target must have where only names speak. */
const SHARE_MIN = 0.6;
const COLUMNS_MIN = 2;
/** Below this a guess is more work to check than to write. */
const CONFIDENCE_MIN = 0.4;

interface Placed {
  store: CataloguedStore;
  relation: Relation;
}

interface Candidate {
  source: Placed;
  target: Placed;
  columns: ColumnPair[];
  rowFilter: string | null;
  reason: string;
  confidence: number;
}

/**
 * Pairs of relations in different stores that should agree row by row: by what is known to move rows, and by names. Those that the
 * configuration has are left out. The likeliest first.
 */
export function suggestPairs(stores: readonly CataloguedStore[], movements: readonly RelationMovement[], configured: readonly ReconcilePair[]): SuggestedPair[] {
  const moved = movements.flatMap((movement) => candidateOf(movement, stores) ?? []);
  const known = new Set([...configured.map(({ source, target }) => pairKey(source, target)), ...moved.map((one) => pairKey(placeOf(one.source), placeOf(one.target)))]);
  // A target that something is known to fill needs no guess.
  const filled = new Set([...configured.map(({ target }) => `${target.store}\n${target.relation}`), ...moved.map(({ target }) => `${target.store.name}\n${keyOf(target.relation)}`)]);
  const named = namedCandidates(stores).filter(({ source, target }) => !known.has(pairKey(placeOf(source), placeOf(target))) && !filled.has(`${target.store.name}\n${keyOf(target.relation)}`));
  const configuredKeys = new Set(configured.map(({ source, target }) => pairKey(source, target)));
  const wanted = best([...moved, ...named]).filter(({ source, target, confidence }) => confidence >= CONFIDENCE_MIN && !configuredKeys.has(pairKey(placeOf(source), placeOf(target))));
  const names = new Set(configured.map(({ name }) => name));
  return wanted.map((candidate) => suggested(candidate, names));
}

/** Rows that are only summed or joined do not agree row by row, so whole columns must be carried. */
function candidateOf(movement: RelationMovement, stores: readonly CataloguedStore[]): Candidate | null {
  const { from, to, via, columns, rowFilter, evidence, confidence, by } = movement;
  if (from.store === to.store || via === 'foreign-table' || via === 'declared') return null;
  const [source, target] = [placed(from, stores), placed(to, stores)];
  if (source === null || target === null || target.store.role === 'operational') return null;
  const carried = columns.filter(({ identity }) => identity).map((column): ColumnPair => ({ source: column.from, target: column.to }));
  if (carried.length < COLUMNS_MIN) return null;
  return { source, target, columns: carried, rowFilter, reason: via === 'load' || by === '' ? evidence : `${by}: ${evidence}`, confidence };
}

function namedCandidates(stores: readonly CataloguedStore[]): Candidate[] {
  const sources = stores.filter(({ role }) => role === 'operational').flatMap((store) => store.catalog.relations.filter(isTable).map((relation) => ({ store, relation })));
  const targets = stores.filter(({ role }) => role === 'warehouse' || role === 'projection').flatMap((store) => offered(store).map((relation) => ({ store, relation })));
  const byName = new Map<string, Placed[]>();
  for (const source of sources) for (const name of new Set([plainName(source.relation.name, ''), plainName(source.relation.name, source.relation.schema)])) byName.set(name, [...(byName.get(name) ?? []), source]);
  return targets.flatMap((target) => {
    const { name } = target.relation;
    const named = sources.length === 0 ? [] : [...new Set([...(byName.get(plainName(name, '')) ?? []), ...sources.filter(({ relation }) => plainName(name, relation.schema) === plainName(relation.name, relation.schema))])];
    return named.flatMap((source) => byNameAndColumns(source, target) ?? []);
  });
}

/** Views beside tables are made of them; a store of views alone reads files by them. */
function offered({ catalog: { relations } }: CataloguedStore): Relation[] {
  const tables = relations.filter(isTable);
  return tables.length > 0 ? tables : relations.filter(({ kind }) => kind === 'view');
}

function byNameAndColumns(source: Placed, target: Placed): Candidate | null {
  const own = source.relation.columns.map(({ name }) => name);
  const theirs = target.relation.columns.map(({ name }) => name).filter((name) => !isLoadColumn(name));
  const columns = sameColumns(own, theirs);
  const share = own.length === 0 ? 0 : columns.length / own.length;
  if (columns.length < Math.min(COLUMNS_MIN, own.length) || columns.length === 0 || share < SHARE_MIN) return null;
  const reason = `${keyOf(target.relation)} is called like ${keyOf(source.relation)} and has ${share === 1 ? 'all' : `${columns.length} of ${own.length}`} of its columns`;
  return { source, target, columns, rowFilter: null, reason, confidence: share === 1 ? NAME_CONFIDENCE.all : NAME_CONFIDENCE.part };
}

/** Of several ways between the same two the surest, with all columns that any of them carries. */
function best(candidates: readonly Candidate[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = pairKey(placeOf(candidate.source), placeOf(candidate.target));
    const known = found.get(key);
    if (known === undefined) found.set(key, candidate);
    else {
      const [surest, other] = known.confidence >= candidate.confidence ? [known, candidate] : [candidate, known];
      const taken = new Set(surest.columns.map(({ target }) => target));
      found.set(key, { ...surest, columns: [...surest.columns, ...other.columns.filter(({ target }) => !taken.has(target))] });
    }
  }
  const text = ({ source, target }: Candidate): string => pairKey(placeOf(source), placeOf(target));
  return [...found.values()].toSorted((one, other) => other.confidence - one.confidence || (text(one) < text(other) ? -1 : 1));
}

function suggested({ source, target, columns, rowFilter, reason, confidence }: Candidate, names: Set<string>): SuggestedPair {
  const key = keyIn(source, columns);
  const watermark = watermarkIn(source.relation, target.relation, columns);
  const time = timeIn(source, columns, watermark);
  return {
    name: unusedName(source.relation, names),
    source: { ...placeOf(source), time_column: time?.source ?? null },
    target: { ...placeOf(target), time_column: time?.target ?? null },
    key,
    columns,
    watermark,
    reason,
    confidence,
    missing: [
      ...(key === null ? [`key: the columns that name a row; ${keyOf(source.relation)} has no primary key that ${keyOf(target.relation)} has too`] : []),
      ...(watermark === null ? ['watermark or product: what tells how far the target is; without it a difference is only seen again'] : []),
      ...(rowFilter === null ? [] : [`a query in place of the source's relation: only rows with ${rowFilter} are moved`]),
    ],
  };
}

/** The primary key of the source, else a unique constraint over columns that are never null, where the target has its columns. */
function keyIn({ store, relation }: Placed, columns: readonly ColumnPair[]): ColumnPair[] | null {
  const nullable = new Map(relation.columns.map((column) => [column.name, column.nullable]));
  const own = store.catalog.constraints.filter((constraint) => constraint.schema === relation.schema && constraint.relation === relation.name);
  const keys = [...own.filter(({ kind }) => kind === 'primary_key'), ...own.filter(({ kind }) => kind === 'unique')].filter((one) => one.columns.length > 0 && (one.kind === 'primary_key' || one.columns.every((column) => nullable.get(column) === false)));
  for (const { columns: named } of keys) {
    const paired = named.map((column) => columns.find(({ source }) => source === column));
    if (paired.every((one) => one !== undefined)) return paired;
  }
  return null;
}

const CHANGED = /^(?:updated_at|modified_at|changed_at|last_updated(?:_at)?|last_modified(?:_at)?|last_changed(?:_at)?|date_updated|updated|modified|update_time|row_updated_at)$/i;
/** What loaders that read the log leave in the target, in the order of trust. */
const LSN = [/^_ab_cdc_lsn$/i, /^__source_lsn$/i, /^__lsn$/i, /^source_lsn$/i, /^_peerdb_lsn$/i];

function watermarkIn(source: Relation, target: Relation, columns: readonly ColumnPair[]): PairWatermark | null {
  const changed = columns.find((column) => CHANGED.test(column.source) && isTime(source.columns.find(({ name }) => name === column.source)));
  if (changed !== undefined) return { kind: 'time', ...changed };
  const lsn = LSN.map((pattern) => target.columns.find(({ name }) => pattern.test(name))).find((column) => column !== undefined);
  return lsn === undefined ? null : { kind: 'lsn', source: null, target: lsn.name };
}

/** A time that every row has and an index begins with: counting by periods then reads no more than the periods. */
function timeIn({ store, relation }: Placed, columns: readonly ColumnPair[], watermark: PairWatermark | null): ColumnPair | null {
  const indexed = new Set(store.catalog.indexes.filter((index) => index.schema === relation.schema && index.relation === relation.name && index.valid && index.predicate === null).map((index) => index.columns[0]));
  return columns.find((column) => {
    const own = relation.columns.find(({ name }) => name === column.source);
    return own !== undefined && !own.nullable && isTime(own) && indexed.has(own.name) && own.name !== watermark?.source;
  }) ?? null;
}

function isTime(column: Column | undefined): boolean {
  return column !== undefined && /^(?:timestamp|datetime)/i.test(column.type);
}

function isTable({ kind }: Relation): boolean {
  return kind === 'table' || kind === 'partitioned_table';
}

function placed({ store, relation }: { store: string; relation: string }, stores: readonly CataloguedStore[]): Placed | null {
  const found = stores.find(({ name }) => name === store);
  const known = found?.catalog.relations.find((one) => keyOf(one) === relation);
  return found === undefined || known === undefined ? null : { store: found, relation: known };
}

function placeOf({ store, relation }: Placed): { store: string; relation: string } {
  return { store: store.name, relation: keyOf(relation) };
}

function keyOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}

function pairKey(source: { store: string; relation: string }, target: { store: string; relation: string }): string {
  return JSON.stringify([source.store, source.relation, target.store, target.relation]);
}

function unusedName({ schema, name }: Relation, names: Set<string>): string {
  const wanted = names.has(name) ? `${schema}_${name}` : name;
  let free = wanted;
  for (let number = 2; names.has(free); number += 1) free = `${wanted}_${number}`;
  names.add(free);
  return free;
}
