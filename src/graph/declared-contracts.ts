import type { Configuration } from '../model/configuration.js';
import type { ContractedRelation, DeclaredContract } from '../model/contract.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { relationKey } from '../sql/schema-index.js';
import { storeOf } from './connection.js';
import { registrationOf } from './registered-contracts.js';

/** What is withdrawn promises nothing any more; a draft does not yet. What is deprecated is kept until it is withdrawn. */
const NOT_IN_FORCE = /^(retired|draft|proposed|inactive)$/i;
const DEPRECATED = /^deprecated$/i;

/** The snapshot with each store's relations that its registry or a data contract in force declares: by the contract's server, and by name. */
export function withDeclaredContracts(snapshot: Snapshot, configuration: Configuration): Snapshot {
  const contracts = (snapshot.contracts ?? []).filter(isInForce);
  if (contracts.length === 0 && snapshot.stores.every(({ contractRegistry }) => contractRegistry === undefined)) return snapshot;
  return { ...snapshot, stores: snapshot.stores.map((store) => withContracts(store, contracts, snapshot.stores, configuration)) };
}

function withContracts(store: StoreSnapshot, contracts: readonly DeclaredContract[], stores: readonly StoreSnapshot[], configuration: Configuration): StoreSnapshot {
  const { found } = declaredIn(store, contracts, stores, configuration);
  const registered = registrationOf(store).byRelation;
  const kept = new Set(found.flatMap(({ key, contract }) => (isDeprecated(contract) ? [] : [key])));
  const deprecatedContracts = new Set([
    ...found.flatMap(({ key, contract }) => (isDeprecated(contract) && !kept.has(key) ? [key] : [])),
    ...[...registered].flatMap(([key, { deprecatedAt }]) => (deprecatedAt === null ? [] : [key])),
  ]);
  return {
    ...store,
    ...(deprecatedContracts.size === 0 ? {} : { deprecatedContracts }),
    ...(contracts.length === 0 ? {} : { contracted: new Map(found.map(({ key, contract }) => [key, contract.name])) }),
    ...(store.contractRegistry === undefined ? {} : { registered }),
  };
}

export function isInForce({ status }: Pick<DeclaredContract, 'status'>): boolean {
  return !NOT_IN_FORCE.test(status ?? '');
}

export function isDeprecated({ status }: Pick<DeclaredContract, 'status'>): boolean {
  return DEPRECATED.test(status ?? '');
}

/** What data contracts say of one store. */
export interface DeclaredRelations {
  /** `schema.name`, and what declares it. */
  found: { key: string; contract: DeclaredContract; declared: ContractedRelation }[];
  /** Relations that the store does not have, although it has their schema. */
  absent: { contract: DeclaredContract; declared: ContractedRelation; schema: string }[];
}

/** The relations of a store that contracts declare, by the contract's server, and by name. */
export function declaredIn(store: StoreSnapshot, contracts: readonly DeclaredContract[], stores: readonly StoreSnapshot[], configuration: Configuration): DeclaredRelations {
  const relations: DeclaredRelations = { found: [], absent: [] };
  for (const contract of contracts) {
    if (storeOf({ kind: 'odcs', connection: contract.connection }, stores, configuration).name !== store.name) continue;
    for (const declared of contract.relations) {
      const { schema, name } = declared;
      const inSchema = store.catalog.relations.filter((relation) => schema === null || relation.schema.toLowerCase() === schema.toLowerCase());
      const [only, another] = inSchema.filter((relation) => relation.name.toLowerCase() === name.toLowerCase());
      if (only !== undefined && another === undefined) relations.found.push({ key: relationKey(only), contract, declared });
      else if (only === undefined && schema !== null && inSchema.length > 0) relations.absent.push({ contract, declared, schema });
    }
  }
  return relations;
}
