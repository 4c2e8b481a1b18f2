/** One entry of pg_stat_statements, with the literals of its text masked. Times in milliseconds as the view gives them. */
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
  block_bytes: number;
}
