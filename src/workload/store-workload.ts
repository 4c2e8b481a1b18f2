import type { StoreBoundary } from '../graph/boundary.js';
import { type Portion, portionsOf } from '../graph/portions.js';
import type { Thresholds } from '../model/thresholds.js';
import type { StoreWorkload, WorkloadStatement } from '../model/workload.js';
import { changesOf } from './changes.js';
import { byDay } from './days.js';
import { byConsumer, byRelation, byRole } from './groups.js';
import type { Interval } from './interval.js';
import { classesOf, totalOf } from './shares.js';
import { described, statementWorks } from './statements.js';
import { trustOf } from './trust.js';

export interface StoreWorkloadInput {
  boundary: StoreBoundary;
  /** Of `between`; without them the counters are those of one snapshot. */
  intervals?: readonly Interval[] | undefined;
  /** ISO 8601: when the snapshot was taken, for stores that do not tell when they were read. */
  takenAt?: string | undefined;
  /** Without them no card is called unused. */
  thresholds?: Pick<Thresholds, 'unused_days'> | undefined;
  /** Which statements are divided and told of; the shares stay those of all that the store did. Without it all are. */
  choose?: ((statement: WorkloadStatement) => boolean) | undefined;
}

/** How the work of one store divides, how far that can be trusted, and what would free most of it. Pure. */
export function storeWorkload({ boundary, intervals = [], takenAt, thresholds, choose = () => true }: StoreWorkloadInput): StoreWorkload {
  const { store } = boundary;
  const portions = portionsOf(boundary);
  const total = totalOf(portions);
  const { since, until, window_seconds, trust } = statisticsOver({ store, portions, intervals, takenAt });
  const chosen = described(statementWorks(boundary, portions, total), boundary, total).filter(({ statement }) => choose(statement));
  const works = chosen.map(({ work }) => work);
  return {
    store: store.name,
    role: store.role,
    engine: store.engine,
    since,
    until,
    window_seconds,
    trust,
    total,
    classes: classesOf(works, total),
    byConsumer: byConsumer(works, total),
    byRole: byRole(works, boundary, total),
    byRelation: byRelation(works, boundary, total),
    byDay: byDay(portions, new Set(works.flatMap((work) => work.portions)), intervals, boundary, total),
    changes: changesOf({ boundary, works, total, trust, window_seconds, unused_days: thresholds?.unused_days ?? null }),
    statements: chosen.map(({ statement }) => statement),
  };
}

/** What statistics cover, and how far they can be trusted. */
export type StatisticsWindow = Pick<StoreWorkload, 'store' | 'since' | 'until' | 'window_seconds' | 'trust'>;

/** The same without dividing anything, for who judges a part of what a store ran. */
export function statisticsWindow({ boundary, intervals = [], takenAt }: Pick<StoreWorkloadInput, 'boundary' | 'intervals' | 'takenAt'>): StatisticsWindow {
  return statisticsOver({ store: boundary.store, portions: portionsOf(boundary), intervals, takenAt });
}

function statisticsOver({ store, portions, intervals, takenAt }: { store: StoreBoundary['store']; portions: readonly Portion[]; intervals: readonly Interval[]; takenAt: string | undefined }): StatisticsWindow {
  const since = store.statementWindow?.since ?? null;
  const until = store.statementWindow === null ? null : (store.statementWindow.until ?? takenAt ?? null);
  const seconds = since === null || until === null ? Number.NaN : (Date.parse(until) - Date.parse(since)) / 1000;
  // A clock that is behind the server's measures nothing.
  const window_seconds = seconds >= 0 ? seconds : null;
  return { store: store.name, since, until, window_seconds, trust: trustOf({ store, portions, intervals, window_seconds }) };
}
