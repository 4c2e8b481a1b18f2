import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochSeconds } from '../model/live.js';

/** The time that reading may take, and the pauses in it. */
export class Allowance {
  readonly #until: EpochSeconds;

  constructor(
    private readonly clock: () => EpochSeconds,
    private readonly signal: AbortSignal,
    milliseconds: number,
  ) {
    this.#until = clock() + milliseconds / 1000;
  }

  /** Negative when it is over. Whole, as the servers' timeouts want it. */
  left_ms(): number {
    return Math.floor((this.#until - this.clock()) * 1000);
  }

  /** A part of what is left; it ends no later than this one. */
  part(share: number): Allowance {
    return new Allowance(this.clock, this.signal, this.left_ms() * share);
  }

  /** A deadline for one statement: at most `max_ms` and what is left. @throws the signal's reason after an abort. */
  deadline_ms(max_ms: number): number {
    this.check();
    return Math.max(1, Math.min(max_ms, this.left_ms()));
  }

  /** @throws the signal's reason after an abort. */
  check(): void {
    this.signal.throwIfAborted();
  }

  now(): EpochSeconds {
    return this.clock();
  }

  /** @throws the signal's reason after an abort. */
  async pause(milliseconds: number): Promise<void> {
    this.check();
    const length = Math.min(milliseconds, Math.max(0, this.left_ms()));
    if (length > 0) await sleep(length, undefined, { signal: this.signal });
  }
}
