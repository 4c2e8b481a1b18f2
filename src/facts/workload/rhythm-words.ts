import type { Clock } from './clock.js';

const DAY_SECONDS = 86_400;

/** `every 5 min`, `every hour`, `every 90 s`. */
export function everyWords(seconds: number): string {
  if (seconds === 7 * DAY_SECONDS) return 'every week';
  if (seconds >= 28 * DAY_SECONDS) return 'every month';
  if (seconds === DAY_SECONDS) return 'every day';
  if (seconds === 3600) return 'every hour';
  if (seconds === 60) return 'every minute';
  if (seconds >= 3600 && seconds % 3600 === 0) return `every ${seconds / 3600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `every ${seconds / 60} min`;
  return seconds >= 120 ? `every ${(seconds / 60).toFixed(1)} min` : `every ${Math.round(seconds)} s`;
}

/** A spread of so many seconds is still the same second to a person. */
const SAME_SECOND_MAX = 20;

/** `every 5 min, 4 s after the full minute`. */
export function periodWords({ period_seconds, offset_seconds, spread_seconds }: Clock): string {
  const every = everyWords(period_seconds);
  if (offset_seconds === null || spread_seconds > Math.max(SAME_SECOND_MAX, period_seconds * 0.01)) return every;
  if (period_seconds % DAY_SECONDS === 0) return `${every} at ${clockTime(offset_seconds)} UTC`;
  if (period_seconds % 3600 === 0 && spread_seconds <= 60) {
    const minutes = Math.floor((offset_seconds % 3600) / 60);
    return `${every}, ${minutes === 0 ? 'at' : `${minutes} min after`} the full hour`;
  }
  if (period_seconds % 60 !== 0 || spread_seconds > SAME_SECOND_MAX) return every;
  const seconds = Math.floor(offset_seconds % 60);
  return `${every}, ${seconds === 0 ? 'at' : `${seconds} s after`} the full minute`;
}

function clockTime(seconds: number): string {
  const minutes = Math.floor((seconds % DAY_SECONDS) / 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
