import type { ScanEstimate } from '../description.js';

/** `+- Relation main.mart.orders[id#1L] parquet, Statistics(sizeInBytes=2.3 GiB, rowCount=1.00E+6)` */
const RELATION = /\bRelation\b.*\bStatistics\(sizeInBytes=([\d.]+(?:E\+?\d+)?) (B|KiB|MiB|GiB|TiB|PiB|EiB)(?:, rowCount=([\d.E+]+))?/;
const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50, EiB: 2 ** 60 };
/** What Spark assumes where it knows nothing is 8 EiB. */
const ASSUMED_BYTES = 2 ** 60;

/**
 * The size of the tables that a plan reads, from EXPLAIN COST: all their columns, so that a scan reads less as a rule.
 * Unknown where one table has no size, and where the plan shows none.
 */
export function planEstimate(plan: string): ScanEstimate {
  const [, optimized = plan] = plan.split('== Optimized Logical Plan ==');
  const logical = optimized.split('\n== ')[0] ?? '';
  let bytes: number | null = null;
  let rows: number | null = null;
  for (const line of logical.split('\n')) {
    const [, size, unit = 'B', count] = RELATION.exec(line) ?? [];
    if (size === undefined) continue;
    const own = Number(size) * (UNITS[unit] ?? 1);
    if (own >= ASSUMED_BYTES) return { bytes: null, rows: null, isUpperBound: false };
    bytes = (bytes ?? 0) + Math.round(own);
    if (count !== undefined) rows = (rows ?? 0) + Math.round(Number(count));
  }
  return { bytes, rows, isUpperBound: true };
}
