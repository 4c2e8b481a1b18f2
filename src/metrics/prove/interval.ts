import type { Expression } from '../../model/syntax-tree.js';
import { DAY_US } from '../rows/instant.js';
import { call, number, operation, text } from './expression.js';

/** A span as PostgreSQL holds it: months and days have no fixed length. */
export interface Interval {
  months: bigint;
  days: bigint;
  micros: bigint;
}

const SECOND_US = 1_000_000n;
const CLOCK_US: Record<string, bigint> = { hour: 3600n * SECOND_US, hr: 3600n * SECOND_US, h: 3600n * SECOND_US, minute: 60n * SECOND_US, min: 60n * SECOND_US, m: 60n * SECOND_US, second: SECOND_US, sec: SECOND_US, s: SECOND_US, millisecond: 1000n, microsecond: 1n };
const DAYS: Record<string, bigint> = { day: 1n, d: 1n, week: 7n, w: 7n };
const MONTHS: Record<string, bigint> = { month: 1n, mon: 1n, year: 12n, yr: 12n, y: 12n };

/** Reads `1 day 02:00`, `-3 months`, `720 minutes`. Null for another way to write one, fractions of days and more among them. */
export function parseInterval(written: string): Interval | null {
  const found: Interval = { months: 0n, days: 0n, micros: 0n };
  let rest = written.trim().toLowerCase();
  if (rest === '') return null;
  while (rest !== '') {
    const clock = /^([+-]?)(\d{1,6}):(\d{2})(?::(\d{2}))?(?:\s+|$)/.exec(rest);
    const part = clock ?? /^([+-]?\d{1,12})(\.\d{1,6})?\s*([a-z]+)(?:\s+|$)/.exec(rest);
    if (part === null) return null;
    rest = rest.slice(part[0].length);
    if (clock !== null) {
      const micros = BigInt(Number(clock[2]) * 3600 + Number(clock[3]) * 60 + Number(clock[4] ?? 0)) * SECOND_US;
      found.micros += clock[1] === '-' ? -micros : micros;
      continue;
    }
    if (!addUnit(found, part[1] ?? '', part[2] ?? '', part[3] ?? '')) return null;
  }
  return found;
}

function addUnit(found: Interval, whole: string, fraction: string, unit: string): boolean {
  const name = unit.length > 2 && unit.endsWith('s') ? unit.slice(0, -1) : unit;
  const amount = BigInt(whole);
  const [clock, days, months] = [CLOCK_US[name], DAYS[name], MONTHS[name]];
  if (clock !== undefined) {
    const part = (clock * BigInt(fraction.slice(1).padEnd(6, '0'))) / SECOND_US;
    found.micros += amount * clock + (whole.startsWith('-') ? -part : part);
    return true;
  }
  if (fraction !== '') return false;
  if (days !== undefined) found.days += amount * days;
  else if (months !== undefined) found.months += amount * months;
  else return false;
  return true;
}

const plus = (a: Interval, b: Interval): Interval => ({ months: a.months + b.months, days: a.days + b.days, micros: a.micros + b.micros });
const times = ({ months, days, micros }: Interval, by: bigint): Interval => ({ months: months * by, days: days * by, micros: micros * by });

/** The interval that an expression without columns is; null for another one. */
export function intervalOf(expression: Expression): Interval | null {
  if (expression.type === 'cast') return /^interval\b/.test(expression.target) && expression.operand.type === 'literal' ? parseInterval(expression.operand.value ?? '') : null;
  if (expression.type === 'call' && expression.name.join('.') === 'make_interval') return madeInterval(expression.arguments);
  if (expression.type !== 'operation') return null;
  const [first, second] = expression.operands;
  if (first === undefined) return null;
  const [a, b] = [intervalOf(first), second === undefined ? null : intervalOf(second)];
  if (second === undefined) return expression.operator === '-' && a !== null ? times(a, -1n) : null;
  if (expression.operator === '*') {
    const [span, factor] = a === null ? [b, wholeOf(first)] : [a, wholeOf(second)];
    return span === null || factor === null ? null : times(span, factor);
  }
  if (a === null || b === null) return null;
  return expression.operator === '+' ? plus(a, b) : expression.operator === '-' ? plus(a, times(b, -1n)) : null;
}

function wholeOf(expression: Expression): bigint | null {
  if (expression.type === 'operation' && expression.operator === '-' && expression.operands.length === 1 && expression.operands[0]) {
    const inner = wholeOf(expression.operands[0]);
    return inner === null ? null : -inner;
  }
  return expression.type === 'literal' && expression.kind === 'number' && /^\d{1,12}$/.test(expression.value ?? '') ? BigInt(expression.value ?? '0') : null;
}

const MADE: Record<string, Interval> = {
  years: { months: 12n, days: 0n, micros: 0n }, months: { months: 1n, days: 0n, micros: 0n }, weeks: { months: 0n, days: 7n, micros: 0n }, days: { months: 0n, days: 1n, micros: 0n },
  hours: { months: 0n, days: 0n, micros: 3600n * SECOND_US }, mins: { months: 0n, days: 0n, micros: 60n * SECOND_US }, secs: { months: 0n, days: 0n, micros: SECOND_US },
};

/** PostgreSQL 18, "Date/Time Functions and Operators": make_interval with its arguments under their names. */
function madeInterval(parts: readonly Expression[]): Interval | null {
  let found: Interval = { months: 0n, days: 0n, micros: 0n };
  for (const part of parts) {
    const [, name = ''] = part.type === 'operation' ? (/^(\w+) =>$/.exec(part.operator) ?? []) : [];
    const unit = MADE[name];
    const amount = part.type === 'operation' && part.operands[0] !== undefined ? wholeOf(part.operands[0]) : null;
    if (unit === undefined || amount === null) return null;
    found = plus(found, times(unit, amount));
  }
  return found;
}

/** The clock of an interval in words, the largest unit that leaves nothing over. */
function clockText(micros: bigint): string {
  for (const [unit, size] of [['hours', 3600n * SECOND_US], ['minutes', 60n * SECOND_US], ['seconds', SECOND_US]] as const) if (micros % size === 0n) return `${micros / size} ${unit}`;
  return `${micros} microseconds`;
}

/** An interval in its one spelling. */
export function intervalLiteral({ months, days, micros }: Interval): Expression {
  const words = [...(months === 0n ? [] : [`${months} months`]), ...(days === 0n ? [] : [`${days} days`]), ...(micros === 0n ? [] : [clockText(micros)])].join(' ');
  return { type: 'cast', operand: text(words === '' ? '0 days' : words), target: 'interval', span: { start: 0, end: 0 } };
}

/** As days and clock: where a day is 24 hours. */
export const ofMicros = (micros: bigint): Interval => (micros % DAY_US === 0n ? { months: 0n, days: micros / DAY_US, micros: 0n } : { months: 0n, days: 0n, micros });

/** The length of an interval as comparisons take it: a month has 30 days, a day 24 hours. */
export const lengthOf = ({ months, days, micros }: Interval): bigint => (months * 30n + days) * DAY_US + micros;

/** A date and time some months later, the day cut to the length of its month, then the days and the clock. */
export function later(instant: bigint, { months, days, micros }: Interval): bigint {
  const date = new Date(Number(instant / 1000n));
  const start = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + Number(months), 1));
  const length = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  const shifted = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), Math.min(date.getUTCDate(), length));
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return instant + BigInt(shifted - midnight) * 1000n + days * DAY_US + micros;
}

export const epochOf = (time: Expression): Expression => call(['extract'], [text('epoch'), time]);
export const daysOf = (date: Expression): Expression => call(['%days'], [date]);
export const difference = (a: Expression, b: Expression): Expression => operation('-', a, b);
export const micros = (value: bigint): Expression => number(value.toString());
