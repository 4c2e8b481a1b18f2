import { z } from 'zod';
import type { LiveConfiguration, ReconcilePair } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { PairReport } from '../model/reconciliation.js';
import { ENGINES, type Engine, type StoreRole } from '../model/store.js';
import type { ReconcileMemory, ReconcileProgress } from '../reconcile/context.js';
import type { LiveSession } from '../stores/live.js';

export type { ReconcileMemory, ReconcileProgress } from '../reconcile/context.js';

const text = z.string();
const number = z.number();
const side = z.object({
  store: text,
  engine: z.enum(ENGINES),
  role: z.enum(['operational', 'replica', 'projection', 'warehouse']),
  relation: text,
  read_from: text.nullable(),
  rows: number.nullable(),
  cost: z.object({ elapsed_ms: number, queries: number, received_bytes: number }),
  scanned_bytes: number.nullable(),
});
const kind = z.enum(['missing', 'extra', 'deleted', 'changed', 'rounding', 'duplicate', 'rekeyed', 'correction']);
const standing = z.enum(['late', 'candidate', 'confirmed']);

/** A report as it may be kept: keys are there as digests only, whatever the object holds. */
const report = z.object({
  name: text,
  state: z.enum(['equal', 'differs', 'unconfirmed', 'undetermined']),
  source: side,
  target: side,
  key: z.array(text),
  columns: z.array(z.object({ source: text, target: text, form: text })),
  left_out: z.array(z.object({ column: text, because: text })),
  watermark: z.object({ from: z.enum(['product', 'column', 'newest-row', 'none']), kind: z.enum(['time', 'lsn', 'version']), at: number.nullable(), position: text.nullable() }),
  as_of: number.nullable(),
  periods: z.array(z.object({ period: text, source_rows: number, target_rows: number, equal: z.boolean(), late: z.boolean(), sums: z.array(text) })),
  buckets: z.object({ compared: number, differing: number }).nullable(),
  counts: z.array(z.object({ kind, standing, keys: number })),
  differences: z.array(
    z.object({
      kind,
      standing,
      key: z.null(),
      key_digest: text,
      columns: z.array(text),
      source_rows: number,
      target_rows: number,
      other_key: z.null(),
      period: text.nullable(),
      since: number,
      confirmed_at: number.nullable(),
      confirmed_by: z.enum(['watermark', 'unchanged', 'repetition']).nullable(),
    }),
  ),
  unlisted: number,
  notes: z.array(text),
  next_step: text.nullable(),
  began_at: number,
  took_ms: number,
  resumed: z.boolean(),
});

const progress = z.object({
  step: z.enum(['plan', 'watermark', 'target', 'source', 'keys', 'confirm']),
  /** 0 to 1. */
  share: number.nullable(),
  rows: number,
  rows_expected: number.nullable(),
  left_seconds: number.nullable(),
  paused_because: text.nullable(),
  began_at: number,
});

export const payload = z.object({
  /** The pairs of this store whose keys are compared by a schedule. */
  pairs: z.array(
    z.object({
      name: text,
      /** When it is compared next, by this machine's clock; null while it is. */
      next_at: number.nullable(),
      /** Null where it is not under way. */
      running: progress.nullable(),
      /** Why it waits though it is due. */
      waits_because: text.nullable(),
      /** In the sample that ends a pass, and in no other. */
      report: report.nullable(),
    }),
  ),
});
export type KeysPayload = z.output<typeof payload>;
/** A `PairReport` without keys. */
export type KeysReport = z.output<typeof report> & PairReport;

/** What one pass needs of whoever runs it. */
export interface PassInput {
  /** @throws what opening a store throws. */
  open(store: string): Promise<LiveSession>;
  roleOf(store: string): StoreRole;
  engineOf(store: string): Engine;
  replicaOf(store: string): string | null;
  settings: LiveConfiguration;
  memory: ReconcileMemory | null;
  secret: Uint8Array;
  signal: AbortSignal;
  now(): EpochSeconds;
  wait(milliseconds: number): Promise<void>;
  progress(progress: ReconcileProgress): void;
}

/** A pass and what its keys read like, which stays in this process. */
export interface PassOutcome {
  report: KeysReport;
  /** Digest of a key and its columns as a person reads them. */
  keys: ReadonlyMap<string, string[]>;
}

/** Sizes and shares that could not be measured on a pgbench load. */
const CHUNK_MS = 100;
export const DUTY = 0.1;
/** What is not confirmed by then is looked at again by the next pass, which remembers it. */
const CONFIRM_SECONDS_MAX = 120;
/** More differing keys are counted, not listed: a journal keeps every pass. */
const LISTED_MAX = 200;

/**
 * Keys of the pairs that have a schedule. It takes minutes to hours, so it is no probe of the common schedule: a lane of its own runs one
 * pass after the other, in small statements with pauses, beside all other looks.
 */
export const probe = {
  kind: 'pass',
  id: 'keys',
  /** How often a pass that is under way tells how far it is. */
  pace_seconds: 60,
  payload,
  /** The pairs that are compared from this store: that of their source. */
  pairsOf: (settings: LiveConfiguration, store: string): ScheduledPair[] => scheduledPairs(settings.reconcile).filter(({ source }) => source.store === store),
  compare,
} as const;

export type ScheduledPair = ReconcilePair & { every_seconds: number };

export function scheduledPairs(pairs: readonly ReconcilePair[]): ScheduledPair[] {
  return pairs.filter(isScheduled);
}

export function isScheduled(pair: ReconcilePair): pair is ScheduledPair {
  return pair.every_seconds !== null;
}

/** One pass over one pair. @throws only the reason of an abort. */
async function compare(pair: ReconcilePair, input: PassInput): Promise<PassOutcome> {
  // It is large, and most watches compare no keys.
  const { reconcilePair } = await import('../reconcile/run.js');
  const found = await reconcilePair(pair, { ...input, duty: DUTY, chunk_ms: CHUNK_MS, confirm_seconds_max: CONFIRM_SECONDS_MAX, list_max: LISTED_MAX });
  const keys = new Map<string, string[]>();
  for (const { key, key_text, key_digest } of found.differences) {
    const readable = key_text ?? key;
    if (readable !== null) keys.set(key_digest, readable);
  }
  return { report: reportToKeep(found), keys };
}

/** A report as a journal keeps it: only what the form names is left, and of many differences the first. */
export function reportToKeep(found: PairReport): KeysReport {
  const differences = found.differences.slice(0, LISTED_MAX).map((difference) => ({ ...difference, key: null, other_key: null }));
  return report.parse({ ...found, differences, unlisted: found.unlisted + found.differences.length - differences.length });
}
