import { z } from 'zod';
import type { LiveConfiguration, TimedPair } from '../model/configuration.js';
import type { EpochSeconds } from '../model/live.js';
import type { LiveSession } from '../stores/live.js';
import { StoreLost } from '../stores/store.js';
import type { Allowance } from './allowance.js';
import { comparePeriod, type PeriodReading } from './compare.js';
import { HeldCut } from './cut.js';
import type { KeyedDigest } from './digest.js';
import { bucketsOf, cutBelow, periodsAt, type Bucket, type Period } from './periods.js';
import { PairProblem, placeOf, problemOf } from './problem.js';
import { readSide, type SideReading } from './read-side.js';
import { clockSql, describeSide, type SideShape } from './side.js';
import { readNewestRow, readProductWatermark, type Watermark } from './watermark.js';

/** Both sides of one pair as they were read in one pass. Holds counts, relative gaps and keyed digests, never a sum. */
export interface PairReading {
  name: string;
  /** Both sides were cut here; null where no watermark is known: then whole periods are compared. */
  as_of: EpochSeconds | null;
  took_ms: number;
  /** Server time of the source after it was read. */
  source_read_at: EpochSeconds;
  target_watermark_at: EpochSeconds | null;
  watermark_from: Watermark['from'];
  /** True where the source is a standby, which may itself be behind. */
  source_is_standby: boolean;
  /** Tells digests of one run of tidemark from those of another. */
  key_id: string;
  periods: PeriodReading[];
  unread_periods: { period: string; ends_at: EpochSeconds }[];
  /** Why periods were left unread in this pass. */
  cut_short: string | null;
  /** Why nothing could be read; then there are no periods. */
  unread: string | null;
}

export interface PairContext {
  source: LiveSession;
  /** @throws what opening a store throws. */
  sessionOf(store: string): Promise<LiveSession>;
  settings: LiveConfiguration;
  digest: KeyedDigest;
  allowance: Allowance;
  /** Of this pair, kept from pass to pass. */
  memory: PairMemory;
}

/** Forgetting it costs time, never correctness. */
export class PairMemory {
  readonly cut = new HeldCut();
  shapes: { source: SideShape; target: SideShape } | null = null;
  readonly tooHeavy = new Set<'source' | 'target'>();
  readonly readAt = new Map<string, EpochSeconds>();
}

const STATEMENT_MS = 3_000;

const clockRow = z.object({ now: z.coerce.number() });

/**
 * Reads both sides of a pair once. The order makes a difference something that can be judged: the target's watermark, then
 * the target, then the source, then the source's clock. So the target holds all that had been committed at the source up to
 * the watermark and nothing that was committed after the source was read. A source that was in the same state at two passes
 * was in it between them; where the watermark of the second pass is above the clock of the first, the target has to show it.
 * @throws StoreLost of the source, the reason of an abort. All else becomes `unread`.
 */
export async function readPair(pair: TimedPair, context: PairContext): Promise<PairReading> {
  const started = context.allowance.now();
  const took = () => Math.max(0, Math.round((context.allowance.now() - started) * 1000));
  try {
    return { ...(await compare(pair, context)), took_ms: took() };
  } catch (error) {
    context.allowance.check();
    // What was learned of the relations may be the reason.
    context.memory.shapes = null;
    return { ...unreadPair(pair, context, reasonOf(error, pair, context)), took_ms: took() };
  }
}

/** A pair that was not looked at in this pass. */
export function unreadPair(pair: TimedPair, { source, digest, allowance }: Pick<PairContext, 'source' | 'digest' | 'allowance'>, unread: string): PairReading {
  return {
    name: pair.name,
    as_of: null,
    took_ms: 0,
    source_read_at: allowance.now(),
    target_watermark_at: null,
    watermark_from: 'none',
    source_is_standby: source.identity().inRecovery,
    key_id: digest.id,
    periods: [],
    unread_periods: [],
    cut_short: null,
    unread,
  };
}

function reasonOf(error: unknown, pair: TimedPair, { source }: PairContext): string {
  if (error instanceof StoreLost && error.store !== source.store) return `${error.message}. It is opened again at the next pass.`;
  const problem = problemOf(placeOf(pair.target.store, pair.target.relation), null, error);
  return `${problem.message}${problem.message.endsWith('?') ? '' : '.'} ${problem.nextStep}`;
}

async function compare(pair: TimedPair, context: PairContext): Promise<Omit<PairReading, 'took_ms'>> {
  const { source, allowance, memory, digest } = context;
  const target = await explained(pair.target, null, () => context.sessionOf(pair.target.store));
  const shapes = (memory.shapes ??= await describe(pair, source, target, allowance));
  const now = await clockOf(source, allowance);
  const periods = periodsAt(pair.period, now, pair.periods);
  const first = periods[0]?.starts_at ?? now;
  const read_at = allowance.now();
  const found = await explained(pair.target, target, () => watermarkOf(pair, context, target, { shape: shapes.target, first, now }));
  const wholeDays = [shapes.source, shapes.target].some(({ time }) => time.kind === 'date');
  const cut = memory.cut.move(found.at === null ? null : cutBelow(pair.period, Math.min(found.at, now), wholeDays), found.at);
  const buckets = bucketsOf(periods, cut ?? periods.at(-1)?.starts_at ?? now);

  const order = orderOf(periods, memory);
  const onTarget = await read(pair, 'target', { session: target, shape: shapes.target, buckets, order }, memory, allowance.part(0.5));
  const asOf = target.asOf();
  const onSource = await read(pair, 'source', { session: source, shape: shapes.source, buckets, order: order.filter((period) => onTarget.periods.has(period)) }, memory, allowance);
  const source_read_at = await clockOf(source, allowance);

  // A copy of the target made before its watermark was read elsewhere does not hold what the watermark promises.
  const watermark: Watermark = asOf !== null && asOf < read_at && watermarkStore(pair, context.settings) !== pair.target.store ? { at: null, from: 'none' } : found;
  const sides = { source: { shape: shapes.source, aggregates: onSource.aggregates }, target: { shape: shapes.target, aggregates: onTarget.aggregates } };
  const readings = periods.filter((period) => onSource.periods.has(period)).map((period) => comparePeriod(period, buckets, sides, pair.tolerance_ratio, digest));
  memory.cut.note(readings.every(({ judged, equal }) => judged !== 'part' || equal), watermark.at, source_read_at);
  for (const { period } of readings) memory.readAt.set(period, source_read_at);
  return {
    name: pair.name,
    as_of: cut,
    source_read_at,
    target_watermark_at: watermark.at === null ? null : Math.min(watermark.at, source_read_at),
    watermark_from: watermark.from,
    source_is_standby: source.identity().inRecovery,
    key_id: digest.id,
    periods: readings,
    unread_periods: periods.filter((period) => !onSource.periods.has(period)).map(({ label, ends_at }) => ({ period: label, ends_at })),
    cut_short: onTarget.cutShort ?? onSource.cutShort,
    unread: null,
  };
}

async function describe(pair: TimedPair, source: LiveSession, target: LiveSession, allowance: Allowance) {
  const shapes = {
    source: await explained(pair.source, source, () => describeSide(source, pair.source, pair.sums.map((sum) => sum.source), allowance.deadline_ms(STATEMENT_MS))),
    target: await explained(pair.target, target, () => describeSide(target, pair.target, pair.sums.map((sum) => sum.target), allowance.deadline_ms(STATEMENT_MS))),
  };
  for (const { time, place, side } of [shapes.source, shapes.target]) {
    if (time.kind === 'date' && pair.period === 'hour') {
      throw new PairProblem(`${place}: ${side.time_column} holds days, and the pair is compared by hour`, 'Set period: day, or name a column with a time.');
    }
  }
  return shapes;
}

function watermarkStore(pair: TimedPair, settings: LiveConfiguration): string {
  if (pair.product === null) return pair.target.store;
  return settings.dataProducts.find(({ name }) => name === pair.product)?.store ?? pair.target.store;
}

async function watermarkOf(
  pair: TimedPair,
  context: PairContext,
  target: LiveSession,
  { shape, first, now }: { shape: SideShape; first: EpochSeconds; now: EpochSeconds },
): Promise<Watermark> {
  const watermark = context.settings.dataProducts.find(({ name }) => name === pair.product)?.watermark ?? null;
  // What dbt says of a product stands in its own files, not in the store.
  if (pair.product === null || (watermark !== null && 'dbt' in watermark)) return readNewestRow(target, shape, first, now, context.allowance);
  const store = watermarkStore(pair, context.settings);
  const session = store === pair.target.store ? target : store === context.source.store ? context.source : await context.sessionOf(store);
  return readProductWatermark(session, pair, context.settings, context.allowance);
}

/** The two newest first, then those that were not read for longest. */
function orderOf(periods: readonly Period[], memory: PairMemory): Period[] {
  const newest = periods.slice(-2).reverse();
  const others = periods.slice(0, -2).reverse();
  const lastRead = ({ label }: Period) => memory.readAt.get(label) ?? 0;
  return [...newest, ...others.sort((a, b) => lastRead(a) - lastRead(b))];
}

async function read(
  pair: TimedPair,
  which: 'source' | 'target',
  request: { session: LiveSession; shape: SideShape; buckets: readonly Bucket[]; order: Period[] },
  memory: PairMemory,
  allowance: Allowance,
): Promise<SideReading> {
  const { session } = request;
  const reading = await explained(pair[which], session, () => readSide({ ...request, unit: pair.period, tooHeavy: memory.tooHeavy.has(which) }, allowance));
  if (reading.timedOut) memory.tooHeavy.add(which);
  return reading;
}

async function clockOf(session: LiveSession, allowance: Allowance): Promise<EpochSeconds> {
  const copied = session.asOf();
  if (copied !== null) return copied;
  const [row] = await session.query(clockRow, clockSql(session), { deadline_ms: allowance.deadline_ms(STATEMENT_MS) });
  if (row === undefined) throw new Error('the clock answered with no row');
  return row.now;
}

/** Names the side that something failed on. */
async function explained<T>(side: { store: string; relation: string }, session: LiveSession | null, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw problemOf(placeOf(side.store, side.relation), session?.identity().role ?? null, error);
  }
}
