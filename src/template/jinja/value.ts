import type { ProblemCode } from '../../model/query.js';
import type { ValueType } from '../placeholder.js';

/**
 * What an expression of a template gives. The type is closed: no value leads to an object of the host, so a template reaches
 * nothing but what its environment gives it.
 */
export type JinjaValue = undefined | null | boolean | number | string | JinjaValue[] | JinjaDict | JinjaText | JinjaObject | JinjaCallable | JinjaUnknown;

/** Keys as their text; also what `namespace()` gives. */
export type JinjaDict = Map<string, JinjaValue>;

export type JinjaArguments = readonly JinjaValue[];
export type JinjaKeywords = ReadonlyMap<string, JinjaValue>;
/** Of a filter, the first argument is the value that is filtered. */
export type JinjaFunction = (args: JinjaArguments, kwargs: JinjaKeywords, site: JinjaSite) => JinjaValue;

/** The place of a call, and what may be said of it. */
export interface JinjaSite {
  /** The construct with its delimiters, as offsets of the template that is rendered. */
  readonly start: number;
  readonly end: number;
  assume(assumption: string): void;
  problem(code: ProblemCode, message: string): void;
  /** A macro of the template or of the environment, as a callable. */
  macro(name: string): JinjaCallable | null;
  /** Calls a callable, or an unknown value, as the template would. */
  call(callee: JinjaValue, args: JinjaArguments, kwargs?: JinjaKeywords): JinjaValue;
  /** The text of a value as it would be written into the output, with the marks of unknown values within. */
  text(value: JinjaValue): string;
}

/** A value that renders as `text` and has attributes: a relation of dbt. One without the attribute asked for gives an unknown value. */
export interface JinjaObject {
  readonly kind: 'object';
  readonly text: string;
  readonly attributes: ReadonlyMap<string, JinjaValue>;
  /** How it is called where it is a function too. */
  readonly call?: JinjaFunction | undefined;
}

export interface JinjaCallable {
  readonly kind: 'callable';
  readonly name: string;
  readonly call: JinjaFunction;
}

/** A value that only the running tool knows. It renders as a hole, or as `sql` where that is stated. */
export interface JinjaUnknown {
  readonly kind: 'unknown';
  /** How people call it: `ds`, `var('start')`, `filter_values('org')`. */
  readonly name: string;
  readonly type?: ValueType | undefined;
  /** Values as SQL that it may take where it is a name, a relation or the whole statement; the stored one first. */
  readonly values?: readonly string[] | undefined;
  /** What stands for it as SQL: a function call that keeps its arguments. */
  readonly sql?: string | undefined;
  /** What is said of it among the assumptions. */
  readonly assumption?: string | undefined;
  /** True for a name that nobody defines: `default` and `is defined` take it for missing, and a call of it is a macro's. */
  readonly isUndefined?: boolean | undefined;
  /** True for a condition that holds while nobody has chosen anything. */
  readonly isTrueUntouched?: boolean | undefined;
  /** True for a list that is empty while nobody has chosen anything: a loop over it runs in later variants only. */
  readonly isEmptyUntouched?: boolean | undefined;
}

/** A piece of output: copied from the template, written for a construct of it, or put in by the running tool. `call` is the unknown macro that it stands for. */
export type Piece =
  | { kind: 'copy'; start: number; end: number; text: string }
  | { kind: 'text'; text: string; start: number; end: number; call?: string | undefined }
  | { kind: 'hole'; unknown: JinjaUnknown; start: number; end: number; call?: string | undefined };

/** What a block, a macro or a call gave: text that still knows where it comes from. */
export class JinjaText {
  readonly kind = 'text';

  constructor(readonly pieces: readonly Piece[]) {}
}

export function unknown(name: string, more: Omit<JinjaUnknown, 'kind' | 'name'> = {}): JinjaUnknown {
  return { kind: 'unknown', name: name.slice(0, 200), ...more };
}

export function callable(name: string, call: JinjaFunction): JinjaCallable {
  return { kind: 'callable', name, call };
}

export function object(text: string, attributes: Iterable<readonly [string, JinjaValue]> = [], call?: JinjaFunction): JinjaObject {
  return { kind: 'object', text, attributes: new Map(attributes), ...(call === undefined ? {} : { call }) };
}

export function isUnknown(value: JinjaValue): value is JinjaUnknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unknown';
}

export function isCallable(value: JinjaValue): value is JinjaCallable {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'callable';
}

export function isJinjaObject(value: JinjaValue): value is JinjaObject {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'object';
}
