/** Dates and timestamps as microseconds since 1970-01-01 00:00, in the proleptic Gregorian calendar as PostgreSQL counts. */

export const DAY_US = 86_400_000_000n;
const SECOND_US = 1_000_000n;

/** Beyond every finite timestamp of PostgreSQL (4713 BC to 294276 AD). */
const PAST = -(10n ** 30n);
const FUTURE = 10n ** 30n;

export interface ParsedInstant {
  /** Without regard to the offset. */
  local: bigint;
  /** Microseconds east of UTC; null when the text has no offset. */
  offset: bigint | null;
}

const FORMAT =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?)?\s*(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?$/;

/**
 * Reads ISO 8601 dates and timestamps and `infinity`. Null for every other way to write one, which PostgreSQL may read by
 * its DateStyle, and for words such as `today`, which mean another instant each day.
 */
export function parseInstant(text: string): ParsedInstant | null {
  const trimmed = text.trim();
  if (trimmed === 'infinity' || trimmed === '+infinity') return { local: FUTURE, offset: 0n };
  if (trimmed === '-infinity') return { local: PAST, offset: 0n };
  const match = FORMAT.exec(trimmed);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const days = daysOf(Number(year), Number(month), Number(day));
  if (days === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  const local = BigInt(days) * DAY_US + seconds * SECOND_US + BigInt(fraction.padEnd(6, '0'));
  if (zone === undefined) return { local, offset: null };
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])([0-9]{2}):?([0-9]{2})?$/.exec(zone) ?? [];
  if (Number(hours) > 15 || Number(minutes) > 59) return null;
  const offset = BigInt(Number(hours) * 3600 + Number(minutes) * 60) * SECOND_US;
  return { local, offset: sign === '-' ? -offset : offset };
}

function daysOf(year: number, month: number, day: number): number | null {
  if (year < 1 || month < 1 || month > 12 || day < 1) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return Math.round(date.getTime() / 86_400_000);
}

export const isInfinite = (instant: bigint): boolean => instant >= FUTURE || instant <= PAST;

/** The start of the day; infinity stays what it is. */
export function dayOf(instant: bigint): bigint {
  if (isInfinite(instant)) return instant;
  const rest = instant % DAY_US;
  return instant - (rest < 0n ? rest + DAY_US : rest);
}

/** Units of date_trunc that this module knows. Every one of them is a whole number of days but those of the clock. */
export type TruncationUnit = 'microseconds' | 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const CLOCK: Partial<Record<TruncationUnit, bigint>> = {
  microseconds: 1n,
  second: SECOND_US,
  minute: 60n * SECOND_US,
  hour: 3600n * SECOND_US,
  day: DAY_US,
};

const MONTHS: Partial<Record<TruncationUnit, number>> = { month: 1, quarter: 3, year: 12 };

export function isTruncationUnit(unit: string): unit is TruncationUnit {
  return unit in CLOCK || unit in MONTHS || unit === 'week';
}

/** `date_trunc(unit, instant)` for a timestamp without time zone (PostgreSQL 18, "Date/Time Functions and Operators"). */
export function truncate(unit: TruncationUnit, instant: bigint): bigint {
  const clock = CLOCK[unit];
  if (clock !== undefined) {
    const rest = instant % clock;
    return instant - (rest < 0n ? rest + clock : rest);
  }
  const date = new Date(Number(dayOf(instant) / 1000n));
  if (unit === 'week') return dayOf(instant) - BigInt((date.getUTCDay() + 6) % 7) * DAY_US;
  const month = unit === 'year' ? 0 : unit === 'quarter' ? Math.floor(date.getUTCMonth() / 3) * 3 : date.getUTCMonth();
  return startOfMonth(date.getUTCFullYear(), month);
}

/** The start of the next period. */
export function nextPeriod(unit: TruncationUnit, instant: bigint): bigint {
  const start = truncate(unit, instant);
  const clock = CLOCK[unit];
  if (clock !== undefined) return start + clock;
  if (unit === 'week') return start + 7n * DAY_US;
  const date = new Date(Number(start / 1000n));
  return startOfMonth(date.getUTCFullYear(), date.getUTCMonth() + (MONTHS[unit] ?? 1));
}

function startOfMonth(year: number, month: number): bigint {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return BigInt(date.getTime()) * 1000n;
}

/** As ISO 8601, the clock only where it is not midnight. */
export function instantText(instant: bigint): string {
  if (instant >= FUTURE) return 'infinity';
  if (instant <= PAST) return '-infinity';
  const date = new Date(Number(dayOf(instant) / 1000n));
  const two = (value: bigint | number): string => String(value).padStart(2, '0');
  const iso = `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const clock = instant - dayOf(instant);
  if (clock === 0n) return iso;
  const seconds = clock / SECOND_US;
  const fraction = clock % SECOND_US;
  const time = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return `${iso} ${time}${fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`}`;
}
