import type { EpochSeconds } from '../../model/live.js';
import { Series } from '../series.js';
import { Judgement } from './judgement.js';

const PROGRESS_SECONDS = 60;
const PROGRESS_SECONDS_MIN = 10;

/** What is remembered of any stream. All times are the server's, except in the series. */
export class StreamMemory {
  readonly lag = new Series();
  readonly retained = new Series();
  readonly lagJudgement = new Judgement();
  readonly walJudgement = new Judgement();
  #progress: { at: EpochSeconds; passed_at: EpochSeconds }[] = [];

  /** At `at` the follower was where the primary had been at `passed_at`. */
  follow(at: EpochSeconds, passed_at: EpochSeconds): void {
    this.#progress.push({ at, passed_at });
    while ((this.#progress[0]?.at ?? at) < at - PROGRESS_SECONDS) this.#progress.shift();
  }

  /** Seconds of changes that pass in a second, over the last minute; null before ten seconds. */
  speed(): number | null {
    const first = this.#progress[0];
    const last = this.#progress.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < PROGRESS_SECONDS_MIN) return null;
    return (last.passed_at - first.passed_at) / (last.at - first.at);
  }
}
