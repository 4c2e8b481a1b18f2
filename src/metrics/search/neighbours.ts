import { columnKey, type ColumnKey } from './facts.js';
import { kin } from './family.js';
import type { SearchModel } from './model.js';
import { readInterval, readMoment } from './moments.js';
import type { SearchColumn, SearchTable } from './tables.js';

/** Partners of a value that are tried, on each distance. */
const NEAREST = 3;
const PAIRS_MAX = 240;

/** Where a value stands among others of its family; null where they have no order that matters. */
function position(value: string, { family }: SearchColumn): number | null {
  if (kin(family) === 'moment') return readMoment(value)?.micros ?? null;
  const number = kin(family) === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/**
 * Values for two columns of a table that are compared with each other: each value of the one with those of the other that stand
 * nearest to it, and nearest to what lies an interval of the comparison away, since that is where the answer turns.
 */
export function neighbours(table: SearchTable, model: SearchModel): { columns: [string, string]; values: [string, string][] }[] {
  const seen = new Set<string>();
  return model.facts.compared.flatMap(([one, other]) => {
    const [left, right] = [columnOf(table, one), columnOf(table, other)];
    const key = [one, other].toSorted().join();
    if (left === undefined || right === undefined || left === right || seen.has(key)) return [];
    seen.add(key);
    const distances = [0, ...distancesOf(one, model)].slice(0, 4);
    return [{ columns: [left.name, right.name], values: nearest(valuesOf(left, one, model), valuesOf(right, other, model), distances) }];
  });
}

function columnOf(table: SearchTable, key: ColumnKey): SearchColumn | undefined {
  const name = key.slice(table.key.length + 1);
  return key === columnKey(table.key, name) ? table.byName.get(name) : undefined;
}

type Placed = { value: string; at: number };

function valuesOf(column: SearchColumn, key: ColumnKey, model: SearchModel): Placed[] {
  return (model.pools.get(key)?.values ?? []).flatMap((value) => {
    const at = position(value, column);
    return at === null ? [] : [{ value, at }];
  });
}

function distancesOf(key: ColumnKey, { facts }: SearchModel): number[] {
  const lengths = (facts.constants.get(key) ?? []).flatMap(({ value, isNumber }) => {
    if (isNumber) return [Number(value), Number(value) * 86_400_000_000];
    const interval = readMoment(value) === null ? readInterval(value) : null;
    return interval === null ? [] : [interval.micros + interval.months * 30 * 86_400_000_000];
  });
  return [...new Set(lengths.flatMap((length) => [length, -length]))];
}

function nearest(ones: readonly Placed[], others: readonly Placed[], distances: readonly number[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (const distance of distances) {
    for (const one of ones) {
      const byDistance = others.toSorted((left, right) => Math.abs(left.at - one.at - distance) - Math.abs(right.at - one.at - distance));
      for (const other of byDistance.slice(0, NEAREST)) pairs.push([one.value, other.value]);
    }
  }
  const distinct = new Map(pairs.map((pair) => [pair.join('\u0001'), pair]));
  return spread([...distinct.values()], PAIRS_MAX);
}

/** As many as there may be, from all over the list. */
function spread<T>(values: readonly T[], count: number): T[] {
  return values.length <= count ? [...values] : values.filter((_, index) => Math.floor((index * count) / values.length) !== Math.floor(((index - 1) * count) / values.length));
}
