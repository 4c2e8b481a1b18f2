import type { Configuration, StoreConfiguration } from '../model/configuration.js';
import type { CollectedQuery, ConnectionReference } from '../model/query.js';
import type { StoreAddress, StoreSnapshot } from '../model/snapshot.js';
import type { StoreRole } from '../model/store.js';
import { like } from '../text/glob.js';
import { type Dialect, POSTGRES } from '../sql/dialect.js';
import { dialectOfWord, engineOfWord } from './engine-words.js';

export interface StoreAssignment {
  store: StoreSnapshot | null;
  /** Of the store in the configuration, whether it could be looked at or not; null where none is known. */
  name: string | null;
  /** Why, in words, where it was guessed; null where it is configured. */
  guess: string | null;
  /** The store is known but could not be looked at: its own gap says so, and the query waits for it. */
  waits: boolean;
  /** It runs on no store at all: on extracts, or on results of other queries. */
  nowhere: boolean;
}

/**
 * The store that a query runs on: as configured, else the one with the same host and database, else the only store of its
 * engine. What is not configured is a guess and says so.
 */
export function storeOf(query: Pick<CollectedQuery, 'kind' | 'connection'>, stores: readonly StoreSnapshot[], configuration: Configuration): StoreAssignment {
  const byName = (name: string, guessed: string | null): StoreAssignment => {
    const store = stores.find((candidate) => candidate.name === name) ?? null;
    return { store, name, guess: guessed, waits: store === null, nowhere: false };
  };
  const configured = configuration.stores.find((store) => store.match.length > 0 && matches(store, query.kind, query.connection));
  if (configured) return byName(configured.name, null);
  const unknown: StoreAssignment = { store: null, name: null, guess: null, waits: false, nowhere: false };
  if (engineOfWord(query.connection?.engine ?? '') === 'none') return { ...unknown, nowhere: true };
  const known = candidates(stores, configuration);
  // A file names its store itself, in a comment or through its source.
  const named = query.connection?.engine === null ? known.find(({ name }) => name === query.connection?.name) : undefined;
  if (named) return byName(named.name, null);
  const guessed = guess(query.connection, known);
  return guessed ? byName(guessed.store, guessed.why) : unknown;
}

/** The dialect that a query is written in, by the tool's word for its engine; PostgreSQL where that tells nothing. */
export function dialectOfQuery({ connection }: Pick<CollectedQuery, 'connection'>): Dialect {
  return dialectOfWord(connection?.engine) ?? POSTGRES;
}

interface Candidate {
  name: string;
  engine: string;
  role: StoreRole;
  /** Null for a store that could not be looked at. */
  database: string | null;
  /** Null where nothing tells. */
  address: StoreAddress | null;
}

/** Every store that is configured, whether it could be looked at or not, and every store of a bundle. */
function candidates(stores: readonly StoreSnapshot[], configuration: Configuration): Candidate[] {
  const unseen = configuration.stores.filter(({ name }) => !stores.some((store) => store.name === name));
  return [
    ...stores.map(({ name, engine, role, database, address }) => ({ name, engine, role, database, address: address ?? null })),
    ...unseen.map(({ name, engine, role }) => ({ name, engine, role, database: null, address: null })),
  ];
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
  const word = engine === null ? null : (engineOfWord(engine) ?? engine.toLowerCase());
  const fitting = stores.filter((store) => (word === null ? store.role === 'operational' : store.engine === word));
  const placed = fitting.filter((store) => hasAddress(store, connection));
  const called = fitting.filter((store) => store.database !== null && connection?.database === store.database);
  const [only, another] = placed.length > 0 ? placed : called.length > 0 ? called : fitting;
  if (!only || another) return null;
  const why =
    placed.length > 0 ? `its host and database are those of the store, ${only.address?.host ?? ''} and ${only.database ?? ''}`
    : called.length > 0 ? `its database is called ${only.database}`
    : word === null ? 'it names no connection' : `it is the only ${word} store`;
  const label = connection?.name ?? connection?.id ?? null;
  return { store: only.name, why: `${label === null ? 'queries without a connection' : `connection "${label}"`} taken for store ${only.name}: ${why}` };
}

/** Tools write a host alone or with its port. */
function hasAddress({ address, database }: Candidate, connection: ConnectionReference | null): boolean {
  if (!connection || connection.host === null || address === null || database === null || connection.database !== database) return false;
  const host = connection.host.toLowerCase();
  return host === address.host.toLowerCase() || host === `${address.host.toLowerCase()}:${address.port}`;
}
