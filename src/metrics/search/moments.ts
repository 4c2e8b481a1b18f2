/** Moments are counted in microseconds since 1970 in UTC; those of this product's data are far below 2^53. */
export const MICROS = 1_000;
const SECOND = 1_000 * MICROS;
const HOUR = 3_600 * SECOND;
export const DAY = 24 * HOUR;

const TEXT = /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?\s*$/i;

/** @returns null for a text that is no date or time of day on a date */
export function readMoment(text: string): { micros: number; zoned: boolean } | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const millis = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Number.isNaN(millis)) return null;
  return { micros: millis * MICROS + Number(fraction.padEnd(6, '0')) - offsetMicros(offset), zoned: offset !== undefined };
}

function offsetMicros(offset: string | undefined): number {
  if (offset === undefined || offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return (offset.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * HOUR + Number(digits.slice(2)) * 60 * SECOND);
}

export function dateText(micros: number): string {
  return new Date(Math.floor(micros / MICROS)).toISOString().slice(0, 10);
}

export function momentText(micros: number, zoned: boolean): string {
  const seconds = Math.floor(micros / SECOND);
  const fraction = micros - seconds * SECOND;
  const text = new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const tail = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${text}${tail}${zoned ? '+00' : ''}`;
}

const UNITS: Record<string, number> = { y: 365 * DAY, mon: 30 * DAY, w: 7 * DAY, d: DAY, h: HOUR, m: 60 * SECOND, s: SECOND };

/** The length of an interval as text, months taken as 30 days; null where it is none. */
export function readInterval(text: string): { micros: number; months: number } | null {
  let micros = 0;
  let months = 0;
  let found = false;
  for (const [, number, unit = ''] of text.matchAll(/([+-]?\d+(?:\.\d+)?)\s*(y|mon|w|d|h|m|s)[a-z]*/gi)) {
    found = true;
    const length = UNITS[unit.toLowerCase()] ?? 0;
    if (/^(y|mon)$/i.test(unit)) months += Number(number) * (unit.toLowerCase() === 'y' ? 12 : 1);
    else micros += Number(number) * length;
  }
  const clock = /([+-]?)(\d+):(\d{2})(?::(\d{2}))?/.exec(text);
  if (clock !== null) {
    found = true;
    micros += (clock[1] === '-' ? -1 : 1) * (Number(clock[2]) * HOUR + Number(clock[3]) * 60 * SECOND + Number(clock[4] ?? 0) * SECOND);
  }
  return found ? { micros, months } : null;
}

export function shifted(micros: number, interval: { micros: number; months: number }, sign: 1 | -1): number {
  const date = new Date(Math.floor(micros / MICROS));
  const rest = micros - date.getTime() * MICROS;
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + sign * interval.months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() * MICROS + rest + sign * interval.micros;
}

const formatters = new Map<string, Intl.DateTimeFormat | null>();

/** Null for a zone that is not known. */
function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  formatters.set(zone, made);
  return made;
}

/** How far a zone is ahead of UTC at a moment, in microseconds; 0 for a zone that is not known. */
export function zoneOffset(zone: string, micros: number): number {
  const formatter = zone === 'UTC' ? null : formatterOf(zone);
  if (formatter === null) return 0;
  const date = new Date(Math.floor(micros / SECOND) * 1_000);
  const parts = new Map(formatter.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return (Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - date.getTime()) * MICROS;
}

const changes = new Map<string, number[]>();

/** When a zone's clocks change in a year: the first full hour of the new offset. Empty for zones that keep theirs. */
export function clockChanges(zone: string, year: number): readonly number[] {
  const key = `${zone} ${year}`;
  const known = changes.get(key);
  if (known !== undefined) return known;
  const found: number[] = [];
  for (let month = 0; month < 12; month += 1) {
    let [low, high] = [Date.UTC(year, month, 1) * MICROS, Date.UTC(year, month + 1, 1) * MICROS];
    const before = zoneOffset(zone, low);
    if (zoneOffset(zone, high) === before) continue;
    while (high - low > HOUR) {
      const middle = low + Math.floor((high - low) / HOUR / 2) * HOUR;
      if (zoneOffset(zone, middle) === before) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  changes.set(key, found);
  return found;
}

export const SHIFTS = { second: SECOND, hour: HOUR } as const;
