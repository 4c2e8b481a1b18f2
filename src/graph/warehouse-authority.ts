import type { Relation } from '../model/catalog.js';
import type { ForeignTable, StoreSnapshot } from '../model/snapshot.js';
import type { Zone } from '../model/store.js';
import { relationKey } from '../sql/schema-index.js';
import type { Access, StoreBoundary } from './boundary.js';

/** What of a relation is analytical, so that whoever decides by it decides by a copy. */
export interface WarehouseSources {
  /** The relation itself, or those that a view shows; sorted. */
  sources: string[];
  /** In words, without repetition. */
  risks: string[];
  /** 0 to 1: how sure it is that they are analytical. */
  confidence: number;
}

const NONE: WarehouseSources = { sources: [], risks: [], confidence: 0 };

/** Zones that a load fills, on whichever store. */
const LOADED: ReadonlySet<Zone> = new Set(['mart', 'semantic', 'raw']);
/** What is declared for others to build on, with promises of its own: a serving store, a contract. */
const SERVED: ReadonlySet<Zone> = new Set(['contract', 'read_model', 'control']);

/** Wrappers of engines that serve analysis only. */
const ANALYTICAL_WRAPPERS = /bigquery|snowflake|redshift|clickhouse|duckdb|databricks|spark|hive|hdfs|parquet|iceberg|delta|druid|presto|trino|athena|vertica/i;
/** Whole words by which people call a warehouse. */
const WAREHOUSE_WORDS: ReadonlySet<string> = new Set(['warehouse', 'dwh', 'edw', 'dw', 'analytics', 'analytical', 'olap', 'mart', 'marts', 'lake', 'lakehouse', 'bigquery', 'snowflake', 'redshift', 'clickhouse', 'duckdb', 'databricks', 'bi']);

const CONFIGURED = 0.9;
const GUESSED = 0.6;

/** Tells relations of one store that hold what was loaded or derived for analysis, through views too. */
export class WarehouseAuthority {
  readonly #boundary: Pick<StoreBoundary, 'store' | 'zones' | 'reader'>;
  /** Schemas into which an application writes by key, itself or by triggers. */
  readonly #kept: ReadonlySet<string>;
  readonly #stores: readonly StoreSnapshot[];
  readonly #foreign: ReadonlyMap<string, ForeignTable>;
  readonly #relations: ReadonlyMap<string, Relation>;
  readonly #known = new Map<string, WarehouseSources>();

  /** @param stores all of the snapshot, by which it is told where foreign tables lead */
  constructor(boundary: Pick<StoreBoundary, 'store' | 'zones' | 'reader' | 'accesses'>, stores: readonly StoreSnapshot[]) {
    this.#boundary = boundary;
    this.#stores = stores;
    const written = boundary.accesses.flatMap((access) => (access.statement.class === 'operational' && isOfApplication(access) ? access.statement.writes : []));
    this.#kept = new Set([...written, ...keptByTriggers(boundary)].map(schemaOf));
    this.#foreign = new Map((boundary.store.foreignTables ?? []).map((table) => [`${table.schema}.${table.name}`, table]));
    this.#relations = new Map(boundary.store.catalog.relations.map((relation) => [relationKey(relation), relation]));
  }

  foreignTable(key: string): ForeignTable | null {
    return this.#foreign.get(key) ?? null;
  }

  /** Empty for what is served by a contract, a read model or a projection store. */
  sourcesOf(key: string): WarehouseSources {
    const known = this.#known.get(key) ?? this.#find(key);
    this.#known.set(key, known);
    return known;
  }

  #find(key: string): WarehouseSources {
    if (this.#boundary.store.role === 'projection' || SERVED.has(this.#zone(key))) return NONE;
    const sure = this.#analytical(key);
    const found = sure > 0 ? [{ key, sure }] : this.#behind(key).flatMap((base) => (this.#analytical(base) > 0 ? [{ key: base, sure: this.#analytical(base) }] : []));
    if (found.length === 0) return NONE;
    const risks = found.flatMap((source) => this.#risksOf(source.key));
    return { sources: found.map((source) => source.key).sort(), risks: [...new Set(risks)], confidence: Math.max(...found.map((source) => source.sure)) };
  }

  /** How sure it is that a relation is analytical; 0 for one that is not. */
  #analytical(key: string): number {
    const { store, zones } = this.#boundary;
    const zone = zones.get(key);
    const foreign = this.#foreign.get(key);
    const leads = foreign && (zone === undefined || zone.guessed) ? this.#leadsToWarehouse(foreign) : null;
    if (leads !== null) return leads;
    if (zone === undefined || SERVED.has(zone.zone)) return 0;
    if (store.role === 'warehouse') return CONFIGURED;
    if (!LOADED.has(zone.zone)) return 0;
    if (!zone.guessed) return CONFIGURED;
    // An application has a staging schema for uploads as well, and a schema of the reports that it is about: names decide nothing.
    return zone.zone === 'raw' || this.#kept.has(schemaOf(key)) ? 0 : GUESSED;
  }

  /** How sure it is that a foreign table leads to a warehouse; null where nothing tells. */
  #leadsToWarehouse({ server, wrapper, host, port, database, remoteSchema }: ForeignTable): number | null {
    const others = this.#stores.filter(({ address }) => address !== undefined && host !== null && address.host.toLowerCase() === host.toLowerCase() && (port === null || port === address.port));
    const led = others.filter((store) => database === null || store.database === database);
    if (led.length > 0) return led.every(({ role }) => role === 'warehouse') ? CONFIGURED : 0;
    if (ANALYTICAL_WRAPPERS.test(wrapper)) return CONFIGURED;
    const words = [server, database ?? '', remoteSchema ?? ''].flatMap((name) => name.toLowerCase().split(/[^a-z]+/));
    return words.some((word) => WAREHOUSE_WORDS.has(word)) ? GUESSED : null;
  }

  /** The tables that a view reads in the end. */
  #behind(key: string): string[] {
    const relation = this.#relations.get(key);
    if (relation?.definition == null) return [];
    const { parts } = this.#boundary.reader.read(relation.definition, null);
    return parts.flatMap(({ resolution }) => [...resolution.base, ...resolution.direct.keys()]).filter((base) => base !== key);
  }

  #zone(key: string): Zone {
    return this.#boundary.zones.get(key)?.zone ?? 'unknown';
  }

  /** Which of the reasons against deciding by a warehouse its catalogue shows: age, a failed load, days, sums, overwritten attributes. */
  #risksOf(key: string): string[] {
    const relation = this.#relations.get(key);
    if (!relation) return [];
    const columns = relation.columns.map(({ name }) => name.toLowerCase());
    const has = (...names: string[]): boolean => names.some((name) => columns.includes(name));
    const words = relation.name.toLowerCase().split(/[^a-z]+/);
    const foreign = this.#foreign.get(key);
    return [
      ...(foreign ? [`${key} is on server ${foreign.server}: the command waits for that server and fails with it`] : []),
      ...(relation.kind === 'materialized_view' ? [`${key} shows what its last REFRESH saw`] : [`${key} shows what its last load brought, also after a load that failed`]),
      ...(has('snapshot_date', 'as_of_date', 'business_date', 'snapshot_at') || words.includes('daily') || words.includes('snapshot') ? [`${key} has the state at the end of a day, not the present one`] : []),
      ...(words.some((word) => ['monthly', 'weekly', 'summary', 'agg', 'aggregate', 'rollup'].includes(word)) ? [`${key} is aggregated: the single row behind a number is gone`] : []),
      ...(words.includes('dim') && !has('effective_from', 'valid_from', 'effective_to', 'valid_to', 'is_current') ? [`${key} is a dimension without a history: a new value overwrites the old one (Type 1)`] : []),
    ];
  }
}

/** Its own statements, and those of triggers and functions, which may run as the owner of a function. */
function isOfApplication(access: Access): boolean {
  const { consumer } = access;
  return consumer.role_purpose === 'application' || consumer.kind === 'code' || (consumer.role_purpose === 'unknown' && isNested(access));
}

function isNested({ rows }: Access): boolean {
  return rows.length > 0 && rows.every(({ toplevel }) => !toplevel);
}

/**
 * Tables whose rows are mostly changed, and by no statement that is known: triggers and functions do it, within the commands
 * of the application. A load brings rows, or brings them anew.
 */
function keptByTriggers({ store, accesses }: Pick<StoreBoundary, 'store' | 'accesses'>): string[] {
  if (!store.catalog.functions.some(({ returns }) => returns === 'trigger')) return [];
  const written = new Set(accesses.filter((access) => !isNested(access)).flatMap(({ statement }) => statement.writes));
  return (store.relationStatistics ?? []).flatMap((counted) => {
    const key = relationKey(counted);
    return !written.has(key) && counted.rowsUpdated > counted.rowsInserted + counted.rowsDeleted ? [key] : [];
  });
}

function schemaOf(key: string): string {
  return key.slice(0, key.indexOf('.'));
}
