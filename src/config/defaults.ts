import path from 'node:path';
import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { Thresholds } from '../model/thresholds.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Engine, StoreRole } from '../model/store.js';
import { percentDecoded } from './credentials.js';
import { defaultLive } from './live-defaults.js';
import { engineAt } from './store-url.js';

/**
 * What holds where the configuration says nothing. Bytes a call are blocks touched times the block size: 64 MiB are
 * 8,192 blocks of PostgreSQL, more than a keyed statement reaches; 1 MiB is what an index range of a busy page touches.
 * A person waits two minutes for a report at most, and an open transaction holds vacuum back from its first second.
 * A report of the quarter is opened once in 90 days. A snapshot of five minutes keeps what a busy table left dead in them; a sort takes
 * work_mem several times over, so 256 MiB are a gigabyte for one query; a second worker is a second core that commands do not get.
 * Half a year is what it takes to move a report. Ten gibibytes are a minute of a small warehouse; a tebibyte is what engines that charge
 * by bytes price, and a history is of a week.
 */
export const defaultThresholds: Thresholds = {
  analytical_bytes_per_call: 64 * 2 ** 20,
  bounded_bytes_per_call: 2 ** 20,
  privacy_confidence: 0.7,
  statement_timeout_seconds_max: 120,
  idle_in_transaction_timeout_seconds_max: 60,
  lock_timeout_seconds_max: 30,
  reporting_transaction_seconds_max: 300,
  reporting_temp_bytes_max: 20 * 2 ** 30,
  reporting_work_mem_bytes_max: 256 * 2 ** 20,
  reporting_parallel_workers_max: 1,
  growth_days: 180,
  unused_days: 90,
  scan_bytes_per_call_max: 10 * 2 ** 30,
  repeated_scan_bytes_max: 2 ** 40,
  scan_share_max: 0.25,
};

/** A configuration that nobody wrote, with the guesses it rests on in words. */
export interface GuessedConfiguration {
  configuration: Configuration;
  assumptions: string[];
}

/** What a run without a file was given. */
export interface Targets {
  /** PostgreSQL URLs or connection strings without passwords. */
  postgres: string[];
  /** DuckDB files. */
  duckdb: string[];
  /** URLs and connection strings without passwords, and files that DuckDB reads; each names its engine (`engineAt`). */
  warehouse: string[];
  /** Files or folders of dashboards. */
  dashboards: string[];
}

/**
 * The configuration of a run without a file: production in PostgreSQL, a warehouse in DuckDB or where its URL says, everything else
 * guessed.
 * @throws RangeError where nothing tells the engine of a warehouse
 */
export function configurationFromTargets({ postgres = [], duckdb = [], warehouse = [], dashboards = [] }: Partial<Targets>): GuessedConfiguration {
  const names = new Set<string>();
  const assumptions: string[] = [];
  const store = (flag: string, engine: Engine, role: StoreRole, guessed: string, url: string): StoreConfiguration => {
    const name = unusedName(guessed, names);
    assumptions.push(`${taken(name, role)}: it was given by --${flag}`);
    return { name, role, engine, url, match: [] };
  };
  const stores = [
    ...postgres.map((url) => store('postgres', 'postgres', 'operational', databaseName(url) ?? 'postgres', url)),
    ...duckdb.map((file) => store('duckdb', 'duckdb', 'warehouse', path.parse(file).name, file)),
    ...warehouse.map((url) => {
      const engine = engineOf(url);
      return store('warehouse', engine, 'warehouse', warehouseName(engine, url), url);
    }),
  ];
  const sources = dashboards.map((folder) => ({ path: folder, tool: null, store: null }));
  return { configuration: { ...empty(), stores, sources }, assumptions };
}

/** The configuration of an audit of a bundle without a file: what the bundle itself says about stores and sources. */
export function configurationFromSnapshot(snapshot: Snapshot): GuessedConfiguration {
  const stores = snapshot.stores.map(storeOfSnapshot);
  const sources = snapshot.sources.map((source) => ({ path: source.path, tool: null, store: null }));
  const assumptions = stores.map(({ name, role }) => `${taken(name, role)}: the bundle says so`);
  return { configuration: { ...empty(), stores, sources }, assumptions };
}

/**
 * The configuration with the bundle's stores that it does not name added to it, so that none of them is passed over.
 */
export function withStoresOf(snapshot: Snapshot, configuration: Configuration): GuessedConfiguration {
  const named = new Set(configuration.stores.map((store) => store.name));
  const added = snapshot.stores.filter((store) => !named.has(store.name)).map(storeOfSnapshot);
  const assumptions = added.map(({ name, role }) => `${taken(name, role)}: the bundle says so, and the configuration does not name it`);
  return { configuration: { ...configuration, stores: [...configuration.stores, ...added] }, assumptions };
}

function taken(name: string, role: StoreRole): string {
  return `store ${name} is taken for ${role === 'operational' ? 'an' : 'a'} ${role} store`;
}

function storeOfSnapshot(store: { name: string; role: StoreRole; engine: Engine }): StoreConfiguration {
  return { name: store.name, role: store.role, engine: store.engine, url: null, match: [] };
}

function empty(): Configuration {
  return {
    file: null,
    stores: [],
    zones: [],
    sources: [],
    consumers: [],
    columns: [],
    maskingFunctions: {},
    thresholds: defaultThresholds,
    rules: {},
    ruleFolders: [],
    live: defaultLive,
  };
}

function engineOf(url: string): Engine {
  const at = engineAt(url);
  if ('problem' in at) throw new RangeError(`a warehouse ${at.problem}`);
  return at.engine;
}

/** What a person would call it: the database or the file; the engine where the URL names none. */
function warehouseName(engine: Engine, url: string): string {
  if (engine !== 'duckdb') return (databaseName(url) ?? '').split('/').findLast((part) => part !== '') ?? engine;
  const words = path.normalize(url).split(path.sep).filter((part) => part !== '' && !/[*?[]/.test(part));
  return path.parse(words.at(-1) ?? '').name || engine;
}

/** The database, or else the service, that a URL or a connection string names. */
function databaseName(connection: string): string | null {
  const inPath = URL.canParse(connection) ? percentDecoded(new URL(connection).pathname.slice(1)) : '';
  if (inPath !== '') return inPath;
  return /\bdbname\s*=\s*([^\s&']+)/.exec(connection)?.[1] ?? /\bservice\s*=\s*([^\s&']+)/.exec(connection)?.[1] ?? null;
}

function unusedName(guessed: string, names: Set<string>): string {
  let name = guessed;
  for (let number = 2; names.has(name); number += 1) name = `${guessed}-${number}`;
  names.add(name);
  return name;
}
