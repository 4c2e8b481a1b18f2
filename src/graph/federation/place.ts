import type { Configuration } from '../../model/configuration.js';
import type { StoreSnapshot } from '../../model/snapshot.js';
import { like } from '../../text/glob.js';

/** What a statement of one store says of the other side. */
export interface OtherSide {
  engine: 'postgres' | 'mysql' | 'tsql' | null;
  connection: string | null;
  host: string | null;
  database: string | null;
}

export interface Destination {
  store: StoreSnapshot;
  /** In words, where nothing configured leads there. */
  guess: string | null;
}

/** The other side as reports name it: never a connection string. */
export function nameOfSide({ connection, host, database }: OtherSide): string | null {
  if (connection !== null) return `connection ${connection}`;
  const parts = [database === null ? null : `database ${database}`, host === null ? null : `host ${host}`].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(' on ') : null;
}

/**
 * The operational store that a connection of another store leads to: by the configuration, by its name, host or database, or
 * because there is only one, which is a guess.
 *
 * @param onlyNamed takes no guess: what is named may be anything
 */
export function destinationOf(side: OtherSide, from: StoreSnapshot | null, stores: readonly StoreSnapshot[], configuration: Configuration, onlyNamed = false): Destination | null {
  const others = stores.filter((store) => store !== from && store.role !== 'warehouse' && (side.engine === null || store.engine === side.engine));
  const configured = configuration.stores.find((store) => store.match.some((pattern) => matches(pattern, side)));
  if (configured) {
    const store = others.find(({ name }) => name === configured.name);
    return store ? { store, guess: null } : null;
  }
  const named = others.filter((store) => isNamed(store, side));
  const [only, another] = named;
  if (only && !another) return { store: only, guess: null };
  if (onlyNamed || named.length > 1) return null;
  const [single, more] = others.filter(({ role }) => role === 'operational');
  if (!single || more) return null;
  return { store: single, guess: `${nameOfSide(side) ?? 'a connection without a name'} within a query taken for store ${single.name}: it is the only operational store` };
}

/** A pattern that names a connection only, whatever the tool: those for whole tools speak of the tool's own connections. */
function matches(pattern: Configuration['stores'][number]['match'][number], { connection, host, database }: OtherSide): boolean {
  if (pattern.id === undefined && pattern.name === undefined && pattern.host === undefined && pattern.database === undefined) return false;
  const fits = (wanted: string | undefined, value: string | null): boolean => wanted === undefined || (value !== null && like(value, wanted));
  return fits(pattern.id, connection) && fits(pattern.name, connection) && fits(pattern.host, host) && fits(pattern.database, database);
}

function isNamed(store: StoreSnapshot, { connection, host, database }: OtherSide): boolean {
  const { address } = store;
  if (host !== null && address !== undefined) {
    const same = host.toLowerCase() === address.host.toLowerCase() || host.toLowerCase() === `${address.host.toLowerCase()}:${address.port}`;
    return same && (database === null || database === store.database);
  }
  if (database !== null) return database === store.database;
  // `shop-eu.europe-west1.production`: the last part is the connection's own name.
  const name = connection?.split('.').at(-1)?.toLowerCase();
  return name !== undefined && (name === store.name.toLowerCase() || name === store.database.toLowerCase());
}
