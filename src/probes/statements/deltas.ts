/** One entry of pg_stat_statements; entries whose identity the server hides are merged, one for each role. */
export interface Entry {
  role_id: string;
  query_id: string | null;
  toplevel: boolean;
  calls: number;
  execution_ms: number;
  rows: number;
  shared_blocks: number;
  temp_blocks: number;
  /** Since when it counts, as the server writes it; null before extension 1.11. */
  since: string | null;
}

/** All entries at one moment. */
export interface Reading {
  /** By the server's clock, when the reading began. */
  server_time: number;
  /** When all counters were last set back; null before extension 1.9. */
  reset_at: number | null;
  evictions: number | null;
  entries: Map<string, Entry>;
}

/** What one entry has counted between two readings. */
export interface Delta {
  key: string;
  entry: Entry;
  calls: number;
  execution_ms: number;
  rows: number;
  shared_blocks: number;
  temp_blocks: number;
  restarted: boolean;
  entered: boolean;
}

export interface Comparison {
  deltas: Delta[];
  evictions: number | null;
  reset: boolean;
}

const COUNTERS = ['calls', 'execution_ms', 'rows', 'shared_blocks', 'temp_blocks'] as const;
/** Sums of times in floating point may go back by so much without a reset. */
const ROUNDING_MS = 1e-6;

export function keyOf(entry: { role_id: string; query_id: string | null; toplevel: boolean }): string {
  return `${entry.role_id} ${entry.query_id ?? '-'} ${entry.toplevel}`;
}

/** Entries by their identity. Hidden ones of a role fall together: their sum is what can be said. */
export function indexed(list: Iterable<Entry>): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const entry of list) {
    const key = keyOf(entry);
    const other = entries.get(key);
    if (!other) entries.set(key, entry);
    else entries.set(key, { ...other, ...sums(other, entry), since: null });
  }
  return entries;
}

function sums(a: Entry, b: Entry): Pick<Entry, (typeof COUNTERS)[number]> {
  return {
    calls: a.calls + b.calls,
    execution_ms: a.execution_ms + b.execution_ms,
    rows: a.rows + b.rows,
    shared_blocks: a.shared_blocks + b.shared_blocks,
    temp_blocks: a.temp_blocks + b.temp_blocks,
  };
}

/**
 * What has run between two readings. An entry may have been set back alone, or evicted and entered again: `since` tells
 * (extension 1.11 and later), else counters that went down. What it counted before is not known then, so that the present
 * counters are a lower bound. Before 1.11 an entry that was set back and then ran more than before goes unseen.
 *
 * Where all counters were set back after the reading before, every entry is a lower bound. A reset that the reading before
 * has already seen the effect of is no reset between the two, even where that reading did not know of it yet.
 */
export function compare(before: Reading, now: Reading): Comparison {
  const reset = now.reset_at !== null && before.reset_at !== now.reset_at;
  const emptied = reset && now.reset_at !== null && now.reset_at > before.server_time;
  const deltas: Delta[] = [];
  for (const [key, entry] of now.entries) {
    const delta = difference(key, before.entries.get(key), entry, emptied);
    if (delta.calls > 0 || delta.execution_ms > 0) deltas.push(delta);
  }
  const evictions = now.evictions === null || before.evictions === null ? null : now.evictions - before.evictions;
  // A reset sets the number of evictions back too.
  return { deltas, evictions: evictions !== null && evictions < 0 ? now.evictions : evictions, reset };
}

function difference(key: string, before: Entry | undefined, entry: Entry, emptied: boolean): Delta {
  const { calls, execution_ms, rows, shared_blocks, temp_blocks } = entry;
  const whole = { key, entry, calls, execution_ms, rows, shared_blocks, temp_blocks };
  if (!before) return { ...whole, restarted: emptied, entered: true };
  const other = before.since !== null && entry.since !== null && before.since !== entry.since;
  const down = calls < before.calls || execution_ms < before.execution_ms - ROUNDING_MS;
  if (emptied || other || down) return { ...whole, restarted: true, entered: false };
  return {
    key,
    entry,
    calls: calls - before.calls,
    execution_ms: Math.max(execution_ms - before.execution_ms, 0),
    rows: Math.max(rows - before.rows, 0),
    shared_blocks: Math.max(shared_blocks - before.shared_blocks, 0),
    temp_blocks: Math.max(temp_blocks - before.temp_blocks, 0),
    restarted: false,
    entered: false,
  };
}
