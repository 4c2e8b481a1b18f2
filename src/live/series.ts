import type { EpochSeconds, History } from '../model/live.js';

/** A part of a series: values of `step_seconds` each, for the last `steps` of them. */
export interface Level {
  step_seconds: number;
  steps: number;
}

/** Fifteen minutes finely, a day by the minute, a month by the quarter of an hour: 5,000 numbers. */
export const LONG: readonly Level[] = [
  { step_seconds: 2, steps: 450 },
  { step_seconds: 60, steps: 1440 },
  { step_seconds: 900, steps: 2976 },
];

/** One hour, for things of which there are hundreds. */
export const SHORT: readonly Level[] = [
  { step_seconds: 15, steps: 60 },
  { step_seconds: 120, steps: 60 },
];

const EMPTY = Number.NaN;

class Ring {
  readonly #values: Float64Array;
  /** Number of the newest step since the epoch; -1 before the first. */
  #newest = -1;

  constructor(readonly level: Level) {
    this.#values = new Float64Array(level.steps).fill(EMPTY);
  }

  push(at: EpochSeconds, value: number): void {
    const step = Math.floor(at / this.level.step_seconds);
    // What lies further back or ahead than the ring holds is of another time: a long pause, or a clock that was set.
    if (this.#newest < 0 || Math.abs(step - this.#newest) >= this.level.steps) {
      this.#values.fill(EMPTY);
      this.#newest = step;
    }
    while (this.#newest < step) this.#values[++this.#newest % this.level.steps] = EMPTY;
    const place = step % this.level.steps;
    const known = this.#values[place] ?? EMPTY;
    this.#values[place] = Number.isNaN(known) ? value : Math.max(known, value);
  }

  /** The largest value from `from` up to but without `to`; null where there is none. */
  max(from: EpochSeconds, to: EpochSeconds): number | null {
    const { step_seconds, steps } = this.level;
    const first = Math.max(Math.floor(from / step_seconds), this.#newest - steps + 1, 0);
    const last = Math.min(Math.ceil(to / step_seconds) - 1, this.#newest);
    let max = EMPTY;
    for (let step = first; step <= last; step++) {
      const value = this.#values[step % steps] ?? EMPTY;
      if (!Number.isNaN(value) && !(value <= max)) max = value;
    }
    return Number.isNaN(max) ? null : max;
  }

  reaches(from: EpochSeconds, now: EpochSeconds): boolean {
    return from >= now - this.level.step_seconds * this.level.steps;
  }
}

/** A number over time, in bounded space: each part of time keeps its largest value, and older parts are longer. */
export class Series implements History {
  readonly #rings: Ring[];
  #last: { at: EpochSeconds; value: number } | null = null;

  constructor(levels: readonly Level[] = LONG) {
    this.#rings = levels.map((level) => new Ring(level));
  }

  /** Samples that are null leave a hole. */
  push(at: EpochSeconds, value: number | null): void {
    if (value === null || !Number.isFinite(value)) return;
    for (const ring of this.#rings) ring.push(at, value);
    this.#last = { at, value };
  }

  last(): { at: EpochSeconds; value: number } | null {
    return this.#last;
  }

  values(from: EpochSeconds, to: EpochSeconds, buckets: number): (number | null)[] {
    const ring = this.#ringFor(from, (to - from) / buckets);
    const width = (to - from) / buckets;
    return Array.from({ length: buckets }, (_, index) => ring?.max(from + index * width, from + (index + 1) * width) ?? null);
  }

  /** The finest part that reaches back far enough and is not finer than what is asked for needs. */
  #ringFor(from: EpochSeconds, width_seconds: number): Ring | undefined {
    const now = this.#last?.at ?? from;
    const reaching = this.#rings.filter((ring) => ring.reaches(from, now));
    return reaching.findLast((ring) => ring.level.step_seconds <= width_seconds) ?? reaching[0] ?? this.#rings.at(-1);
  }
}
