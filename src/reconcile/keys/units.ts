/**
 * Groups of keys. In the order `range` a unit is a width and a group's id is the key divided by it, rounded down; in the order
 * `digest` a unit is a modulus and the id is md5 of the key modulo it. Units are powers of two, so that groups of one unit
 * are unions of groups of a finer one, and can be merged here without reading anything again.
 */
export type Order = 'range' | 'digest';

export interface GroupSum {
  rows: number;
  digest: bigint;
}

/** Sums by group id as digits; rows without a key have the id `null`. */
export type GroupSums = Map<string, GroupSum>;

export const NO_KEY = 'null';

/** Width to begin with: a table whose keys have no gaps then has groups of so many rows. */
export const WIDTH = 8_192n;
/** More groups than these are merged two by two; with it memory stays bounded, whatever the size of a table. */
export const GROUPS_MAX = 20_000;
/** Groups that one chunk may touch, or what comes back grows with the rows: a chunk is some 20,000 of them. */
export const GROUPS_PER_CHUNK_MAX = 1_000;
/** Finer groups within one. */
const FANOUT = 64n;
/** `digest mod 2^46` still fits a double. */
const MODULUS_MAX = 1n << 46n;

/** The id in a unit `factor` times as coarse, of the order `range`. */
export function coarserId(id: string, factor: bigint): string {
  return id === NO_KEY ? id : floorDivide(BigInt(id), factor).toString();
}

export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by !== 0n && value < 0n ? quotient - 1n : quotient;
}

/** Adds what a chunk answered; `factor` is by how much its unit is finer than that of the sums, a power of two. */
export function addGroups(into: GroupSums, groups: Iterable<readonly [string, GroupSum]>, factor = 1n): void {
  for (const [id, { rows, digest }] of groups) {
    const place = factor === 1n ? id : coarserId(id, factor);
    const known = into.get(place);
    if (known === undefined) into.set(place, { rows, digest });
    else {
      known.rows += rows;
      known.digest += digest;
    }
  }
}

export function coarser(sums: GroupSums, factor: bigint): GroupSums {
  const result: GroupSums = new Map();
  addGroups(result, sums, factor);
  return result;
}

/** By how much the unit must become coarser after a chunk: 1 where it may stay. */
export function coarseningFactor(groups: number, groupsOfChunk: number): bigint {
  let factor = 1n;
  while (groups / Number(factor) > GROUPS_MAX || groupsOfChunk / Number(factor) > GROUPS_PER_CHUNK_MAX) factor *= 2n;
  return factor;
}

/** The modulus of the order `digest` for so many rows: it stays the same for a whole pass. */
export function modulusFor(rows: number | null): bigint {
  let modulus = 1n;
  while (modulus < 1_024n && (rows ?? 2_000_000) / Number(modulus) > Number(WIDTH)) modulus *= 2n;
  return modulus;
}

/** The next finer unit; null where groups are single keys, or as good as. */
export function finer(order: Order, unit: bigint): bigint | null {
  if (order === 'digest') return unit >= MODULUS_MAX ? null : unit * FANOUT;
  return unit <= 1n ? null : unit > FANOUT ? unit / FANOUT : 1n;
}

/** Ids that both sides do not have alike, by number, those without a key last. */
export function differingGroups(source: GroupSums, target: GroupSums): string[] {
  const ids = new Set([...source.keys(), ...target.keys()]);
  const differing = [...ids].filter((id) => {
    const [a, b] = [source.get(id), target.get(id)];
    return a === undefined || b === undefined || a.rows !== b.rows || a.digest !== b.digest;
  });
  return differing.sort(byNumber);
}

export function byNumber(a: string, b: string): number {
  if (a === NO_KEY || b === NO_KEY) return a === b ? 0 : a === NO_KEY ? 1 : -1;
  const [x, y] = [BigInt(a), BigInt(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Neighbouring groups of the order `range` as ranges of keys, both ends included. */
export function rangesOf(ids: readonly string[], unit: bigint): { from: bigint; to: bigint }[] {
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const id of ids.filter((each) => each !== NO_KEY).sort(byNumber)) {
    const from = BigInt(id) * unit;
    const last = ranges.at(-1);
    if (last !== undefined && last.to + 1n === from) last.to += unit;
    else ranges.push({ from, to: from + unit - 1n });
  }
  return ranges;
}
