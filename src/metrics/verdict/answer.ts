import type { Answer, WitnessValue } from '../../model/metric-verdict.js';
import type { ReplayedAnswer } from '../schema/replay.js';
import { isNumberType } from '../search/row-text.js';

type Rows = Exclude<ReplayedAnswer, { error: string }>;

/** Decimals to which numbers are compared: engines differ beyond them in what a mean is. */
const DECIMALS = 6;

const BOOLEAN = /^bool/i;
const MOMENT = /^(?:date|timestamp|datetime)/i;

export function isBooleanType(type: string): boolean {
  return BOOLEAN.test(type) && !type.endsWith('[]');
}

/**
 * Whether two answers have the same rows: names of columns and the order of rows make no difference, the place of a column
 * does. Numbers are compared to six decimals, a date is the midnight of its day. Two errors are the same.
 */
export function sameAnswer(a: ReplayedAnswer, b: ReplayedAnswer): boolean {
  if ('error' in a || 'error' in b) return 'error' in a && 'error' in b;
  if (a.columns.length !== b.columns.length || a.rows.length !== b.rows.length) return false;
  const left = keysOf(a);
  const right = keysOf(b);
  return left.every((key, index) => key === right[index]);
}

function keysOf({ columns, rows }: Rows): string[] {
  return rows.map((row) => JSON.stringify(columns.map(({ type }, index) => normalValue(row[index] ?? null, type)))).sort();
}

/**
 * Whether two answers are the same once NULL counts as 0 in columns of numbers, and a row of nothing but 0 and NULL as no row: they
 * part only in what they show where nothing matches.
 */
export function sameButForEmpty(a: ReplayedAnswer, b: ReplayedAnswer): boolean {
  if ('error' in a || 'error' in b || a.columns.length !== b.columns.length) return false;
  const [left, right] = [a, b].map(({ columns, rows }) => {
    const values = rows.map((row) => columns.map(({ type }, index) => normalValue(row[index] ?? null, type) ?? (isNumberType(type) ? '0' : null)));
    return values.filter((row) => row.some((value, index) => value !== null && !(value === '0' && isNumberType(columns[index]?.type ?? '')))).map((row) => JSON.stringify(row)).sort();
  });
  return left?.length === right?.length && (left ?? []).every((key, index) => key === right?.[index]);
}

/** One value as it is compared. */
export function normalValue(value: string | null, type: string): string | null {
  if (value === null) return null;
  if (isNumberType(type)) return roundedNumber(value);
  if (isBooleanType(type)) return /^t/i.test(value) ? 'true' : 'false';
  // A start of a day is that day in whichever zone the session shows it.
  return MOMENT.test(type) ? value.replace(/ 00:00:00(?:[+-][0-9:]+)?$/, '') : value;
}

/** A number to six decimals, without zeros at its end: `1.500000` is `1.5`. What is no decimal number (NaN) stays. */
function roundedNumber(text: string): string {
  const parts = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!parts) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  if (Math.abs(shift) > 400) return text;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits;
  const at = Math.max(point, 0);
  const scaled = padded.padEnd(at + DECIMALS + 1, '0');
  const kept = BigInt(scaled.slice(0, at + DECIMALS) || '0') + (Number(scaled[at + DECIMALS] ?? '0') >= 5 ? 1n : 0n);
  if (kept === 0n) return '0';
  const all = kept.toString().padStart(DECIMALS + 1, '0');
  const decimals = all.slice(-DECIMALS).replace(/0+$/, '');
  return `${sign}${all.slice(0, -DECIMALS)}${decimals === '' ? '' : `.${decimals}`}`;
}

/** What JSON holds of a value: a number where it holds it exactly, a text otherwise. */
export function witnessValue(value: string | null, type: string): WitnessValue {
  if (value === null) return null;
  if (isBooleanType(type)) return /^t/i.test(value);
  if (!isNumberType(type)) return value;
  const number = Number(value);
  if (!/^-?\d+(?:\.\d+)?$/.test(value) || !Number.isFinite(number)) return value;
  return roundedNumber(value) === roundedNumber(String(number)) && value.replace(/[-.]/g, '').length <= 15 ? number : value;
}

/** An answer as a report shows it: the one value of a single row of one column, all rows otherwise, or the error. */
export function shownAnswer(answer: ReplayedAnswer): Answer {
  if ('error' in answer) return { error: answer.error };
  const rows = answer.rows.map((row) => answer.columns.map(({ type }, index) => witnessValue(row[index] ?? null, type)));
  const [only, another] = rows;
  if (only && !another && only.length === 1) return only[0] ?? null;
  return rows;
}

/** Whether an answer shows nothing: no row, or one row of NULL and 0 only. */
export function isEmptyAnswer(answer: ReplayedAnswer): boolean {
  if ('error' in answer) return false;
  const [only, another] = answer.rows;
  if (another) return false;
  return only === undefined || only.every((value, index) => value === null || normalValue(value, answer.columns[index]?.type ?? '') === '0');
}
