import type { EpochSeconds } from '../../model/live.js';

/**
 * Exponentially weighted mean of a rate. Weights of what was not seen are left out, so that the first minutes are a mean of
 * themselves rather than an approach from zero.
 */
export class Ewma {
  #sum = 0;
  #weight = 0;

  constructor(readonly seconds: number) {}

  /** `amount` came in the `elapsed_seconds` before now. */
  add(amount: number, elapsed_seconds: number): void {
    if (!(elapsed_seconds > 0) || !Number.isFinite(amount)) return;
    const kept = Math.exp(-elapsed_seconds / this.seconds);
    this.#sum = this.#sum * kept + (amount / elapsed_seconds) * (1 - kept);
    this.#weight = this.#weight * kept + (1 - kept);
  }

  /** A second; null before the first amount. */
  per_second(): number | null {
    return this.#weight === 0 ? null : this.#sum / this.#weight;
  }
}

const OBSERVATION_SECONDS_MIN = 30;

/** A counter's growth: over five minutes, which follows, and over an hour, which remembers bursts. */
export class Growth {
  readonly #fast = new Ewma(300);
  readonly #slow = new Ewma(3600);
  #seen_seconds = 0;
  #last: { at: EpochSeconds; value: number } | null = null;

  push(at: EpochSeconds, value: number): void {
    const last = this.#last;
    if (last !== null && at <= last.at) return;
    this.#last = { at, value };
    // A counter that went back was reset: what it gained since is not known.
    if (last === null || value < last.value) return;
    this.#fast.add(value - last.value, at - last.at);
    this.#slow.add(value - last.value, at - last.at);
    this.#seen_seconds += at - last.at;
  }

  /** Over the last five minutes. */
  per_second(): number | null {
    return this.#fast.per_second();
  }

  /** The larger of both, for forecasts; null before half a minute was seen. */
  cautious_per_second(): number | null {
    const fast = this.#fast.per_second();
    const slow = this.#slow.per_second();
    if (fast === null || slow === null || this.#seen_seconds < OBSERVATION_SECONDS_MIN) return null;
    return Math.max(fast, slow);
  }
}
