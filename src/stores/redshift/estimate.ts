import type { ScanEstimate } from '../description.js';

/** `  ->  XN Seq Scan on orders o  (cost=0.00..50000.00 rows=5000000 width=44)`; `XN S3 Query Scan`, `XN Seq Scan …` over external rows. */
const SCAN = /\b(?:Seq Scan|S3 Query Scan|S3 Seq Scan)\b.*\brows=(\d+) width=(\d+)\)/;

/**
 * What the scans of a plan would read: rows times width, as the planner expects them from statistics (Redshift guide,
 * EXPLAIN). A column store reads compressed blocks, so it reads fewer bytes; more where the statistics are old.
 * @param lines of the plan
 */
export function planEstimate(lines: readonly string[]): ScanEstimate {
  let bytes = 0;
  let rows = 0;
  for (const line of lines) {
    const [, count, width] = SCAN.exec(line) ?? [];
    rows += Number(count ?? 0);
    bytes += Number(count ?? 0) * Number(width ?? 0);
  }
  return { bytes, rows, isUpperBound: false };
}
