import type { ReconcileProgress } from '../../reconcile/context.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';

const STEPS: Record<ReconcileProgress['step'], string> = {
  plan: 'looking up columns',
  watermark: 'asking how far the target is',
  target: 'reading the target',
  source: 'reading the source',
  keys: 'finding the keys that differ',
  confirm: 'waiting for what is on its way',
};

/** `orders: reading the source, 34 % of 6,000,000 rows, about 2.5 min left`. */
export function progressLine({ pair, step, share, rows, rows_expected, left_seconds, paused_because }: ReconcileProgress): string {
  const done =
    share !== null ? `${formatQuantity(Math.min(share, 1), 'share') ?? ''}${rows_expected === null ? '' : ` of about ${formatQuantity(rows_expected, 'count') ?? ''} rows`}` : rows > 0 ? count(rows, step === 'confirm' ? 'key' : 'row') : '';
  const left = left_seconds === null || left_seconds < 1 ? '' : `about ${formatQuantity(left_seconds, 'seconds') ?? ''} left`;
  const paused = paused_because === null ? '' : `paused: ${plainText(paused_because, 80)}`;
  return `${plainText(pair, 40)}: ${[STEPS[step], done, paused === '' ? left : paused].filter((part) => part !== '').join(', ')}`;
}
