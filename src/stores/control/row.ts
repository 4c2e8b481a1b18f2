import { oneLine } from '../store.js';
import type { FoundColumn } from './columns.js';
import { timeOf } from './times.js';

/** A row as the engines send it: texts and nulls by what was asked. */
export type ControlRow = Record<string, string | null>;

/** The same with names that may stand in messages; empty ones are none. What is a list is not cut: its names are, one by one. */
export function rowOf(given: ControlRow): ControlRow {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value === null ? null : (name === 'products' ? value : oneLine(value)) || null]));
}

/** Epoch seconds; null for what is no time. */
export function timeIn(column: FoundColumn | undefined, text: string | null | undefined): number | null {
  return column === undefined || text === null || text === undefined ? null : timeOf(column.kind, text);
}

/** Null for what is no moment that a date can hold. */
export function isoOf(seconds: number | null): string | null {
  if (seconds === null) return null;
  const moment = new Date(seconds * 1000);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** A whole number that is not negative; null for all else. */
export function countIn(text: string | null | undefined): number | null {
  if (text === null || text === undefined || !/^\s*\d{1,16}(\.\d*)?\s*$/.test(text)) return null;
  const value = Math.round(Number(text));
  return Number.isSafeInteger(value) ? value : null;
}

/** Rows by a name; those without one speak of nothing. In the order of names. */
export function byName<T extends { name: string }>(rows: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.name);
    if (group === undefined) groups.set(row.name, [row]);
    else group.push(row);
  }
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
