import type { QueryRole } from '../../model/query.js';
import type { Hole } from '../../template/holes.js';
import { partsOf, quotedPath } from './names.js';

/**
 * A pass-through call of a calculated field: `RAWSQL_STR("upper(%1)", [name])` (Tableau help, "Pass-Through Functions"). The
 * text between its quotes reaches the database; `%1` is the first argument behind it.
 */
export interface RawSqlCall {
  /** `RAWSQL_STR`, in capitals. */
  name: string;
  role: QueryRole;
  /** Of the text in the formula, between its quotes. */
  start: number;
  end: number;
  /** As they are written. */
  arguments: string[];
}

const CALL = /\bRAWSQL(AGG)?_(?:BOOL|DATE|DATETIME|INT|REAL|STR|SPATIAL)\s*\(/giy;
const CALLS_MAX = 1_000;
/** The arguments behind the text of one call are looked for so far. */
const ARGUMENTS_LENGTH_MAX = 10_000;

/** The calls of a formula, those within strings, names and comments apart. */
export function rawSqlCalls(formula: string): RawSqlCall[] {
  const calls: RawSqlCall[] = [];
  let at = 0;
  while (at < formula.length && calls.length < CALLS_MAX) {
    const skipped = quotedEnd(formula, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    CALL.lastIndex = at;
    const match = /[Rr]/.test(formula.charAt(at)) ? CALL.exec(formula) : null;
    if (match === null) {
      at++;
      continue;
    }
    at += match[0].length;
    const call = callAt(formula, match[0], match[1] !== undefined, at);
    if (call !== null) calls.push(call);
  }
  return calls;
}

function callAt(formula: string, opening: string, isAggregate: boolean, from: number): RawSqlCall | null {
  let open = from;
  while (/\s/.test(formula.charAt(open))) open++;
  if (formula.charAt(open) !== '"' && formula.charAt(open) !== "'") return null;
  const close = quotedEnd(formula, open);
  const name = opening.replace(/\s*\($/, '').toUpperCase();
  return { name, role: isAggregate ? 'metric' : 'dimension', start: open + 1, end: close - 1, arguments: argumentsFrom(formula, close) };
}

/** What follows the text, up to the parenthesis that closes the call. */
function argumentsFrom(formula: string, from: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = -1;
  let at = from;
  const end = Math.min(formula.length, from + ARGUMENTS_LENGTH_MAX);
  while (at < end) {
    const skipped = quotedEnd(formula, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const character = formula.charAt(at);
    if (character === '(') depth++;
    if ((character === ',' && depth === 0) || (character === ')' && depth === 0)) {
      if (start >= 0) found.push(formula.slice(start, at).trim());
      start = at + 1;
      if (character === ')') break;
    }
    if (character === ')') depth--;
    at++;
  }
  return found;
}

/** Behind the string, name in brackets or comment that starts here; the place itself where none does. */
function quotedEnd(formula: string, at: number): number {
  const character = formula.charAt(at);
  if (character === '"' || character === "'") return closing(formula, at, character);
  if (character === '[') return closing(formula, at, ']');
  if (character === '/' && formula.charAt(at + 1) === '/') {
    const end = formula.indexOf('\n', at);
    return end < 0 ? formula.length : end;
  }
  return at;
}

function closing(formula: string, open: number, sign: string): number {
  let at = formula.indexOf(sign, open + 1);
  while (at >= 0 && formula.charAt(at + 1) === sign) at = formula.indexOf(sign, at + 2);
  return at < 0 ? formula.length : at + 1;
}

/** `%1`, `%2` … as the columns that stand behind the text. */
export function argumentHoles(text: string, given: readonly string[], engine: string | null): Hole[] {
  const standing = given.map((argument) => standingFor(argument, engine));
  return [...text.matchAll(/%(\d{1,2})/g)].map((match) => {
    const [whole, number] = match;
    const index = Number(number) - 1;
    return { start: match.index, end: match.index + whole.length, name: given[index] ?? whole, ...standing[index] };
  });
}

/** What is read of an argument, as SQL; nothing where it reads no column. */
function standingFor(argument: string, engine: string | null): Pick<Hole, 'text' | 'assumption'> {
  const columns = columnsOf(argument).map((field) => quotedPath(field, engine));
  const [only, ...others] = columns;
  if (only === undefined) return {};
  const text = others.length > 0 ? `COALESCE(${columns.join(', ')})` : only;
  return partsOf(argument).length > 0 ? { text } : { text, assumption: `the calculation ${argument.slice(0, 80)} stands for the columns that it reads` };
}

/** `[a]`, `[source].[a]`. */
const FIELD = /\[(?:[^\]]|\]\]){1,300}\](?:\.\[(?:[^\]]|\]\]){1,300}\])?/g;

/** The columns that an argument reads, each once, in the order of its text. */
function columnsOf(argument: string): string[] {
  if (argument.length > ARGUMENTS_LENGTH_MAX) return [];
  const withoutTexts = argument.replace(/"[^"]*"|'[^']*'/g, (text) => ' '.repeat(text.length));
  return [...new Set([...withoutTexts.matchAll(FIELD)].map(([field]) => field))];
}
