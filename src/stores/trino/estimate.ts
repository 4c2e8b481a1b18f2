import { z } from 'zod';
import type { ScanEstimate } from '../description.js';

/** Trino writes `"NaN"` where it has no statistics. */
const amount = z.union([z.number(), z.string()]).transform(Number);
const io = z.object({ inputTableColumnInfos: z.array(z.object({ estimate: z.object({ outputRowCount: amount, outputSizeInBytes: amount }) })) });

/**
 * What the scans of a statement put out, by the statistics of its tables, from `EXPLAIN (TYPE IO, FORMAT JSON)` (Trino 476).
 * Unknown where one table has none; files may be read in larger pieces.
 * @throws an Error for another form
 */
export function ioEstimate(text: string): ScanEstimate {
  const { inputTableColumnInfos } = io.parse(JSON.parse(text));
  const sum = (values: number[]): number | null => (values.every(Number.isFinite) ? values.reduce((total, value) => total + value, 0) : null);
  return {
    bytes: sum(inputTableColumnInfos.map(({ estimate }) => estimate.outputSizeInBytes)),
    rows: sum(inputTableColumnInfos.map(({ estimate }) => estimate.outputRowCount)),
    isUpperBound: false,
  };
}
