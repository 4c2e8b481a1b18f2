import type { Call, Expression } from '../../model/syntax-tree.js';
import { mapExpression } from '../../sql/map-tree.js';
import type { Session } from './block.js';
import { call, isNull, isNumber, keyOf, number, operation, text } from './expression.js';
import { intervalLiteral, intervalOf } from './interval.js';
import { comparedMoments, countedTime } from './moment.js';
import { plainPath, plainPattern } from './pattern.js';
import { isDouble, isInteger, isNumeric, typeOf } from './type.js';

type Operation = Extract<Expression, { type: 'operation' }>;

/** One spelling for what has several: quotients by the types of their parts, divisors that a CASE guards, labels of periods. */
export function spelled(expression: Expression, session: Session): Expression {
  return mapExpression(expression, {
    keepsQueries: true,
    expression: (inner) => {
      if (inner.type === 'operation' && inner.operator === '/') return quotient(inner, session);
      if (inner.type === 'case') return guardedCase(searched(inner));
      if (inner.type === 'cast') return plainCast(inner, session);
      if (inner.type === 'operation') return spelledOperation(inner, session);
      return inner.type === 'call' ? spelledCall(inner, session) : inner;
    },
  });
}

const COMPARED = new Set(['=', '<>', '<', '<=', '>', '>=']);

function spelledOperation(expression: Operation, session: Session): Expression {
  const { operator } = expression;
  const [first, second, third] = expression.operands;
  if (first === undefined) return expression;
  if (operator === 'between' && second !== undefined && third !== undefined) {
    const sides = [comparedMoments('>=', first, second, session), comparedMoments('<=', first, third, session)];
    return sides.some((side) => side !== null) ? operation('and', sides[0] ?? operation('>=', first, second), sides[1] ?? operation('<=', first, third)) : expression;
  }
  if (operator === 'at_time_zone') return ownZone(expression, session);
  if (operator === 'coalesce') return firstKnown(expression, session);
  if (COMPARED.has(operator) && second !== undefined) {
    const part = comparedPart(expression, session);
    return part === expression ? (comparedMoments(operator, first, second, session) ?? expression) : part;
  }
  if (operator === '-') return countedTime(expression, session);
  if ((operator === '+' || operator === '*') && second !== undefined) {
    const span = intervalOf(expression);
    if (span !== null) return intervalLiteral(span);
  }
  return plainPath(expression) ?? plainPattern(expression, session) ?? expression;
}

function spelledCall(expression: Call, session: Session): Expression {
  const [name = '', more] = expression.name;
  const span = name === 'make_interval' ? intervalOf(expression) : null;
  if (span !== null) return intervalLiteral(span);
  if (more === undefined && (name === 'lag' || name === 'lead') && expression.arguments.length === 2 && isNumber(expression.arguments[1], 1)) return { ...expression, arguments: expression.arguments.slice(0, 1) };
  const [unit, time] = expression.arguments;
  if (name === 'date_part' && unit?.type === 'literal' && /^(?:hour|minute|day|dow|isodow|doy|week|month|quarter|year|isoyear)$/i.test(unit.value ?? '')) {
    return spelledCall({ ...expression, name: ['extract'], arguments: [{ ...unit, value: unit.value?.toLowerCase() ?? null }, ...expression.arguments.slice(1)] }, session);
  }
  if (name === 'extract' && time !== undefined) {
    // The fields of a moment are those of its clock in the session.
    const field = unit?.type === 'literal' ? (unit.value ?? '') : 'epoch';
    return /^(?:epoch|timezone.*)$/.test(field) ? countedTime(expression, session) : { ...expression, arguments: [unit ?? text(field), withoutZone(time, session)] };
  }
  return expression;
}

/** NULL is passed over; a count that is NULL for 0, and 0 for NULL, is that count. */
function firstKnown(expression: Operation, session: Session): Expression {
  const exact = expression.operands.some((operand) => operand.type !== 'literal' && isNumeric(typeOf(operand, session)?.type));
  const operands = expression.operands.filter((operand) => !isNull(operand)).map((operand) => (exact && operand.type === 'literal' && /^\d+\.0+$/.test(operand.value ?? '') ? { ...operand, value: operand.value?.replace(/\.0+$/, '') ?? null } : operand));
  const [first, second] = operands;
  if (first !== undefined && second === undefined) return first;
  if (first?.type === 'operation' && first.operator === 'nullif' && operands.length === 2 && isNumber(second, 0) && isNumber(first.operands[1], 0)) {
    const [counted] = first.operands;
    if (counted !== undefined && session.counts(counted)) return counted;
  }
  if (first !== undefined && session.counts(first)) return first;
  return operands.length === 0 ? expression : { ...expression, operands };
}

/** In the zone of the session, AT TIME ZONE is a cast. */
function ownZone(expression: Operation, session: Session): Expression {
  const [time, zone] = expression.operands;
  if (time === undefined || zone?.type !== 'literal' || session.zone === null) return expression;
  const plain = (name: string): string => (/^(?:utc|gmt|z|zulu|etc\/utc|etc\/gmt|ucc?t|universal|etc\/universal)$/i.test(name) ? 'utc' : name.toLowerCase());
  if (plain(zone.value ?? '') !== plain(session.zone) || !/^utc$|\//.test(plain(session.zone))) return expression;
  const type = typeOf(expression, session)?.type;
  return type === undefined ? expression : { type: 'cast', operand: time, target: type, span: expression.span };
}

/** A moment on the clock of the session is that moment, where only the clock is looked at. */
function withoutZone(time: Expression, session: Session): Expression {
  if (time.type !== 'cast' || !/^timestamp(?: without time zone)?$/.test(time.target)) return time;
  return /^timestamp.* with time zone$|^timestamptz/.test(typeOf(time.operand, session)?.type ?? '') ? time.operand : time;
}

/** `CASE x WHEN v` as `CASE WHEN x = v`. */
function searched(expression: Extract<Expression, { type: 'case' }>): Extract<Expression, { type: 'case' }> {
  const { operand } = expression;
  return operand === null ? expression : { ...expression, operand: null, branches: expression.branches.map(({ when, then }) => ({ when: operation('=', operand, when), then })) };
}

/** PostgreSQL 18, "Mathematical Functions": integers divide to integers, cut towards zero. */
function quotient(expression: Extract<Expression, { type: 'operation' }>, session: Session): Expression {
  const [over, under] = expression.operands;
  if (over === undefined || under === undefined) return expression;
  const [a, b] = [typeOf(over, session)?.type, typeOf(under, session)?.type];
  const exact = (type: string | undefined): boolean => isInteger(type) || isNumeric(type);
  const name = isInteger(a) && isInteger(b) ? '%idiv' : exact(a) && exact(b) ? '%div' : [a, b].every((type) => exact(type) || isDouble(type)) ? '%fdiv' : null;
  return name === null ? expression : call([name], [over, under]);
}

/** In `CASE WHEN b > 0 THEN a / b …` the divisor is no zero: it may as well be guarded by NULLIF. */
function guardedCase(expression: Extract<Expression, { type: 'case' }>): Expression {
  if (expression.operand !== null) return expression;
  const excluded: Expression[] = [];
  const branches = expression.branches.map(({ when, then }) => {
    const guarded = nonZero(when).concat(excluded).reduce(withGuard, then);
    if (when.type === 'operation' && when.operator === '=' && isNumber(when.operands[1], 0) && when.operands[0]) excluded.push(when.operands[0]);
    return { when, then: guarded };
  });
  const otherwise = expression.otherwise && excluded.reduce(withGuard, expression.otherwise);
  return { ...expression, branches, otherwise };
}

function nonZero(condition: Expression): Expression[] {
  if (condition.type !== 'operation') return [];
  const [value, zero] = condition.operands;
  if (condition.operator === 'and') return condition.operands.flatMap(nonZero);
  return value && isNumber(zero, 0) && ['>', '<>', '<'].includes(condition.operator) ? [value] : [];
}

function withGuard(expression: Expression, divisor: Expression): Expression {
  const key = keyOf(divisor);
  return mapExpression(expression, {
    keepsQueries: true,
    expression: (inner) => {
      if (inner.type !== 'call' || !['%div', '%idiv', '%fdiv'].includes(inner.name[0] ?? '')) return inner;
      const [over, under] = inner.arguments;
      if (over === undefined || under === undefined || keyOf(bare(under)) !== key) return inner;
      return { ...inner, arguments: [over, operation('nullif', under, number(0))] };
    },
  });
}

const bare = (expression: Expression): Expression => (expression.type === 'cast' && /^(?:numeric|bigint|double precision)$/.test(expression.target) ? bare(expression.operand) : expression);

/** Casts that change nothing: of text to text, of a value to its own type. */
function plainCast(expression: Extract<Expression, { type: 'cast' }>, session: Session): Expression {
  if (expression.target === 'date') return dayCast(expression, session);
  const span = expression.target === 'interval' ? intervalOf(expression) : null;
  if (span !== null) return intervalLiteral(span);
  const { operand } = expression;
  if (operand.type === 'literal' && operand.kind === 'number' && expression.target === 'numeric') return /^\d+$/.test(operand.value ?? '') ? { ...operand, value: `${operand.value ?? ''}.0` } : operand;
  const type = typeOf(operand, session)?.type;
  if (type === undefined || operand.type === 'literal') return expression;
  const text = (name: string): boolean => name === 'text' || name === 'character varying' || name === 'varchar';
  const same = type === expression.target || (text(expression.target) && (text(type) || /^character varying\(\d+\)$/.test(type)));
  const wider = isInteger(type) && isInteger(expression.target) && ['smallint', 'integer', 'bigint'].indexOf(type) <= ['smallint', 'integer', 'bigint'].indexOf(expression.target);
  return same || (wider && expression.operand.type !== 'column' && false) ? expression.operand : expression;
}

/** The day of a moment is that of its clock; the day of what is cut to days is its day. */
function dayCast(expression: Extract<Expression, { type: 'cast' }>, session: Session): Expression {
  const inner = withoutZone(expression.operand, session);
  if (typeOf(inner, session)?.type === 'date') return inner;
  if (inner.type !== 'call' || inner.name[0] !== 'date_trunc') return inner === expression.operand ? expression : { ...expression, operand: inner };
  const [unit, time, more] = inner.arguments;
  if (unit?.type !== 'literal' || time === undefined || more !== undefined) return expression;
  const bare = withoutZone(time, session);
  return unit.value === 'day' ? { ...expression, operand: bare } : { ...expression, operand: { ...inner, arguments: [unit, bare] } };
}

/** `extract(year from x) = 2024` is the period of that year: as a step of the time, not as a number of its own. */
function comparedPart(expression: Extract<Expression, { type: 'operation' }>, session: Session): Expression {
  const [part, value] = expression.operands;
  if (!['=', '<>', '<', '<=', '>', '>='].includes(expression.operator) || part?.type !== 'call' || part.name[0] !== 'extract') return expression;
  const [unit, time] = part.arguments;
  if (unit?.type !== 'literal' || unit.value !== 'year' || time === undefined || value?.type !== 'literal' || !/^[12][0-9]{3}$/.test(value.value ?? '')) return expression;
  const type = typeOf(time, session)?.type ?? '';
  if (!/^timestamp(?:\(\d\))?(?: without time zone)?$/.test(type) && !(session.utc && /^(?:date|timestamp.* with time zone|timestamptz)$/.test(type))) return expression;
  const start: Expression = { type: 'literal', kind: 'string', value: `${value.value ?? ''}-01-01`, span: value.span };
  return operation(expression.operator, call(['date_trunc'], [{ ...unit, value: 'year' }, time]), start);
}
