import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import { relationKey } from '../sql/schema-index.js';
import type { Plan } from './plan.js';

/**
 * Who answers for a contract: the owner of the version before it, else of the application that writes the relation. Null where
 * neither is known, or where several would be.
 */
export function ownerOfContract({ relation, replaces, exists, schema, name }: Plan, boundary: StoreBoundary, configuration: Configuration): string | null {
  const before = exists ? { schema, name } : replaces?.view;
  const registered = boundary.store.contractRegistry?.rows.find((row) => before !== undefined && (row.name === before.name || row.name === relationKey(before)));
  if (registered?.owner) return registered.owner;
  const owners = new Map(configuration.consumers.flatMap(({ match, owner }) => (match.role !== undefined && owner !== null ? [[match.role, owner] as const] : [])));
  const key = relationKey(relation);
  const writers = new Set<string>();
  for (const { part, consumer } of boundary.accesses) {
    const owner = consumer.role_purpose === 'application' ? owners.get(consumer.role) : undefined;
    if (owner !== undefined && part?.resolution.writes.has(key) === true) writers.add(owner);
  }
  if (writers.size === 0) {
    // An application that only inserts through functions is known by what it may do.
    for (const { grantee, schema: of, relation: table, privileges } of boundary.store.catalog.grants) {
      const owner = boundary.roles.get(grantee)?.purpose === 'application' ? owners.get(grantee) : undefined;
      if (owner !== undefined && `${of}.${table}` === key && privileges.includes('INSERT')) writers.add(owner);
    }
  }
  const [only, another] = writers;
  return another === undefined ? (only ?? null) : null;
}
