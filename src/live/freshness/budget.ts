import type { BudgetView, EpochSeconds, FreshnessObjective } from '../../model/live.js';
import { type Seconds, ShareRing, type Stretch } from './share-ring.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** The longest window of the rules of `burn.ts`. */
const FINE_SECONDS = 72 * HOUR_SECONDS;
const COARSE_STEPS = 2880;
const COVERAGE_MIN = 0.5;
/** A share so near to one allows nothing: then there is no rate at which it is spent. */
const ALLOWED_MIN = 1e-9;

export interface Window extends Seconds {
  /** Share of the window that was looked at, 0 to 1. */
  coverage: number;
}

/**
 * How much lateness an objective has had and still allows: exact seconds by minute for three days, in 2,880 parts for its
 * window. Time that was not looked at is neither good nor bad.
 */
export class ErrorBudget {
  readonly #minutes = new ShareRing(MINUTE_SECONDS, FINE_SECONDS / MINUTE_SECONDS);
  readonly #window: ShareRing;
  /** Screens ask many times between two looks. */
  #viewed: { minute: number; view: BudgetView } | null = null;

  constructor(readonly objective: Pick<FreshnessObjective, 'share' | 'window_seconds'>) {
    const step_seconds = MINUTE_SECONDS * Math.max(1, Math.ceil(objective.window_seconds / COARSE_STEPS / MINUTE_SECONDS));
    this.#window = new ShareRing(step_seconds, Math.max(1, Math.ceil(objective.window_seconds / step_seconds)));
  }

  /** Stretches must not overlap. */
  record(stretch: Stretch): void {
    this.#viewed = null;
    this.#minutes.add(stretch);
    this.#window.add(stretch);
  }

  /** Of the last `seconds`, to the minute, at most three days. */
  last(now: EpochSeconds, seconds: number): Window {
    return windowOf(this.#minutes, now, seconds);
  }

  /**
   * How many times faster than allowed the budget was spent: bad share over the window by the share that the objective allows
   * (Google, The Site Reliability Workbook, 2018, chapter 5). Null below half coverage and where nothing is allowed.
   */
  burn(now: EpochSeconds, seconds: number): number | null {
    const { within_seconds, over_seconds, coverage } = this.last(now, seconds);
    const allowed = 1 - this.objective.share;
    if (coverage < COVERAGE_MIN || allowed < ALLOWED_MIN) return null;
    return over_seconds / (within_seconds + over_seconds) / allowed;
  }

  /** To the minute. */
  view(now: EpochSeconds): BudgetView {
    const minute = Math.floor(now / MINUTE_SECONDS);
    if (this.#viewed?.minute !== minute) this.#viewed = { minute, view: this.#look(now) };
    return this.#viewed.view;
  }

  #look(now: EpochSeconds): BudgetView {
    const { share, window_seconds } = this.objective;
    const { within_seconds, over_seconds, coverage } = windowOf(this.#window, now, window_seconds);
    const seen = within_seconds + over_seconds;
    const left = seen === 0 ? null : leftOf(over_seconds, (1 - share) * window_seconds);
    const burn_1h = this.burn(now, HOUR_SECONDS);
    return {
      share_required: share,
      share_met: seen === 0 ? null : within_seconds / seen,
      window_seconds,
      left,
      burn_1h,
      burn_6h: this.burn(now, 6 * HOUR_SECONDS),
      ends_in_seconds: left === null || burn_1h === null || burn_1h <= 1 ? null : (Math.max(0, left) * window_seconds) / burn_1h,
      coverage,
    };
  }

  /** Share of the looked-at time over the limit in each of `buckets` equal parts; null where nothing was looked at. */
  over(from: EpochSeconds, to: EpochSeconds, buckets: number): (number | null)[] {
    const ring = this.#minutes.reaches(from) ? this.#minutes : this.#window;
    const width = (to - from) / buckets;
    return Array.from({ length: buckets }, (_, index) => {
      const { within_seconds, over_seconds } = ring.sum(from + index * width, from + (index + 1) * width);
      const seen = within_seconds + over_seconds;
      return seen === 0 ? null : over_seconds / seen;
    });
  }
}

function windowOf(ring: ShareRing, now: EpochSeconds, seconds: number): Window {
  // Whole steps, the present one among them, so that no second counts twice.
  const end = (Math.floor(now / ring.step_seconds) + 1) * ring.step_seconds;
  const steps = Math.min(ring.steps, Math.max(1, Math.round(seconds / ring.step_seconds)));
  const sum = ring.sum(end - steps * ring.step_seconds, end);
  return { ...sum, coverage: Math.min(1, (sum.within_seconds + sum.over_seconds) / (steps * ring.step_seconds)) };
}

/** An objective that allows nothing is overspent with the first bad second. */
function leftOf(over_seconds: number, allowed_seconds: number): number {
  if (allowed_seconds < ALLOWED_MIN) return over_seconds === 0 ? 1 : -1;
  return 1 - over_seconds / allowed_seconds;
}
