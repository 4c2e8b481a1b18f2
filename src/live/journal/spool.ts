import type { EpochSeconds } from '../../model/live.js';
import type { Clock } from '../clock.js';
import { meaningOf } from './problem.js';

const RETRY_MS = 30_000;
/** What a slow disk may keep waiting in memory. */
const WAITING_CHARACTERS_MAX = 16 * 2 ** 20;

export interface SpooledLine {
  at: EpochSeconds;
  text: string;
}

export interface SpoolStatus {
  /** False while nothing can be written. */
  on: boolean;
  /** Why, in words that follow the file's name; null while all is well. */
  problem: string | null;
  /** Lines that were written, and those that were lost because nothing could be. */
  written: number;
  dropped: number;
}

/**
 * Lines on their way to a disk. Adding never waits and never throws: what cannot be written turns the spool off for half a minute,
 * with the cause in its status, and is lost; then it is tried again.
 */
export class Spool {
  readonly #clock: Clock;
  readonly #write: (lines: SpooledLine[]) => Promise<void>;
  readonly #delay_ms: number;
  #waiting: SpooledLine[] = [];
  #waiting_characters = 0;
  #off_since_ms: number | null = null;
  #problem: string | null = null;
  #written = 0;
  #dropped = 0;
  #cancel: (() => void) | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(clock: Clock, delay_ms: number, write: (lines: SpooledLine[]) => Promise<void>) {
    this.#clock = clock;
    this.#delay_ms = delay_ms;
    this.#write = write;
  }

  add(line: SpooledLine): void {
    const rests = this.#off_since_ms !== null && this.#clock.monotonic_ms() - this.#off_since_ms < RETRY_MS;
    if (rests || this.#waiting_characters + line.text.length > WAITING_CHARACTERS_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waiting_characters += line.text.length;
    this.#cancel ??= this.#clock.after(this.#delay_ms, () => void this.flush());
  }

  status(): SpoolStatus {
    return { on: this.#off_since_ms === null, problem: this.#problem, written: this.#written, dropped: this.#dropped };
  }

  /** Resolves when everything added up to now is written or lost. Never rejects. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = null;
    this.#work = this.#work.then(() => this.#drain());
    return this.#work;
  }

  async #drain(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waiting_characters = 0;
    if (lines.length === 0) return;
    try {
      await this.#write(lines);
      this.#written += lines.length;
      this.#off_since_ms = null;
      this.#problem = null;
    } catch (error) {
      this.#dropped += lines.length;
      this.#off_since_ms = this.#clock.monotonic_ms();
      this.#problem = meaningOf(error);
    }
  }
}
