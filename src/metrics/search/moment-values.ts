import type { Constant } from './facts.js';
import type { Family, TypeShape } from './family.js';
import { clockChanges, dateText, DAY, MICROS, momentText, readInterval, readMoment, shifted, SHIFTS, zoneOffset } from './moments.js';

/** Constants of one column whose surroundings are tried. */
const BASES_MAX = 6;
const INTERVALS_MAX = 4;

/**
 * Values of a date or timestamp column around the constants that it meets: the constants, a unit before and after, starts of
 * the day in every zone, the same some interval away, ends of months, and moments at which the zones of the definitions disagree.
 */
export function momentValues({ family, scale }: Pick<TypeShape, 'family' | 'scale'>, constants: readonly Constant[], zones: readonly string[]): string[] {
  const write = family === 'date' ? dateText : (micros: number) => momentText(micros, family === 'timestamptz');
  const values = new Set<number>();
  const given = basesOf(constants, family === 'timestamptz' ? zones : []);
  const intervals = constants.flatMap(({ value, isNumber, type }) => {
    if (type?.startsWith('interval') === true || (!isNumber && readMoment(value) === null)) return readInterval(value) ?? [];
    const days = Number(value);
    return isNumber && Number.isInteger(days) && days > 0 && days < 1_900 ? [{ micros: days * DAY, months: 0 }] : [];
  }).slice(0, INTERVALS_MAX);
  const bases = given.slice(0, BASES_MAX);
  const step = family === 'date' ? DAY : 10 ** (6 - Math.min(scale ?? 6, 6));
  for (const base of bases) values.add(base);
  for (const base of bases) for (const near of [base - step, base + step]) values.add(near);
  const anchors = bases.length > 0 ? bases : [Date.UTC(2024, 0, 15, family === 'date' ? 0 : 10) * MICROS];
  for (const anchor of anchors.slice(0, 3)) for (const interval of intervals) around(shifted(anchor, interval, -1), step, values);
  for (const anchor of anchors.slice(0, 2)) for (const interval of intervals) around(shifted(anchor, interval, 1), step, values);
  if (family !== 'date') for (const base of bases) for (const near of [base + DAY - step, base + DAY, base + 12 * SHIFTS.hour, base - SHIFTS.second]) values.add(near);
  if (bases.length === 0) defaults(family, values);
  zoneEdges(family, zones, bases, intervals, values);
  if (bases.length > 0) for (const day of CALENDAR.slice(2, 6)) values.add(Date.parse(day) * MICROS);
  for (const base of bases.slice(0, 3)) for (const near of [base + 31 * DAY, base - 31 * DAY, base + 366 * DAY]) values.add(near);
  return [...new Set([...values].filter((micros) => Math.abs(micros) < 8e15).map((micros) => write(Math.floor(micros / step) * step)))];
}

function around(micros: number, step: number, values: Set<number>): void {
  for (const near of [micros, micros + step, micros - step]) values.add(near);
}

/** Moments that are named, as constants of whatever type: a year, a month, a date in any zone. */
function basesOf(constants: readonly Constant[], zones: readonly string[]): number[] {
  const bases = new Set<number>();
  for (const { value, isNumber, functions } of constants) {
    const moment = readMoment(value);
    const number = Number(value);
    if (moment !== null) {
      const offsets = moment.zoned || zones.length === 0 ? [0] : zones.map((zone) => zoneOffset(zone, moment.micros));
      for (const offset of offsets) bases.add(moment.micros - offset);
    } else if ((isNumber || functions.includes('to_char')) && number > 1_900 && number < 2_200) {
      for (const date of [Date.UTC(number, 0, 1), Date.UTC(number, 11, 31), Date.UTC(number + 1, 0, 1)]) bases.add(date * MICROS);
    } else if (isNumber && Number.isInteger(number)) {
      for (const moment of functions.flatMap((name) => momentsOfPart(name, number))) bases.add(moment * MICROS);
    }
    const [, year, month] = /^(\d{4})-?Q?(\d{1,2})?%?$/.exec(value) ?? [];
    if (!isNumber && year !== undefined) bases.add(Date.UTC(Number(year), Math.min(Number(month ?? 6), 12) - 1, 10) * MICROS);
  }
  return [...bases];
}

/** Moments of which a part (`unit:hour`) is a number, and such as have the next to it. */
function momentsOfPart(name: string, number: number): number[] {
  const near = [number, number - 1, number + 1];
  const month = (value: number): number => Date.UTC(2024, value - 1, 15, 10);
  switch (name.replace('unit:', '')) {
    case 'hour':
      return near.map((hour) => Date.UTC(2024, 0, 15, hour, 30));
    case 'minute':
      return near.map((minute) => Date.UTC(2024, 0, 15, 10, minute));
    // The first of September 2024 was a Sunday.
    case 'dow':
    case 'isodow':
      return near.map((day) => Date.UTC(2024, 8, 1 + day, 10));
    case 'day':
      return near.map((day) => Date.UTC(2024, 0, day, 10));
    case 'doy':
      return near.map((day) => Date.UTC(2024, 0, day, 10));
    case 'week':
      return near.map((week) => Date.UTC(2024, 0, 1 + 7 * (week - 1), 10));
    case 'quarter':
      return near.map((quarter) => month(quarter * 3));
    case 'month':
    case 'to_char':
      return number >= 0 && number <= 13 ? near.map(month) : [];
    case 'epoch':
      return near.map((second) => second * 1_000);
    default:
      return [];
  }
}

/** Days of which two share a month, a day of the month, or a quarter; a Sunday, a leap day, and days of another year's first week. */
const CALENDAR = ['2024-01-15', '2024-01-16', '2025-01-15', '2024-02-10', '2024-01-14', '2024-01-31', '2024-02-29', '2024-12-30', '2023-01-01', '2024-01-17', '2024-12-31'] as const;

function defaults(family: Family, values: Set<number>): void {
  const hour = family === 'date' ? 0 : 10 * SHIFTS.hour;
  for (const day of CALENDAR) values.add(Date.parse(day) * MICROS + hour);
  if (family === 'date') return;
  for (const moment of ['2024-01-15T23:30Z', '2024-01-31T20:00Z', '2024-01-15T00:00Z', '2024-01-16T00:30Z']) values.add(Date.parse(moment) * MICROS);
}

/** The end of a day in each zone that is not UTC, and the nights in which clocks change. */
function zoneEdges(family: Family, zones: readonly string[], bases: readonly number[], intervals: readonly { micros: number; months: number }[], values: Set<number>): void {
  if (family === 'date') return;
  for (const zone of zones) {
    const day = bases[0] ?? Date.UTC(2024, 0, 31) * MICROS;
    const midnight = Math.floor(day / DAY) * DAY;
    // In winter some zones are as UTC.
    for (const base of [midnight, Date.UTC(2024, 1, 1) * MICROS, Date.UTC(2024, 6, 1) * MICROS]) {
      const local = base - zoneOffset(zone, base);
      if (local === base) continue;
      for (const near of [local, local - 1, (local + base) / 2]) values.add(Math.floor(near));
    }
    for (const change of clockChanges(zone, 2024).slice(0, 2)) {
      for (const near of [change - 1, change, change + SHIFTS.hour]) values.add(near);
      const before = change - 12 * SHIFTS.hour;
      for (const interval of intervals.slice(0, 1)) for (const near of [before, shifted(before, interval, 1) - SHIFTS.hour / 2, shifted(before, interval, 1) + SHIFTS.hour / 2]) values.add(near);
    }
  }
}
