import type { EpochSeconds } from '../../model/live.js';
import { quantile } from '../freshness/quantile.js';

const INTERVALS_MAX = 1000;
const INTERVALS_MIN = 10;
const DAY_SECONDS = 86_400;
/** The largest of few intervals is passed by chance: a little more than it is no news. */
const TOLERANCE = 1.1;
const TOLERANCE_SECONDS = 60;
/** A pause of every night or weekend begins at about the same time of day. */
const SAME_TIME_SECONDS = 3600;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** Who pauses so long every day does not run around the clock, and may rest on some days of the week. */
const NIGHT_SECONDS = 6 * 3600;
/** From Friday evening to Monday morning, and some hours more. */
const REST_SECONDS_MAX = 3 * DAY_SECONDS;

/** When a pipeline starts: how long it usually pauses, and whether it pauses longer than that now. */
export class Cadence {
  readonly #intervals: { from: EpochSeconds; seconds: number }[] = [];
  #newest: EpochSeconds | null = null;
  #usual: number | null = null;

  get newest(): EpochSeconds | null {
    return this.#newest;
  }

  /** Starts in ascending order; those that are not newer than the newest are known. */
  start(at: EpochSeconds): void {
    if (this.#newest !== null) {
      if (at <= this.#newest) return;
      this.#intervals.push({ from: this.#newest, seconds: at - this.#newest });
      if (this.#intervals.length > INTERVALS_MAX) this.#intervals.shift();
      this.#usual = null;
    }
    this.#newest = at;
  }

  /** The 99th percentile of its pauses; null below ten of them. */
  usual_seconds(): number | null {
    if (this.#intervals.length < INTERVALS_MIN) return null;
    this.#usual ??= quantile(this.#intervals.map(({ seconds }) => seconds), 0.99);
    return this.#usual;
  }

  /** True when it pauses longer than usual, and not as it did before at this time of day. */
  isOverdue(now: EpochSeconds): boolean {
    const usual = this.usual_seconds();
    const from = this.#newest;
    if (usual === null || from === null) return false;
    const pause = now - from;
    const limit = Math.max(usual * TOLERANCE, usual + TOLERANCE_SECONDS);
    if (pause <= limit) return false;
    if (usual >= NIGHT_SECONDS && pause <= REST_SECONDS_MAX && this.#mayRest(from + limit, now)) return false;
    return !this.#intervals.some((past) => past.seconds * TOLERANCE >= pause && isSameTimeOfDay(past.from, from));
  }

  /**
   * True where less than a week of starts is known and all days from `due` to `now` are days of the week of which none is, or
   * it is earlier on such a day than it ever started: a weekend, for what was first seen on a Friday.
   */
  #mayRest(due: EpochSeconds, now: EpochSeconds): boolean {
    const starts = [...this.#intervals.map(({ from }) => from), ...(this.#newest === null ? [] : [this.#newest])];
    const [first] = starts;
    if (first === undefined || due - first >= WEEK_SECONDS) return false;
    const days = new Set(starts.map(weekdayOf));
    const time = Math.min(...starts.map((at) => at % DAY_SECONDS));
    for (let day = Math.floor(due / DAY_SECONDS); day <= Math.floor(now / DAY_SECONDS); day++) {
      if (days.has(day % 7) && now >= Math.max(due, day * DAY_SECONDS + time + SAME_TIME_SECONDS)) return false;
    }
    return true;
  }
}

function weekdayOf(at: EpochSeconds): number {
  return Math.floor(at / DAY_SECONDS) % 7;
}

function isSameTimeOfDay(a: EpochSeconds, b: EpochSeconds): boolean {
  const apart = Math.abs(a - b) % DAY_SECONDS;
  return Math.min(apart, DAY_SECONDS - apart) <= SAME_TIME_SECONDS;
}
