import type { Rhythm } from '../../model/workload.js';
import { clockOf } from './clock.js';
import { periodOfSchedule } from './schedule.js';
import { everyWords, periodWords } from './rhythm-words.js';

/** What is known of when a statement runs. */
export interface RhythmInput {
  /** Milliseconds since 1970, of every session that was seen beginning it; in any order. */
  startedAt_ms: readonly number[];
  /** When the tool of its card runs it unasked, in its own words; null for on demand. */
  schedule: string | null;
  /** Calls in the window of the statistics; null where that is not known. */
  calls: number | null;
  window_seconds: number | null;
}

/** So many starts at no regular times say that there is no clock. */
const STARTS_OF_NO_CLOCK = 20;

/**
 * How a statement comes back: by the starts that were seen, else by the schedule of its card where its calls fit, else, weakly, by
 * the number of its calls. Null where nothing tells.
 */
export function rhythmOf({ startedAt_ms, schedule, calls, window_seconds }: RhythmInput): Rhythm | null {
  const clock = clockOf(startedAt_ms);
  if (clock !== null) return { period_seconds: clock.period_seconds, from: 'starts', confidence: clock.confidence, words: periodWords(clock) };
  const planned = schedule === null ? null : ofSchedule(schedule, calls, window_seconds);
  if (planned !== null) return planned;
  if (startedAt_ms.length >= STARTS_OF_NO_CLOCK) return { period_seconds: null, from: 'starts', confidence: 0.7, words: 'at no regular times' };
  return ofCalls(calls, window_seconds);
}

/** A dashboard is refreshed only while somebody looks, and in as many windows as look at it. */
const FEWER = 0.6;
const MORE = 1.6;
/** A handful of calls fits many periods. */
const CALLS_TO_FIT = 12;

function ofSchedule(schedule: string, calls: number | null, window_seconds: number | null): Rhythm | null {
  const period_seconds = periodOfSchedule(schedule);
  if (period_seconds === null) return null;
  const words = `${everyWords(period_seconds)}, by the schedule of its card`;
  if (calls === null || window_seconds === null || Math.min(calls, window_seconds / period_seconds) < CALLS_TO_FIT) return { period_seconds, from: 'schedule', confidence: 0.4, words };
  const expected = window_seconds / period_seconds;
  const ratio = calls / expected;
  const fits = ratio >= FEWER && (ratio <= MORE || Math.abs(ratio - Math.round(ratio)) < 0.1 * Math.round(ratio)) && ratio < 20;
  return { period_seconds, from: 'schedule', confidence: fits ? 0.7 : 0.3, words: fits ? `${words}; its calls fit` : words };
}

/** Periods to which people set clocks. */
const CALLS_MIN = 50;
const CALLS_CLOSE = 0.01;
const PERIODS_OF_CALLS = [60, 300, 600, 900, 1800, 3600];

function ofCalls(calls: number | null, window_seconds: number | null): Rhythm | null {
  if (calls === null || window_seconds === null || calls < CALLS_MIN || window_seconds <= 0) return null;
  const mean = window_seconds / calls;
  const period_seconds = PERIODS_OF_CALLS.find((period) => Math.abs(mean / period - 1) <= CALLS_CLOSE);
  if (period_seconds === undefined) return null;
  return { period_seconds, from: 'calls', confidence: 0.25, words: `as many calls as ${everyWords(period_seconds)}` };
}
