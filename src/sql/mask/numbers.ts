import type { Call, Expression } from '../../model/syntax-tree.js';
import type { MaskLevel } from '../flow.js';
import { type MaskContext, type MaskRules, rulesOf } from './context.js';
import { isDaysSince } from './dates.js';
import { bare, columnNameIn, keywordOf, numberOf } from './literals.js';

/** Two digits after the point of a degree are a kilometre. */
const PART_DIGITS_MAX = 2;
/** So many digits left of a number tell people apart: an amount without its cents, and not a degree with two digits after the point. */
const WHOLE_DIGITS_MIN = 6;
/** So few remainders are groups and no longer the number. */
const PART_MODULUS_MAX = 1000;
/** Days since a birth divided by this or more are an age in years. */
const YEAR_DAYS_MIN = 300;
/** Characters of a geohash that are no more than a neighbourhood (six: 1.2 by 0.6 km). */
const PART_GEOHASH_MAX = 6;
/** Resolution of an H3 cell that is no more than a neighbourhood (seven: 5 km²). */
const PART_H3_MAX = 7;

export const numberRules: MaskRules = {
  ...rulesOf('round roundbankers trunc truncate truncatenumber round_half_even', rounded),
  ...rulesOf('floor ceil ceiling', (call, context) => (isInteger(call.arguments[0], context) ? 'raw' : rounded(call, context))),
  ...rulesOf('width_bucket', () => ['partial', 'predicate', 'predicate', 'predicate']),
  ...rulesOf('roundage rounddown roundduration', () => 'partial'),
  ...rulesOf('mod modulo', (call) => remainder(call.arguments)),
  ...rulesOf('div intdiv intdivorzero', (call) => quotient(call.arguments, true)),
  ...rulesOf('sign isnan is_nan isinf isfinite is_finite', () => 'predicate'),
  ...rulesOf('ln log log10 log2 exp sqrt cbrt square negate to_hex bin oct conv', () => 'reversible'),
  ...rulesOf('st_geohash geohash geohashencode', (call) => limited(call.arguments.at(-1), PART_GEOHASH_MAX)),
  ...rulesOf('h3_latlng_to_cell geotoh3 h3_longlatash3 h3_latlngtocell', (call) => limited(call.arguments.at(-1), PART_H3_MAX)),
  ...rulesOf('st_snaptogrid st_envelope', () => 'partial'),
};

function limited(precision: Expression | undefined, max: number): MaskLevel {
  const value = numberOf(precision);
  return value !== null && value <= max ? 'partial' : 'raw';
}

/** `round(latitude, 1)`; also `trunc(day, 'MM')` of Oracle, Snowflake and Spark. What has no more digits than stay is not rounded. */
function rounded(call: Call, context: MaskContext): MaskLevel {
  const [operand, second] = call.arguments;
  const unit = second === undefined ? null : keywordOf(second);
  if (unit !== null && numberOf(second) === null) return /^(?:dd|ddd|j|day|hh\w*|mi)$/.test(unit) ? 'raw' : 'partial';
  const digits = second === undefined ? 0 : numberOf(second);
  if (digits === null) return 'raw';
  const declared = DEGREES.test(columnNameIn(operand) ?? '') ? null : digitsOf(operand, context);
  if (declared === null) return digits > PART_DIGITS_MAX ? 'raw' : 'partial';
  return digits >= declared.after || declared.before + digits >= WHOLE_DIGITS_MIN ? 'raw' : 'partial';
}

/** A degree has three digits before the point, however many its type has room for. */
const DEGREES = /(?:^|_)(?:lat|lon|lng|latitude|longitude)(?:_|$)/;

/** Digits before and after the point that a declared type has room for; null where nobody knows. */
function digitsOf(operand: Expression | undefined, context: MaskContext): { before: number; after: number } | null {
  const type = operand && context.typeOf ? context.typeOf(operand) : null;
  if (type === null) return null;
  // How many digits of a whole number are used, its type does not tell.
  if (INTEGER.test(type)) return { before: 0, after: 0 };
  const [, precision, after = '0'] = /^(?:numeric|decimal|number)\s*\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)/i.exec(type) ?? [];
  return precision === undefined ? null : { before: Number(precision) - Number(after), after: Number(after) };
}

const INTEGER = /^(?:u?int\d*|integer|bigint|smallint|tinyint|mediumint|int64|byteint|serial|bigserial)\b/i;

function isInteger(operand: Expression | undefined, { typeOf }: MaskContext): boolean {
  const type = operand && typeOf ? typeOf(operand) : null;
  return type !== null && INTEGER.test(type);
}

export function remainder(operands: readonly Expression[]): MaskLevel {
  const modulus = numberOf(operands[1]);
  return modulus !== null && Math.abs(modulus) <= PART_MODULUS_MAX ? 'partial' : 'raw';
}

/** Where `/` between integers gives one; elsewhere it is exact. */
const WHOLE_QUOTIENTS: ReadonlySet<string> = new Set(['postgres', 'redshift', 'trino', 'athena', 'tsql', 'sqlite', 'teradata']);

/** A division that drops the rest, by nature or because days are whole: an age, a decade. */
export function quotient(operands: readonly Expression[], dropsRest: boolean, context: MaskContext = {}): MaskLevel {
  const divisor = numberOf(operands[1]);
  if (divisor === null) return 'raw';
  if (isDaysSince(operands[0])) return Math.abs(divisor) >= YEAR_DAYS_MIN ? 'partial' : 'raw';
  return (dropsRest || (WHOLE_QUOTIENTS.has(context.dialect ?? 'postgres') && isInteger(bare(operands[0]), context))) && Math.abs(divisor) >= 5 && Number.isInteger(divisor) ? 'partial' : 'raw';
}
