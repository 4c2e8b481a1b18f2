import type { EpochSeconds } from '../../model/live.js';

/** ECMA-262 knows no moment further from 1970. */
const SECONDS_MAX = 8_640_000_000_000;

/** Time of day in UTC: `14:02Z`; further than twenty hours from `now` with the date: `2026-11-21 14:02Z`. */
export function momentText(at: EpochSeconds, now: EpochSeconds): string {
  if (!(Math.abs(at) < SECONDS_MAX)) return 'an unknown moment';
  const text = new Date(Math.floor(at * 1000)).toISOString();
  const time = `${text.slice(-13, -8)}Z`;
  return Math.abs(now - at) > 20 * 3600 ? `${text.slice(0, -14)} ${time}` : time;
}
