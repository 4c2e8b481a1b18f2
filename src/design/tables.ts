import type { DesignFacts } from '../facts/design.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { Column, Relation } from '../model/catalog.js';
import type { Configuration } from '../model/configuration.js';
import { like } from '../text/glob.js';
import { relationKey } from '../sql/schema-index.js';
import { Keys, enforcesKeys, isGenerated } from './keys.js';
import type { Promises } from './promises.js';
import { Keepers, stateOf } from './states.js';
import { wordsOf } from './words.js';
import { type Writers, writersOf } from './writers.js';

/** Zones of which tables are for readers, not for a pipeline or an application. */
const CURATED: ReadonlySet<string> = new Set(['mart', 'semantic', 'secure']);
const FACT = new Set(['fact', 'facts', 'fct']);
/** One row for each thing and period: Part 066 §22 has fact_case_daily_snapshot. */
const SNAPSHOT = new Set(['snapshot', 'snapshots', 'balances']);
const PERIOD = new Set(['date', 'day', 'week', 'month', 'quarter', 'year', 'period', 'ts', 'hour']);
/** `source_loaded_at` of Part 066 §4, and what loaders and modelling tools call the same. */
const LOAD_TIME = /(?:^|_)(?:load|loaded|ingest|ingested|ingestion|inserted|extracted|synced|emitted|processed|refreshed|updated|created|etl|dwh?|dbt|built|batch)(?:_|$)/;
const SOURCE_ID = /(?:^|_)(?:id|uuid|guid|number|no|nr|code|ref|reference|nk|bk)$/;
const TEXT = /^(?:text|varchar|character|char|string|nvarchar|bpchar|citext)/i;
const DATE_NAME = /(?:^|_)(?:date|datetime|timestamp)$|_at$/;
const NUMBER_NAME = /(?:^|_)(?:amount|price|revenue|quantity|qty|balance)$/;

/** Everything that is asked once for a store. */
interface Around {
  boundary: StoreBoundary;
  keys: Keys;
  keepers: Keepers;
  promises: Promises;
  promised: ReadonlySet<string> | null;
  writers: ReadonlyMap<string, Writers>;
  readers: ReadonlyMap<string, ReadonlySet<string>>;
  /** Schemas of which most tables have a key. */
  keyed: ReadonlySet<string>;
}

/**
 * Each stored table of an operational store that is internal, and of a warehouse outside of control zones. Replicas repeat their
 * primary and are left out, partitions follow their table.
 */
export function tableSubjects(boundary: StoreBoundary, store: StoreFacts, promises: Promises, { assets = [] }: Configuration): Subject[] {
  const { role, catalog, name, engine } = boundary.store;
  if (role === 'replica' || role === 'projection') return [];
  const stored = catalog.relations.filter(({ kind, partitionOf }) => (kind === 'table' || kind === 'partitioned_table') && partitionOf === null);
  const keys = new Keys(catalog);
  const around: Around = {
    boundary, keys, keepers: new Keepers(boundary), promises, promised: promises.promisedIn(boundary), writers: writersOf(boundary), readers: readersOf(boundary),
    keyed: enforcesKeys(engine) ? keyedSchemas(stored, keys) : new Set(),
  };
  return stored.flatMap((relation) => {
    const key = relationKey(relation);
    const zone = boundary.zones.get(key)?.zone ?? 'unknown';
    if (zone === 'control' || (role === 'operational' && zone !== 'internal')) return [];
    const owner = assets.find(({ match }) => like(key, match) || like(`${name}:${key}`, match))?.accountable ?? null;
    return [subject('design', { design: designOf(relation, around), store }, { consumer: '', owner, store: name, relation: key, locations: [] })];
  });
}

function keyedSchemas(stored: readonly Relation[], keys: Keys): Set<string> {
  const schemas = new Map<string, { all: number; keyed: number }>();
  for (const relation of stored) {
    const { all, keyed } = schemas.get(relation.schema) ?? { all: 0, keyed: 0 };
    schemas.set(relation.schema, { all: all + 1, keyed: keyed + (keys.of(relation).length > 0 ? 1 : 0) });
  }
  return new Set([...schemas].flatMap(([schema, { all, keyed }]) => (keyed * 2 >= all && keyed > 0 ? [schema] : [])));
}

function readersOf({ accesses }: StoreBoundary): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const { query, consumer, statement } of accesses) {
    if (query === null || consumer.kind !== 'card' || consumer.builds !== '') continue;
    for (const relation of statement.direct_relations) readers.set(relation, (readers.get(relation) ?? new Set()).add(consumer.name));
  }
  return readers;
}

function designOf(relation: Relation, around: Around): DesignFacts {
  const key = relationKey(relation);
  const { boundary, promises, promised } = around;
  const zone = boundary.zones.get(key);
  const writers = around.writers.get(key);
  const readers = [...(around.readers.get(key) ?? [])].toSorted();
  const tests = promises.testsOf(relation);
  const isTested = tests.some(({ kind }) => kind === 'unique' || kind === 'primary_key');
  const own = around.keys.of(relation);
  return {
    name: key,
    concept: false,
    concept_relations: [],
    has_authority: false,
    zone: zone?.zone ?? 'unknown',
    zone_reason: zone?.reason ?? '',
    has_key: own.length > 0 || isTested,
    keys_are_kept: around.keyed.has(relation.schema),
    key_columns: [...new Set(own.flat())].filter((column) => column !== '').toSorted(),
    written_by: sorted(writers?.applications),
    writing_owners: sorted(writers?.owners),
    ...stateFacts(relation, around, writers),
    ...commandFacts(relation, own),
    ...analyticalFacts(relation, boundary.store.role === 'warehouse', zone?.zone ?? 'unknown', own, tests.flatMap(({ kind, columns }) => (kind === 'unique' || kind === 'primary_key' ? [columns] : []))),
    readers,
    reader_count: readers.length,
    promised: promised?.has(key) ?? false,
    promises_known: promised !== null,
    tests: [...new Set(tests.map(({ by }) => by))].toSorted(),
    tests_known: promises.testsKnownIn(relation.schema),
  };
}

type Part<K extends keyof DesignFacts> = Pick<DesignFacts, K>;

function stateFacts(relation: Relation, { boundary, keepers }: Around, writers: Writers | undefined): Part<'state_column' | 'state_time_columns' | 'state_overwritten_by' | 'state_kept'> {
  const state = boundary.store.role === 'operational' ? stateOf(relation, boundary.store.catalog) : null;
  if (state === null) return { state_column: '', state_time_columns: [], state_overwritten_by: [], state_kept: '' };
  return { state_column: state.column, state_time_columns: state.loose, state_overwritten_by: sorted(writers?.updates.get(state.column)), state_kept: keepers.of(relation) };
}

/** A table of transitions says from what to what, one of commands what is to be done: names alone would take those of a shell for it. */
function commandFacts({ name, columns }: Relation, keys: readonly string[][]): Part<'commands' | 'has_command_key'> {
  const words = wordsOf(name);
  const has = (pattern: RegExp): boolean => columns.some((column) => pattern.test(column.name.toLowerCase()));
  const transitions = words.some((word) => word === 'transition' || word === 'transitions') && has(/^(?:from|old|previous)_/) && has(/^(?:to|new|next)_/);
  const given = new Set(columns.filter((column) => isGenerated(column, name)).map((column) => column.name));
  return { commands: transitions, has_command_key: keys.some((key) => !key.every((column) => given.has(column))) };
}

function analyticalFacts({ name, columns }: Relation, isWarehouse: boolean, zone: string, keys: readonly string[][], asserted: readonly string[][]): Part<'fact' | 'snapshot' | 'snapshot_key' | 'provenance_missing' | 'curated' | 'text_dates' | 'text_numbers'> {
  const words = wordsOf(name);
  const isFact = isWarehouse && zone !== 'raw' && (FACT.has(words[0] ?? '') || FACT.has(words.at(-1) ?? ''));
  const isCurated = isWarehouse && CURATED.has(zone);
  const texts = isCurated ? columns.filter(({ type }) => TEXT.test(type)).map((column) => column.name) : [];
  return {
    fact: isFact,
    snapshot: isFact && words.some((word) => SNAPSHOT.has(word)),
    snapshot_key: [...keys, ...asserted].some((key) => key.some(isPeriod) && key.some((column) => !isPeriod(column))),
    provenance_missing: isFact ? provenanceMissing(columns) : [],
    curated: isCurated,
    text_dates: texts.filter((column) => DATE_NAME.test(wordsOf(column).join('_'))),
    text_numbers: texts.filter((column) => NUMBER_NAME.test(wordsOf(column).join('_'))),
  };
}

function provenanceMissing(columns: readonly Column[]): string[] {
  const missing: string[] = [];
  if (!columns.some((column) => LOAD_TIME.test(column.name.toLowerCase()) && !isNumberKey(column))) missing.push('a time of loading');
  if (!columns.some(({ name }) => SOURCE_ID.test(wordsOf(name).join('_')))) missing.push('an identity of the source row');
  return missing;
}

/** `created_date_key` is the day on which something happened, not when it was loaded. */
function isNumberKey({ name }: Column): boolean {
  return /(?:_key|_sk|_count|_by)$/.test(name.toLowerCase());
}

function isPeriod(column: string): boolean {
  return wordsOf(column).some((word) => PERIOD.has(word));
}

function sorted(names: Iterable<string> | undefined): string[] {
  return [...(names ?? [])].toSorted();
}
