import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import { like } from '../text/glob.js';

export interface StoreAssignment {
  store: StoreSnapshot | null;
  /** Why, in words, where it was guessed; null where it is configured. */
  guess: string | null;
}

/** The engines of stores, by the words that dashboard tools use for them. */
const TOOL_ENGINES: Record<string, string> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  'grafana-postgresql-datasource': 'postgres',
  duckdb: 'duckdb',
  motherduck: 'duckdb',
};

/** The store that a query runs on: as configured, else the only collected store of its engine, which is a guess and says so. */
export function storeOf(query: CollectedQuery, stores: readonly StoreSnapshot[], configuration: Configuration): StoreAssignment {
  const byName = (name: string): StoreSnapshot | null => stores.find((store) => store.name === name) ?? null;
  const configured = configuration.stores.find((store) => store.match.length > 0 && matches(store, query.kind, query.connection));
  if (configured) return { store: byName(configured.name), guess: null };
  const source = configuration.sources.find((candidate) => candidate.store !== null && isBelow(query.origin.file, candidate.path));
  if (source?.store && (query.connection?.engine ?? null) === null) return { store: byName(source.store), guess: null };
  return guess(query.connection, stores);
}

function matches(store: StoreConfiguration, tool: string, connection: ConnectionReference | null): boolean {
  return store.match.some((pattern) =>
    fits(pattern.tool, tool) &&
    fits(pattern.id, connection?.id) && fits(pattern.name, connection?.name) && fits(pattern.host, connection?.host) &&
    fits(pattern.database, connection?.database) && fits(pattern.engine, connection?.engine),
  );
}

function fits(pattern: string | undefined, value: string | null | undefined): boolean {
  return pattern === undefined || (value !== null && value !== undefined && like(value, pattern));
}

function isBelow(file: string, path: string): boolean {
  const folder = path.replace(/^\.\//, '').replace(/\/+$/, '');
  return folder === '.' || folder === '' || file === folder || file.startsWith(`${folder}/`);
}

function guess(connection: ConnectionReference | null, stores: readonly StoreSnapshot[]): StoreAssignment {
  const engine = connection?.engine ?? null;
  const word = engine === null ? null : (TOOL_ENGINES[engine.toLowerCase()] ?? engine.toLowerCase());
  const candidates = stores.filter((store) => word === null || store.engine === word);
  const named = candidates.filter((store) => connection?.database !== null && connection?.database === store.database);
  const [only, another] = named.length > 0 ? named : word === null ? candidates.filter((store) => store.role === 'operational') : candidates;
  if (!only || another) return { store: null, guess: null };
  const why = named.length > 0 ? `its database is called ${only.database}` : word === null ? 'it names no connection' : `it is the only ${word} store`;
  const label = connection?.name ?? connection?.id ?? null;
  return { store: only, guess: `${label === null ? 'queries without a connection' : `connection "${label}"`} taken for store ${only.name}: ${why}` };
}
