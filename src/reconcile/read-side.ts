import { z } from 'zod';
import type { LiveSession } from '../stores/live.js';
import type { Allowance } from './allowance.js';
import { mergeAggregates, readAggregates, type Aggregates } from './aggregate.js';
import type { Bucket, Period, PeriodUnit } from './periods.js';
import { isTimeout, PairProblem } from './problem.js';
import { splitRelation } from './relation-name.js';
import { rangeValues, sqlFor, type SideShape } from './side.js';

/**
 * What a single statement may cost by the planner's estimate: about 2 s of one core. A million narrow rows of 20,000 pages
 * cost 35,000 and took 0.27 s with two sums (PostgreSQL 18, cached); pages that must come from a disk take longer.
 */
const STATEMENT_COST_MAX = 200_000;
const STATEMENT_MS_MAX = 5_000;
/** What the first chunk may cost; its time then sets the width of the next. */
const CHUNK_COST = 10_000;
/** Where even a narrow range costs more, no index leads to it. */
const CHUNK_COST_MAX = 4 * CHUNK_COST;
const CHUNK_MS = 100;
const CHUNK_MS_MAX = 1_000;
/** Of one core: with it, p95 and p99 of pgbench stayed within their noise. */
const DUTY = 0.1;
const WIDTH_SECONDS_MIN = 1;
const DAY = 86_400;

export interface SideReading {
  aggregates: Aggregates;
  /** Those that were read to their end. */
  periods: Set<Period>;
  /** Why others were not; null when all were read. */
  cutShort: string | null;
  /** True where one statement for all took too long. */
  timedOut: boolean;
}

export interface SideRequest {
  session: LiveSession;
  shape: SideShape;
  unit: PeriodUnit;
  /** Without gaps, in order of time. */
  buckets: readonly Bucket[];
  /** Which periods first, where not all can be read. */
  order: readonly Period[];
  /** True where one statement took too long before. */
  tooHeavy: boolean;
}

/**
 * Counts and sums of one side. Where the planner expects one statement to be long, it is read period by period in pieces of
 * 100 ms at a tenth of one core.
 * @throws PairProblem where not even a piece can be read without reading everything.
 */
export async function readSide(request: SideRequest, allowance: Allowance): Promise<SideReading> {
  const { session, shape, unit, buckets } = request;
  const [from, to] = [buckets[0]?.from ?? 0, buckets.at(-1)?.to ?? 0];
  if (request.order.length === 0) return nothing();
  const whole = async (deadline_ms: number): Promise<SideReading> => {
    const aggregates = await readAggregates(session, shape, unit, { buckets, from, to }, allowance.deadline_ms(deadline_ms));
    return { aggregates, periods: new Set(request.order), cutShort: null, timedOut: false };
  };
  if (session.engine !== 'postgres') return whole(Number.MAX_SAFE_INTEGER);
  let timedOut = request.tooHeavy;
  if (!timedOut && (await costOfRows(request, from, to, allowance)) <= STATEMENT_COST_MAX) {
    try {
      return await whole(STATEMENT_MS_MAX);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      timedOut = true;
    }
  }
  return { ...(await readPaced(request, allowance)), timedOut };
}

function nothing(): SideReading {
  return { aggregates: new Map(), periods: new Set(), cutShort: null, timedOut: false };
}

async function readPaced(request: SideRequest, allowance: Allowance): Promise<SideReading> {
  const result = nothing();
  let width: number | null = null;
  for (const period of request.order) {
    const own = request.buckets.filter((bucket) => bucket.period === period);
    const read: Aggregates = new Map();
    for (const bucket of own) {
      width = await readBucket(request, bucket, width ?? (await firstWidth(request, bucket, allowance)), allowance, read);
      if (width === null) break;
    }
    if (width === null) break;
    mergeAggregates(result.aggregates, read);
    result.periods.add(period);
  }
  if (result.periods.size < request.order.length) {
    result.cutShort =
      result.periods.size === 0
        ? `one ${request.unit} of ${request.shape.place} has more rows than one pass may read at a tenth of a core: choose a shorter period or a smaller relation`
        : `${request.shape.place} is read at a tenth of one core, some periods at each pass`;
  }
  return result;
}

/** Reads one bucket in chunks and returns the width for the next; null where the time was over. */
async function readBucket(request: SideRequest, bucket: Bucket, first: number, allowance: Allowance, into: Aggregates): Promise<number | null> {
  const { session, shape, unit, buckets } = request;
  let width = first;
  let failures = 0;
  for (let from = bucket.from; from < bucket.to; ) {
    if (allowance.left_ms() < CHUNK_MS) return null;
    const to = Math.min(bucket.to, from + aligned(shape, width));
    const started = allowance.now();
    try {
      mergeAggregates(into, await readAggregates(session, shape, unit, { buckets, from, to }, allowance.deadline_ms(CHUNK_MS_MAX)));
    } catch (error) {
      // A piece that took ten times too long: the next is a quarter of it.
      if (!isTimeout(error) || ++failures > 3) throw error;
      width /= 4;
      await allowance.pause((CHUNK_MS_MAX * (1 - DUTY)) / DUTY);
      continue;
    }
    const milliseconds = Math.max(1, (allowance.now() - started) * 1000);
    width = Math.max(WIDTH_SECONDS_MIN, width * Math.min(2, Math.max(0.5, CHUNK_MS / milliseconds)));
    from = to;
    await allowance.pause((milliseconds * (1 - DUTY)) / DUTY);
  }
  return width;
}

/** Boundaries of chunks on a column of days are days. */
function aligned({ time }: SideShape, width: number): number {
  return time.kind === 'date' ? Math.max(DAY, Math.floor(width / DAY) * DAY) : Math.max(WIDTH_SECONDS_MIN, Math.floor(width));
}

/** How much of a bucket to begin with. @throws PairProblem where narrowing the range does not lower the cost. */
async function firstWidth(request: SideRequest, bucket: Bucket, allowance: Allowance): Promise<number> {
  const narrowest = request.shape.time.kind === 'date' ? DAY : WIDTH_SECONDS_MIN;
  let width = bucket.to - bucket.from;
  let cost = await costOfRows(request, bucket.from, bucket.from + aligned(request.shape, width), allowance);
  while (cost > CHUNK_COST && width > narrowest) {
    const narrower = Math.max(narrowest, width / 8);
    const next = await costOfRows(request, bucket.from, bucket.from + aligned(request.shape, narrower), allowance);
    width = narrower;
    // A scan of everything costs the same for any range.
    if (next > cost * 0.9) break;
    cost = next;
  }
  if (cost > CHUNK_COST_MAX) throw withoutIndex(request.shape);
  return width;
}

function withoutIndex({ place, side, isTable, expressions }: SideShape): PairProblem {
  const column = expressions.name(side.time_column);
  return new PairProblem(
    `${place} is not read: without an index on ${side.time_column} every pass would scan all of it`,
    isTable ? `CREATE INDEX CONCURRENTLY ON ${expressions.relation(splitRelation(side.relation))} (${column});` : `Create an index on the column behind ${column}, or name a table that has one.`,
  );
}

interface Plan {
  'Total Cost': number;
}
const plan: z.ZodType<Plan> = z.object({ 'Total Cost': z.number() });
const planRow = z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: plan })]) });

/** What the planner of PostgreSQL expects of a statement, in its units. */
export async function plannedCost(session: LiveSession, statement: string, deadline_ms: number): Promise<number> {
  const [row] = await session.query(planRow, sqlFor(session, 'cost', { statement }), { deadline_ms });
  if (row === undefined) throw new Error('EXPLAIN answered with no row');
  return row['QUERY PLAN'][0].Plan['Total Cost'];
}

function costOfRows({ session, shape }: SideRequest, from: number, to: number, allowance: Allowance): Promise<number> {
  return plannedCost(session, sqlFor(session, 'rows', rangeValues(shape, from, to)), allowance.deadline_ms(CHUNK_MS_MAX));
}

/** True where the planner expects a statement to take too long. */
export async function isTooCostly(session: LiveSession, statement: string, deadline_ms: number): Promise<boolean> {
  return session.engine === 'postgres' && (await plannedCost(session, statement, deadline_ms)) > STATEMENT_COST_MAX;
}
