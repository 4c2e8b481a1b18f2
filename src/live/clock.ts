import type { EpochSeconds } from '../model/live.js';

/** Time as the live side gets it from outside, so that tests and replays bring their own. */
export interface Clock {
  /** The time of day; may jump. */
  now(): EpochSeconds;
  /** Milliseconds that never go back; for durations and paces. */
  monotonic_ms(): number;
  /** Calls `act` once after `delay_ms`; the returned function takes it back. */
  after(delay_ms: number, act: () => void): () => void;
}
