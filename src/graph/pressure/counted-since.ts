import type { StoreSnapshot } from '../../model/snapshot.js';

const DAY_MS = 86_400_000;

/** When the snapshot of a store was taken, as milliseconds since 1970; NaN where nothing tells. */
export function takenAt_ms({ statementWindow }: StoreSnapshot, takenAt: string | undefined): number {
  return Date.parse(statementWindow?.until ?? takenAt ?? '');
}

/** How long the counters of the database and its tables have run; NaN where that is not known. */
export function countedDays(store: StoreSnapshot, takenAt: string | undefined): number {
  const since = store.databaseStatistics?.since ?? null;
  return since === null ? Number.NaN : Math.max(0, (takenAt_ms(store, takenAt) - Date.parse(since)) / DAY_MS);
}

/** How long statements have been counted; NaN where that is not known. */
export function windowDays(store: StoreSnapshot, takenAt: string | undefined): number {
  const since = store.statementWindow?.since ?? null;
  return since === null ? Number.NaN : Math.max(0, (takenAt_ms(store, takenAt) - Date.parse(since)) / DAY_MS);
}
