import { z } from 'zod';
import { keyOf } from './groups.js';
import { NAMED_MAX, type SideReader } from './reader.js';
import type { KeyState } from './types.js';

/** Keys of a search by an index at first. */
const KEYS_FIRST = 64;
/** Keys that one statement of a warehouse names, where a key is one column: it may read everything for each statement. */
const KEYS_OF_WAREHOUSE = 1_000;
/** Keys in one statement where each pass reads the whole relation. */
const KEYS_PER_SCAN = 2_500;

const digits = z.coerce.string();
const stateRow = z.looseObject({
  row_count: digits,
  row_digest: digits,
  changed: z.string().nullish(),
  period_at: z.coerce.number().nullish(),
  version: digits.nullish(),
});

/** What one side has under each of some keys, by the JSON of the key's canonical texts; keys that it does not have are missing. */
export async function readStates(reader: SideReader, keys: readonly (readonly string[])[]): Promise<Map<string, KeyState>> {
  const found = new Map<string, KeyState>();
  if (keys.length === 0) return found;
  const { columns, key } = reader.plan;
  const take = (rows: z.infer<typeof stateRow>[]): void => {
    for (const row of rows) {
      const texts = keyOf(row, key.length);
      const { row_count, row_digest, changed, period_at, version } = row;
      found.set(JSON.stringify(texts), {
        key: texts,
        rows: Number(row_count),
        digest: row_digest,
        columns: columns.map((_, at) => digits.parse(row[`column_${at + 1}`])),
        changed: changed ?? null,
        period_at: period_at ?? null,
        version: version ?? null,
      });
    }
  };
  if (reader.side.indexed) {
    const most = reader.side.engine !== 'postgres' && key.length === 1 ? KEYS_OF_WAREHOUSE : NAMED_MAX;
    take(await reader.named(stateRow, keys, (part) => reader.sql.states([reader.sql.ofKeys(part)]), KEYS_FIRST, most));
  } else {
    for (let at = 0; at < keys.length; at += KEYS_PER_SCAN) {
      const part = reader.sql.ofKeys(keys.slice(at, at + KEYS_PER_SCAN));
      // A key may lie in several pieces.
      await reader.each(stateRow, reader.start(), (conditions) => reader.sql.states([...conditions, part]), (rows) => merge(found, rows, take));
    }
  }
  return found;
}

function merge(found: Map<string, KeyState>, rows: z.infer<typeof stateRow>[], take: (rows: z.infer<typeof stateRow>[]) => void): void {
  const before = new Map(found);
  take(rows);
  for (const [name, earlier] of before) {
    const later = found.get(name);
    if (later === undefined || later === earlier) continue;
    found.set(name, {
      key: later.key,
      rows: earlier.rows + later.rows,
      digest: added(earlier.digest, later.digest),
      columns: later.columns.map((digest, at) => added(digest, earlier.columns[at] ?? '0')),
      changed: largest(earlier.changed, later.changed),
      period_at: earlier.period_at === null || later.period_at === null ? (earlier.period_at ?? later.period_at) : Math.max(earlier.period_at, later.period_at),
      version: largest(earlier.version ?? null, later.version ?? null),
    });
  }
}

function added(a: string, b: string): string {
  return (BigInt(a) + BigInt(b)).toString();
}

function largest(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}
