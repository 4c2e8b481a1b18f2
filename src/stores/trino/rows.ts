import { StatementFailed } from '../http/failure.js';
import type { TrinoColumn } from './client.js';

/**
 * Rows by name of column, in the forms that other engines give: 64-bit integers and decimals as texts, smaller integers and
 * floats as numbers, times as texts.
 * @throws StatementFailed for an integer that was rounded on the way
 */
export function rowsOf(store: string, columns: readonly TrinoColumn[], data: readonly (readonly unknown[])[]): Record<string, unknown>[] {
  return data.map((row) => Object.fromEntries(columns.map(({ name, type }, at) => [name, valueOf(store, type, row[at] ?? null)])));
}

function valueOf(store: string, type: string, value: unknown): unknown {
  if (typeof value === 'number' && type === 'bigint') {
    if (!Number.isSafeInteger(value)) throw new StatementFailed(store, 'an integer beyond 2^53 lost digits on the way', null);
    return String(value);
  }
  // `NaN` and `Infinity` stand as texts, and long integers do that are doubles.
  if (typeof value === 'string' && (type === 'double' || type === 'real')) return Number(value);
  return value;
}
