import type { Configuration } from '../model/configuration.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';

/**
 * Whether a bundle is of the system that a configuration describes. A part of it may be missing or more in it; a bundle that has
 * nothing in common with it, or another database under a name of it, would give answers about something else.
 *
 * @param configuration as it was written: without stores that were added because the bundle has them
 * @returns null where it is; otherwise why not, in words that follow `the bundle is of another system: `
 */
export function otherSystem({ stores }: Pick<Configuration, 'stores'>, snapshot: Pick<Snapshot, 'stores'>): string | null {
  if (stores.length === 0 || snapshot.stores.length === 0) return null;
  const held = new Map(snapshot.stores.map((store) => [store.name, store]));
  const common = stores.flatMap((store) => {
    const own = held.get(store.name);
    return own === undefined ? [] : [{ store, own }];
  });
  if (common.length === 0) return `it holds ${names(snapshot.stores)}, and the configuration names ${names(stores)}`;
  for (const { store, own } of common) {
    if (store.engine !== own.engine) return `${store.name} is ${own.engine} in it, and ${store.engine} in the configuration`;
    const database = databaseOf(store.url, own);
    if (database !== null && database !== own.database) return `${store.name} is database ${own.database} in it, and ${database} in the configuration`;
  }
  return null;
}

/** The database that a URL of PostgreSQL names; null where it names none, or needs what only a connection knows. */
function databaseOf(url: string | null, { engine }: Pick<StoreSnapshot, 'engine'>): string | null {
  if (url === null || engine !== 'postgres' || !/^postgres(ql)?:\/\//.test(url) || url.includes('${') || !URL.canParse(url)) return null;
  const name = new URL(url).pathname.slice(1);
  if (name === '' || name.includes('/')) return null;
  try {
    return decodeURIComponent(name);
  } catch {
    return null;
  }
}

function names(stores: readonly { name: string }[]): string {
  const sorted = stores.map(({ name }) => name).toSorted();
  return sorted.length > 4 ? `${sorted.slice(0, 4).join(', ')} and ${sorted.length - 4} more` : sorted.join(', ');
}
