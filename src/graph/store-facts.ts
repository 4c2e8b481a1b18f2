import type { StoreFacts } from '../facts/store.js';
import type { Trust, Work } from '../model/workload.js';
import type { StoreBoundary } from './boundary.js';
import { killSwitchOf } from './kill-switch.js';
import { portionsOf, sumOfWork } from './portions.js';
import { storePressure } from './pressure/store-pressure.js';

/** Part of the blocks that statements of unknown class may take before the share of the others says nothing. */
export const UNREAD_SHARE_MAX = 0.05;

/** How far the statistics of a store can be trusted, and how long they have counted. */
export interface StatisticsState {
  trust: Trust;
  window_seconds: number | null;
  /** ISO 8601: when the snapshot was taken. */
  takenAt: string;
}

/** @param statistics without which nothing is said of how far they can be trusted */
export function storeFacts(boundary: StoreBoundary, statistics: StatisticsState | null = null): StoreFacts {
  const { store, zones } = boundary;
  const portions = portionsOf(boundary);
  const analytical = portions.filter((portion) => portion.class === 'analytical');
  const total = sumOfWork(portions.map(({ work }) => work));
  const reports = sumOfWork(analytical.map(({ work }) => work));
  const unread = sumOfWork(portions.filter((portion) => portion.class === 'unknown').map(({ work }) => work));
  // What was not understood may all be reporting: a share that leaves it out would be a guess.
  const known = store.statements.length > 0 && unread.blocks <= UNREAD_SHARE_MAX * total.blocks;
  const shareOf = (counter: keyof Work): number => (known ? (shareOfWork(reports, total, counter) ?? Number.NaN) : Number.NaN);
  const measured = store.statements.length > 0 ? statistics : null;
  return {
    name: store.name,
    role: store.role,
    engine: store.engine,
    in_recovery: store.inRecovery,
    analytical_block_share: shareOf('blocks'),
    analytical_time_share: shareOf('execution_ms'),
    analytical_temp_share: shareOf('temp_bytes'),
    analytical_wal_share: shareOf('wal_bytes'),
    analytical_statements: known ? analytical.length : Number.NaN,
    analytical_block_share_min: shareOfWork(reports, total, 'blocks') ?? Number.NaN,
    unread_block_share: shareOfWork(unread, total, 'blocks') ?? Number.NaN,
    window_days: (measured?.window_seconds ?? Number.NaN) / 86_400,
    statistics_trust: measured?.trust.factor ?? Number.NaN,
    statistics_doubts: measured?.trust.notes ?? [],
    has_contracts: [...zones.values()].some(({ zone }) => zone === 'contract'),
    ...storePressure(store, statistics?.takenAt),
    ...killSwitchOf(boundary),
  };
}

/** Null where one of them is not counted, and where nothing was done at all. */
export function shareOfWork(part: Work, total: Work, counter: keyof Work): number | null {
  const [own, all] = [part[counter], total[counter]];
  // Rounding must not make a part more than the whole.
  return own === null || all === null || all <= 0 ? null : Math.min(1, own / all);
}
