import type { Call, Expression } from '../../model/syntax-tree.js';
import type { Session } from './block.js';
import { conjuncts, isConstant, isNull, isNumber, keyOf, NULL, operation } from './expression.js';
import { constantOf, equalFractions, expressionOf, type Fraction, fraction, lead, minus, ONE, polynomialOf, scaled, sum, times } from './polynomial.js';
import { isInteger, isNumeric, typeOf } from './type.js';

/** What a row adds to a sum where conditions are true: a number, or a number of times a value that is not looked into. */
export interface Piece {
  factor: Fraction;
  /** Null for a number. */
  value: Expression | null;
  conditions: Expression[];
}

/** A sum over rows. It is NULL where no row is present; a count is 0 then. */
export interface Functional {
  pieces: Piece[];
  /** Alternatives of conditions under which a row gives a value that is not NULL. */
  present: Expression[][];
}

const isTrue = (expression: Expression): Expression => operation('is_true', expression);
const isNotTrue = (expression: Expression): Expression => operation('is_not_true', expression);

/** `sum(e) FILTER (…)` or `count(*) FILTER (…)` as what each row adds; null for another aggregate. */
export function functionalOf(call: Call, session: Session): Functional | null {
  if (call.distinct || call.over !== null) return null;
  const filter = conjuncts(call.filter);
  if (call.name[0] === 'count' && call.star) return { pieces: [{ factor: ONE, value: null, conditions: filter }], present: [filter] };
  const [argument] = call.arguments;
  if (call.name[0] !== 'sum' || argument === undefined) return null;
  const found: Functional = { pieces: [], present: [] };
  collect(argument, ONE, filter, found, session, 0);
  return found.pieces.length > 40 ? null : found;
}

function collect(expression: Expression, factor: Fraction, conditions: Expression[], found: Functional, session: Session, depth: number): void {
  if (isNull(expression)) return;
  const parts = depth > 6 ? null : alternatives(expression, session);
  if (parts !== null) {
    for (const { when, then } of parts) collect(then, factor, [...conditions, ...when], found, session, depth + 1);
    return;
  }
  const exact = (inner: Expression): boolean => {
    const type = typeOf(inner, session)?.type;
    return isInteger(type) || isNumeric(type);
  };
  const polynomial = polynomialOf(expression, exact);
  const known = constantOf(polynomial);
  if (known !== null) {
    found.pieces.push({ factor: times(factor, known), value: null, conditions });
    found.present.push(conditions);
    return;
  }
  const used = new Set([...polynomial.terms.values()].flatMap(({ atoms }) => atoms));
  if (polynomial.terms.size > 0 && used.size === polynomial.atoms.size) {
    const first = lead(polynomial);
    const value = expressionOf(scaled(polynomial, fraction(first.under, first.over)));
    if (keyOf(value) !== keyOf(expression)) return collect(value, times(factor, first), conditions, found, session, depth + 1);
  }
  const present = [...conditions, operation('is_not_null', expression)];
  found.pieces.push({ factor, value: expression, conditions: present });
  found.present.push(present);
}

/** CASE, COALESCE and a truth value as a number, as cases that exclude each other. */
function alternatives(expression: Expression, session: Session): { when: Expression[]; then: Expression }[] | null {
  if (expression.type === 'case') {
    const before: Expression[] = [];
    const parts = expression.branches.map(({ when, then }) => {
      const condition = expression.operand === null ? when : operation('=', expression.operand, when);
      const part = { when: [...before, isTrue(condition)], then };
      before.push(isNotTrue(condition));
      return part;
    });
    return [...parts, { when: before, then: expression.otherwise ?? NULL }];
  }
  if (expression.type === 'operation' && expression.operator === 'coalesce' && expression.operands.length === 2) {
    const [value, fallback] = expression.operands;
    if (value === undefined || fallback === undefined) return null;
    return [{ when: [operation('is_not_null', value)], then: value }, { when: [operation('is_null', value)], then: fallback }];
  }
  if (expression.type === 'cast' && isInteger(expression.target) && typeOf(expression.operand, session)?.type === 'boolean') {
    const number = (value: string): Expression => ({ type: 'literal', kind: 'number', value, span: expression.span });
    return [{ when: [isTrue(expression.operand)], then: number('1') }, { when: [operation('is_false', expression.operand)], then: number('0') }];
  }
  return expression.type === 'operation' && ['+', '-', '*'].includes(expression.operator) ? within(expression, session) : null;
}

/** A sum or a product of which one part is a case: a case of sums or products. */
function within(expression: Extract<Expression, { type: 'operation' }>, session: Session): { when: Expression[]; then: Expression }[] | null {
  for (const [place, operand] of expression.operands.entries()) {
    const inner = alternatives(operand, session);
    if (inner === null) continue;
    const type = typeOf(expression, session)?.type;
    if (!isInteger(type) && !isNumeric(type)) return null;
    return inner.map(({ when, then }) => {
      if (isNull(then)) return { when, then };
      const other = expression.operands.length === 2 ? expression.operands[1 - place] : undefined;
      return { when, then: expression.operator === '*' && other !== undefined && isNumber(then, 1) && !isConstant(other) ? other : { ...expression, operands: expression.operands.with(place, then) } };
    });
  }
  return null;
}

/** What the first of its values is multiplied with, that of a number where it has no other. */
export function leadOf({ pieces }: Functional): Fraction {
  const valued = pieces.filter(({ value }) => value !== null).toSorted((a, b) => (keyOf(a.value ?? NULL) < keyOf(b.value ?? NULL) ? -1 : 1));
  const first = valued[0] ?? pieces[0];
  if (first === undefined || first.factor.over === 0n || (first.value === null && !pieces.every(({ factor }) => equalFractions(factor, first.factor)))) return ONE;
  return first.factor.over < 0n ? minus(first.factor) : first.factor;
}

/** A weighted sum of functionals, as pieces. */
export function combined(parts: readonly { factor: Fraction; functional: Functional }[]): Piece[] {
  return parts.flatMap(({ factor, functional }) => functional.pieces.map((piece) => ({ ...piece, factor: times(piece.factor, factor) })));
}

export const negated = (pieces: readonly Piece[]): Piece[] => pieces.map((piece) => ({ ...piece, factor: minus(piece.factor) }));

/** Whether what a row adds is nothing, by the truth of the conditions of each piece. */
export function addsNothing(pieces: readonly Piece[], truth: (piece: number) => boolean): boolean {
  const totals = new Map<string, Fraction>();
  pieces.forEach(({ factor, value }, place) => {
    if (!truth(place)) return;
    const key = value === null ? '' : keyOf(value);
    totals.set(key, sum(totals.get(key) ?? { over: 0n, under: 1n }, factor));
  });
  return [...totals.values()].every(({ over }) => over === 0n);
}
