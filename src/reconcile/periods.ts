import type { EpochSeconds } from '../model/live.js';

export type PeriodUnit = 'hour' | 'day' | 'month';

/** A business period in UTC: from `starts_at` up to but without `ends_at`. */
export interface Period {
  /** `2026-11-21 14:00`, `2026-11-21`, `2026-11`. */
  label: string;
  starts_at: EpochSeconds;
  ends_at: EpochSeconds;
}

/** A part of a period that is read as one: all of it, or what lies on one side of the cut. */
export interface Bucket {
  period: Period;
  from: EpochSeconds;
  to: EpochSeconds;
  /** True above the cut, where rows may still be on their way. */
  late: boolean;
}

const HOUR = 3600;
const DAY = 86_400;

/** How finely the cut moves: while it stands still, an open period can be compared with itself one pass later. */
const CUT_STEP_SECONDS: Record<PeriodUnit, number> = { hour: 300, day: HOUR, month: DAY };

/** The last `complete` periods that had ended at `now`, oldest first, and behind them the one that `now` is in. */
export function periodsAt(unit: PeriodUnit, now: EpochSeconds, complete: number): Period[] {
  const current = startOf(unit, now);
  return Array.from({ length: complete + 1 }, (_, index) => {
    const starts_at = shifted(unit, current, index - complete);
    return { label: labelOf(unit, starts_at), starts_at, ends_at: shifted(unit, starts_at, 1) };
  });
}

/**
 * Where both sides are cut for a watermark: at the last full step below it.
 * @param wholeDays true where a side keeps days only: then a day is late until all of it lies below the watermark.
 */
export function cutBelow(unit: PeriodUnit, watermark: EpochSeconds, wholeDays: boolean): EpochSeconds {
  const step = wholeDays ? DAY : CUT_STEP_SECONDS[unit];
  return Math.floor(watermark / step) * step;
}

/** The periods as parts that lie on one side of the cut, in order of time, without gaps. */
export function bucketsOf(periods: readonly Period[], cut: EpochSeconds): Bucket[] {
  return periods.flatMap((period) => {
    const { starts_at, ends_at } = period;
    if (cut <= starts_at || cut >= ends_at) return [{ period, from: starts_at, to: ends_at, late: cut <= starts_at }];
    return [
      { period, from: starts_at, to: cut, late: false },
      { period, from: cut, to: ends_at, late: true },
    ];
  });
}

/** The start of the period that a moment is in. */
export function startOf(unit: PeriodUnit, at: EpochSeconds): EpochSeconds {
  if (unit === 'month') {
    const date = new Date(at * 1000);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
  }
  const length = unit === 'hour' ? HOUR : DAY;
  return Math.floor(at / length) * length;
}

function shifted(unit: PeriodUnit, start: EpochSeconds, by: number): EpochSeconds {
  if (unit !== 'month') return start + by * (unit === 'hour' ? HOUR : DAY);
  const date = new Date(start * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, 1) / 1000;
}

function labelOf(unit: PeriodUnit, start: EpochSeconds): string {
  const text = new Date(start * 1000).toISOString();
  if (unit === 'month') return text.slice(0, 7);
  return unit === 'day' ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}
