import type { EpochSeconds, FreshnessObjective } from '../../model/live.js';
import { LONG, SHORT, Series } from '../series.js';
import { validity_seconds } from '../staleness.js';
import { ErrorBudget } from './budget.js';
import { BurnAlarm } from './burn.js';
import { between, type Due, type Sight, upTo } from './compliance.js';
import { quantile } from './quantile.js';
import { RANKS, type Rank, type Reading } from './reading.js';
import type { SourceLog } from './source.js';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** A watermark so far ahead is no skew of clocks: it was written in another time zone or by mistake. */
export const FUTURE_SECONDS = 300;

export interface ProductSpec {
  /** Of its id; unique. */
  key: string;
  name: string;
  store: string;
  relation: string | null;
  objective: FreshnessObjective | null;
  /** True where being late is never worse than a warning: dbt with `warn_after` alone. */
  only_warns: boolean;
  /** False where nobody promised a share of time. */
  has_budget: boolean;
  provisional_seconds: number | null;
  /** The operational store behind it; null for the only one. */
  source: string | null;
  /** Hundreds of rows of control tables have short memories. */
  is_configured: boolean;
}

interface Loads {
  watermark_at: EpochSeconds;
  newest: EpochSeconds | null;
  /** The last two that came after the watermark was there. */
  since: EpochSeconds[];
}

/** What was seen of one data product. */
export class Product {
  readonly ages: Series;
  /** Of what is judged: the debt where the source is seen, else the age. */
  readonly judged: Series;
  readonly budget: ErrorBudget | null;
  readonly alarm: BurnAlarm | null;
  /** Why there is no reading at all, with the next step. */
  missing: string | null = null;
  readonly #readings = new Map<Rank, Reading>();
  #sight: (Sight & { rank: Rank; is_first: boolean }) | null = null;
  #loads: Loads | null = null;
  #minute = -1;
  #p95: { minute: number; value: number | null } = { minute: -1, value: null };

  constructor(
    readonly spec: ProductSpec,
    readonly log: SourceLog,
  ) {
    this.ages = new Series(spec.is_configured ? LONG : SHORT);
    this.judged = spec.objective === null ? this.ages : new Series(spec.is_configured ? LONG : SHORT);
    this.budget = spec.objective !== null && spec.has_budget ? new ErrorBudget(spec.objective) : null;
    this.alarm = this.budget === null ? null : new BurnAlarm(this.budget);
  }

  accept(rank: Rank, reading: Reading): void {
    this.#readings.set(rank, reading);
    const best = this.#best();
    if (best !== null && best.reading === reading) this.#account(best.rank, reading);
  }

  hasReadingOf(rank: Rank): boolean {
    return this.#readings.has(rank);
  }

  /** The best that has a watermark; without one the best that says why. */
  reading(): Reading | null {
    return this.#best()?.reading ?? null;
  }

  /** From when on data with this watermark is later than promised. */
  dueOf(watermark_at: EpochSeconds, within_seconds: number): Due {
    const change = this.log.firstChangeAfter(watermark_at);
    if (change === null) return { earliest: watermark_at + within_seconds, latest: watermark_at + within_seconds };
    return { earliest: change.earliest + within_seconds, latest: change.latest + within_seconds };
  }

  /** Seconds, by the minutes' largest; null before the first. Over 24 hours, to the minute. */
  ageP95(now: EpochSeconds): number | null {
    const minute = Math.floor(now / MINUTE_SECONDS);
    if (this.#p95.minute !== minute) {
      const to = (minute + 1) * MINUTE_SECONDS;
      const values = this.ages.values(to - DAY_SECONDS, to, DAY_SECONDS / MINUTE_SECONDS).filter((value) => value !== null);
      this.#p95 = { minute, value: quantile(values, 0.95) };
    }
    return this.#p95.value;
  }

  /** Loads succeed, the watermark stands, and there was something to load. `late`: as judged without the source. */
  loadsWithoutProgress({ watermark_at, loaded_at }: Reading, late: boolean): boolean {
    const loads = this.#loads;
    if (loads === null || watermark_at === null || loads.watermark_at !== watermark_at) return false;
    const change = this.log.firstChangeAfter(watermark_at);
    // Without a sight of the source only lateness tells that there should have been something.
    const changed_at = change === null ? (late ? watermark_at : Infinity) : change.latest;
    const [first, second] = loads.since;
    if (first !== undefined && second !== undefined && changed_at <= first) return true;
    const within = this.spec.objective?.within_seconds ?? Infinity;
    return loaded_at !== null && loaded_at - Math.max(watermark_at, changed_at) >= within;
  }

  #best(): { rank: Rank; reading: Reading } | null {
    let best: { rank: Rank; reading: Reading } | null = null;
    for (const rank of RANKS) {
      const reading = this.#readings.get(rank);
      if (reading !== undefined && reading.watermark_at !== null) return { rank, reading };
      if (reading !== undefined) best ??= { rank, reading };
    }
    return best;
  }

  #account(rank: Rank, reading: Reading): void {
    const { watermark_at, looked_at, loaded_at } = reading;
    if (watermark_at === null || reading.is_bound || watermark_at > looked_at + FUTURE_SECONDS) return;
    this.#noteLoad(watermark_at, loaded_at);
    const before = this.#sight?.rank === rank ? this.#sight : null;
    const sight: Sight = { looked_at, watermark_at, published_at: loaded_at };
    if (before !== null && looked_at === before.looked_at && watermark_at === before.watermark_at) return;
    this.#sight = { looked_at, watermark_at, published_at: loaded_at, rank, is_first: before === null };
    this.#noteAge(before, sight);
    const { objective } = this.spec;
    if (objective === null) return;
    const dueOf = (watermark: EpochSeconds): Due => this.dueOf(watermark, objective.within_seconds);
    if (before !== null && this.budget !== null) {
      // Only the second look accounts for the time before the first: by then the source has been seen too.
      const stretches = between(before, sight, dueOf, validity_seconds(reading.feed.pace_seconds));
      if (before.is_first) stretches.unshift(...upTo(before, dueOf, objective.window_seconds));
      for (const stretch of stretches) this.budget.record(stretch);
    }
    const due = dueOf(watermark_at);
    const late = looked_at > due.earliest && due.latest < Infinity;
    if (due.latest < Infinity) this.judged.push(looked_at, Math.max(0, looked_at - due.earliest + objective.within_seconds));
    else this.judged.push(looked_at, 0);
    const minute = Math.floor(looked_at / MINUTE_SECONDS);
    if (minute === this.#minute || before === null) return;
    this.#minute = minute;
    this.alarm?.look(looked_at, late);
  }

  /** The largest age is that of the old data at the moment when the new appeared. */
  #noteAge(before: Sight | null, { looked_at, watermark_at, published_at }: Sight): void {
    const replaced = before !== null && before.watermark_at !== watermark_at && published_at !== null;
    if (replaced && published_at > before.looked_at && published_at <= looked_at) this.ages.push(published_at, Math.max(0, published_at - before.watermark_at));
    this.ages.push(looked_at, Math.max(0, looked_at - watermark_at));
  }

  #noteLoad(watermark_at: EpochSeconds, loaded_at: EpochSeconds | null): void {
    if (this.#loads === null || this.#loads.watermark_at !== watermark_at) {
      this.#loads = { watermark_at, newest: loaded_at, since: [] };
      return;
    }
    if (loaded_at === null || loaded_at <= (this.#loads.newest ?? -Infinity)) return;
    this.#loads.newest = loaded_at;
    this.#loads.since = [...this.#loads.since, loaded_at].slice(-2);
  }
}
