import type { Snapshot, StoreSnapshot } from '../../model/snapshot.js';
import { UsageError } from '../usage-error.js';

/** A bundle with the name by which messages call it. */
export interface NamedSnapshot {
  file: string;
  snapshot: Snapshot;
}

/**
 * Refuses what cannot be compared: bundles without a store in common, and stores of one name that are different databases.
 *
 * @throws UsageError
 */
export function refuseStrangers(read: readonly NamedSnapshot[]): void {
  const [first, ...others] = read;
  if (first === undefined) return;
  for (const other of others) {
    const common = other.snapshot.stores.flatMap((store) => {
      const same = first.snapshot.stores.find(({ name }) => name === store.name);
      return same ? [[same, store] as const] : [];
    });
    if (common.length === 0) {
      throw new UsageError(`${first.file} and ${other.file} hold no store in common: ${namesOf(first)} and ${namesOf(other)}`, 'give bundles of the same system, in order of time');
    }
    for (const [one, same] of common) {
      const differs = difference(one, same);
      if (differs !== null) throw new UsageError(`${one.name} is not the same database in ${first.file} and ${other.file}: ${differs}`, 'give bundles of the same system, in order of time');
    }
  }
}

function namesOf({ snapshot }: NamedSnapshot): string {
  return snapshot.stores.length === 0 ? 'none' : snapshot.stores.map(({ name }) => name).join(', ');
}

function difference(one: StoreSnapshot, other: StoreSnapshot): string | null {
  if (one.engine !== other.engine) return `${one.engine} and ${other.engine}`;
  if (one.systemIdentifier !== undefined && other.systemIdentifier !== undefined && one.systemIdentifier !== other.systemIdentifier) return 'the servers give different system identifiers';
  return one.database === other.database ? null : `database ${one.database} and database ${other.database}`;
}

/** Oldest first; says where the order that was given is another one. */
export function sortedByTime(read: readonly NamedSnapshot[]): { sorted: NamedSnapshot[]; notes: string[] } {
  const sorted = read.toSorted((one, other) => Date.parse(one.snapshot.takenAt) - Date.parse(other.snapshot.takenAt));
  const inOrder = sorted.every((one, index) => one === read[index]);
  return { sorted, notes: inOrder ? [] : [`bundles were put in order of time: ${sorted.map(({ file }) => file).join(', ')}`] };
}
