import type { Expression } from '../../model/syntax-tree.js';
import { add, compareDecimals, type Decimal, decimalText, parseDecimal } from '../rows/decimal.js';
import { call, keyOf, number, operation } from './expression.js';

/** A fraction of whole numbers, reduced. */
export interface Fraction {
  over: bigint;
  under: bigint;
}

/** A sum of products of atoms, exact numbers only. `atoms`: all that were in it, for it is NULL where one of them is. */
export interface Polynomial {
  /** By the sorted keys of its atoms, joined. */
  terms: Map<string, { factor: Fraction; atoms: string[] }>;
  atoms: Map<string, Expression>;
}

export const ONE: Fraction = { over: 1n, under: 1n };

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export function fraction(over: bigint, under: bigint): Fraction {
  const sign = under < 0n ? -1n : 1n;
  const divisor = gcd(over, under) * sign;
  return divisor === 0n ? { over: 0n, under: 1n } : { over: over / divisor, under: under / divisor };
}

export const sum = (a: Fraction, b: Fraction): Fraction => fraction(a.over * b.under + b.over * a.under, a.under * b.under);
export const times = (a: Fraction, b: Fraction): Fraction => fraction(a.over * b.over, a.under * b.under);
export const minus = (a: Fraction): Fraction => ({ over: -a.over, under: a.under });
export const equalFractions = (a: Fraction, b: Fraction): boolean => a.over === b.over && a.under === b.under;

const SEPARATOR = '\u0001';
const TERMS_MAX = 40;

function fromTerms(list: readonly { factor: Fraction; atoms: string[] }[], atoms: Map<string, Expression>): Polynomial {
  const terms: Polynomial['terms'] = new Map();
  for (const { factor, atoms: names } of list) {
    const sorted = names.toSorted();
    const key = sorted.join(SEPARATOR);
    const known = terms.get(key);
    const total = known === undefined ? factor : sum(known.factor, factor);
    if (total.over === 0n) terms.delete(key);
    else terms.set(key, { factor: total, atoms: sorted });
  }
  return { terms, atoms };
}

const union = (a: Polynomial, b: Polynomial): Map<string, Expression> => new Map([...a.atoms, ...b.atoms]);

export function constant(value: Fraction): Polynomial {
  return fromTerms([{ factor: value, atoms: [] }], new Map());
}

function atom(expression: Expression): Polynomial {
  const key = keyOf(expression);
  return fromTerms([{ factor: ONE, atoms: [key] }], new Map([[key, expression]]));
}

export function plus(a: Polynomial, b: Polynomial): Polynomial {
  return fromTerms([...a.terms.values(), ...b.terms.values()], union(a, b));
}

export function scaled(a: Polynomial, by: Fraction): Polynomial {
  return fromTerms([...a.terms.values()].map(({ factor, atoms }) => ({ factor: times(factor, by), atoms })), a.atoms);
}

function product(a: Polynomial, b: Polynomial): Polynomial | null {
  if (a.terms.size * b.terms.size > TERMS_MAX) return null;
  const terms = [...a.terms.values()].flatMap((x) => [...b.terms.values()].map((y) => ({ factor: times(x.factor, y.factor), atoms: [...x.atoms, ...y.atoms] })));
  return fromTerms(terms, union(a, b));
}

/** Its value where it has no atoms. */
export function constantOf(polynomial: Polynomial): Fraction | null {
  if (polynomial.atoms.size > 0) return null;
  return polynomial.terms.get('')?.factor ?? { over: 0n, under: 1n };
}

export function decimalFraction({ unscaled, scale }: Decimal): Fraction {
  return fraction(unscaled, 10n ** BigInt(scale));
}

/** Casts between exact numbers that change no value: to numeric without a scale. */
const WIDE = new Set(['numeric', 'decimal']);

/**
 * A number as a polynomial of what is not looked into. Exact types only: `isExact` tells which expressions are integers or
 * numerics. A quotient of exact numbers is an atom with its factors moved out; that of integers is cut and stays as it is.
 */
export function polynomialOf(expression: Expression, isExact: (inner: Expression) => boolean): Polynomial {
  if (expression.type === 'literal' && expression.kind === 'number') {
    const decimal = parseDecimal(expression.value ?? '');
    if (decimal !== null) return constant(decimalFraction(decimal));
  }
  if (expression.type === 'cast' && WIDE.has(expression.target) && isExact(expression.operand)) return polynomialOf(expression.operand, isExact);
  if (expression.type === 'operation' && isExact(expression)) return arithmetic(expression, isExact) ?? atom(expression);
  if (expression.type === 'call' && expression.name[0] === '%div') return quotient(expression, isExact) ?? atom(expression);
  return atom(expression);
}

function arithmetic(expression: Extract<Expression, { type: 'operation' }>, isExact: (inner: Expression) => boolean): Polynomial | null {
  const [first, second] = expression.operands;
  if (first === undefined) return null;
  const left = polynomialOf(first, isExact);
  if (second === undefined) return expression.operator === '-' ? scaled(left, minus(ONE)) : expression.operator === '+' ? left : null;
  const right = polynomialOf(second, isExact);
  if (expression.operator === '+') return plus(left, right);
  if (expression.operator === '-') return plus(left, scaled(right, minus(ONE)));
  return expression.operator === '*' ? product(left, right) : null;
}

/** `(2 a) / (4 b)` is `1/2` times `a / b`. The factor of the first term of each is moved out. */
function quotient(expression: Extract<Expression, { type: 'call' }>, isExact: (inner: Expression) => boolean): Polynomial | null {
  const [over, under] = expression.arguments;
  if (over === undefined || under === undefined) return null;
  const a = polynomialOf(over, isExact);
  const b = polynomialOf(under, isExact);
  const divisor = constantOf(b);
  if (divisor !== null) return divisor.over === 0n ? null : scaled(a, fraction(divisor.under, divisor.over));
  if (a.terms.size === 0 || b.terms.size === 0) return null;
  const [x, y] = [lead(a), lead(b)];
  const inner = call(['%div'], [expressionOf(scaled(a, inverse(x))), expressionOf(scaled(b, inverse(y)))]);
  return scaled(atom(inner), times(x, inverse(y)));
}

const inverse = ({ over, under }: Fraction): Fraction => fraction(under, over);

/** The factor of its first term. */
export function lead(polynomial: Polynomial): Fraction {
  const [first] = [...polynomial.terms].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return first?.[1].factor ?? ONE;
}

/** The polynomial as an expression, the same for the same polynomial. Atoms that cancelled stay in it, since NULL does not cancel. */
export function expressionOf(polynomial: Polynomial): Expression {
  const used = new Set([...polynomial.terms.values()].flatMap(({ atoms }) => atoms));
  const lost = [...polynomial.atoms].filter(([key]) => !used.has(key)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const products = [...polynomial.terms].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { factor, atoms }]) => {
    const parts = atoms.flatMap((key) => polynomial.atoms.get(key) ?? []);
    const [first, ...rest] = parts;
    if (first === undefined) return fractionLiteral(factor);
    const all = rest.reduce((whole, part) => operation('*', whole, part), first);
    return factor.over === 1n && factor.under === 1n ? all : operation('*', fractionLiteral(factor), all);
  });
  const zeros = lost.map(([, expression]) => operation('*', number('0'), expression));
  const [first, ...rest] = [...products, ...zeros];
  return first === undefined ? number('0') : rest.reduce((whole, part) => operation('+', whole, part), first);
}

export const fractionExpression = (value: Fraction): Expression => fractionLiteral(value);

function fractionLiteral(value: Fraction): Expression {
  const decimal = asDecimal(value);
  return decimal === null ? call(['%div'], [number(value.over.toString()), number(value.under.toString())]) : number(decimal);
}

/** As a decimal where it has one of few digits. */
function asDecimal({ over, under }: Fraction): string | null {
  for (let scale = 0; scale <= 12; scale += 1) {
    const power = 10n ** BigInt(scale);
    if (power % under !== 0n) continue;
    const decimal = add({ unscaled: over * (power / under), scale }, { unscaled: 0n, scale: 0 });
    return compareDecimals(decimal, { unscaled: 0n, scale: 0 }) === 0 ? '0' : decimalText(decimal);
  }
  return null;
}
