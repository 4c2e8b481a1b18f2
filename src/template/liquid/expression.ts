import type { LiquidVariable } from '../liquid.js';
import { quote } from '../placeholder.js';
import { applyFilter } from './filters.js';

export type Known = string | number | boolean | null | readonly string[];

/** What an expression is: known, or a name that only the running tool knows. */
export type Value = { known: Known } | { name: string; variable: LiquidVariable | null };

export interface Names {
  /** What was assigned, or what a loop runs over. */
  assigned(name: string): Value | undefined;
  variable(name: string): LiquidVariable | undefined;
  /** The value of a variable in this rendering. */
  chosen(name: string, variable: LiquidVariable): string | undefined;
  text(name: string): string | null;
  truth(name: string): boolean | null;
}

/** Tokens of one expression, at most. */
const TOKENS_MAX = 500;
const TOKEN = /\s*(?:("[^"]*"|'[^']*')|(-?\d+(?:\.\d+)?)(?![\w.])|(==|!=|<>|>=|<=|[<>|:,()]|\.\.)|([\w@$-]+(?:\.(?!\.)[\w@$-]*|\[[^\]]*\])*)|(\S))/gy;

interface Part {
  kind: 'string' | 'number' | 'sign' | 'name' | 'other';
  text: string;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  for (const match of text.matchAll(TOKEN)) {
    if (parts.length >= TOKENS_MAX) break;
    const [, string, number, sign, name, other] = match;
    if (string !== undefined) parts.push({ kind: 'string', text: string.slice(1, -1) });
    else if (number !== undefined) parts.push({ kind: 'number', text: number });
    else if (sign !== undefined) parts.push({ kind: 'sign', text: sign });
    else if (name !== undefined) parts.push({ kind: 'name', text: name });
    else parts.push({ kind: 'other', text: other ?? '' });
  }
  return parts;
}

/** `_user_attributes['region']` as `_user_attributes.region`. */
export function plainName(text: string): string {
  return text.replace(/\[\s*['"]?([^\]'"]*)['"]?\s*\]/g, '.$1');
}

/** Looker's words for the value of a parameter and for whether something is asked for. */
const VALUE_SUFFIX = /\._(?:parameter_value|value)$/;
export const PRESENCE = /(?:^|\.)_(?:in_query|is_selected|is_filtered)$/;

/** What variable a name means, under the name that it is known by. */
export function variableOf(name: string, names: Names): { key: string; variable: LiquidVariable } | null {
  const plain = name.replace(VALUE_SUFFIX, '');
  for (const key of [plain, plain.slice(plain.lastIndexOf('.') + 1)]) {
    const variable = names.variable(key);
    if (variable !== undefined && (key === plain || name !== plain)) return { key, variable };
  }
  return null;
}

/** A variable as the SQL gets it, null where nothing is known of its value. */
export function valueOf(name: string, names: Names): Value {
  const found = variableOf(name, names);
  if (found === null) return { name, variable: null };
  const chosen = names.chosen(found.key, found.variable);
  if (chosen === undefined) return { name, variable: found.variable };
  return { known: found.variable.written === 'quoted' && name !== found.key ? quote(chosen) : chosen };
}

function atom(part: Part | undefined, names: Names): Value {
  if (part === undefined) return { known: null };
  if (part.kind === 'string') return { known: part.text };
  if (part.kind === 'number') return { known: Number(part.text) };
  if (part.kind !== 'name') return { name: part.text, variable: null };
  switch (part.text) {
    case 'true':
      return { known: true };
    case 'false':
      return { known: false };
    case 'nil':
    case 'null':
      return { known: null };
    case 'blank':
    case 'empty':
      return { known: '' };
  }
  const name = plainName(part.text);
  const assigned = names.assigned(name);
  if (assigned !== undefined) return assigned;
  if (name.endsWith('.size')) {
    const inner = names.assigned(name.slice(0, -5));
    if (inner !== undefined && 'known' in inner && Array.isArray(inner.known)) return { known: inner.known.length };
  }
  const text = names.text(name);
  if (text !== null) return { known: text };
  if (PRESENCE.test(name)) {
    const truth = names.truth(name);
    return truth === null ? { name, variable: null } : { known: truth };
  }
  return valueOf(name, names);
}

/** The value of `x | filter: argument | …`. */
export function evaluate(text: string, names: Names): Value {
  const parts = partsOf(text);
  let value = atom(parts[0], names);
  let at = 1;
  while (at < parts.length && parts[at]?.text !== '|') at++;
  while (parts[at]?.text === '|' && parts[at]?.kind === 'sign') {
    const filter = parts[at + 1]?.text ?? '';
    const values: Value[] = [];
    at += 2;
    for (; at < parts.length && !(parts[at]?.kind === 'sign' && parts[at]?.text === '|'); at++) {
      if (parts[at]?.kind !== 'sign') values.push(atom(parts[at], names));
    }
    value = applyFilter(value, filter, values);
  }
  return value;
}

/** Whether a condition holds; null where only the running tool knows. Liquid reads `and` and `or` from the right. */
export function truthOf(condition: string, names: Names): boolean | null {
  const parts = partsOf(condition);
  let result: boolean | null = null;
  let end = parts.length;
  for (let at = parts.length - 1; at >= -1; at--) {
    const part = parts[at];
    if (at >= 0 && !(part?.kind === 'name' && (part.text === 'and' || part.text === 'or'))) continue;
    const truth = comparison(parts.slice(at + 1, end), names);
    const joint = parts[end]?.text;
    result = joint === 'and' ? both(truth, result) : joint === 'or' ? either(truth, result) : truth;
    end = at;
  }
  return result;
}

function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

function either(one: boolean | null, other: boolean | null): boolean | null {
  if (one === true || other === true) return true;
  return one === null || other === null ? null : false;
}

function comparison(parts: readonly Part[], names: Names): boolean | null {
  const operator = parts[1]?.text;
  const left = atom(parts[0], names);
  if (operator === undefined) return 'known' in left ? left.known !== null && left.known !== false : null;
  const right = atom(parts[2], names);
  if (!('known' in left) || !('known' in right)) return null;
  return compare(left.known, operator, right.known);
}

function compare(left: Known, operator: string, right: Known): boolean | null {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
    case '<>':
      return !isEqual(left, right);
    case 'contains':
      return Array.isArray(left) ? left.includes(String(right)) : String(left ?? '').includes(String(right ?? ''));
  }
  const [one, other] = [Number(left), Number(right)];
  if (Number.isNaN(one) || Number.isNaN(other)) return null;
  switch (operator) {
    case '>':
      return one > other;
    case '<':
      return one < other;
    case '>=':
      return one >= other;
    case '<=':
      return one <= other;
    default:
      return null;
  }
}

function isEqual(left: Known, right: Known): boolean {
  // A stored value is text, the number or word in the template may be none.
  return left === right || (left !== null && right !== null && String(left) === String(right));
}

/** Whether a value is one of those after `when`: `when 'a', 'b' or 'c'`. */
export function isOneOf(subject: string, list: string, names: Names): boolean | null {
  const value = atom(partsOf(subject)[0], names);
  const others = partsOf(list).filter((part) => part.kind !== 'sign' && part.text !== 'or').map((part) => atom(part, names));
  if (!('known' in value)) return null;
  let isSure = true;
  for (const other of others) {
    if (!('known' in other)) isSure = false;
    else if (isEqual(value.known, other.known)) return true;
  }
  return isSure ? false : null;
}
