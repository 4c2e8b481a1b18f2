import type { EpochSeconds } from '../../model/live.js';
import { formatQuantity } from '../../text/quantity.js';

/** The largest time that ECMAScript can write, in seconds. */
const TIME_MAX = 8.64e12;

/** `14:20 UTC`, with its date when it is not of the day of `now`. */
export function utcTime(at: EpochSeconds, now: EpochSeconds): string {
  if (!(Math.abs(at) <= TIME_MAX)) return 'an impossible time';
  const text = new Date(at * 1000).toISOString();
  const time = `${text.slice(-13, -8)} UTC`;
  return utcDay(at) === utcDay(now) ? time : `${text.slice(0, -14)} ${time}`;
}

/** `2026-11-21`. */
export function utcDay(at: EpochSeconds): string {
  if (!(Math.abs(at) <= TIME_MAX)) return '';
  return new Date(at * 1000).toISOString().slice(0, -14);
}

/** A duration for people; never empty. */
export function duration(seconds: number): string {
  return formatQuantity(seconds, 'seconds') ?? 'an unknown time';
}
