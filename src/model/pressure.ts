/**
 * What a server counts and shows besides its statements: how its tables grow and are read, who holds them up. Names, numbers and
 * durations only; never a row value, a text or an address of a client.
 */

/** The counters of one table since `DatabaseStatistics.since` (pg_stat_user_tables). */
export interface RelationStatistics {
  schema: string;
  name: string;
  sequentialScans: number;
  rowsReadBySequentialScans: number;
  indexScans: number;
  rowsInserted: number;
  rowsUpdated: number;
  /** Of them those that needed no new index entry. */
  rowsUpdatedInPlace: number;
  rowsDeleted: number;
  /** Estimates. */
  rowsLive: number;
  rowsDead: number;
  /** ISO 8601; by hand or by autovacuum, the later one. */
  lastVacuumAt: string | null;
  /** Bytes without indexes and TOAST, by the pages that the planner knows; null where it was never vacuumed or analysed. */
  heap_bytes: number | null;
}

/** The counters of one database (pg_stat_database, pg_stat_database_conflicts). */
export interface DatabaseStatistics {
  /** ISO 8601: since when counters of the database and its tables run; null where they never were reset. */
  since: string | null;
  blocksHit: number;
  blocksRead: number;
  rowsReturned: number;
  rowsFetched: number;
  tempFiles: number;
  temp_bytes: number;
  deadlocks: number;
  /** Queries of a standby that were cancelled for what it had to replay, by cause; null on a primary. */
  conflicts: { tablespace: number; lock: number; snapshot: number; bufferPin: number; deadlock: number } | null;
}

export const SESSION_STATES = ['active', 'idle in transaction', 'idle in transaction (aborted)', 'other'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** Sessions of one role, application, state and statement that were in a transaction, held the horizon or waited, over all looks. */
export interface SessionObservation {
  role: string;
  application: string;
  state: SessionState;
  /** Of the present or the last statement; null before version 14. */
  queryId: string | null;
  /** In how many looks one was seen. */
  looks: number;
  /** The longest transaction that was seen; null without one. */
  transaction_seconds: number | null;
  /** The longest run of the present statement; null where it is idle. */
  statement_seconds: number | null;
  /** How many transactions were begun since its oldest snapshot, at most; null where it holds none. */
  horizon_transactions: number | null;
  /** Looks in which it waited for a lock, and the longest wait (null before version 14). */
  lockWaits: number;
  lockWait_seconds: number | null;
  /** Who held what it waited for. */
  blockedBy: { role: string; application: string; state: SessionState; queryId: string | null; looks: number }[];
}

/** What keeps vacuum from cleaning up, besides sessions. `transactions`: how far it lags behind. */
export interface HorizonHolder {
  kind: 'replication slot' | 'prepared transaction' | 'standby';
  name: string;
  transactions: number;
  /** How long it is open; null where the server does not tell. */
  age_seconds: number | null;
  /** It holds back the system catalogues only (a logical slot's catalog_xmin), never a table of the application. */
  catalogOnly?: boolean | undefined;
}

/** What was seen of sessions: one look at collection, or all looks while it was sampled. Sorted by role, application, state, query id. */
export interface SessionLooks {
  looks: number;
  /** From the first look to the last; 0 for one look. */
  seconds: number;
  sessions: SessionObservation[];
  holders: HorizonHolder[];
}

/** When one role and application began a statement, as its sessions showed it. Sorted by query id, role and application. */
export interface ObservedStarts {
  queryId: string;
  role: string;
  application: string;
  /** Milliseconds since 1970 by the server's clock, ascending, without repetition; the newest where there were more. */
  startedAt_ms: number[];
}
