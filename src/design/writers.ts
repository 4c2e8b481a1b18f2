import type { StoreBoundary } from '../graph/boundary.js';

/** Who was seen doing something to a table. */
export interface Writers {
  /** Names of applications that insert, update, merge or delete. */
  applications: Set<string>;
  /** The configured owners of these. */
  owners: Set<string>;
  /** By column, who overwrites it. */
  updates: Map<string, Set<string>>;
  /** Who overwrites any column, loaders and administration left out. */
  overwriters: Set<string>;
}

/** By `schema.name`: the writers of one store, by the statements that were read. */
export function writersOf({ accesses }: StoreBoundary): Map<string, Writers> {
  const found = new Map<string, Writers>();
  for (const { consumer, statement, part } of accesses) {
    for (const [relation, slots] of part?.resolution.writes ?? []) {
      const writers = found.get(relation) ?? { applications: new Set(), owners: new Set(), updates: new Map(), overwriters: new Set() };
      found.set(relation, writers);
      if (consumer.role_purpose === 'application') {
        writers.applications.add(consumer.name);
        if (consumer.owner !== '') writers.owners.add(consumer.owner);
      }
      if (statement.kind !== 'update') continue;
      if (consumer.role_purpose !== 'loader' && consumer.role_purpose !== 'administration') writers.overwriters.add(consumer.name);
      for (const { name } of slots) writers.updates.set(name, (writers.updates.get(name) ?? new Set()).add(consumer.name));
    }
  }
  return found;
}
