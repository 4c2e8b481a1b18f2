import type { Configuration } from '../model/configuration.js';
import type { DeclaredContract } from '../model/contract.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { relationKey } from '../sql/schema-index.js';
import { storeOf } from './connection.js';

/** What is withdrawn promises nothing any more; a draft does not yet. */
const NOT_IN_FORCE = /^(retired|deprecated|draft|proposed|inactive)$/i;

/** The snapshot with each store's relations that a data contract in force declares: by the contract's server, and by name. */
export function withDeclaredContracts(snapshot: Snapshot, configuration: Configuration): Snapshot {
  const contracts = (snapshot.contracts ?? []).filter(({ status }) => !NOT_IN_FORCE.test(status ?? ''));
  if (contracts.length === 0) return snapshot;
  return { ...snapshot, stores: snapshot.stores.map((store) => ({ ...store, contracted: contractedIn(store, contracts, snapshot.stores, configuration) })) };
}

/** `schema.relation` → the name of the contract. */
function contractedIn(store: StoreSnapshot, contracts: readonly DeclaredContract[], stores: readonly StoreSnapshot[], configuration: Configuration): Map<string, string> {
  const contracted = new Map<string, string>();
  for (const contract of contracts) {
    if (storeOf({ kind: 'odcs', connection: contract.connection }, stores, configuration).name !== store.name) continue;
    for (const { schema, name } of contract.relations) {
      const fitting = store.catalog.relations.filter((relation) => relation.name.toLowerCase() === name.toLowerCase() && (schema === null || relation.schema.toLowerCase() === schema.toLowerCase()));
      const [only, another] = fitting;
      if (only !== undefined && another === undefined) contracted.set(relationKey(only), contract.name);
    }
  }
  return contracted;
}
