import type { RestatementRecord } from '../../model/control-record.js';
import { oneLine } from '../store.js';
import { partIds } from './columns.js';
import { RESTATEMENT_PARTS } from './conventions.js';
import type { Asked } from './dialect.js';
import { keyOf, type FoundTable } from './find.js';
import { type ControlRow, isoOf, timeIn } from './row.js';

/** What of the article's table has to be said of each restatement (Part 066 §16). A validation that holds nothing validated nothing. */
const DEMANDED: Readonly<Record<string, { braces: boolean }>> = {
  reason: { braces: false }, products: { braces: true }, start: { braces: false }, end: { braces: false },
  reference: { braces: false }, executed: { braces: false }, by: { braces: false }, validation: { braces: true },
};

export const RESTATEMENT_ASKED: Readonly<Record<string, Asked>> = {
  id: { as: 'value', part: 'id' },
  products: { as: 'list', part: 'products' },
  start: { as: 'value', part: 'start' },
  end: { as: 'value', part: 'end' },
  executed: { as: 'value', part: 'executed' },
  status: { as: 'value', part: 'status' },
  ...Object.fromEntries(Object.entries(DEMANDED).map(([part, { braces }]) => [`missing_${part}`, { as: 'missing', part, braces }])),
};

/** The restatements of a table, newest first. One without an id is called by its place in time. */
export function restatementsOf(table: FoundTable, rows: readonly ControlRow[]): RestatementRecord[] {
  const { columns } = table;
  return rows.map((row) => {
    const executedAt = isoOf(timeIn(columns['executed'], row['executed']));
    const day = (part: 'start' | 'end'): string | null => isoOf(timeIn(columns[part], row[part]))?.slice(0, 10) ?? null;
    return {
      relation: keyOf(table), id: row['id'] ?? executedAt ?? '?', products: listOf(row['products'] ?? ''),
      periodStart: day('start'), periodEnd: day('end'), executedAt, status: row['status'] ?? null,
      missing: partIds(RESTATEMENT_PARTS).filter((part) => row[`missing_${part}`] === '1').flatMap((part) => RESTATEMENT_PARTS[part].names[0] ?? []).toSorted(),
    };
  });
}

/** Names of a list as the engines and teams write it: `{a,"b, c"}` of PostgreSQL, `[a, 'b, c']` of DuckDB, JSON, or with commas. */
export function listOf(text: string): string[] {
  const inner = text.trim().replace(/^[[{]/, '').replace(/[\]}]$/, '');
  const names = [...inner.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,;"']+)/g)].map(([, double, single, bare]) => oneLine((double ?? single ?? bare ?? '').replaceAll(/\\(.)/g, '$1')));
  return [...new Set(names.filter((name) => name !== ''))].toSorted();
}
