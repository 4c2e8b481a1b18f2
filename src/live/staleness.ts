import type { EpochSeconds } from '../model/live.js';

const PACES_MAX = 3;
const SECONDS_MIN = 10;

/** How long a sample speaks for the present: three paces of its probe, at least ten seconds. */
export function validity_seconds(pace_seconds: number): number {
  return Math.max(PACES_MAX * pace_seconds, SECONDS_MIN);
}

/** True when nothing may be said any more from a sample that was taken at `at`. */
export function isStale(at: EpochSeconds | null, pace_seconds: number, now: EpochSeconds): boolean {
  return at === null || now - at > validity_seconds(pace_seconds);
}
