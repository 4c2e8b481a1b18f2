import type { ReconcilePair, TimedPair } from '../model/configuration.js';
import type { PeriodSummary } from '../model/reconciliation.js';
import type { LiveSession } from '../stores/live.js';
import { aggregatesSql } from './aggregate.js';
import { Allowance } from './allowance.js';
import type { ReconcileContext } from './context.js';
import type { KeyedDigest } from './digest.js';
import { bucketsOf, periodsAt } from './periods.js';
import { PairMemory, readPair } from './read-pair.js';
import { describeSide } from './side.js';

export interface PeriodLevel {
  periods: PeriodSummary[];
  /** What was not read of it, and why; null where all was. */
  note: string | null;
}

const ALLOWANCE_MS = 30_000;
/** For texts that are shown; those that run have as long as is left. */
const DEFINITIONS_MS = 5_000;

/** Counts and sums by business period; nothing of a pair whose sides tell no business time. Only an abort is thrown. */
export async function readPeriods(pair: ReconcilePair, sessions: { source: LiveSession; target: LiveSession }, context: ReconcileContext, digest: KeyedDigest): Promise<PeriodLevel> {
  if (!isTimed(pair) || pair.source.query !== null || pair.target.query !== null) return { periods: [], note: null };
  const allowance = new Allowance(() => context.now(), context.signal, ALLOWANCE_MS);
  const sessionOf = (store: string) => (store === pair.target.store ? Promise.resolve(sessions.target) : context.open(store));
  const reading = await readPair(pair, { source: sessions.source, sessionOf, settings: context.settings, digest, allowance, memory: new PairMemory() }).catch(
    (error: unknown) => {
      context.signal.throwIfAborted();
      return error instanceof Error ? error : new Error('the pair cannot be read');
    },
  );
  if (reading instanceof Error) return { periods: [], note: `counts and sums by period were not read: ${reading.message}` };
  const periods = reading.periods.map(({ period, source_rows, target_rows, equal, judged, sums }): PeriodSummary => ({
    period,
    source_rows,
    target_rows,
    equal,
    late: judged === 'none',
    sums: sums.filter((sum) => !sum.equal).map(({ column }) => column),
  }));
  const unread = reading.unread ?? reading.cut_short;
  return { periods, note: unread === null ? null : `counts and sums by period were ${reading.unread === null ? 'read in part' : 'not read'}: ${unread}` };
}

/** The text that counts and sums each side by period, cut at the newest period's start in place of the watermark. @throws PairProblem */
export async function periodStatements(pair: ReconcilePair, sessions: { source: LiveSession; target: LiveSession }, context: Pick<ReconcileContext, 'now'>): Promise<{ store: string; purpose: string; sql: string }[]> {
  if (!isTimed(pair) || pair.source.query !== null || pair.target.query !== null) return [];
  const periods = periodsAt(pair.period, context.now(), pair.periods);
  const buckets = bucketsOf(periods, periods.at(-1)?.starts_at ?? 0);
  const range = { buckets, from: buckets[0]?.from ?? 0, to: buckets.at(-1)?.to ?? 0 };
  const statements = [];
  for (const which of ['target', 'source'] as const) {
    const session = sessions[which];
    const shape = await describeSide(session, pair[which], pair.sums.map((sum) => sum[which]), DEFINITIONS_MS);
    statements.push({ store: pair[which].store, purpose: `counts and sums by ${pair.period}`, sql: aggregatesSql(session, shape, pair.period, range) });
  }
  return statements;
}

export function isTimed(pair: ReconcilePair): pair is TimedPair {
  return pair.source.time_column !== null && pair.target.time_column !== null;
}
