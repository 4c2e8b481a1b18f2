import type { Dialect, MomentForm } from './dialect.js';
import { type ColumnForm, type CommonForm } from './expression.js';
import { ownCommonForm } from './common.js';
import { unmarked } from './marks.js';

const DAY_MICROSECONDS = 86_400_000_000n;

/** A constant of a column's type from a canonical text of form `common`. @throws Error where the text is not one of the form. */
export function constantOf(dialect: Dialect, canonical: string, own: ColumnForm, common: CommonForm = ownCommonForm(own)): string {
  switch (own.kind) {
    case 'integer':
      return dialect.integer(BigInt(canonical.replace(/\.0*$/, '')));
    case 'decimal':
      return dialect.decimal(checked(canonical, /^-?\d+(\.\d+)?$|^NaN$|^-?Infinity$/));
    case 'boolean':
      return dialect.boolean(canonical === '1');
    case 'uuid':
      return dialect.uuid(checked(canonical, /^[\da-f-]{36}$/));
    case 'bytes':
      return dialect.bytes(checked(canonical, /^([\da-f]{2})*$/));
    case 'text':
      return dialect.text(unmarked(canonical));
    case 'date':
      if (common.kind === 'text' || isInfinite(canonical)) return dialect.date(checked(canonical, /^[\d-]{8,}( BC)?$|^-?infinity$/));
      return dialect.date(isoDay(BigInt(canonical)));
    case 'time':
      return dialect.time(isoTime(microseconds(canonical, digitsOf(common))));
    case 'timestamp':
      if (isInfinite(canonical)) return dialect.timestamp(canonical, own);
      return dialect.timestamp(isoMoment(microseconds(canonical, digitsOf(common)), nanoseconds(canonical, digitsOf(common))), own);
    default:
      throw new Error(`a ${own.kind} is not looked up by its value`);
  }
}

/** A moment as a constant, cut to what the column keeps. */
export function momentOf(dialect: Dialect, epochSeconds: number, own: MomentForm): string {
  const moment = BigInt(Math.floor(epochSeconds * 1e6));
  return own.kind === 'date' ? dialect.date(isoDay(floorDivided(moment, DAY_MICROSECONDS))) : dialect.timestamp(isoMoment(moment, 0n), own);
}

function checked(text: string, shape: RegExp): string {
  // The text itself may be a value: it is not repeated.
  if (!shape.test(text)) throw new Error('a canonical text is not of its form');
  return text;
}

function isInfinite(canonical: string): boolean {
  return canonical === 'infinity' || canonical === '-infinity';
}

function digitsOf(common: CommonForm): number {
  return 'digits' in common ? common.digits : 6;
}

function microseconds(ticks: string, digits: number): bigint {
  return digits <= 6 ? BigInt(ticks) * 10n ** BigInt(6 - digits) : floorDivided(BigInt(ticks), 10n ** BigInt(digits - 6));
}

/** Below the microsecond. */
function nanoseconds(ticks: string, digits: number): bigint {
  if (digits <= 6) return 0n;
  const unit = 10n ** BigInt(digits - 6);
  const rest = BigInt(ticks) - floorDivided(BigInt(ticks), unit) * unit;
  return (rest * 1000n) / unit;
}

function floorDivided(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}

/** Days since 1970 as a date of the proleptic Gregorian calendar, `0044-03-15 BC` before the year 1; by the method of H. Hinnant, days and civil. */
function isoDay(days: bigint): string {
  const shifted = days + 719_468n;
  const era = floorDivided(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const part = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * part + 2n) / 5n + 1n;
  const month = part < 10n ? part + 3n : part - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  const text = `${padded(year > 0n ? year : 1n - year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  return year > 0n ? text : `${text} BC`;
}

function isoTime(microseconds: bigint): string {
  const seconds = microseconds / 1_000_000n;
  return `${padded(seconds / 3600n, 2)}:${padded((seconds / 60n) % 60n, 2)}:${padded(seconds % 60n, 2)}.${padded(microseconds % 1_000_000n, 6)}`;
}

function isoMoment(microseconds: bigint, nanoseconds: bigint): string {
  const day = floorDivided(microseconds, DAY_MICROSECONDS);
  const date = isoDay(day);
  const time = isoTime(microseconds - day * DAY_MICROSECONDS) + (nanoseconds === 0n ? '' : padded(nanoseconds, 3));
  return date.endsWith(' BC') ? `${date.slice(0, -3)} ${time} BC` : `${date} ${time}`;
}

function padded(value: bigint, width: number): string {
  return value.toString().padStart(width, '0');
}
