import type { Expression } from '../../model/syntax-tree.js';
import { compareDecimals, decimalText, isMultiple } from './decimal.js';
import { DAY_US, dayOf, isInfinite, isTruncationUnit, nextPeriod, truncate, type TruncationUnit } from './instant.js';
import { readLiteral, type ReadLiteral, type Value } from './point.js';
import type { Predicate, Scalar } from './predicate.js';
import { inRange, namedType, type ColumnType } from './types.js';
import type { Vocabulary } from './vocabulary.js';

/** One side of a comparison, as far as it is understood. */
export type Operand =
  | { kind: 'null' }
  /** A literal that takes the type of the other side. */
  | { kind: 'untyped'; text: string; literal: 'string' | 'number' }
  | { kind: 'typed'; value: Value; local: boolean; type: ColumnType }
  | ScalarOperand;

export interface ScalarOperand {
  kind: 'scalar';
  /** The type of the result: `date` for `opened_at::date`. */
  type: ColumnType;
  scalar: Scalar;
  columns: number[];
  /** Literals inside it, which order the columns too. */
  values: Value[];
  /** An enum or padded column cast to text: compared for equality only. */
  asText: boolean;
  /** Monotone functions on top of a timestamp column, the innermost first. */
  steps: Step[];
}

type Step = { step: 'day' } | { step: 'truncate'; unit: TruncationUnit };

type LowerPredicate = (expression: Expression) => Predicate;

/** Reads one side of a comparison; null when it is not understood. */
export function readOperand(expression: Expression, vocabulary: Vocabulary, lower: LowerPredicate): Operand | null {
  switch (expression.type) {
    case 'literal':
      if (expression.kind === 'null' || expression.value === null) return { kind: 'null' };
      if (expression.kind !== 'string' && expression.kind !== 'number') return null;
      return { kind: 'untyped', text: expression.value, literal: expression.kind };
    case 'column':
      return readColumn(expression.parts, vocabulary);
    case 'cast':
      return readCast(expression, vocabulary, lower);
    case 'operation':
      return readOperation(expression, vocabulary, lower);
    case 'case':
      return readCase(expression, vocabulary, lower);
    case 'call':
      return readTruncation(expression, vocabulary, lower);
    default:
      return null;
  }
}

function readColumn(parts: string[], vocabulary: Vocabulary): Operand | null {
  const [name, more] = parts;
  const column = name === undefined || more !== undefined ? null : vocabulary.column(name);
  const type = column === null ? null : (vocabulary.columns[column]?.type ?? null);
  if (column === null || type === null || type.family === 'boolean') return null;
  return { kind: 'scalar', type, scalar: { type: 'column', column }, columns: [column], values: [], asText: false, steps: [] };
}

function readOperation(expression: Extract<Expression, { type: 'operation' }>, vocabulary: Vocabulary, lower: LowerPredicate): Operand | null {
  const { operator, operands } = expression;
  const [first, second] = operands;
  if (operator === '-' && first?.type === 'literal' && first.kind === 'number' && second === undefined) {
    return { kind: 'untyped', text: `-${first.value ?? ''}`, literal: 'number' };
  }
  if (operator === 'coalesce') {
    const parts = operands.map((operand) => readOperand(operand, vocabulary, lower));
    return choice(parts, (operandScalars) => ({ type: 'coalesce', operands: operandScalars }));
  }
  if (operator === 'nullif' && first && second) {
    const parts = [first, second].map((operand) => readOperand(operand, vocabulary, lower));
    return choice(parts, ([left, right]) => (left && right ? { type: 'nullif', left, right } : null));
  }
  return null;
}

function readCase(expression: Extract<Expression, { type: 'case' }>, vocabulary: Vocabulary, lower: LowerPredicate): Operand | null {
  const results = [...expression.branches.map(({ then }) => then), ...(expression.otherwise === null ? [] : [expression.otherwise])];
  const parts = results.map((result) => readOperand(result, vocabulary, lower));
  return choice(parts, (scalars) => {
    const branches = expression.branches.flatMap(({ when }, index) => {
      const then = scalars[index];
      return then === undefined ? [] : [{ when: lower(condition(expression.operand, when)), then }];
    });
    const otherwise = scalars[expression.branches.length] ?? { type: 'literal', value: null };
    return { type: 'case', branches, otherwise };
  });
}

/** `CASE x WHEN v` tests `x = v`. */
export function condition(operand: Expression | null, when: Expression): Expression {
  return operand === null ? when : { type: 'operation', operator: '=', operands: [operand, when], span: when.span };
}

/** A choice between columns and literals of one type. The literals take the type of the first column. */
function choice(parts: (Operand | null)[], build: (scalars: Scalar[]) => Scalar | null): Operand | null {
  const scalars = parts.filter((part) => part?.kind === 'scalar');
  const [lead] = scalars;
  if (lead === undefined || parts.includes(null)) return null;
  const same = scalars.every((part) => comparable(lead.type, part.type) && part.asText === lead.asText && part.steps.length === 0);
  if (!same || lead.type.family === 'zoned') return null;
  const values: Value[] = scalars.flatMap((part) => part.values);
  const built: Scalar[] = [];
  for (const part of parts) {
    if (part === null) return null;
    if (part.kind === 'scalar') {
      built.push(part.scalar);
    } else {
      const read = part.kind === 'null' ? null : literalFor(lead, part);
      if (part.kind !== 'null' && (read === null || !keepsType(lead, part))) return null;
      if (read !== null) values.push(read.value);
      built.push({ type: 'literal', value: read?.value ?? null });
    }
  }
  const scalar = build(built);
  const columns = [...new Set(scalars.flatMap((part) => part.columns))];
  return scalar === null ? null : { ...lead, scalar, columns, values };
}

/**
 * Whether an untyped literal beside `part` is still read as the type of the scalar. In lists and choices the server looks
 * for one type for all (PostgreSQL 18, "UNION, CASE, and Related Constructs"): beside a timestamp, a date is one too.
 */
export function keepsType(scalar: ScalarOperand, part: Operand): boolean {
  if (part.kind !== 'typed') return part.kind !== 'scalar';
  const { type } = part;
  if (scalar.asText) return type.family === 'text';
  if (scalar.type.family === 'instant' && type.family === 'instant') return type.unit_us >= scalar.type.unit_us;
  if (scalar.type.family === 'double' && type.family === 'number') return true;
  return scalar.type.family === type.family || (scalar.type.family === 'zoned' && type.family === 'instant');
}

/** Whether columns of two types may be compared with each other in the worlds: the same family and the same grain. */
export function comparable(a: ColumnType, b: ColumnType): boolean {
  if (a.family === 'number' && b.family === 'number') return a.scale === b.scale;
  if (a.family === 'enum' && b.family === 'enum') return a.name === b.name;
  if (a.family === 'instant' && b.family === 'instant') return a.unit_us === b.unit_us;
  if (a.family === 'zoned' && b.family === 'zoned') return a.unit_us === b.unit_us;
  return a.family === b.family;
}

/** A literal as a value that a scalar is compared with; null where the server would do something else than compare. */
export function literalFor(scalar: ScalarOperand, literal: Exclude<Operand, { kind: 'null' | 'scalar' }>): ReadLiteral | null {
  const { type, asText } = scalar;
  if (literal.kind === 'untyped') {
    if (!asText) return readLiteral(type, literal.text, literal.literal);
    return literal.literal === 'string' ? asTextLiteral(type, literal.text) : null;
  }
  const { value, local } = literal;
  const other = literal.type.family;
  if (asText) return other === 'text' && value.kind === 'text' ? asTextLiteral(type, value.text) : null;
  if (type.family === 'double' && other === 'number' && value.kind === 'decimal') {
    return { value: { kind: 'double', number: Number(decimalText(value.decimal)) }, local: false };
  }
  if (type.family === 'zoned' && other === 'instant') return { value, local: true };
  if (type.family === 'padded' && other === 'text' && value.kind === 'text') return asTextLiteral(type, value.text);
  if (type.family === 'enum') return literal.type.family === 'enum' && literal.type.name === type.name ? { value, local: false } : null;
  return type.family === other ? { value, local } : null;
}

/** The text of a padded column has no trailing blanks, so a literal with some needs no class of its own: it is refused. */
function asTextLiteral(type: ColumnType, text: string): ReadLiteral | null {
  if (type.family === 'padded' && text.endsWith(' ')) return null;
  return { value: { kind: 'text', text }, local: false };
}

function readCast(expression: Extract<Expression, { type: 'cast' }>, vocabulary: Vocabulary, lower: LowerPredicate): Operand | null {
  const target = vocabulary.zoned(namedType(expression.target) ?? vocabulary.enumType(expression.target));
  if (target === null || target.family === 'boolean') return null;
  const operand = readOperand(expression.operand, vocabulary, lower);
  if (operand === null || operand.kind === 'null') return operand;
  if (operand.kind === 'scalar') return castScalar(operand, target);
  const literal = operand.kind === 'untyped' ? untypedCast(operand, target) : typedCast(operand, target);
  return literal === null || !fits(target, literal.value) ? null : { kind: 'typed', ...literal, type: target };
}

function untypedCast(operand: Extract<Operand, { kind: 'untyped' }>, target: ColumnType): ReadLiteral | null {
  return operand.literal === 'number' && target.family !== 'number' && target.family !== 'double' ? null : readLiteral(target, operand.text, operand.literal);
}

function typedCast(operand: Extract<Operand, { kind: 'typed' }>, target: ColumnType): ReadLiteral | null {
  const { value, local, type } = operand;
  if (type.family === 'text' && value.kind === 'text') return readLiteral(target, value.text, 'string');
  if (type.family === 'instant' && target.family === 'instant' && value.kind === 'instant') {
    return { value: target.unit_us === DAY_US ? { kind: 'instant', micros: dayOf(value.micros) } : value, local: false };
  }
  if (type.family === 'instant' && target.family === 'zoned') return { value, local: true };
  return type.family === target.family ? { value, local } : null;
}

/** Whether a literal is its own cast: no rounding, no cutting. */
function fits(type: ColumnType, value: Value): boolean {
  if (type.family === 'number' && value.kind === 'decimal') {
    return inRange(type, value.decimal) && (type.scale === null || isMultiple(value.decimal, type.scale));
  }
  if ((type.family === 'text' || type.family === 'padded') && value.kind === 'text') return type.length === null || value.text.length <= type.length;
  if ((type.family === 'instant' || type.family === 'zoned') && value.kind === 'instant') {
    return isInfinite(value.micros) || value.micros % type.unit_us === 0n;
  }
  return true;
}

/**
 * Casts that keep every value, and the one from timestamp to date, which is a step. Null for casts that change values, and
 * for date to timestamp: its literals are read as timestamps while the column keeps the grain of a day.
 */
function castScalar(operand: ScalarOperand, target: ColumnType): ScalarOperand | null {
  const { type } = operand;
  if (operand.asText) return target.family === 'text' && target.length === null ? operand : null;
  if (target.family === 'text') return castToText(operand, target);
  if (type.family === 'instant' && target.family === 'instant') {
    const cast = castInstant(operand, type.unit_us, target);
    // What has no time zone any more reads literals without their offset.
    return cast === null || cast.type.family !== 'instant' ? cast : { ...cast, type: { family: 'instant', unit_us: cast.type.unit_us, ...(target.utc === true ? { utc: true as const } : {}) } };
  }
  return type.family === target.family && keepsValues(type, target) ? operand : null;
}

function castToText(operand: ScalarOperand, target: Extract<ColumnType, { family: 'text' }>): ScalarOperand | null {
  const { type } = operand;
  if (type.family === 'text') return target.length === null || (type.length !== null && type.length <= target.length) ? { ...operand, type: target } : null;
  return (type.family === 'enum' || type.family === 'padded') && target.length === null ? { ...operand, asText: true } : null;
}

function castInstant(operand: ScalarOperand, unit_us: bigint, target: Extract<ColumnType, { family: 'instant' }>): ScalarOperand | null {
  if (target.unit_us === DAY_US && unit_us < DAY_US) {
    return operand.scalar.type === 'column' ? { ...operand, type: target, steps: [...operand.steps, { step: 'day' }] } : null;
  }
  if (operand.steps.length > 0) return unit_us % target.unit_us === 0n ? { ...operand, type: target } : null;
  const sameGrain = unit_us === DAY_US ? target.unit_us === DAY_US : unit_us % target.unit_us === 0n;
  return sameGrain ? operand : null;
}

function keepsValues(from: ColumnType, to: ColumnType): boolean {
  if (from.family === 'number' && to.family === 'number') return widens(from, to);
  if (from.family === 'zoned' && to.family === 'zoned') return from.unit_us % to.unit_us === 0n;
  if (from.family === 'padded' && to.family === 'padded') return to.length === null || to.length === from.length;
  if (from.family === 'enum' && to.family === 'enum') return from.name === to.name;
  return true;
}

function widens(from: Extract<ColumnType, { family: 'number' }>, to: Extract<ColumnType, { family: 'number' }>): boolean {
  if (to.scale === null) return true;
  if (from.scale === null || from.scale > to.scale) return false;
  const low = to.min === null || (from.min !== null && compareDecimals(to.min, from.min) <= 0);
  const high = to.max === null || (from.max !== null && compareDecimals(from.max, to.max) <= 0);
  return low && high;
}

/** date_trunc of a timestamp without time zone. Of a date it is a timestamp with time zone, which the session decides. */
function readTruncation(call: Extract<Expression, { type: 'call' }>, vocabulary: Vocabulary, lower: LowerPredicate): Operand | null {
  const [unit, value, more] = call.arguments;
  if (call.name.at(-1) !== 'date_trunc' || unit?.type !== 'literal' || value === undefined || more !== undefined) return null;
  const word = unit.value?.toLowerCase() ?? '';
  const operand = readOperand(value, vocabulary, lower);
  if (!isTruncationUnit(word) || operand?.kind !== 'scalar' || operand.scalar.type !== 'column') return null;
  if (operand.type.family !== 'instant') return null;
  const type: ColumnType = { family: 'instant', unit_us: 1n, ...(vocabulary.utc ? { utc: true as const } : {}) };
  if (operand.type.unit_us >= DAY_US && !vocabulary.utc) return null;
  return { ...operand, type: operand.type.unit_us >= DAY_US ? type : operand.type, steps: [...operand.steps, { step: 'truncate', unit: word }] };
}

/**
 * Where monotone steps reach and pass a value: `x` is at or above it from `reach` on, and above it from `pass` on. So
 * `f(x) >= c` is `x >= reach` and `f(x) > c` is `x >= pass`, for the column `x` itself. Null for infinity.
 */
export function thresholds(steps: readonly Step[], value: bigint): { reach: bigint; pass: bigint } | null {
  if (isInfinite(value)) return null;
  const outermost = steps.at(-1);
  if (outermost === undefined) return null;
  const unit = outermost.step === 'day' ? 'day' : outermost.unit;
  const pass = nextPeriod(unit, value);
  const reach = truncate(unit, value) === value ? value : pass;
  const inner = steps.slice(0, -1);
  if (inner.length === 0) return { reach, pass };
  const reached = thresholds(inner, reach);
  const passed = thresholds(inner, pass);
  return reached === null || passed === null ? null : { reach: reached.reach, pass: passed.reach };
}
