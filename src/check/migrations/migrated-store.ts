import type { StoreRole } from '../../model/store.js';

/** Why it is not known which store is migrated, with the names among which one could be meant. */
export interface StoreDoubt {
  doubt: 'no such store' | 'no store' | 'several stores';
  names: string[];
}

/** The store that is migrated: the one that is named, else the only operational one, else the only one. */
export function migratedStore<T extends { name: string; role: StoreRole }>(stores: readonly T[], wanted: string | null): { found: T } | StoreDoubt {
  const names = stores.map(({ name }) => name);
  if (wanted !== null) {
    const found = stores.find(({ name }) => name === wanted);
    return found === undefined ? { doubt: 'no such store', names } : { found };
  }
  const operational = stores.filter(({ role }) => role === 'operational');
  const [only, another] = operational.length > 0 ? operational : stores;
  if (only === undefined) return { doubt: 'no store', names };
  return another === undefined ? { found: only } : { doubt: 'several stores', names };
}
