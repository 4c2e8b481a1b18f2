import type { ProductWatermark } from '../../model/control-record.js';
import type { Asked } from './dialect.js';
import { keyOf, type FoundTable } from './find.js';
import { type ControlRow, isoOf, timeIn } from './row.js';

export const WATERMARK_ASKED: Readonly<Record<string, Asked>> = {
  name: { as: 'value', part: 'name' },
  watermark: { as: 'value', part: 'watermark' },
  loaded: { as: 'value', part: 'loaded' },
  failed: { as: 'value', part: 'failed' },
  status: { as: 'value', part: 'status' },
};

/** The newest row of each product, rows given newest first. `now`: epoch seconds by the store's clock. */
export function watermarksOf(table: FoundTable, rows: readonly ControlRow[], now: number): ProductWatermark[] {
  const { columns } = table;
  const products = new Map<string, ControlRow>();
  for (const row of rows) if (row['name'] && !products.has(row['name'])) products.set(row['name'], row);
  return [...products].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([product, row]) => {
    const watermark = timeIn(columns['watermark'], row['watermark']);
    return {
      relation: keyOf(table), product,
      sourceHighWatermark: isoOf(watermark),
      lastSuccessfulLoadAt: isoOf(timeIn(columns['loaded'], row['loaded'])),
      lastFailedLoadAt: isoOf(timeIn(columns['failed'], row['failed'])),
      status: row['status'] ?? null,
      // Of a clock that runs ahead the age is nothing, not less.
      age_seconds: watermark === null ? null : Math.max(0, Math.round(now - watermark)),
    };
  });
}
