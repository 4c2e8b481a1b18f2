import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StoreRole } from '../model/store.js';
import { like } from '../text/glob.js';

export interface StoreAssignment {
  store: StoreSnapshot | null;
  /** Why, in words, where it was guessed; null where it is configured. */
  guess: string | null;
  /** The store is known but could not be looked at: its own gap says so, and the query waits for it. */
  waits: boolean;
}

/** The engines of stores, by the words that dashboard tools use for them. */
const TOOL_ENGINES: Record<string, string> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  'grafana-postgresql-datasource': 'postgres',
  duckdb: 'duckdb',
  motherduck: 'duckdb',
};

/** The store that a query runs on: as configured, else the only store of its engine, which is a guess and says so. */
export function storeOf(query: CollectedQuery, stores: readonly StoreSnapshot[], configuration: Configuration): StoreAssignment {
  const byName = (name: string, guessed: string | null): StoreAssignment => {
    const store = stores.find((candidate) => candidate.name === name) ?? null;
    return { store, guess: store && guessed, waits: store === null };
  };
  const configured = configuration.stores.find((store) => store.match.length > 0 && matches(store, query.kind, query.connection));
  if (configured) return byName(configured.name, null);
  const known = candidates(stores, configuration);
  // A file names its store itself, in a comment or through its source.
  const named = query.connection?.engine === null ? known.find(({ name }) => name === query.connection?.name) : undefined;
  if (named) return byName(named.name, null);
  const guessed = guess(query.connection, known);
  return guessed ? byName(guessed.store, guessed.why) : { store: null, guess: null, waits: false };
}

interface Candidate {
  name: string;
  engine: string;
  role: StoreRole;
  /** Null for a store that could not be looked at. */
  database: string | null;
}

/** Every store that is configured, whether it could be looked at or not, and every store of a bundle. */
function candidates(stores: readonly StoreSnapshot[], configuration: Configuration): Candidate[] {
  const unseen = configuration.stores.filter(({ name }) => !stores.some((store) => store.name === name));
  return [...stores, ...unseen.map(({ name, engine, role }) => ({ name, engine, role, database: null }))];
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

function guess(connection: ConnectionReference | null, stores: readonly Candidate[]): { store: string; why: string } | null {
  const engine = connection?.engine ?? null;
  const word = engine === null ? null : (TOOL_ENGINES[engine.toLowerCase()] ?? engine.toLowerCase());
  const fitting = stores.filter((store) => (word === null ? store.role === 'operational' : store.engine === word));
  const named = fitting.filter((store) => store.database !== null && connection?.database === store.database);
  const [only, another] = named.length > 0 ? named : fitting;
  if (!only || another) return null;
  const why = named.length > 0 ? `its database is called ${only.database}` : word === null ? 'it names no connection' : `it is the only ${word} store`;
  const label = connection?.name ?? connection?.id ?? null;
  return { store: only.name, why: `${label === null ? 'queries without a connection' : `connection "${label}"`} taken for store ${only.name}: ${why}` };
}
