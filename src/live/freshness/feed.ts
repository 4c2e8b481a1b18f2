import type { EpochSeconds } from '../../model/live.js';
import type { SampleFailure, SampleFrame } from '../../model/sample.js';
import { plainText } from '../../text/plain-text.js';
import { isStale } from '../staleness.js';
import { duration } from './words.js';

/** A sample that is older than the newest by more than this is not late: the clock was set back. */
const SET_BACK_SECONDS = 120;

/** The runs of one probe on one store: which of them count, and whether the newest still speaks for the present. */
export class Feed {
  #at: EpochSeconds | null = null;
  #good_at: EpochSeconds | null = null;
  #pace_seconds = 0;
  #failure: SampleFailure | null = null;

  constructor(
    readonly probe: string,
    readonly store: string,
  ) {}

  /** True when the sample is an answer that is newer than what came before; late and repeated ones change nothing. */
  accept(sample: SampleFrame & { failure: SampleFailure | null }): boolean {
    if (this.#at !== null && sample.at <= this.#at && sample.at > this.#at - SET_BACK_SECONDS) return false;
    this.#at = sample.at;
    this.#pace_seconds = sample.pace_seconds;
    this.#failure = sample.failure;
    if (sample.failure !== null) return false;
    this.#good_at = sample.at;
    return true;
  }

  get pace_seconds(): number {
    return this.#pace_seconds;
  }

  /** Why nothing may be said of the present, and what to do; null while the newest answer speaks for it. */
  silence(now: EpochSeconds): string | null {
    if (!isStale(this.#good_at, this.#pace_seconds, now)) return null;
    if (this.#failure !== null) return `${plainText(this.#failure.message)}; ${plainText(this.#failure.next_step)}`;
    const since = this.#good_at === null ? '' : ` for ${duration(now - this.#good_at)}`;
    return `${plainText(this.store, 60)} gave no answer to the probe ${this.probe}${since}; see the screen of the probes`;
  }
}
