import type { BinaryOperator } from './nodes.js';
import { doubt, equal, isMarked, isTextual, negated, type Runtime, type Truth } from './runtime.js';
import { isUnknown, JinjaText, unknown, type JinjaValue, type Piece } from './value.js';

/** What an operator that compares says. `text` is the source of the comparison. */
export function compare(operator: BinaryOperator, left: JinjaValue, right: JinjaValue, text: string, runtime: Runtime): Truth {
  switch (operator) {
    case '==':
      return equal(left, right, runtime) ?? doubt(text, isNothing(left) || isNothing(right) || isZeroLength(left, right));
    case '!=': {
      const same = equal(left, right, runtime);
      return same === null ? doubt(text) : !same;
    }
    case 'in':
      return contains(right, left, runtime) ?? doubt(text);
    case 'not in':
      return negated(contains(right, left, runtime) ?? doubt(text.replace(/\bnot in\b/, 'in')));
  }
  const order = orderOf(left, right, runtime);
  if (order === null) return doubt(text);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** What an unknown value is equal to while nobody has chosen anything. */
function isNothing(value: JinjaValue): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0) || (value instanceof Map && value.size === 0);
}

function isZeroLength(left: JinjaValue, right: JinjaValue): boolean {
  return isUnknown(left) && right === 0 && left.name.startsWith(LENGTH_OF);
}

/** How the name of the unknown length of an unknown value begins. */
export const LENGTH_OF = 'length of ';

function contains(list: JinjaValue, item: JinjaValue, runtime: Runtime): boolean | null {
  if (Array.isArray(list)) {
    const found = list.map((one) => equal(one, item, runtime));
    return found.includes(true) ? true : found.includes(null) ? null : false;
  }
  if (list === null || list === undefined) return false;
  if (isUnknown(list) || isUnknown(item)) return null;
  if (list instanceof Map) return list.has(runtime.text(item));
  if (!isTextual(list)) return false;
  const [text, part] = [runtime.text(list), runtime.text(item)];
  return isMarked(text) || isMarked(part) ? null : text.includes(part);
}

/** Less than, equal or greater than 0; null where nobody can tell. */
export function orderOf(left: JinjaValue, right: JinjaValue, runtime: Runtime): number | null {
  if (isNumeric(left) && isNumeric(right)) return Number(left) - Number(right);
  if (!isTextual(left) || !isTextual(right)) return null;
  const [one, other] = [runtime.text(left), runtime.text(right)];
  if (isMarked(one) || isMarked(other)) return null;
  return one < other ? -1 : one > other ? 1 : 0;
}

function isNumeric(value: JinjaValue): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** The value of an operator of two sides that does not compare. `text` is its source. */
export function calculate(operator: BinaryOperator, left: JinjaValue, right: JinjaValue, text: string, runtime: Runtime): JinjaValue {
  if (operator === '~') return concatenate(left, right, runtime);
  if (isNumeric(left) && isNumeric(right)) return arithmetic(operator, Number(left), Number(right));
  if (operator === '+') {
    if (Array.isArray(left) && Array.isArray(right)) return runtime.list([...left, ...right]);
    if (isTextual(left) && (isTextual(right) || isUnknown(right))) return concatenate(left, right, runtime);
    if (isUnknown(left) && isTextual(right)) return concatenate(left, right, runtime);
  }
  if (operator === '%' && isTextual(left)) return format(runtime.text(left), Array.isArray(right) ? right : [right], runtime);
  if (operator === '*' && typeof right === 'number') {
    if (isTextual(left)) return repeated(runtime.text(left), right, runtime);
    if (Array.isArray(left)) return manyTimes(left, right, runtime);
  }
  return unknown(text, { type: timeOf(left) ?? timeOf(right) ?? (isNumeric(left) || isNumeric(right) ? 'number' : 'unknown') });
}

/** A time and a length of time give a time. */
function timeOf(value: JinjaValue): 'date' | 'timestamp' | undefined {
  return isUnknown(value) && (value.type === 'date' || value.type === 'timestamp') ? value.type : undefined;
}

function arithmetic(operator: BinaryOperator, left: number, right: number): JinjaValue {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '**':
      return left ** right;
  }
  if (right === 0) return undefined;
  if (operator === '//') return Math.floor(left / right);
  return operator === '%' ? left - right * Math.floor(left / right) : left / right;
}

function concatenate(left: JinjaValue, right: JinjaValue, runtime: Runtime): JinjaValue {
  if (!(left instanceof JinjaText) && !(right instanceof JinjaText)) return runtime.string(runtime.text(left) + runtime.text(right));
  const pieces = [...piecesOf(left, runtime), ...piecesOf(right, runtime)];
  runtime.reserve(pieces.reduce((length, piece) => length + (piece.kind === 'hole' ? 1 : piece.text.length), 0));
  runtime.step(pieces.length);
  return new JinjaText(pieces);
}

/** Text that was no output yet has no place: it stands where the whole is written. */
export const NOWHERE = -1;

function piecesOf(value: JinjaValue, runtime: Runtime): readonly Piece[] {
  return value instanceof JinjaText ? value.pieces : runtime.pieces(runtime.text(value), NOWHERE, NOWHERE);
}

function repeated(text: string, count: number, runtime: Runtime): string {
  const times = Math.max(0, Math.floor(count));
  runtime.reserve(text.length * times);
  return text.repeat(text === '' ? 0 : times);
}

function manyTimes(list: readonly JinjaValue[], count: number, runtime: Runtime): JinjaValue[] {
  const times = Math.max(0, Math.floor(count));
  runtime.step(list.length * times);
  return runtime.list(Array.from({ length: list.length * times }, (_, index) => list[index % list.length]));
}

/** Python's `'%s' % value`, as far as templates of SQL use it. */
export function format(text: string, values: readonly JinjaValue[], runtime: Runtime): string {
  let next = 0;
  let length = text.length;
  const [first] = values;
  const formatted = text.replace(/%(?:\((\w{1,80})\))?[-+ #0]{0,5}(\d{0,4})(?:\.\d{1,4})?([sdifrgeEx%])/g, (found, key: string | undefined, _width: string, kind: string) => {
    if (kind === '%') return '%';
    const value = key === undefined ? values[next++] : first instanceof Map ? first.get(key) : undefined;
    const written = value === undefined ? found : runtime.text(value);
    length += written.length;
    if (length > 1_000_000) runtime.reserve(length);
    return written;
  });
  return runtime.string(formatted);
}
