import type { Snapshot, SourceSummary, StoreSnapshot } from '../model/snapshot.js';
import type { StoreBoundary } from './boundary.js';

/** What judgement rests on that nobody has configured, in words. */
export function assumptionsOf({ stores, sources }: Snapshot, boundaries: readonly StoreBoundary[], notes: readonly string[]): string[] {
  return [...copies(stores), ...notes, ...sources.flatMap(unrecognised), ...boundaries.flatMap(stated)];
}

/** Stores that are one database, seen at two places. */
function copies(stores: readonly StoreSnapshot[]): string[] {
  return stores.flatMap((store, index) =>
    stores.slice(0, index).flatMap((other) => {
      if (store.systemIdentifier === undefined || store.systemIdentifier !== other.systemIdentifier || store.database !== other.database) return [];
      return store.inRecovery === other.inRecovery
        ? [`${other.name} and ${store.name} are one database: what is found is told of both`]
        : [`${store.inRecovery ? store.name : other.name} is a physical copy of ${store.inRecovery ? other.name : store.name}: both give the same system identifier`];
    }),
  );
}

/** Files that hold nothing which a source knows: read me files, or exports of a tool that is not read. */
function unrecognised({ path, files, ignored }: SourceSummary): string[] {
  return ignored === 0 ? [] : [`${ignored} of ${files} files of ${path} hold no query: no source recognises them`];
}

/** The guesses that judgement rests on, one line a kind. */
function stated({ store, zones, roles, activity }: StoreBoundary): string[] {
  const guessedZones = new Map<string, number>();
  for (const [key, { zone, guessed }] of zones) {
    if (!guessed) continue;
    const schema = `${key.slice(0, key.indexOf('.'))} → ${zone}`;
    guessedZones.set(schema, (guessedZones.get(schema) ?? 0) + 1);
  }
  const guessedRoles = [...roles].filter(([role, { reason }]) => reason !== 'configured' && (activity.get(role)?.statements ?? 0) > 0);
  return [
    ...(guessedZones.size > 0 ? [`zones on ${store.name} by guess: ${[...guessedZones.keys()].sort().join(', ')}`] : []),
    ...guessedRoles.sort(([a], [b]) => (a < b ? -1 : 1)).map(([role, { purpose, reason }]) => `role ${role} on ${store.name} is ${purpose}: ${reason}`),
  ];
}
