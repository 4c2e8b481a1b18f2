import { createHmac } from 'node:crypto';
import type { StatementActivity } from '../../model/snapshot.js';
import type { StatementStatistics } from '../../model/statement.js';
import type { StatementReading } from '../store.js';
import { sortedBy } from './order.js';
import { processKey } from './process-key.js';

/** How far back a history of queries is read: a week holds what runs on working days and what runs at its end. */
export const HISTORY_DAYS = 7;
/** The heaviest groups of equal texts that are read, by execution time; pg_stat_statements keeps as many by default. */
export const HISTORY_GROUPS_MAX = 5_000;
/** Characters of one text; what is longer is cut by the engine. */
export const HISTORY_TEXT_MAX = 100_000;

/** Characters of all texts together, the heaviest statements first: generated SQL is long, and 5,000 such texts fill no memory. */
export const HISTORY_TEXTS_MAX = 64_000_000;

/** How the number of an entry begins that no engine gave: it lasts as long as this process, until the masked text gives it another. */
export const OF_TEXT = 'text:';

/** Runs of one text by one user as one application, summed in the engine over the window. */
export interface HistoryRow {
  user: string;
  database: string;
  /** As the client named itself, or as the runs were tagged or labelled; free text, empty where nothing tells. */
  application: string;
  /** The engine's own hash of the text without its literals; null where it has none. */
  hash: string | null;
  /** One of the texts, literals included. */
  text: string | null;
  /** True where the text is not whole. */
  cut: boolean;
  runs: number;
  /** Not among the runs. */
  failures: number;
  /** Sum over the runs. */
  execution_ms: number;
  longest_ms: number | null;
  /** Returned or written; 0 where the engine does not tell. */
  rows: number;
  /** Sums over the runs; null where the engine does not tell. */
  scanned_bytes: number | null;
  billed_bytes: number | null;
  spilled_bytes: number | null;
}

/** What was read of a history. */
export interface HistoryWindow {
  /** ISO 8601, by the engine's clock. */
  since: string;
  until: string;
  /** True where there are more groups than were read. */
  truncated: boolean;
}

/**
 * A history of queries as statement statistics: one entry a text and user, with the applications beside it. Blocks are bytes here.
 * Texts are as the engine keeps them.
 */
export function historyReading(rows: readonly HistoryRow[], { since, until, truncated }: HistoryWindow): StatementReading {
  const entries = new Map<string, StatementStatistics>();
  const seen = new Map<string, StatementActivity>();
  for (const row of rows) {
    const entry = statementOf(row);
    const key = JSON.stringify([entry.role, entry.database, entry.queryId]);
    const known = entries.get(key);
    entries.set(key, known === undefined ? entry : summedEntry(known, entry));
    if (row.application === '' || entry.queryId === null) continue;
    const activityKey = JSON.stringify([entry.queryId, entry.role, row.application]);
    const activity = seen.get(activityKey);
    if (activity === undefined) seen.set(activityKey, { queryId: entry.queryId, role: entry.role, application: row.application, seen: row.runs + row.failures });
    else activity.seen += row.runs + row.failures;
  }
  const statements = sortedBy([...entries.values()], ({ role, queryId }) => [role, queryId ?? '']);
  return {
    statements,
    own: [],
    window: { since, until, evictions: null, entries: statements.length, entries_max: truncated ? HISTORY_GROUPS_MAX : null, block_bytes: 1 },
    activity: sortedBy([...seen.values()], ({ queryId, role, application }) => [queryId, role, application]),
  };
}

/** Two entries of one user that are one statement. A sum of which a part is unknown is unknown. */
export function summedEntry(left: StatementStatistics, right: StatementStatistics): StatementStatistics {
  return {
    ...left,
    text: left.text ?? right.text,
    textState: left.text === null ? right.textState : left.textState,
    calls: left.calls + right.calls,
    failures: (left.failures ?? 0) + (right.failures ?? 0),
    execution_ms: left.execution_ms + right.execution_ms,
    longest_ms: largest(left.longest_ms, right.longest_ms),
    rows: left.rows + right.rows,
    sharedBlocksRead: left.sharedBlocksRead + right.sharedBlocksRead,
    scanned_bytes: total(left.scanned_bytes, right.scanned_bytes),
    billed_bytes: total(left.billed_bytes, right.billed_bytes),
    tempBlocksWritten: left.tempBlocksWritten + right.tempBlocksWritten,
  };
}

function statementOf(row: HistoryRow): StatementStatistics {
  return {
    role: row.user,
    database: row.database,
    queryId: row.hash ?? (row.text === null ? null : `${OF_TEXT}${hashOf(row.text)}`),
    toplevel: true,
    text: row.text,
    textState: row.text === null ? 'hidden' : row.cut ? 'truncated' : 'full',
    calls: row.runs,
    failures: row.failures,
    execution_ms: row.execution_ms,
    planning_ms: null,
    longest_ms: row.longest_ms,
    rows: row.rows,
    sharedBlocksHit: 0,
    sharedBlocksRead: row.scanned_bytes ?? 0,
    tempBlocksRead: 0,
    tempBlocksWritten: row.spilled_bytes ?? 0,
    wal_bytes: null,
    scanned_bytes: row.scanned_bytes,
    billed_bytes: row.billed_bytes,
  };
}

/** Keyed anew in every process: a digest that lasts would let the literals of a text be guessed. */
function hashOf(text: string): string {
  return createHmac('sha256', processKey()).update(text).digest('hex').slice(0, 16);
}

function largest(left: number | null | undefined, right: number | null | undefined): number | null {
  const known = [left, right].filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}

function total(left: number | null | undefined, right: number | null | undefined): number | null {
  return left === null || left === undefined || right === null || right === undefined ? null : left + right;
}
