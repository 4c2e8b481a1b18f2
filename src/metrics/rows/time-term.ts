import type { Expression } from '../../model/syntax-tree.js';
import { DAY_US } from './instant.js';
import { unsettledPart } from './opacity.js';
import { intervalOf } from '../prove/interval.js';
import { expressionText } from '../../sql/expression-text.js';
import type { ColumnType } from './types.js';

/** A moment that is the same for every row of a query and another in every run: `now() - interval '30 days'`. */
export interface TimeTerm {
  /** Equal texts are equal moments. */
  text: string;
  type: ColumnType;
  /** What it is reckoned from, `now()`, and how far from there; null where that is not known. */
  offset: Offset | null;
}

export interface Offset {
  base: string;
  months: bigint;
  days: bigint;
  micros: bigint;
}

const ZONED: ColumnType = { family: 'zoned', unit_us: 1n };
const MOMENT: ColumnType = { family: 'instant', unit_us: 1n };
const DAY: ColumnType = { family: 'instant', unit_us: DAY_US };

/** Types of the date and time functions that hold still within a transaction (PostgreSQL 18, 9.9.5 "Current Date/Time"). */
const FUNCTIONS: Record<string, ColumnType> = {
  now: ZONED,
  current_timestamp: ZONED,
  transaction_timestamp: ZONED,
  localtimestamp: MOMENT,
  current_date: DAY,
};

/** Reads an expression as such a moment; null when it is none. */
export function timeTerm(expression: Expression): TimeTerm | null {
  const type = typeOf(expression);
  return type === null || unsettledPart(expression) !== null ? null : { text: expressionText(expression), type, offset: offsetOf(expression) };
}

function offsetOf(expression: Expression): Offset | null {
  if (expression.type !== 'operation') return { base: expressionText(expression), months: 0n, days: 0n, micros: 0n };
  const [moment, span] = expression.operands;
  const from = moment === undefined ? null : offsetOf(moment);
  const interval = span === undefined ? null : spanOf(span);
  // Steps of several units do not add up: a month has no fixed length.
  if (from === null || interval === null || (from.months !== 0n || from.days !== 0n || from.micros !== 0n)) return null;
  const sign = expression.operator === '-' ? -1n : 1n;
  return { base: from.base, months: sign * interval.months, days: sign * interval.days, micros: sign * interval.micros };
}

function spanOf(span: Expression): Omit<Offset, 'base'> | null {
  if (span.type !== 'literal') return span.type === 'cast' ? intervalOf(span) : null;
  return span.kind === 'number' && /^\d{1,9}$/.test(span.value ?? '') ? { months: 0n, days: BigInt(span.value ?? '0'), micros: 0n } : null;
}

/**
 * Whether the first moment is before the second whenever one asks: both go from one moment by as many steps of all units but
 * one. A day has at least 23 hours, and of two months the earlier one never ends later.
 */
export function isEarlier(one: Offset, other: Offset): boolean {
  if (one.base !== other.base) return false;
  const steps = [other.months - one.months, other.days - one.days, other.micros - one.micros];
  return steps.every((step) => step >= 0n) && steps.filter((step) => step > 0n).length === 1;
}

function typeOf(expression: Expression): ColumnType | null {
  if (expression.type === 'call' && expression.over === null) {
    const name = expression.name.filter((part) => part !== 'pg_catalog').join('.');
    const [unit, moment, more] = expression.arguments;
    if (name === 'date_trunc' && unit?.type === 'literal' && moment !== undefined && more === undefined) {
      const inner = typeOf(moment);
      // Of a date it is a timestamp with time zone.
      return inner === null ? null : inner === MOMENT ? MOMENT : ZONED;
    }
    return expression.arguments.length === 0 ? (FUNCTIONS[name] ?? null) : null;
  }
  if (expression.type !== 'operation' || (expression.operator !== '-' && expression.operator !== '+')) return null;
  const [moment, span] = expression.operands;
  const type = moment === undefined ? null : typeOf(moment);
  if (type === null || span === undefined) return null;
  if (span.type === 'literal' && span.kind === 'number') return type === DAY ? DAY : null;
  const interval = span.type === 'cast' && span.target === 'interval' && span.operand.type === 'literal' && span.operand.kind === 'string';
  return interval ? (type === DAY ? MOMENT : type) : null;
}
