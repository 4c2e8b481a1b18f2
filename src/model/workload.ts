import type { Gap } from './snapshot.js';

export const WORKLOAD_CLASSES = ['operational', 'analytical', 'mixed', 'unknown'] as const;
export type WorkloadClass = (typeof WORKLOAD_CLASSES)[number];

/** What ran, summed. A counter that this server does not keep is null, never 0. */
export interface Work {
  calls: number;
  rows: number;
  execution_ms: number;
  planning_ms: number | null;
  /** Shared blocks touched, from cache or disk, and those of them that were read from disk. */
  blocks: number;
  blocks_read: number;
  temp_bytes: number;
  wal_bytes: number | null;
}

/** Part of what the store did in the same time, 0 to 1; null where that is not known or is nothing. */
export interface Shares {
  time: number | null;
  blocks: number | null;
  temp: number | null;
  wal: number | null;
}

/** How a statement comes back. */
export interface Rhythm {
  /** Seconds between two runs; null where it follows no clock. */
  period_seconds: number | null;
  /** From what it is known: starts that were seen, the schedule of its card with fitting calls, or the number of calls alone. */
  from: 'starts' | 'schedule' | 'calls';
  /** 0 to 1. */
  confidence: number;
  /** `every 5 min, 4 s after the full minute`. */
  words: string;
}

export interface WorkloadStatement {
  /** Its fingerprint, with the role where it was not sent by a card; stable from run to run. */
  id: string;
  /** Of pg_stat_statements; empty where it was never seen running. */
  queryIds: string[];
  class: WorkloadClass;
  /** 0 to 1. */
  confidence: number;
  /** In words, the weightiest first. Never a literal of a production statement. */
  evidence: string[];
  /** As findings name it. */
  consumer: string;
  owner: string | null;
  roles: string[];
  applications: string[];
  /** What it reads in the end, through views, and what it writes; `schema.name`. */
  relations: string[];
  rhythm: Rhythm | null;
  /** The first characters, literals masked. */
  head: string;
  /** Null where the statistics hold no entry of it. */
  work: Work | null;
  share: Shares;
}

export interface ClassWork {
  class: WorkloadClass;
  statements: number;
  work: Work;
  share: Shares;
}

/** One consumer, role, relation or day, and the analytical part of what it did. */
export interface GroupWork {
  name: string;
  owner: string | null;
  statements: number;
  analyticalStatements: number;
  work: Work;
  share: Shares;
  analytical: Work;
  /** The analytical part of all that the store did. */
  analyticalShare: Shares;
}

/** What ran between snapshots on one day (UTC). */
export interface DayWork extends GroupWork {
  /** How much of the day the snapshots cover. */
  covered_seconds: number;
  /** False where counters were reset or entries evicted meanwhile: the numbers are lower bounds. */
  complete: boolean;
  /** What ran between two snapshots of different days was divided over them evenly by time: nothing tells when it ran. */
  estimated: boolean;
}

/** So many changes of a store are proposed, and so many are shown. */
export const CHANGES_MAX = 5;

/** A change that takes work off the store. */
export interface Change {
  /** `Move metabase card 104 Case volume by month to the warehouse`. */
  change: string;
  /** What to run, where there is something; for a person to run. */
  sql: string | null;
  consumer: string;
  owner: string | null;
  relations: string[];
  statements: number;
  frees: Shares;
  /** 0 to 1. */
  confidence: number;
}

/** How far the numbers can be trusted, and why not further. */
export interface Trust {
  /** 1 where nothing speaks against them; multiplied with the confidence of what rests on them. */
  factor: number;
  /** One line each, weightiest first: resets, evictions, lost texts, hidden statements. */
  notes: string[];
}

/** The workload of one store. */
export interface StoreWorkload {
  store: string;
  role: string;
  engine: string;
  /** ISO 8601: what the numbers cover; null where it is not known, or nothing was measured. */
  since: string | null;
  until: string | null;
  window_seconds: number | null;
  trust: Trust;
  total: Work;
  classes: ClassWork[];
  /** Heaviest analytical work first; so are all lists. */
  byConsumer: GroupWork[];
  byRole: GroupWork[];
  byRelation: GroupWork[];
  /** Oldest first. Empty without snapshots to compare. */
  byDay: DayWork[];
  /** At most `CHANGES_MAX`. */
  changes: Change[];
  statements: WorkloadStatement[];
}

/** What `tidemark workload` answers. Everything is sorted; a field may be added in a later version, never changed. */
export interface WorkloadReport {
  schemaVersion: 1;
  tool: { name: 'tidemark'; version: string };
  takenAt: string;
  stores: StoreWorkload[];
  gaps: Gap[];
  assumptions: string[];
}
