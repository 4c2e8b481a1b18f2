import type { Expression } from '../../model/syntax-tree.js';
import type { Session } from './block.js';
import { conjunction, operation, text } from './expression.js';
import { typeOf } from './type.js';

type Operation = Extract<Expression, { type: 'operation' }>;

const isText = (type: string): boolean => /^(?:text|character varying|varchar)(?:\(\d+\))?$/.test(type);
/** Characters that mean themselves in a regular expression, in SIMILAR TO and in LIKE. */
const PLAIN = '[A-Za-z0-9 @:;,=/<>&#!~"\'-]+';
const WHOLE = new RegExp(`^\\^(?:(${PLAIN})|\\((?:\\?:)?(${PLAIN}(?:\\|${PLAIN})*)\\))\\$$`);
const START = new RegExp(`^\\^(${PLAIN})$`);
const END = new RegExp(`^(${PLAIN})\\$$`);
const PARTS = new RegExp(`^${PLAIN}(?:\\|${PLAIN})*$`);
const SIMILAR = new RegExp(`^\\(?(${PLAIN}(?:\\|${PLAIN})*)\\)?$`);

/** Patterns that name whole texts as comparisons with them, those that name parts as LIKE. Null for another pattern. */
export function plainPattern(expression: Operation, session: Session): Expression | null {
  const { operator } = expression;
  const [value, pattern] = expression.operands;
  if (value === undefined || pattern === undefined) return null;
  const type = typeOf(value, session)?.type ?? '';
  const negated = operator.startsWith('not_') || operator.startsWith('!');
  const base = negated ? operator.replace(/^(?:not_|!)/, '') : operator;
  const found = base === 'like' || base === '~~' ? fullPrefix(value, pattern, type) : isText(type) ? (base === '~' ? regular(value, pattern) : base === 'similar' ? similar(value, pattern) : null) : null;
  if (found === null) return null;
  return negated ? operation('not', found) : found;
}

const literal = (expression: Expression): string | null => (expression.type === 'literal' && expression.kind === 'string' ? expression.value : null);

/** A prefix as long as the type allows leaves nothing open. */
function fullPrefix(value: Expression, pattern: Expression, type: string): Expression | null {
  const length = /^(?:character|character varying|varchar|char|bpchar)\((\d+)\)$/.exec(type)?.[1];
  const prefix = /^([^%_\\]*[^%_\\ ])%+$/.exec(literal(pattern) ?? '')?.[1];
  return length !== undefined && prefix !== undefined && [...prefix].length === Number(length) ? operation('=', value, text(prefix)) : null;
}

function oneOf(value: Expression, texts: readonly string[]): Expression {
  const [only, more] = texts;
  return only !== undefined && more === undefined ? operation('=', value, text(only)) : operation('in', value, ...texts.map(text));
}

const like = (value: Expression, pattern: string): Expression => operation('like', value, text(pattern));

/** PostgreSQL 18, "POSIX Regular Expressions". */
function regular(value: Expression, pattern: Expression): Expression | null {
  const written = literal(pattern) ?? '';
  const whole = WHOLE.exec(written);
  if (whole !== null) return oneOf(value, (whole[1] ?? whole[2] ?? '').split('|'));
  const [, start] = START.exec(written) ?? [];
  if (start !== undefined) return like(value, `${start}%`);
  const [, end] = END.exec(written) ?? [];
  if (end !== undefined) return like(value, `%${end}`);
  if (!PARTS.test(written)) return null;
  const parts = written.split('|').map((part) => like(value, `%${part}%`));
  return parts.length === 1 ? conjunction(parts) : operation('or', ...parts);
}

/** SIMILAR TO is of the whole text. */
function similar(value: Expression, pattern: Expression): Expression | null {
  const [inner, more] = pattern.type === 'call' && pattern.name.at(-1) === 'similar_to_escape' ? pattern.arguments : [pattern];
  const [, texts] = inner === undefined || more !== undefined ? [] : (SIMILAR.exec(literal(inner) ?? '') ?? []);
  return texts === undefined ? null : oneOf(value, texts.split('|'));
}

const STEP = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `#>> '{a,b}'` as `-> 'a' ->> 'b'`. Names only: a number is the place in an array or the name of a field. */
export function plainPath(expression: Operation): Expression | null {
  const [value, path] = expression.operands;
  if (value === undefined || path === undefined || (expression.operator !== '#>>' && expression.operator !== '#>')) return null;
  const steps = /^\{(.*)\}$/.exec(literal(path) ?? '')?.[1]?.split(',') ?? [];
  if (steps.length === 0 || !steps.every((step) => STEP.test(step) && step.toLowerCase() !== 'null')) return null;
  return steps.reduce((inner, step, place) => operation(place === steps.length - 1 && expression.operator === '#>>' ? '->>' : '->', inner, text(step)), value);
}
