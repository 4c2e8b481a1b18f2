import type { Access, StoreBoundary } from '../graph/boundary.js';
import { compareText } from './shares.js';

/** What a statement reads in the end and what it writes, each with its part of the work; the parts add up to 1. */
export function relationParts({ statement }: Access, boundary: StoreBoundary): Map<string, number> {
  const keys = [...new Set([...statement.relations, ...statement.writes])];
  const sizes = keys.map((key) => boundary.reader.index.get(key)?.size_bytes ?? null);
  const known = sizes.filter((size) => size !== null && size > 0);
  // One whose size nobody knows is taken for a usual one.
  const usual = known.length === 0 ? 1 : known.reduce<number>((sum, size) => sum + (size ?? 0), 0) / known.length;
  const weights = sizes.map((size) => (size === null || size <= 0 ? (known.length === 0 ? 1 : size === 0 ? 0 : usual) : size));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const table = wholeTable(key, boundary);
    parts.set(table, (parts.get(table) ?? 0) + (all > 0 ? (weights[index] ?? 0) / all : 1 / keys.length));
  }
  return new Map([...parts].sort(([a], [b]) => compareText(a, b)));
}

export function relationsOf(access: Access, boundary: StoreBoundary): string[] {
  return [...relationParts(access, boundary).keys()];
}

/** The partitioned table of a partition: the partition of this month is the same table next month. */
function wholeTable(key: string, { reader }: StoreBoundary): string {
  let table = key;
  for (let parent = reader.index.get(key)?.partitionOf; parent; parent = reader.index.get(parent)?.partitionOf) table = parent;
  return table;
}
