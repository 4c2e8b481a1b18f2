import { compare } from './operators.js';
import { doubt, isMarked, isTextual, truthOf, type Runtime, type Truth } from './runtime.js';
import { isCallable, isUnknown, JinjaText, type JinjaValue } from './value.js';
import type { BinaryOperator } from './nodes.js';

const COMPARISONS: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['==', '=='], ['eq', '=='], ['equalto', '=='], ['sameas', '=='], ['!=', '!='], ['ne', '!='], ['<', '<'], ['lt', '<'], ['lessthan', '<'],
  ['<=', '<='], ['le', '<='], ['>', '>'], ['gt', '>'], ['greaterthan', '>'], ['>=', '>='], ['ge', '>='], ['in', 'in'],
]);

/** What a test says of a value (`is defined`, `is divisibleby 3`). `key` is its source without `not`. A test that is not known is in doubt. */
export function runTest(name: string, value: JinjaValue, args: readonly JinjaValue[], key: string, runtime: Runtime): Truth {
  const operator = COMPARISONS.get(name);
  if (operator !== undefined) return compare(operator, value, args[0], key, runtime);
  if (name === 'defined') return isUnknown(value) && value.isUndefined === true ? doubt(key) : value !== undefined;
  if (name === 'undefined') return isUnknown(value) && value.isUndefined === true ? doubt(key, true) : value === undefined;
  if (isUnknown(value)) return doubt(key, name === 'none');
  const ofKind = kindTest(name, value);
  if (ofKind !== null) return ofKind;
  if (name === 'divisibleby') return typeof value === 'number' && typeof args[0] === 'number' ? value % args[0] === 0 : doubt(key);
  if (name === 'even' || name === 'odd') return typeof value === 'number' ? Math.abs(value % 2) === (name === 'odd' ? 1 : 0) : false;
  if ((name === 'upper' || name === 'lower') && isTextual(value)) {
    const text = runtime.text(value);
    return isMarked(text) ? doubt(key) : text === (name === 'upper' ? text.toUpperCase() : text.toLowerCase());
  }
  return doubt(key);
}

function kindTest(name: string, value: JinjaValue): boolean | null {
  switch (name) {
    case 'none':
      return value === null;
    case 'string':
      return typeof value === 'string' || value instanceof JinjaText;
    case 'number':
      return typeof value === 'number' || typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number' && !Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'true':
    case 'false':
      return value === (name === 'true');
    case 'mapping':
      return value instanceof Map;
    case 'sequence':
    case 'iterable':
      return Array.isArray(value) || value instanceof Map || isTextual(value);
    case 'callable':
      return isCallable(value);
    case 'truthy':
      return truthOf(value) !== false;
  }
  return null;
}
