import type { ProblemCode } from '../../model/query.js';
import { Notes } from '../result.js';
import { JinjaText, isCallable, isJinjaObject, isUnknown, type JinjaUnknown, type JinjaValue, type Piece } from './value.js';

/** A rendering does more than is allowed to it: a template from outside may loop and grow without end. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
}

/** Characters that one rendering writes. */
export const OUTPUT_LENGTH_MAX = 1_000_000;
/** Characters of one string or of one written list while it is worked on. */
const STRING_LENGTH_MAX = 1_000_000;
/** Expressions and nodes that one rendering evaluates. */
const STEPS_MAX = 200_000;
/** Items of one list, and numbers of one `range`. */
export const ITEMS_MAX = 10_000;
export const RANGE_MAX = 1_000;
/** Macros within macros, calls within calls. */
export const CALLS_MAX = 30;
const VALUE_DEPTH_MAX = 20;

/** What one rendering may still do, what it says, and which unknown values stand in its strings. */
export class Runtime {
  readonly notes = new Notes();
  readonly #unknowns: JinjaUnknown[] = [];
  #steps = 0;
  #characters = 0;

  constructor(readonly decide: (doubt: Doubt) => boolean) {}

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > STEPS_MAX) throw new LimitExceeded(`it takes more than ${STEPS_MAX} steps`);
  }

  /** Every string that is made goes through here: its length is bounded, and so is that of all of them together. */
  string(text: string): string {
    this.reserve(text.length);
    return text;
  }

  reserve(characters: number): void {
    this.#characters += characters;
    if (characters > STRING_LENGTH_MAX || this.#characters > 20 * STRING_LENGTH_MAX) throw new LimitExceeded('its strings grow without end');
  }

  list(items: JinjaValue[]): JinjaValue[] {
    this.step(items.length);
    if (items.length > ITEMS_MAX) throw new LimitExceeded(`a list has more than ${ITEMS_MAX} items`);
    return items;
  }

  problem(code: ProblemCode, message: string): void {
    this.notes.problem(code, message);
  }

  /** A string that stands for an unknown value among others. */
  mark(unknown: JinjaUnknown): string {
    const known = this.#unknowns.indexOf(unknown, Math.max(0, this.#unknowns.length - 20));
    if (known < 0) this.#unknowns.push(unknown);
    const id = known < 0 ? this.#unknowns.length - 1 : known;
    return OPEN + String(id).replace(/\d/g, (digit) => String.fromCharCode(FIRST_DIGIT + Number(digit))) + CLOSE;
  }

  /** A string as pieces: its text, and holes where unknown values are marked. */
  pieces(text: string, start: number, end: number): Piece[] {
    const pieces: Piece[] = [];
    for (const [index, part] of text.split(MARKED).entries()) {
      const unknown = index % 2 === 1 ? this.#unknowns[numberOf(part)] : undefined;
      if (unknown !== undefined) pieces.push({ kind: 'hole', unknown, start, end });
      else if (index % 2 === 0 && part !== '') pieces.push({ kind: 'text', text: part.replace(LEFTOVER, ''), start, end });
    }
    return pieces;
  }

  /** As messages show it: with the names of unknown values. */
  shown(value: JinjaValue): string {
    return this.text(value).split(MARKED).map((part, index) => (index % 2 === 1 ? (this.#unknowns[numberOf(part)]?.name ?? '') : part)).join('').slice(0, 200);
  }

  /** As it would be written: Python's words and forms, unknown values as marks. */
  text(value: JinjaValue, depth = 0): string {
    this.step();
    switch (typeof value) {
      case 'undefined':
        return '';
      case 'string':
        return value;
      case 'number':
        return String(value);
      case 'boolean':
        return value ? 'True' : 'False';
    }
    if (value === null) return 'None';
    if (depth > VALUE_DEPTH_MAX) return '…';
    if (Array.isArray(value)) return this.string(`[${value.map((item) => this.#quoted(item, depth + 1)).join(', ')}]`);
    if (value instanceof Map) {
      return this.string(`{${[...value].map(([key, item]) => `${this.#quoted(key, depth)}: ${this.#quoted(item, depth + 1)}`).join(', ')}}`);
    }
    if (value instanceof JinjaText) return this.string(value.pieces.map((piece) => (piece.kind === 'hole' ? this.mark(piece.unknown) : piece.text.replace(LEFTOVER, '\ufffd'))).join(''));
    if (isUnknown(value)) return this.mark(value);
    return isJinjaObject(value) ? value.text : '';
  }

  #quoted(value: JinjaValue, depth: number): string {
    if (value === undefined) return 'Undefined';
    const text = this.text(value, depth);
    if (typeof value !== 'string' && !(value instanceof JinjaText)) return text;
    return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
  }
}

/** A mark is written in characters of its own throughout, so that no replacement, upper case or trimming hits a part of it. */
const OPEN = '\ue000';
const CLOSE = '\ue001';
const FIRST_DIGIT = 0xe002;
const MARKED = /\ue000([\ue002-\ue00b]+)\ue001/;
const LEFTOVER = /[\ue000-\ue00b]/g;

function numberOf(digits: string): number {
  return Number([...digits].map((digit) => digit.charCodeAt(0) - FIRST_DIGIT).join(''));
}

/** True for a string in which an unknown value stands. */
export function isMarked(text: string): boolean {
  return text.includes(OPEN);
}

/** A condition whose value only the running tool knows. */
export interface Doubt {
  /** Equal conditions have equal keys. */
  key: string;
  /** What it is while nobody has chosen anything. */
  untouched: boolean;
  /** True where the value sought is the opposite. */
  isNegated: boolean;
}

export type Truth = boolean | Doubt;

export function doubt(key: string, untouched = false): Doubt {
  return { key, untouched, isNegated: false };
}

export function negated(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : { ...truth, isNegated: !truth.isNegated };
}

/** The value of a doubt while nobody has chosen anything. */
export function untouchedOf(truth: Truth): boolean {
  return typeof truth === 'boolean' ? truth : truth.untouched !== truth.isNegated;
}

/** As Python judges it: empty strings, lists and dicts, 0 and none are false. */
export function truthOf(value: JinjaValue): Truth {
  if (value === undefined || value === null) return false;
  if (typeof value === 'string') return isMarked(value) ? doubt(`text ${value}`, true) : value !== '';
  if (typeof value === 'number' || typeof value === 'boolean') return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof JinjaText) return value.pieces.some((piece) => piece.kind === 'hole' || piece.text.trim() !== '');
  return isUnknown(value) ? doubt(value.name, value.isTrueUntouched === true) : true;
}

/** Equality of values; null where an unknown one decides. */
export function equal(left: JinjaValue, right: JinjaValue, runtime: Runtime, depth = 0): boolean | null {
  runtime.step();
  if (left === right) return !isUnknown(left);
  if (isUnknown(left) || isUnknown(right)) return null;
  if (typeof left === 'boolean' && typeof right === 'number') return Number(left) === right;
  if (typeof left === 'number' && typeof right === 'boolean') return left === Number(right);
  if (isTextual(left) && isTextual(right)) {
    const [one, other] = [runtime.text(left), runtime.text(right)];
    return isMarked(one) || isMarked(other) ? null : one === other;
  }
  if (depth > VALUE_DEPTH_MAX) return null;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && every(left, (item, index) => equal(item, right[index], runtime, depth + 1));
  }
  if (left instanceof Map && right instanceof Map) {
    return left.size === right.size && every([...left], ([key, item]) => right.has(key) && equal(item, right.get(key), runtime, depth + 1));
  }
  return false;
}

function every<T>(items: readonly T[], holds: (item: T, index: number) => boolean | null): boolean | null {
  let result: boolean | null = true;
  for (const [index, item] of items.entries()) {
    const one = holds(item, index);
    if (one === false) return false;
    if (one === null) result = null;
  }
  return result;
}

/** Strings, captured text, and objects that are written as text. */
export function isTextual(value: JinjaValue): boolean {
  return typeof value === 'string' || value instanceof JinjaText || isJinjaObject(value);
}

/** The items that a loop goes through; null where only the running tool knows. */
export function itemsOf(value: JinjaValue, runtime: Runtime): JinjaValue[] | null {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys()];
  if (isUnknown(value)) return null;
  if (isTextual(value)) return runtime.list([...runtime.text(value)].slice(0, ITEMS_MAX + 1));
  return isCallable(value) ? null : [];
}
