import type { Engine } from '../../model/store.js';
import type { ColumnForm, PeriodUnit } from './expression.js';

export type MomentForm = Extract<ColumnForm, { kind: 'timestamp' | 'date' }>;
export type DecimalForm = Extract<ColumnForm, { kind: 'integer' | 'decimal' }>;

/** What an engine writes in its own way; `canonical.ts` makes the expressions of `EngineExpressions` from it. Every argument is SQL unless said otherwise. */
export interface Dialect {
  readonly engine: Engine;
  readonly version_min?: { num: number; name: string };
  name(name: string): string;
  /** True where relations have three levels. */
  readonly hasDatabases: boolean;
  /** A text constant of any text; no control character stands in the SQL as it is. */
  text(text: string): string;
  integer(value: bigint): string;
  formOf(type: string): ColumnForm | null;

  /** Texts one after another; NULL where one is. */
  join(texts: readonly string[]): string;
  /** As the engine prints it. `own` is text. */
  textOf(x: string, own: Extract<ColumnForm, { kind: 'text' }>): string;
  /** Of an integer, a uuid, a count. */
  print(x: string): string;
  replace(text: string, from: string, to: string): string;
  /** Without characters `of` (one character) at its end. */
  trimEnd(text: string, of: string): string;
  /** `1` or `0`. */
  truth(x: string): string;
  /** With exactly `scale` decimals, rounded half away from zero. `from.scale` is above `scale` or null. */
  rounded(x: string, from: DecimalForm, scale: number): string;
  /** All decimals without zeros at the end and without a point where none are left. */
  trimmed(x: string, from: DecimalForm): string;
  /** With the decimals of its type. */
  printDecimal(x: string, from: DecimalForm): string;
  /** Whether `printDecimal` may print a word, as NaN; then zeros are not appended to it. */
  readonly decimalsMayBeWords: boolean;

  double(x: string, own: ColumnForm): string;
  /** Constant of type double. `literal` as in `1e6`. */
  doubleConstant(literal: string): string;
  /** A double that is a whole number below 2^63 as digits. It stands in an arm of a CASE: an engine that may compute an arm that it does not choose must not fail over a larger one. */
  whole(x: string): string;
  isNaN(x: string): string;
  /** 10^`exponent` of digits in a text, correctly rounded. */
  tenTo(exponent: string): string;
  /** Decimal logarithm of a positive double. */
  log10(x: string): string;

  /** Days since 1970 of a date. */
  days(x: string): string;
  /** As YYYY-MM-DD, before the year 1 with its era. */
  isoDate(x: string): string;
  /** Seconds since 1970 in units of 10^-digits, cut downwards, as digits. `digits` is at most 6, or at most `own.digits` where that is above. */
  ticks(x: string, own: MomentForm, digits: number): string;
  timeTicks(x: string, digits: number): string;
  /** Null where the engine has no infinite dates. `canonical` of an infinite one is `infinity` or `-infinity`. */
  infinite: { isFinite(x: string): string; print(x: string): string } | null;
  interval(x: string): string;
  hex(x: string, own: ColumnForm): string;
  /** A document as text, without blanks between its parts. */
  json(x: string, own: ColumnForm): string;
  /** Texts of the elements one after another; NULL of a null array only. `element` writes one from SQL for it, `depth` makes its name. */
  elements(x: string, element: (x: string) => string, depth: number): string;

  digest(text: string): string;
  sum(digest: string): string;
  exactSum(x: string, own: DecimalForm): string;
  floatSum(x: string): string;
  bucket(expression: string, width: bigint): string;
  remainder(digest: string, count: number): string;

  uuid(text: string): string;
  bytes(hex: string): string;
  decimal(digits: string): string;
  boolean(value: boolean): string;
  /** ISO 8601 texts in UTC, as `2026-11-22` and `2026-11-22 20:15:00.123456`. */
  date(iso: string): string;
  time(iso: string): string;
  timestamp(iso: string, own: Extract<ColumnForm, { kind: 'timestamp' }>): string;
  epoch(x: string, own: MomentForm): string;
  periodStart(unit: PeriodUnit, x: string, own: MomentForm): string;
  now(): string;
}

/** Texts in one row for an operator that takes two: beyond a few as a balanced tree, as parsers refuse a thousand levels and each level copies its text. */
export function joinedBy(operator: '||', texts: readonly string[]): string {
  if (texts.length <= JOINED_FLAT_MAX) return texts.join(` ${operator} `);
  const half = Math.ceil(texts.length / 2);
  return `(${joinedBy(operator, texts.slice(0, half))}) ${operator} (${joinedBy(operator, texts.slice(half))})`;
}

const JOINED_FLAT_MAX = 64;
