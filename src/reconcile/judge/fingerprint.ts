import { createHash } from 'node:crypto';
import type { PairPlan } from '../keys/types.js';

/** Of what is compared and as what: digests taken under another plan mean something else. */
export function planFingerprint({ pair, source, target, key, columns, watermark, changed, time }: PairPlan): string {
  const sides = [source, target].map(({ store, engine, from, living }) => [store, engine, from, living]);
  const forms = [...key, ...columns].map((column) => [column.source, column.target, column.text]);
  const parts = [pair.name, sides, key.length, forms, watermark, changed?.text ?? null, time?.text ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}
