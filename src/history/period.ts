import type { ClosedPeriods } from '../model/closed-period.js';

export type Period = ClosedPeriods['period'];

const DAY_SECONDS = 86_400;

/** How many closed periods are remembered: three years of months, five weeks of days. */
export const PERIODS_MAX = 36;

/**
 * How long after its end a period still takes late data, where no data product of the relation says it (`provisional`). Part 066 §8 shows a
 * provisional period and names no figure: two days let a nightly load that failed once be run again; five days are the
 * working days in which a month is usually closed.
 */
export const PROVISIONAL_SECONDS: Readonly<Record<Period, number>> = { day: 2 * DAY_SECONDS, month: 5 * DAY_SECONDS };

/** The first day of the period that a moment is in, shifted by so many periods. Seconds since 1970; periods in the zone of the metric are told apart by the store. */
export function periodStart(period: Period, at_seconds: number, shifted = 0): number {
  if (period === 'day') return (Math.floor(at_seconds / DAY_SECONDS) + shifted) * DAY_SECONDS;
  const date = new Date(at_seconds * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + shifted, 1) / 1000;
}

/** `2026-03-01`. */
export function bucketOf(start_seconds: number): string {
  return new Date(start_seconds * 1000).toISOString().slice(0, 10);
}

/** Where the period of a bucket begins, and where the next one does, in seconds since 1970. */
export function boundsOf(period: Period, bucket: string): { from: number; to: number } {
  const from = Date.parse(`${bucket}T00:00:00Z`) / 1000;
  return { from, to: periodStart(period, from, 1) };
}

/** `2026-03` for a month, `2026-03-07` for a day. */
export function periodName(period: Period, bucket: string): string {
  return period === 'month' ? bucket.slice(0, 7) : bucket;
}

export interface ClosedRange {
  period: Period;
  now_seconds: number;
  provisional_seconds: number;
  /** The last bucket in which there is anything: what nothing came after may be not loaded yet. Null where there is nothing at all. */
  newest: string | null;
  /** How far the product says that it is loaded; null where it does not say. */
  watermark_seconds: number | null;
}

/**
 * The closed periods, oldest first: those that ended longer ago than late data may take, of which the product's watermark is past the end,
 * and behind which there is a later row. A day of a zone ends up to half a day after that of UTC, so a day more is left.
 */
export function closedBuckets({ period, now_seconds, provisional_seconds, newest, watermark_seconds }: ClosedRange): string[] {
  if (newest === null) return [];
  const closedBefore_seconds = Math.min(now_seconds - provisional_seconds, watermark_seconds ?? Number.POSITIVE_INFINITY) - DAY_SECONDS;
  return Array.from({ length: PERIODS_MAX }, (_, index) => periodStart(period, now_seconds, index - PERIODS_MAX))
    .filter((start) => periodStart(period, start, 1) <= closedBefore_seconds)
    .map(bucketOf)
    .filter((bucket) => bucket < newest);
}
