import type { Clock } from '../../src/live/clock.js';

interface Timer {
  at_ms: number;
  act: () => void;
}

/** Lets everything run that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #ms = 0;
  /** What somebody adds to the time of day. */
  jumped_seconds = 0;
  #timers: Timer[] = [];

  now(): number {
    return 1_780_000_000 + this.#ms / 1000 + this.jumped_seconds;
  }

  monotonic_ms(): number {
    return this.#ms;
  }

  after(delay_ms: number, act: () => void): () => void {
    const timer = { at_ms: this.#ms + Math.max(delay_ms, 0), act };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Moves on, timer by timer, and lets each do its work. */
  async pass(seconds: number): Promise<void> {
    const end_ms = this.#ms + seconds * 1000;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ at_ms }) => at_ms <= end_ms).sort((a, b) => a.at_ms - b.at_ms)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#ms = Math.max(this.#ms, next.at_ms);
      next.act();
      await settle();
    }
    this.#ms = end_ms;
  }

  /** Moves on at once, as a machine that was asleep: timers come late, and only then. */
  async sleep(seconds: number): Promise<void> {
    await settle();
    this.#ms += seconds * 1000;
    const late = this.#timers.filter(({ at_ms }) => at_ms <= this.#ms);
    this.#timers = this.#timers.filter(({ at_ms }) => at_ms > this.#ms);
    for (const timer of late) timer.act();
    await settle();
  }
}
