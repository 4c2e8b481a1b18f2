import type { Expression } from '../../model/syntax-tree.js';
import { DAY_US, instantText, isInfinite, parseInstant } from '../rows/instant.js';
import { timeTerm } from '../rows/time-term.js';
import type { Session } from './block.js';
import { keyOf, number, operation, text } from './expression.js';
import { daysOf, difference, epochOf, intervalLiteral, intervalOf, later, lengthOf, ofMicros } from './interval.js';
import { equalFractions, expressionOf, type Fraction, fraction, minus, ONE, plus, type Polynomial, polynomialOf, scaled, constant } from './polynomial.js';
import { isInteger, isNumeric, typeOf } from './type.js';

const FLIPPED: Record<string, string> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const isTimestamp = (type: string): boolean => /^timestamp(?:\(\d\))?(?: without time zone)?$/.test(type);
const isZoned = (type: string): boolean => /^timestamp(?:\(\d\))? with time zone$|^timestamptz/.test(type);

/** A comparison in which something is counted, with all that varies on the left: days of dates, seconds of times, whole numbers. */
export function comparedMoments(operator: string, left: Expression, right: Expression, session: Session): Expression | null {
  const reader = new Reader(session);
  if (![left, right].some((side) => reader.counts(side))) return null;
  return reader.dates(operator, left, right) ?? reader.times(operator, left, right) ?? reader.numbers(operator, left, right);
}

class Reader {
  readonly #session: Session;
  /** What a number of days or seconds in a polynomial is of. */
  readonly #of = new Map<string, Expression>();

  constructor(session: Session) {
    this.#session = session;
  }

  #type(expression: Expression): string {
    return typeOf(expression, this.#session)?.type ?? '';
  }

  /** Whether there is something to bring to one side. */
  counts(expression: Expression): boolean {
    if (expression.type === 'operation') return ['+', '-', '*'].includes(expression.operator);
    if (expression.type === 'cast') return this.counts(expression.operand);
    return expression.type === 'call' && (expression.name[0] === '%days' || expression.name[0] === '%div' || (expression.name[0] === 'extract' && isEpoch(expression)));
  }

  #atom(expression: Expression, time: Expression): Polynomial {
    this.#of.set(keyOf(expression), time);
    return { terms: new Map([[keyOf(expression), { factor: ONE, atoms: [keyOf(expression)] }]]), atoms: new Map([[keyOf(expression), expression]]) };
  }

  dates(operator: string, left: Expression, right: Expression): Expression | null {
    const [a, b] = [this.#days(left, true), this.#days(right, true)];
    const dated = [left, right].some((side) => this.#type(side) === 'date');
    if (a === null || b === null || !dated) return null;
    return this.#solved(operator, plus(a, scaled(b, minus(ONE))), {
      fixed: (days) => (days.under === 1n ? { type: 'cast', operand: text(instantText(days.over * DAY_US)), target: 'date', span: left.span } : null),
      shifted: (moment, days) => (days.over === 0n ? moment : operation(days.over < 0n ? '-' : '+', moment, number((days.over < 0n ? -days.over : days.over).toString()))),
    });
  }

  /** A date as days since 1970; with `midnights`, a timestamp at midnight too, as dates are compared with it. */
  #days(expression: Expression, midnights: boolean): Polynomial | null {
    const type = this.#type(expression);
    if (expression.type === 'literal' && expression.kind === 'string') return fixedDays(expression.value ?? '');
    if (expression.type === 'cast' && expression.target === 'date' && expression.operand.type === 'literal') return fixedDays(expression.operand.value ?? '');
    const [first, second] = expression.type === 'operation' ? expression.operands : [];
    if (expression.type === 'operation' && first !== undefined && second !== undefined && (expression.operator === '+' || expression.operator === '-')) {
      const base = type === 'date' || midnights ? this.#days(first, midnights) : null;
      if (base === null) return null;
      const span = intervalOf(second);
      const sign: Fraction = expression.operator === '-' ? minus(ONE) : ONE;
      if (span !== null && midnights) return this.#shiftedDays(base, span, sign);
      if (type !== 'date' || !isInteger(this.#type(second))) return null;
      return plus(base, scaled(polynomialOf(second, (inner) => isInteger(this.#type(inner))), sign));
    }
    return type === 'date' ? this.#atom(daysOf(expression), expression) : null;
  }

  #shiftedDays(base: Polynomial, span: { months: bigint; days: bigint; micros: bigint }, sign: Fraction): Polynomial | null {
    if (span.micros % DAY_US !== 0n) return null;
    if (span.months === 0n) return plus(base, scaled(constant(fraction(span.days + span.micros / DAY_US, 1n)), sign));
    const fixed = base.atoms.size === 0 ? (base.terms.get('')?.factor ?? fraction(0n, 1n)) : null;
    if (fixed === null || fixed.under !== 1n) return null;
    const moved = later(fixed.over * DAY_US, { months: span.months * sign.over, days: span.days * sign.over, micros: span.micros * sign.over });
    return constant(fraction(moved / DAY_US, 1n));
  }

  times(operator: string, left: Expression, right: Expression): Expression | null {
    const kinds = new Set([left, right].map((side) => this.#type(side)).filter((type) => type !== ''));
    const spans = kinds.has('interval');
    const zoned = [...kinds].every(isZoned);
    if (!spans && !zoned && ![...kinds].every(isTimestamp)) return null;
    const [a, b] = spans ? [this.#span(left), this.#span(right)] : [this.#seconds(left, zoned), this.#seconds(right, zoned)];
    if (a === null || b === null) return null;
    const whole = (seconds: Fraction): bigint | null => ((seconds.over * 1_000_000n) % seconds.under === 0n ? (seconds.over * 1_000_000n) / seconds.under : null);
    return this.#solved(operator, plus(a, scaled(b, minus(ONE))), {
      fixed: (seconds, of) => this.#fixedTime(whole(seconds), of),
      shifted: (moment, seconds) => {
        const micros = whole(seconds);
        return micros === null ? null : micros === 0n ? moment : this.#movedBy(moment, micros);
      },
    });
  }

  /** A day of a time zone need not have 24 hours: there only the clock is counted. */
  #movedBy(moment: Expression, micros: bigint): Expression {
    const length = micros < 0n ? -micros : micros;
    const span = isZoned(this.#type(moment)) && !this.#session.utc ? { months: 0n, days: 0n, micros: length } : ofMicros(length);
    return operation(micros < 0n ? '-' : '+', moment, intervalLiteral(span));
  }

  #fixedTime(micros: bigint | null, of: Expression): Expression | null {
    if (micros === null) return null;
    const type = this.#type(of);
    const zone = isZoned(type) ? '+00' : '';
    const written = instantText(micros);
    return { type: 'cast', operand: text(zone === '' ? written : `${written.length === 10 ? `${written} 00:00:00` : written}${zone}`), target: isZoned(type) ? 'timestamp with time zone' : 'timestamp without time zone', span: of.span };
  }

  /** A timestamp as seconds since 1970, on its own clock or, with a time zone, since that moment. */
  #seconds(expression: Expression, zoned: boolean): Polynomial | null {
    const type = this.#type(expression);
    if (expression.type === 'literal' && expression.kind === 'string') return this.#fixedSeconds(expression.value ?? '', zoned);
    const fixedDate = !zoned && expression.type === 'cast' && type === 'date' && expression.operand.type === 'literal';
    if (!fixedDate && (zoned ? !isZoned(type) : !isTimestamp(type))) return null;
    if (expression.type === 'cast' && expression.operand.type === 'literal') return this.#fixedSeconds(expression.operand.value ?? '', zoned);
    const added = expression.type === 'operation' && (expression.operator === '+' || expression.operator === '-');
    if (!added) return this.#atom(epochOf(expression), expression);
    return this.#shiftedSeconds(expression, zoned);
  }

  /** A time and a span: of months only where the time is fixed. */
  #shiftedSeconds({ operator, operands }: Extract<Expression, { type: 'operation' }>, zoned: boolean): Polynomial | null {
    const [first, second] = operands;
    const base = first === undefined ? null : this.#seconds(first, zoned);
    const span = second === undefined ? null : intervalOf(second);
    if (base === null || span === null) return null;
    // A day of a time zone need not have 24 hours.
    if (zoned && !this.#session.utc && (span.days !== 0n || span.months !== 0n)) return null;
    const sign: Fraction = operator === '-' ? minus(ONE) : ONE;
    if (span.months === 0n) return plus(base, scaled(constant(fraction(lengthOf(span), 1_000_000n)), sign));
    const fixed = base.atoms.size === 0 ? base.terms.get('')?.factor : undefined;
    if (fixed === undefined || fixed.under !== 1n) return null;
    return constant(fraction(later(fixed.over * 1_000_000n, { months: span.months * sign.over, days: span.days * sign.over, micros: span.micros * sign.over }), 1_000_000n));
  }

  #fixedSeconds(written: string, zoned: boolean): Polynomial | null {
    const parsed = parseInstant(written);
    if (parsed === null || isInfinite(parsed.local)) return null;
    // An offset in the literal of a timestamp without time zone is not looked at.
    if (zoned && parsed.offset === null && !this.#session.utc) return null;
    return constant(fraction(parsed.local - (zoned ? (parsed.offset ?? 0n) : 0n), 1_000_000n));
  }

  /** A span of time as seconds, as spans are compared: a month has 30 days. */
  #span(expression: Expression): Polynomial | null {
    const known = intervalOf(expression);
    if (known !== null) return constant(fraction(lengthOf(known), 1_000_000n));
    if (expression.type === 'literal' && expression.kind === 'string') {
      return this.#span({ type: 'cast', operand: expression, target: 'interval', span: expression.span });
    }
    if (expression.type !== 'operation' || expression.operands.length !== 2) return null;
    const [first, second] = expression.operands;
    if (first === undefined || second === undefined || (expression.operator !== '+' && expression.operator !== '-')) return null;
    const type = this.#type(first);
    const time = expression.operator === '-' && (isTimestamp(type) || isZoned(type)) && this.#type(second) === type;
    const [a, b] = time ? [this.#seconds(first, isZoned(type)), this.#seconds(second, isZoned(type))] : [this.#span(first), this.#span(second)];
    return a === null || b === null ? null : plus(a, expression.operator === '-' ? scaled(b, minus(ONE)) : b);
  }

  numbers(operator: string, left: Expression, right: Expression): Expression | null {
    const types = [left, right].map((side) => this.#type(side));
    if (!types.every((type) => isInteger(type) || isNumeric(type))) return null;
    const exact = (inner: Expression): boolean => isInteger(this.#type(inner)) || isNumeric(this.#type(inner));
    const whole = plus(polynomialOf(left, exact), scaled(polynomialOf(right, exact), minus(ONE)));
    for (const [key, atom] of whole.atoms) {
      const [unit, time] = atom.type === 'call' ? atom.arguments : [];
      if (atom.type !== 'call') continue;
      if (atom.name[0] === '%days' && unit !== undefined) this.#of.set(key, unit);
      if (isEpoch(atom) && time !== undefined && (isTimestamp(this.#type(time)) || (isZoned(this.#type(time))))) this.#of.set(key, time);
    }
    const asDays = [...whole.atoms.values()].every((atom) => atom.type === 'call' && atom.name[0] === '%days');
    const onlyTimes = asDays || [...whole.atoms].every(([key, atom]) => this.#of.has(key) && isEpoch(atom));
    if (!onlyTimes) this.#of.clear();
    const onlyWhole = [...whole.atoms.values()].every((atom) => isInteger(this.#type(atom)));
    // NaN is above every number: only whole numbers and times may change sides.
    if (!onlyTimes && !onlyWhole && whole.atoms.size !== 1) return null;
    if (!onlyTimes && !onlyWhole && [...whole.terms].some(([key, { factor, atoms }]) => key !== '' && (factor.over < 0n || atoms.length !== 1))) return null;
    return this.#solved(operator, whole, {
      fixed: (value, of) => {
        if (!onlyTimes) return fractionNumber(value);
        if (asDays) return value.under === 1n ? { type: 'cast', operand: text(instantText(value.over * DAY_US)), target: 'date', span: of.span } : null;
        return this.#fixedTime((value.over * 1_000_000n) % value.under === 0n ? (value.over * 1_000_000n) / value.under : null, of);
      },
      shifted: (moment, value) => {
        if (asDays) return value.under !== 1n ? null : value.over === 0n ? moment : operation(value.over < 0n ? '-' : '+', moment, number((value.over < 0n ? -value.over : value.over).toString()));
        const exactly = (value.over * 1_000_000n) % value.under === 0n ? (value.over * 1_000_000n) / value.under : null;
        return !onlyTimes || exactly === null ? null : exactly === 0n ? moment : this.#movedBy(moment, exactly);
      },
    });
  }

  /** `varying operator constant`: as a comparison of the time itself where only one varies, of two where nothing is counted. */
  #solved(operator: string, whole: Polynomial, write: { fixed: (value: Fraction, of: Expression) => Expression | null; shifted: (moment: Expression, value: Fraction) => Expression | null }): Expression | null {
    const terms = [...whole.terms].filter(([key]) => key !== '').toSorted(([a], [b]) => (a < b ? -1 : 1));
    const used = new Set(terms.flatMap(([, { atoms }]) => atoms));
    const [first, second] = terms;
    if (first === undefined || [...whole.atoms.keys()].some((key) => !used.has(key))) return null;
    const lead = first[1].factor;
    const unit = scaled(whole, fraction(lead.under, lead.over));
    const way = lead.over < 0n ? (FLIPPED[operator] ?? operator) : operator;
    const rest = minus(unit.terms.get('')?.factor ?? fraction(0n, 1n));
    const [a] = this.#moment(first, whole);
    if (second === undefined) {
      const fixed = a === undefined ? null : write.fixed(rest, a);
      return a === undefined || fixed === null ? null : operation(way, a, fixed);
    }
    if (terms.length === 2 && a !== undefined) {
      const [b] = this.#moment(second, whole);
      const opposite = equalFractions(unit.terms.get(second[0])?.factor ?? ONE, minus(ONE));
      if (b !== undefined && opposite) return this.#between(way, a, b, rest, write.shifted) ?? this.#counted(way, unit, rest);
    }
    return this.#counted(way, unit, rest);
  }

  /** `a - b operator rest`. */
  #between(operator: string, a: Expression, b: Expression, rest: Fraction, shifted: (moment: Expression, value: Fraction) => Expression | null): Expression | null {
    const discrete = this.#type(a) === 'date' || isInteger(this.#type(a));
    const steps: Record<string, string> = { '>= 1/1': '>', '< 1/1': '<=', '> -1/1': '>=', '<= -1/1': '<' };
    const same = rest.over === 0n ? operator : discrete ? steps[`${operator} ${rest.over}/${rest.under}`] : undefined;
    if (same !== undefined) return keyOf(a) < keyOf(b) ? operation(same, a, b) : operation(FLIPPED[same] ?? same, b, a);
    if (timeTerm(b) !== null) {
      const moment = shifted(b, rest);
      return moment === null ? null : operation(operator, a, moment);
    }
    if (timeTerm(a) === null) return null;
    const moment = shifted(a, minus(rest));
    return moment === null ? null : operation(FLIPPED[operator] ?? operator, b, moment);
  }

  #counted(operator: string, unit: Polynomial, rest: Fraction): Expression | null {
    const terms = new Map([...unit.terms].filter(([key]) => key !== ''));
    const value = fractionNumber(rest);
    return value === null ? null : operation(operator, expressionOf({ terms, atoms: unit.atoms }), value);
  }

  /** The time that a term is of; a whole number is its own. */
  #moment([, { atoms }]: [string, { atoms: string[] }], whole: Polynomial): Expression[] {
    const [key = '', more] = atoms;
    if (more !== undefined) return [];
    return [this.#of.get(key) ?? whole.atoms.get(key) ?? []].flat();
  }
}

const isEpoch = (expression: Expression): boolean => expression.type === 'call' && expression.name[0] === 'extract' && expression.arguments[0]?.type === 'literal' && expression.arguments[0].value === 'epoch';

function fixedDays(written: string): Polynomial | null {
  const parsed = parseInstant(written);
  return parsed === null || isInfinite(parsed.local) || parsed.local % DAY_US !== 0n ? null : constant(fraction(parsed.local / DAY_US, 1n));
}

function fractionNumber(value: Fraction): Expression | null {
  const literal = expressionOf(constant(value));
  if (literal.type !== 'literal') return null;
  return literal.value?.startsWith('-') === true ? operation('-', number(literal.value.slice(1))) : literal;
}

/** Days between dates, and the seconds of a difference of times, as numbers. */
export function countedTime(expression: Expression, session: Session): Expression {
  const type = (inner: Expression | undefined): string => (inner === undefined ? '' : (typeOf(inner, session)?.type ?? ''));
  if (expression.type === 'operation' && expression.operator === '-' && expression.operands.length === 2) {
    const [a, b] = expression.operands;
    if (a !== undefined && b !== undefined && type(a) === 'date' && type(b) === 'date') return difference(daysIn(a, session), daysIn(b, session));
  }
  if (!isEpoch(expression) || expression.type !== 'call') return expression;
  const [, span] = expression.arguments;
  if (span?.type !== 'operation' || span.operator !== '-') return expression;
  const [a, b] = span.operands;
  const same = type(a) === type(b) && (isTimestamp(type(a)) || isZoned(type(a)));
  return a !== undefined && b !== undefined && same ? difference(epochOf(a), epochOf(b)) : expression;
}

/** A date as a number of days. */
function daysIn(date: Expression, session: Session): Expression {
  const fixed = date.type === 'cast' && date.operand.type === 'literal' ? fixedDays(date.operand.value ?? '') : null;
  if (fixed !== null) return fractionNumber(fixed.terms.get('')?.factor ?? fraction(0n, 1n)) ?? daysOf(date);
  if (date.type === 'operation' && (date.operator === '+' || date.operator === '-') && date.operands.length === 2) {
    const [base, days] = date.operands;
    if (base !== undefined && days !== undefined && typeOf(base, session)?.type === 'date') return operation(date.operator, daysIn(base, session), days);
  }
  return daysOf(date);
}
