import { z } from 'zod';
import { groupOf, groupRow, NAMED_MAX, type Position, type SideReader } from './reader.js';
import type { PairPlan } from './types.js';
import { addGroups, coarser, coarseningFactor, GROUPS_MAX, modulusFor, WIDTH, type GroupSums } from './units.js';

/** What one side has by group, and how far it was read. */
export interface GroupReading {
  unit: bigint;
  sums: GroupSums;
  /** Null where all is read. */
  position: Position;
}

/** A group with more keys than this is divided before its keys are read. */
export const KEYS_PER_GROUP = 256;
/** Keys found by an index in one statement of 100 ms, at 5 µs a row. */
const ROWS_PER_STATEMENT = 16_384;
/** Above it, reading the pages once costs less than finding the rows. */
const ROWS_FOUND_MAX = 131_072;

const digits = z.coerce.string();

export function startGroups(reader: SideReader, unit: bigint): GroupReading {
  return { unit, sums: new Map(), position: reader.start() };
}

/**
 * Reads counts and sums of digests of everything from a reading's position on, and makes its unit coarser where there would be
 * more groups than memory or the network should bear.
 * @param saved after each piece.
 */
export async function readGroups(reader: SideReader, reading: GroupReading, saved: () => Promise<void> | void): Promise<void> {
  // A piece may be tried again in a coarser unit: its text is made when it runs.
  let asked = reading.unit;
  const text = (conditions: string[]): string => {
    asked = reading.unit;
    return reader.sql.groups(asked, conditions);
  };
  await reader.each(groupRow, reading.position, text, async (rows, next) => {
    addGroups(reading.sums, rows.map(groupOf), reading.unit / asked);
    reading.position = next;
    const factor = reader.plan.order === 'range' ? coarseningFactor(reading.sums.size, reader.side.scan.by === 'whole' ? 0 : rows.length) : 1n;
    coarsen(reading, factor);
    await saved();
  });
  reading.position = null;
}

export function coarsen(reading: GroupReading, factor: bigint): void {
  if (factor === 1n) return;
  reading.sums = coarser(reading.sums, factor);
  reading.unit *= factor;
}

/**
 * The unit to begin with. A side that answers in one statement is asked how its keys are spread, so that neither gaps nor
 * outliers make more groups than are wanted, or too few; one that is read in pieces begins fine and becomes coarser.
 */
export async function firstUnit(reader: SideReader): Promise<bigint> {
  if (reader.plan.order === 'digest') return modulusFor(expectedOf(reader.plan));
  return reader.side.scan.by === 'whole' ? spreadUnit(reader) : WIDTH;
}

/** The larger side's: an empty target would make one group of everything. */
export function expectedOf({ source, target }: Pick<PairPlan, 'source' | 'target'>): number | null {
  if (source.rows_expected === null || target.rows_expected === null) return source.rows_expected ?? target.rows_expected;
  return Math.max(source.rows_expected, target.rows_expected);
}

const spreadRow = z.object({ row_count: digits, low: digits.nullable(), high: digits.nullable(), groups_1: digits.optional(), groups_2: digits.optional() });

async function spreadUnit(reader: SideReader): Promise<bigint> {
  const [all] = await reader.small(spreadRow, reader.sql.spread([]));
  if (all === undefined || all.low === null || all.high === null) return WIDTH;
  const rows = Number(all.row_count);
  const range = BigInt(all.high) - BigInt(all.low) + 1n;
  const wanted = BigInt(Math.ceil(Math.min(GROUPS_MAX / 2, Math.max(512, rows / Number(WIDTH)))));
  let unit = WIDTH;
  while (range / unit > wanted) unit *= 2n;
  // Spread evenly, groups are as large as they should be; else finer units are counted, as long as they cannot be too many.
  while (unit > WIDTH) {
    const finer = unit / 16n > WIDTH ? unit / 16n : WIDTH;
    const [counted] = await reader.small(spreadRow, reader.sql.spread([unit, finer]));
    const [now, next] = [Number(counted?.groups_1 ?? 1), Number(counted?.groups_2 ?? 1)];
    if (rows / Math.max(1, now) <= 2 * Number(WIDTH) || next > GROUPS_MAX / 2) break;
    unit = finer;
  }
  return unit;
}

/** Sums by finer groups within some. */
export async function groupsWithin(reader: SideReader, ids: readonly string[], unit: bigint, finer: bigint, expected: ReadonlyMap<string, number>): Promise<GroupSums> {
  const sums: GroupSums = new Map();
  if (byIndex(reader, ids, expected)) {
    const rows = await reader.named(groupRow, ids, (part) => reader.sql.groups(finer, [reader.sql.inGroups(part, unit)]), firstPart(ids, expected));
    addGroups(sums, rows.map(groupOf));
  } else {
    await scanParts(ids, async (part) => {
      await reader.each(groupRow, reader.start(), (conditions) => reader.sql.groups(finer, [...conditions, reader.sql.inGroups(part, unit)]), (rows) => addGroups(sums, rows.map(groupOf)));
    });
  }
  return sums;
}

const keyRow = z.looseObject({ row_count: digits, row_digest: digits });

/** Counts and sums of digests by single keys within groups, by the JSON of the key's canonical texts. */
export async function keysWithin(reader: SideReader, ids: readonly string[], unit: bigint, expected: ReadonlyMap<string, number>): Promise<GroupSums> {
  const sums: GroupSums = new Map();
  const take = (rows: z.infer<typeof keyRow>[]): void => {
    addGroups(sums, rows.map((row) => [JSON.stringify(keyOf(row, reader.plan.key.length)), { rows: Number(row.row_count), digest: BigInt(row.row_digest) }]));
  };
  if (byIndex(reader, ids, expected)) {
    take(await reader.named(keyRow, ids, (part) => reader.sql.keys([reader.sql.inGroups(part, unit)]), firstPart(ids, expected)));
  } else {
    await scanParts(ids, (part) => reader.each(keyRow, reader.start(), (conditions) => reader.sql.keys([...conditions, reader.sql.inGroups(part, unit)]), take));
  }
  return sums;
}

const keyTexts = z.string();

/** The canonical texts `key_1` and following of a row. */
export function keyOf(row: Readonly<Record<string, unknown>>, columns: number): string[] {
  return Array.from({ length: columns }, (_, at) => keyTexts.parse(row[`key_${at + 1}`]));
}

function byIndex(reader: SideReader, ids: readonly string[], expected: ReadonlyMap<string, number>): boolean {
  if (!reader.finds) return false;
  return reader.side.scan.by === 'whole' || ids.every((id) => (expected.get(id) ?? 0) <= ROWS_FOUND_MAX);
}

function firstPart(ids: readonly string[], expected: ReadonlyMap<string, number>): number {
  const largest = ids.reduce((most, id) => Math.max(most, expected.get(id) ?? 0), 1);
  return Math.max(1, Math.min(NAMED_MAX, Math.floor(ROWS_PER_STATEMENT / largest)));
}

/** A pass over all pages names more groups than a search: each costs a comparison, a pass costs minutes. */
async function scanParts(ids: readonly string[], scan: (part: readonly string[]) => Promise<void>): Promise<void> {
  const most = 16 * NAMED_MAX;
  for (let at = 0; at < ids.length; at += most) await scan(ids.slice(at, at + most));
}
