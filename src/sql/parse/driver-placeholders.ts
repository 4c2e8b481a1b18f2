import { Scanner, Token } from '../lexer.js';
import type { Lexing } from './lexing.js';

/** A text with `$1`, `$2` … where a driver's placeholders stood, and where each place of it stands in the original. */
export interface WithParameters {
  text: string;
  /** The offset in the original of an offset in `text`; inside a placeholder its beginning. */
  original: (offset: number) => number;
}

interface Replaced {
  start: number;
  end: number;
  by: string;
}

/** Words behind which a value stands and no operator can. */
const BEFORE_VALUE = new Set([
  'select', 'distinct', 'all', 'where', 'having', 'on', 'and', 'or', 'not', 'in', 'any', 'some', 'like', 'ilike', 'to', 'between', 'symmetric', 'limit', 'offset', 'first', 'next',
  'set', 'values', 'when', 'then', 'else', 'case', 'return', 'returning', 'interval', 'date', 'timestamp', 'timestamptz', 'time', 'zone', 'by', 'from', 'is', 'escape', 'using', 'as', 'for', 'default', 'call',
]);

/**
 * How drivers and tools write a value that is sent beside the text: `?` and `?1` (JDBC, ODBC; JPA), `%s` and `%(name)s` (the
 * pyformat of PEP 249, with psycopg's `%b` and `%t`), `:name` and `:1` (PEP 249, Spring, SQLAlchemy, Oracle), `@name` (Npgsql, ADO.NET),
 * `#{name}` (MyBatis), `${name}` and `{{ name }}` (variables of dashboards).
 */
const PLACEHOLDERS: Record<string, RegExp> = {
  '?': /\?\d{0,5}/y,
  '%': /%(?:\([^()\s%]{1,128}\))?[sbt](?![\p{L}\p{N}_])/uy,
  ':': /:(?:\p{L}|\p{N}|_)[\p{L}\p{N}_.]{0,127}/uy,
  '@': /@[\p{L}_][\p{L}\p{N}_]{0,127}/uy,
  '#': /#\{[^{}\n]{1,128}\}/y,
  $: /\$\{[^{}\n]{1,128}\}/y,
  '{': /\{\{[^{}\n]{1,256}\}\}/y,
};

const WORD_CHARACTER = /[\p{L}\p{N}_$]/u;

/**
 * Writes the placeholders of drivers as PostgreSQL's own parameters: the same name as the same parameter, each `?` and `%s` as one of
 * its own. Strings, quoted names, comments and dollar quotes stay. Only where a value can stand: behind a value `?`, `%`, `:` and `@`
 * are operators. Null where there is none.
 */
export function withParameters(text: string, { options, view }: Lexing): WithParameters | null {
  const replaced = placeholdersOf(text, view(text), options);
  if (replaced.every(({ by }) => by === '%')) return null;
  const parts: string[] = [];
  const starts: { at: number; original: number; length: number }[] = [];
  let copied = 0;
  let length = 0;
  for (const { start, end, by } of replaced) {
    parts.push(text.slice(copied, start), by);
    length += start - copied;
    starts.push({ at: length, original: start, length: by.length });
    length += by.length;
    starts.push({ at: length, original: end, length: Number.POSITIVE_INFINITY });
    copied = end;
  }
  parts.push(text.slice(copied));
  return { text: parts.join(''), original: (offset) => originalOf(offset, starts) };
}

function placeholdersOf(text: string, seen: string, options: Lexing['options']): Replaced[] {
  const scanner = new Scanner(seen, options);
  const numbers = new Map<string, number>();
  const replaced: Replaced[] = [];
  let behindValue = false;
  let behindColon = false;
  let until = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const { start, end } = scanner;
    if (kind === Token.LineComment || kind === Token.BlockComment || start < until) continue;
    const found = kind === Token.Punctuation || kind === Token.Parameter ? placeholderAt(text, start, behindValue || behindColon) : null;
    if (found !== null) {
      until = start + found.length;
      replaced.push({ start, end: until, by: parameter(found, numbers, text.charAt(until)) });
      behindValue = true;
    } else if (kind === Token.Punctuation) {
      const character = text.charAt(start);
      // The manual of psycopg: an operator `%` is written twice.
      if (character === '%' && behindValue && text.charAt(start + 1) === '%') {
        replaced.push({ start, end: start + 2, by: '%' });
        until = start + 2;
      }
      behindValue = character === ')' || character === ']' || (character === '*' && !behindValue);
      behindColon = character === ':';
      continue;
    } else behindValue = kind !== Token.Word || !BEFORE_VALUE.has(text.slice(start, Math.min(end, start + 16)).toLowerCase());
    behindColon = false;
  }
  return replaced;
}

function placeholderAt(text: string, start: number, behindValue: boolean): string | null {
  const character = text.charAt(start);
  const pattern = PLACEHOLDERS[character];
  if (pattern === undefined || (behindValue && character !== '{' && character !== '$' && character !== '#')) return null;
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? null;
}

/** `$1`, apart from what follows it. */
function parameter(written: string, numbers: Map<string, number>, next: string): string {
  const name = written === '?' || /^%[sbt]$/.test(written) ? `${written} ${numbers.size}` : written;
  const number = numbers.get(name) ?? numbers.size + 1;
  numbers.set(name, number);
  return WORD_CHARACTER.test(next) ? `$${number} ` : `$${number}`;
}

function originalOf(offset: number, starts: readonly { at: number; original: number; length: number }[]): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const last = starts[low - 1];
  if (last === undefined) return offset;
  const into = offset - last.at;
  return last.original + (into < last.length && last.length !== Number.POSITIVE_INFINITY ? 0 : into);
}
