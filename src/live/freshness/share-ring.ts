import type { EpochSeconds } from '../../model/live.js';

/** A part of time with one verdict. Time without a stretch was not looked at. */
export interface Stretch {
  from: EpochSeconds;
  to: EpochSeconds;
  /** True where the data was later than promised. */
  over: boolean;
}

export interface Seconds {
  within_seconds: number;
  over_seconds: number;
}

/** How many seconds of each step of time were within and over, for the last `steps` steps. */
export class ShareRing {
  readonly #within: Float64Array;
  readonly #over: Float64Array;
  /** Number of the newest step since the epoch; -1 before the first. */
  #newest = -1;

  constructor(
    readonly step_seconds: number,
    readonly steps: number,
  ) {
    this.#within = new Float64Array(steps);
    this.#over = new Float64Array(steps);
  }

  /** What is older than the ring reaches back is dropped; no step holds more seconds than it has. */
  add({ from, to, over }: Stretch): void {
    if (!(to > from)) return;
    const last = Math.ceil(to / this.step_seconds) - 1;
    this.#reach(last);
    const first = Math.max(Math.floor(from / this.step_seconds), this.#newest - this.steps + 1, 0);
    const side = over ? this.#over : this.#within;
    for (let step = first; step <= last; step++) {
      const place = step % this.steps;
      const start = step * this.step_seconds;
      const seconds = Math.min(to, start + this.step_seconds) - Math.max(from, start);
      const free = this.step_seconds - (this.#within[place] ?? 0) - (this.#over[place] ?? 0);
      side[place] = (side[place] ?? 0) + Math.max(0, Math.min(seconds, free));
    }
  }

  /** Of the steps that have a part between `from` and `to`. */
  sum(from: EpochSeconds, to: EpochSeconds): Seconds {
    const first = Math.max(Math.floor(from / this.step_seconds), this.#newest - this.steps + 1, 0);
    const last = Math.min(Math.ceil(to / this.step_seconds) - 1, this.#newest);
    const sum = { within_seconds: 0, over_seconds: 0 };
    for (let step = first; step <= last; step++) {
      sum.within_seconds += this.#within[step % this.steps] ?? 0;
      sum.over_seconds += this.#over[step % this.steps] ?? 0;
    }
    return sum;
  }

  /** True when it holds everything from this moment on. */
  reaches(from: EpochSeconds): boolean {
    return from >= (this.#newest - this.steps + 1) * this.step_seconds;
  }

  #reach(step: number): void {
    if (step <= this.#newest) {
      // The clock was set back by more than the ring holds: what was there is of another time.
      if (this.#newest - step < this.steps) return;
      this.#within.fill(0);
      this.#over.fill(0);
    } else {
      const first = Math.max(this.#newest + 1, step - this.steps + 1);
      for (let fresh = first; fresh <= step; fresh++) {
        this.#within[fresh % this.steps] = 0;
        this.#over[fresh % this.steps] = 0;
      }
    }
    this.#newest = step;
  }
}
