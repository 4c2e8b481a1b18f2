import { z } from 'zod';
import type { EpochSeconds } from '../../model/live.js';
import type { LiveBounds, LiveSession } from '../../stores/live.js';
import { formatQuantity } from '../../text/quantity.js';

/**
 * In the planner's units. 1,000 are about 13 ms of a core: a sequential scan of 1.3 GB costs 230,000 and took 3 s, and
 * the backward scan of an index that max() takes costs less than 1 (measured on PostgreSQL 18).
 */
export const COST_MAX = 1_000;

/** Plans change with the size of a table, which takes longer than this. */
const VERDICT_SECONDS = 300;
/** Statements that name a day change with it. */
const VERDICTS_MAX = 500;

const planRow = z.object({ 'QUERY PLAN': z.unknown() });
const plan = z.tuple([z.object({ Plan: z.object({ 'Total Cost': z.number() }) })]);

/** The planner's estimate for one statement, which is not run (PostgreSQL 18, EXPLAIN). @throws what the server answers. */
export async function estimatedCost(session: LiveSession, sql: string, bounds?: LiveBounds): Promise<number> {
  const [row] = await session.query(planRow, `explain (format json) ${sql}`, bounds);
  const value: unknown = row?.['QUERY PLAN'];
  const [{ Plan }] = plan.parse(typeof value === 'string' ? JSON.parse(value) : value);
  return Plan['Total Cost'];
}

/** Remembers for some minutes which statements are cheap enough to run. */
export class PlanGuard {
  readonly #verdicts = new Map<string, { cost: number; at: EpochSeconds }>();

  /**
   * What running `sql` would cost, or null where it is at most `limit`. DuckDB has no estimate of a cost and reads columns:
   * there everything passes, and the deadline is the bound.
   */
  async excess(session: LiveSession, sql: string, now: EpochSeconds, limit = COST_MAX): Promise<number | null> {
    if (session.engine !== 'postgres') return null;
    const known = this.#verdicts.get(sql);
    const fresh = known !== undefined && Math.abs(now - known.at) < VERDICT_SECONDS;
    const cost = fresh ? known.cost : await estimatedCost(session, sql);
    if (this.#verdicts.size > VERDICTS_MAX) this.#verdicts.clear();
    if (!fresh) this.#verdicts.set(sql, { cost, at: now });
    return cost > limit ? cost : null;
  }
}

/** `reading it would cost the server about 109,000 of the planner's units, and tidemark allows 1,000`. */
export function tooCostly(cost: number, limit = COST_MAX): string {
  return `reading it would cost the server about ${formatQuantity(cost, 'count') ?? 'infinitely many'} of the planner's units, and tidemark allows ${formatQuantity(limit, 'count')}`;
}
