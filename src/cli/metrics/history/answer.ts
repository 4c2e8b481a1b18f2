import type { Change } from '../../../history/changes.js';
import type { Gap } from '../../../model/snapshot.js';
import type { Engine, StoreRole } from '../../../model/store.js';

/** What `tidemark metrics history` answers. docs/history.md is the contract. */
export interface HistoryAnswer {
  schemaVersion: 1;
  tool: { name: 'tidemark'; version: string };
  takenAt: string;
  stores: { name: string; role: StoreRole; engine: Engine }[];
  metrics: RememberedMetric[];
  /** Of which nothing is remembered, and why, in words that follow the name. */
  notAsked: { metric: string; store: string | null; why: string }[];
  /** What it cost each store. */
  cost: { store: string; statements: number; elapsed_ms: number }[];
  gaps: Gap[];
}

export interface RememberedMetric {
  metric: string;
  store: string;
  owner: string | null;
  relation: string;
  product: string | null;
  period: 'day' | 'month';
  /** `begun`: there was nothing of it. `redefined`: its definition was another before. `asked`: it could be compared. `not asked`: only what is remembered is told. */
  look: 'begun' | 'redefined' | 'asked' | 'not asked';
  periods: number;
  /** Of them those that this look saw first. */
  newPeriods: number;
  /** Oldest and newest bucket, `YYYY-MM-DD`; null where there is none yet. */
  from: string | null;
  to: string | null;
  since: string;
  restatementsKnown: boolean;
  /** Oldest periods that have no rows any more, as a retention does it. */
  removed: number;
  changes: (Pick<Change, 'bucket' | 'after' | 'before' | 'emptied' | 'verdict' | 'leavesOut'> & { restatement: string | null; /** Seen first in this look. */ isNew: boolean })[];
}
