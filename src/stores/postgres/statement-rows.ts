import { z } from 'zod';
import type { StatementStatistics, TextState } from '../../model/statement.js';
import { sortedBy } from '../shared/order.js';
import { MARKER } from './session.js';

const number = z.number();
const maybeNumber = z.number().nullable();

/** The counters of one entry, without its text. */
export const statementRow = z.object({
  role_id: number,
  role: z.string(),
  query_id: z.string().nullable(),
  toplevel: z.boolean(),
  calls: number,
  execution_ms: number,
  planning_ms: maybeNumber,
  rows: number,
  shared_blocks_hit: number,
  shared_blocks_read: number,
  shared_blocks_dirtied: maybeNumber,
  temp_blocks_read: number,
  temp_blocks_written: number,
  wal_bytes: maybeNumber,
  longest_ms: maybeNumber,
  deviation_ms: maybeNumber,
  jit_ms: maybeNumber,
  parallel_workers: maybeNumber,
  /** Seconds since 1970. */
  since: maybeNumber,
});
export type StatementRow = z.infer<typeof statementRow>;

export interface EntryText {
  text: string | null;
  state: TextState;
}

export function keyOf(row: { role_id: number; query_id: string | null; toplevel: boolean }): string {
  return `${row.role_id} ${row.query_id ?? '-'} ${row.toplevel}`;
}

/** Rows whose identity the server hides fall together, one for each role: their sum is what can be said. */
export function merged(rows: readonly StatementRow[]): StatementRow[] {
  const byKey = new Map<string, StatementRow>();
  for (const row of rows) {
    const key = keyOf(row);
    const other = byKey.get(key);
    byKey.set(key, other ? addUp(other, row) : row);
  }
  return [...byKey.values()];
}

function addUp(a: StatementRow, b: StatementRow): StatementRow {
  const both = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : x + y);
  const larger = (x: number | null, y: number | null): number | null => (x === null || y === null ? null : Math.max(x, y));
  return {
    ...a,
    calls: a.calls + b.calls,
    execution_ms: a.execution_ms + b.execution_ms,
    planning_ms: both(a.planning_ms, b.planning_ms),
    rows: a.rows + b.rows,
    shared_blocks_hit: a.shared_blocks_hit + b.shared_blocks_hit,
    shared_blocks_read: a.shared_blocks_read + b.shared_blocks_read,
    shared_blocks_dirtied: both(a.shared_blocks_dirtied, b.shared_blocks_dirtied),
    temp_blocks_read: a.temp_blocks_read + b.temp_blocks_read,
    temp_blocks_written: a.temp_blocks_written + b.temp_blocks_written,
    wal_bytes: both(a.wal_bytes, b.wal_bytes),
    longest_ms: larger(a.longest_ms, b.longest_ms),
    deviation_ms: larger(a.deviation_ms, b.deviation_ms),
    jit_ms: both(a.jit_ms, b.jit_ms),
    parallel_workers: both(a.parallel_workers, b.parallel_workers),
    since: null,
  };
}

export interface Told {
  /** Without tidemark's own, sorted. */
  statements: StatementStatistics[];
  /** Numbers of tidemark's own, sorted. */
  own: string[];
}

/**
 * The entries with their texts. An entry whose text is not among them counts as lost. Tidemark's own are those of its role that
 * carry its mark (both, so that neither another role's statement nor an application's under the same role is left out), and
 * those that are known to be.
 */
export function withTexts(rows: readonly StatementRow[], texts: ReadonlyMap<string, EntryText>, knownOwn: ReadonlySet<string>, server: { database: string; role_id: number }): Told {
  const statements: StatementStatistics[] = [];
  const own = new Set<string>();
  for (const row of rows) {
    const key = keyOf(row);
    const found = texts.get(key);
    if (row.role_id === server.role_id && (found?.text?.includes(MARKER) === true || ((found?.text ?? null) === null && knownOwn.has(key)))) {
      if (row.query_id !== null) own.add(row.query_id);
      continue;
    }
    const textState = row.query_id === null ? 'hidden' : (found?.state ?? 'lost');
    statements.push({
      role: row.role,
      database: server.database,
      queryId: row.query_id,
      toplevel: row.toplevel,
      text: textState === 'full' || textState === 'truncated' ? (found?.text ?? null) : null,
      textState,
      calls: row.calls,
      execution_ms: row.execution_ms,
      planning_ms: row.planning_ms,
      rows: row.rows,
      sharedBlocksHit: row.shared_blocks_hit,
      sharedBlocksRead: row.shared_blocks_read,
      tempBlocksRead: row.temp_blocks_read,
      tempBlocksWritten: row.temp_blocks_written,
      wal_bytes: row.wal_bytes,
      sharedBlocksDirtied: row.shared_blocks_dirtied,
      longest_ms: row.longest_ms,
      deviation_ms: row.deviation_ms,
      jit_ms: row.jit_ms,
      parallelWorkers: row.parallel_workers,
      since: row.since === null ? null : new Date(row.since * 1000).toISOString(),
    });
  }
  return { statements: sortedBy(statements, (s) => [s.role, s.queryId ?? '', String(s.toplevel)]), own: [...own].sort() };
}
