/** One entry of pg_stat_statements, or what a history of queries has of one text and user, with the literals of its text masked. Times in milliseconds as the view gives them. */
export interface StatementStatistics {
  role: string;
  database: string;
  /** 64-bit, as text; only comparable within one server major version. Null where the server hides it. */
  queryId: string | null;
  toplevel: boolean;
  text: string | null;
  textState: TextState;
  calls: number;
  execution_ms: number;
  planning_ms: number | null;
  rows: number;
  sharedBlocksHit: number;
  sharedBlocksRead: number;
  tempBlocksRead: number;
  tempBlocksWritten: number;
  wal_bytes: number | null;
  /** Shared blocks that it changed first since they were last written out. */
  sharedBlocksDirtied?: number | null | undefined;
  /** The longest execution and the deviation of all from their mean; of entries that fell together the larger one. */
  longest_ms?: number | null | undefined;
  deviation_ms?: number | null | undefined;
  /** Compiling for JIT, which execution_ms contains; null before extension version 1.10. */
  jit_ms?: number | null | undefined;
  /** Parallel workers that were launched for it; null before extension version 1.12. */
  parallelWorkers?: number | null | undefined;
  /** ISO 8601: since when this entry counts; null before extension version 1.11. */
  since?: string | null | undefined;
  /**
   * Of an engine that keeps a history of queries in place of counters: what all runs read, in bytes by the engine's own word, and
   * null where it does not tell. Blocks are bytes then.
   */
  scanned_bytes?: number | null | undefined;
  /** What all runs are charged for; null where the engine charges by time. */
  billed_bytes?: number | null | undefined;
  /** Runs that ended in an error, which `calls` leaves out. */
  failures?: number | undefined;
}

/** `hidden`: the role may not see it; `lost`: the server no longer has it; `truncated`: cut at a known length. */
export type TextState = 'full' | 'truncated' | 'hidden' | 'lost';

/** What the statistics cover. Totals are incomplete where `evictions` is above zero. */
export interface StatementWindow {
  /** ISO 8601; null before extension version 1.9. */
  since: string | null;
  evictions: number | null;
  entries: number;
  entries_max: number | null;
  /** 1 where the engine counts bytes. */
  block_bytes: number;
  /** ISO 8601, by the server's clock: when the counters were read. */
  until?: string | undefined;
  /** ISO 8601: the server started then, and what it had counted is gone where it had crashed before. */
  startedAt?: string | undefined;
  /** pg_stat_statements.track: `top`, `all` or `none`. */
  tracked?: string | undefined;
  /** False where utility statements (COPY, cursors, SET) are not counted. */
  tracksUtility?: boolean | undefined;
}
