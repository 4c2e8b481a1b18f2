import type { Row } from './keys.js';
import type { Check, SearchTable } from './tables.js';

/** Columns of a table that CHECKs tie together. Those of two such groups have nothing to do with each other. */
export interface TiedColumns {
  columns: string[];
  checks: Check[];
  /** Values for all of the columns that the checks admit, the simplest first. */
  admitted: Row[];
}

/** The groups of columns that the CHECKs of a table, and the columns that it computes, make. */
export function tiedColumns(table: SearchTable): TiedColumns[] {
  const groups: TiedColumns[] = [];
  const computed = table.columns.flatMap(({ name, generated }) => {
    const sources = table.columns.filter((column) => generated !== null && new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(column.name)}(?![\\p{L}\\p{N}_])`, 'u').test(generated));
    return generated === null ? [] : [{ columns: [name, ...sources.map((source) => source.name)], checks: [] }];
  });
  const wholes = table.checks.map((check) => ({ columns: check.columns.length === 0 ? table.columns.map(({ name }) => name) : check.columns, checks: [check] }));
  for (const { columns, checks } of [...wholes, ...computed]) {
    const touching = groups.filter((group) => group.columns.some((column) => columns.includes(column)));
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push({ columns: [...new Set([...touching.flatMap((group) => group.columns), ...columns])], checks: [...touching.flatMap((group) => group.checks), ...checks], admitted: [] });
  }
  const stored = new Set(table.columns.filter(({ generated }) => generated === null).map(({ name }) => name));
  return groups.filter(({ checks }) => checks.length > 0).map((group) => ({ ...group, columns: group.columns.filter((column) => stored.has(column)) }));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
