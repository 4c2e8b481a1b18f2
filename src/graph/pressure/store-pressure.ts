import { durationSeconds } from '../../facts/role-settings.js';
import type { StorePressure } from '../../facts/store-pressure.js';
import type { DatabaseStatistics } from '../../model/pressure.js';
import type { StoreSnapshot } from '../../model/snapshot.js';
import { formatQuantity } from '../../text/quantity.js';
import { countedDays } from './counted-since.js';

/** What each cause of pg_stat_database_conflicts means ("Handling Query Conflicts", PostgreSQL 18, 26.4.2). */
const CAUSES: readonly (readonly [cause: keyof NonNullable<DatabaseStatistics['conflicts']>, words: string])[] = [
  ['snapshot', 'for rows that vacuum had removed on the primary'],
  ['lock', 'for a lock that the primary had taken'],
  ['bufferPin', 'for a page that they had pinned'],
  ['tablespace', 'for a tablespace that was dropped'],
  ['deadlock', 'for a deadlock with replay'],
];

/**
 * What a server counts and how it is set, as far as its store tells.
 *
 * @param takenAt of the snapshot, ISO 8601, where the store itself does not tell when it was read
 */
export function storePressure(store: StoreSnapshot, takenAt?: string): StorePressure {
  const { databaseStatistics, inRecovery } = store;
  const days = countedDays(store, takenAt);
  const conflicts = databaseStatistics?.conflicts ?? null;
  const cancelled = conflicts === null ? Number.NaN : CAUSES.reduce((sum, [cause]) => sum + conflicts[cause], 0);
  const delay = inRecovery ? (store.catalog.settings['max_standby_streaming_delay'] ?? '') : '';
  const delay_seconds = durationSeconds(delay);
  return {
    statistics_days: days,
    temp_bytes: databaseStatistics?.temp_bytes ?? Number.NaN,
    conflicts: cancelled,
    conflicts_per_day: days > 0 ? cancelled / days : Number.NaN,
    conflicts_by_cause: conflicts === null ? [] : CAUSES.flatMap(([cause, words]) => (conflicts[cause] > 0 ? [`${formatQuantity(conflicts[cause], 'count') ?? ''} ${words}`] : [])),
    feedback: inRecovery ? (store.catalog.settings['hot_standby_feedback'] ?? '') : '',
    // -1 lets it wait for ever.
    replay_delay_seconds: delay_seconds < 0 ? Number.NaN : delay_seconds,
    standby_note: inRecovery ? 'ALTER ROLE, CREATE ROLE, GRANT and REVOKE are run on the primary, whose roles this standby shares.' : '',
    replay_waits: delay_seconds < 0,
  };
}
