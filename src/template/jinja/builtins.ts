import { RANGE_MAX } from './runtime.js';
import { callable, isUnknown, unknown, type JinjaArguments, type JinjaFunction, type JinjaValue } from './value.js';

/** `return(value)` ends the macro that calls it, as in dbt. */
export class MacroReturn {
  constructor(readonly value: JinjaValue) {}
}

const range: JinjaFunction = (args, _kwargs, site) => {
  if (args.some((argument) => isUnknown(argument))) return unknown('range()', { type: 'number' });
  const numbers = args.map((argument) => Number(typeof argument === 'boolean' || typeof argument === 'number' || typeof argument === 'string' ? argument : Number.NaN));
  const [from = 0, to = 0, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const list: number[] = [];
  if (!(Math.abs(step) > 0)) return list;
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    if (list.length >= RANGE_MAX) {
      site.problem('too-large', `a range of the template has more than ${RANGE_MAX} numbers; the first ${RANGE_MAX} are read`);
      break;
    }
    list.push(at);
  }
  return list;
};

const dict: JinjaFunction = ([first], kwargs) => {
  const made = new Map<string, JinjaValue>();
  if (first instanceof Map) for (const [key, value] of first) made.set(key, value);
  for (const [key, value] of kwargs) made.set(key, value);
  return made;
};

const zip: JinjaFunction = (args) => {
  const lists = args.map((list) => (Array.isArray(list) ? list : []));
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => lists.map((list) => list[index]));
};

const joiner: JinjaFunction = ([separator]) => {
  let isFirst = true;
  return callable('joiner', () => {
    const text = isFirst ? '' : (separator ?? ', ');
    isFirst = false;
    return text;
  });
};

const cycler: JinjaFunction = (args: JinjaArguments) => {
  let at = 0;
  return new Map<string, JinjaValue>([['next', callable('next', () => (args.length === 0 ? undefined : args[at++ % args.length]))]]);
};

const returned: JinjaFunction = ([value]) => {
  throw new MacroReturn(value);
};

/** Jinja's own functions, and `zip` and `return` of dbt. */
export const BUILTINS: ReadonlyMap<string, JinjaValue> = new Map<string, JinjaValue>(
  Object.entries({ range, dict, namespace: dict, zip, joiner, cycler, return: returned }).map(([name, call]) => [name, callable(name, call)]),
);
