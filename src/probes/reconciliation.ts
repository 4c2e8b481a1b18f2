import { z } from 'zod';
import { Allowance } from '../reconcile/allowance.js';
import { KeyedDigest } from '../reconcile/digest.js';
import { paceOn } from './engines.js';
import { timedPairs } from './timed-pairs.js';
import { PairMemory, readPair, unreadPair, type PairReading } from '../reconcile/read-pair.js';
import { processKey } from '../stores/shared/process-key.js';
import type { ProbeInput, ProbeTarget, StoreProbe } from './probe.js';

const period = z.object({
  period: z.string(),
  /** End of the period, epoch seconds. */
  ends_at: z.number(),
  /** How much of it lies below the cut: only that is compared. */
  judged: z.enum(['whole', 'part', 'none']),
  /** Of what is compared; of the whole period where nothing is. */
  source_rows: z.number(),
  target_rows: z.number(),
  /** Rows of the source above the cut that the target does not have yet. */
  late_rows: z.number(),
  /** Within the pair's tolerance, rows and sums. */
  equal: z.boolean(),
  /** `rounding`: the difference is no larger than rounding each row to the coarser side's decimals makes it. */
  sums: z.array(z.object({ column: z.string(), equal: z.boolean(), gap_ratio: z.number().nullable(), rounding: z.boolean() })),
  /** Of the source's counts and sums, keyed to this run of tidemark: tells whether the source side changed. */
  source_digest: z.string(),
  target_digest: z.string(),
  /** Of the differences: tells whether a gap repeats at the same size. Null where there is none. */
  gap_digest: z.string().nullable(),
});

export const payload = z.object({
  pairs: z.array(
    z.object({
      name: z.string(),
      /** Both sides were cut here: the common watermark, epoch seconds of the source's clock. */
      as_of: z.number().nullable(),
      took_ms: z.number(),
      /** Server time of the source after it was read: a difference is confirmed once the watermark has passed it. */
      source_read_at: z.number(),
      /** What the target has fully applied; null where nothing tells. */
      target_watermark_at: z.number().nullable(),
      /** What tells it: the product's watermark, or the largest business time in the target, which is weaker. */
      watermark_from: z.enum(['product', 'newest-row', 'none']),
      source_is_standby: z.boolean(),
      /** Digests of different keys cannot be compared. */
      key_id: z.string(),
      /** Oldest first. */
      periods: z.array(period),
      unread_periods: z.array(z.object({ period: z.string(), ends_at: z.number() })),
      /** Why periods were left unread in this pass. */
      cut_short: z.string().nullable(),
      /** Why it could not be read; then `periods` is empty. */
      unread: z.string().nullable(),
    }),
  ),
});
export type ReconciliationPayload = z.output<typeof payload>;

const PACE_SECONDS = 60;
const DEADLINE_MS = 30_000;
/** The rest is for the answer on its way and for what one statement may exceed its deadline by. */
const READING_MS = DEADLINE_MS * 0.8;

/** Counts and sums by business period on both sides of the configured pairs. Runs on the operational side of a pair. */
export const probe: StoreProbe<ReconciliationPayload> = {
  kind: 'store',
  id: 'reconciliation',
  pace_seconds: PACE_SECONDS,
  // One pass reads all pairs of the store, so the costliest of their engines decides.
  paceOf: ({ store, settings, engines, engine }) => {
    const read = timedPairs(settings.reconcile).filter(({ source }) => source.store === store).map(({ target }) => engines?.[target.store] ?? 'postgres');
    return Math.max(...[engine, ...read].map((one) => paceOn(one, PACE_SECONDS)));
  },
  deadline_ms: DEADLINE_MS,
  weight: 'heavy',
  payload,
  applies: ({ store, settings }) => timedPairs(settings.reconcile).some(({ source }) => source.store === store),
  create,
};

function create({ store, settings }: ProbeTarget): (input: ProbeInput) => Promise<ReconciliationPayload> {
  const pairs = timedPairs(settings.reconcile).filter(({ source }) => source.store === store);
  const digest = new KeyedDigest(processKey());
  const memories = new Map(pairs.map((pair) => [pair.name, new PairMemory()]));
  let turn = 0;
  return async ({ session, sessionOf, signal, now }) => {
    const whole = new Allowance(now, signal, READING_MS);
    const read = new Map<string, PairReading>();
    // Another pair begins each time: one that takes all the time must not keep the others from ever being read.
    const begin = turn++ % Math.max(1, pairs.length);
    const order = [...pairs.slice(begin), ...pairs.slice(0, begin)];
    for (const [index, pair] of order.entries()) {
      const allowance = whole.part(1 / (order.length - index));
      const memory = memories.get(pair.name) ?? new PairMemory();
      const context = { source: session, sessionOf, settings, digest, allowance, memory };
      const isOver = whole.left_ms() <= 0;
      read.set(pair.name, isOver ? unreadPair(pair, context, 'The pass ended before it: the pairs before it took all the time. It is first in turn soon.') : await readPair(pair, context));
    }
    return { pairs: pairs.flatMap(({ name }) => read.get(name) ?? []) };
  };
}
