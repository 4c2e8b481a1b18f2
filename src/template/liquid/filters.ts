import { TEXT_LENGTH_MAX } from '../limits.js';
import { quote } from '../placeholder.js';
import type { Known, Value } from './expression.js';

/** A value behind a filter. What is not known stays unknown, save for a default; so does what a filter is not known for. */
export function applyFilter(value: Value, filter: string, values: readonly Value[]): Value {
  if (!('known' in value)) return value;
  const known = values.map((argument) => ('known' in argument ? argument.known : undefined));
  if (known.includes(undefined)) return { name: filter, variable: null };
  const words = known.map((argument) => wordOf(argument ?? null));
  const result = apply(value.known, filter, words);
  if (result === undefined || wordOf(result).length > TEXT_LENGTH_MAX) return { name: filter, variable: null };
  return { known: result };
}

export function wordOf(value: Known): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.join('') : String(value);
}

function apply(value: Known, filter: string, words: readonly string[]): Known | undefined {
  const [first = '', second = ''] = words;
  const list = typeof value === 'object' && value !== null ? value : null;
  const text = wordOf(value);
  switch (filter) {
    case 'append':
      return text + first;
    case 'prepend':
      return first + text;
    case 'upcase':
      return text.toUpperCase();
    case 'downcase':
      return text.toLowerCase();
    case 'capitalize':
      return text.charAt(0).toUpperCase() + text.slice(1);
    case 'strip':
      return text.trim();
    case 'lstrip':
      return text.trimStart();
    case 'rstrip':
      return text.trimEnd();
    case 'replace':
      return first === '' ? text : text.replaceAll(first, () => second);
    case 'replace_first':
      return text.replace(first, () => second);
    case 'remove':
      return first === '' ? text : text.replaceAll(first, '');
    case 'split':
      return text.split(first);
    case 'join':
      return list === null ? text : list.join(words.length === 0 ? ' ' : first);
    case 'first':
      return list === null ? text.charAt(0) : (list[0] ?? null);
    case 'last':
      return list === null ? text.slice(-1) : (list.at(-1) ?? null);
    case 'size':
      return list === null ? text.length : list.length;
    case 'slice':
      return words.length < 2 ? sliceOf(text, Number(first), 1) : sliceOf(text, Number(first), Number(second));
    case 'default':
      return text === '' || value === false ? first : value;
    case 'sql_quote':
    case 'quote':
      return quote(text);
    case 'escape':
    case 'url_encode':
    case 'raw':
      return text;
  }
  return arithmetic(Number(text), filter, Number(first));
}

function arithmetic(left: number, filter: string, right: number): number | undefined {
  const result = calculate(left, filter, right);
  return result === undefined || !Number.isFinite(result) ? undefined : result;
}

function calculate(left: number, filter: string, right: number): number | undefined {
  switch (filter) {
    case 'plus':
      return left + right;
    case 'minus':
      return left - right;
    case 'times':
      return left * right;
    case 'divided_by':
      return Number.isInteger(right) ? Math.floor(left / right) : left / right;
    case 'modulo':
      return left % right;
    case 'abs':
      return Math.abs(left);
    case 'ceil':
      return Math.ceil(left);
    case 'floor':
      return Math.floor(left);
    case 'round':
      return Math.round(left);
    default:
      return undefined;
  }
}

/** From `start`, counted from the end where negative, as many characters. */
function sliceOf(text: string, start: number, length: number): string {
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  return text.slice(from, from + Math.max(0, length));
}
