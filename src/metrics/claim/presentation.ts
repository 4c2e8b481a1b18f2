import type { Expression, Span } from '../../model/syntax-tree.js';
import { hasAggregate } from './aggregate.js';
import { partsOf, unwrapped, type Lexeme } from './clauses.js';

/** A part of a text and what it was read as. */
export interface Piece {
  text: string;
  expression: Expression;
}

/** A measure without what is put around it for the eye. */
export interface Bare extends Piece {
  /** What was taken away, in words: `rounded`, `in percent`. */
  notes: string[];
  /** What stands for no value, where the text says it. */
  nullAs: string | null;
  /** Where it is a quotient of two aggregates that loses no fraction. */
  ratio: Ratio | null;
}

export interface Ratio {
  numerator: Piece;
  denominator: Piece;
  /** What is shown where the denominator is zero: `NULLIF(…, 0)`; null where nothing is said. */
  guard: string | null;
}

const ROUNDING = new Set(['round', 'trunc', 'truncate']);
const FORMATTING = new Set(['to_char', 'format_number', 'formatnumber', 'tochar']);
const CASTS = new Set(['cast', 'try_cast', 'safe_cast']);
const EXACT = /^(?:numeric|decimal|number|float|double|real)/i;

interface Reading {
  text: string;
  lexemes: readonly Lexeme[];
}

/**
 * Takes rounding, casts and formats off a measure, in the tree and in the text alike.
 *
 * @param span where the expression stands in the text
 */
export function barePart(expression: Expression, span: Span, text: string, lexemes: readonly Lexeme[]): Bare {
  const reading = { text, lexemes };
  const stripped = strip({ expression, span, notes: [], scaled: false, exact: false, nullAs: null }, reading);
  const piece = pieceOf(stripped, reading);
  const ratio = ratioOf(stripped, reading);
  return { ...piece, notes: [...new Set([...stripped.notes, ...(ratio?.notes ?? [])])], nullAs: stripped.nullAs, ratio: ratio?.ratio ?? null };
}

interface Part {
  expression: Expression;
  span: Span;
  notes: string[];
  /** Whether a factor of 100 was taken off. */
  scaled: boolean;
  /** Whether what was taken off makes a division keep its fraction. */
  exact: boolean;
  nullAs: string | null;
}

function strip(part: Part, reading: Reading): Part {
  const inner = unwrapped(reading.lexemes, part.span);
  if (inner !== null) return strip({ ...part, span: inner }, reading);
  const { expression } = part;
  if (expression.type === 'cast') {
    const span = castOperand(part.span, reading);
    const exact = part.exact || EXACT.test(expression.target);
    return span === null ? part : strip({ ...part, span, exact, expression: expression.operand, notes: [...part.notes, `shown as ${expression.target}`] }, reading);
  }
  if (expression.type === 'call') {
    const name = expression.name.at(-1) ?? '';
    const note = ROUNDING.has(name) ? 'rounded' : FORMATTING.has(name) ? 'shown as text' : null;
    const [first] = expression.arguments;
    const span = note === null ? undefined : argumentSpans(part.span, reading)[0];
    if (note !== null && first !== undefined && span !== undefined) return strip({ ...part, span, expression: first, notes: [...part.notes, note] }, reading);
  }
  if (expression.type === 'operation' && expression.operator === 'coalesce') {
    const [, second, more] = expression.operands;
    if (second?.type === 'literal' && more === undefined) return { ...part, nullAs: second.value ?? 'NULL' };
  }
  return part;
}

function castOperand(span: Span, { lexemes }: Reading): Span | null {
  const inside = within(lexemes, span);
  const [first, second] = inside;
  if (first !== undefined && CASTS.has(first.word) && second?.word === '(' && inside.at(-1)?.word === ')') {
    const as = inside.findLast(({ word, depth }) => word === 'as' && depth === second.depth + 1);
    const third = inside[2];
    const before = as === undefined ? undefined : inside[inside.indexOf(as) - 1];
    return third === undefined || before === undefined ? null : { start: third.start, end: before.end };
  }
  const depth = Math.min(...inside.map((lexeme) => lexeme.depth));
  const colon = inside.findLastIndex(({ word, depth: own }, index) => own === depth && word === ':' && inside[index + 1]?.word === ':');
  const before = inside[colon - 1];
  return first === undefined || before === undefined || colon < 1 ? null : { start: first.start, end: before.end };
}

function argumentSpans(span: Span, { lexemes }: Reading): Span[] {
  const inside = within(lexemes, span);
  const open = inside.findIndex(({ word }) => word === '(');
  const first = inside[open + 1];
  const last = inside.at(-2);
  if (open < 0 || inside.at(-1)?.word !== ')' || first === undefined || last === undefined || last.start < first.start) return [];
  return partsOf(lexemes, { start: first.start, end: last.end }, ',');
}

/** A quotient, also times 100, of two expressions that each aggregate. */
function ratioOf(part: Part, reading: Reading): { ratio: Ratio; notes: string[] } | null {
  const whole = withoutScale(part, reading);
  if (whole.expression.type !== 'operation' || whole.expression.operator !== '/') return null;
  const [above, below] = whole.expression.operands;
  const parts = partsOf(reading.lexemes, whole.span, '/');
  const [first, last, before] = [parts[0], parts.at(-1), parts.at(-2)];
  if (above === undefined || below === undefined || first === undefined || last === undefined || before === undefined) return null;
  if (!hasAggregate(above) || !hasAggregate(below)) return null;
  const blank = { notes: [], scaled: false, exact: false, nullAs: null };
  const numerator = stripAll({ ...blank, expression: above, span: { start: first.start, end: before.end } }, reading);
  const guarded = stripAll({ ...blank, expression: below, span: last }, reading);
  const guard = guardOf(guarded, reading);
  const denominator = guard ?? guarded;
  if (!(whole.exact || numerator.exact || denominator.exact || guarded.exact)) return null;
  const notes = whole.scaled || numerator.scaled ? ['in percent'] : [];
  return {
    ratio: { numerator: pieceOf(numerator, reading), denominator: pieceOf(denominator, reading), guard: guard === null ? null : 'NULL where the denominator is 0' },
    notes,
  };
}

function stripAll(part: Part, reading: Reading): Part {
  const stripped = withoutScale(strip(part, reading), reading);
  return stripped.span.start === part.span.start && stripped.span.end === part.span.end ? stripped : stripAll(stripped, reading);
}

/** `100.0 * x`, `x * 100` and `x * 1.0` without the factor. */
function withoutScale(part: Part, reading: Reading): Part {
  const { expression } = part;
  if (expression.type !== 'operation' || expression.operator !== '*') return part;
  const [left, right] = expression.operands;
  const spans = partsOf(reading.lexemes, part.span, '*');
  const [first, last, before, second] = [spans[0], spans.at(-1), spans.at(-2), spans[1]];
  if (left === undefined || right === undefined || first === undefined || last === undefined || before === undefined || second === undefined) return part;
  const factor = (operand: Expression): number | null =>
    operand.type === 'literal' && operand.kind === 'number' && ['1', '100'].includes(String(Number(operand.value))) ? Number(operand.value) : null;
  const exact = (operand: Expression): boolean => operand.type === 'literal' && /[.e]/i.test(operand.value ?? '');
  const [ofLeft, ofRight] = [factor(left), factor(right)];
  if (ofRight !== null) return strip({ ...part, expression: left, span: { start: first.start, end: before.end }, scaled: part.scaled || ofRight === 100, exact: part.exact || exact(right) }, reading);
  if (ofLeft !== null && spans.length === 2) return strip({ ...part, expression: right, span: last, scaled: part.scaled || ofLeft === 100, exact: part.exact || exact(left) }, reading);
  return part;
}

/** What stands in NULLIF(…, 0). */
function guardOf(part: Part, reading: Reading): Part | null {
  const { expression } = part;
  if (expression.type !== 'operation' || expression.operator !== 'nullif') return null;
  const [value, zero] = expression.operands;
  const [span] = argumentSpans(part.span, reading);
  if (value === undefined || span === undefined || zero?.type !== 'literal' || Number(zero.value) !== 0) return null;
  return stripAll({ ...part, expression: value, span }, reading);
}

function pieceOf({ expression, span }: Part, { text }: Reading): Piece {
  return { text: text.slice(span.start, span.end), expression };
}

function within(lexemes: readonly Lexeme[], span: Span): Lexeme[] {
  return lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
}
