import type { Node } from '@pgsql/types';
import { Scanner, Token } from '../../lexer.js';
import type { Positions } from './positions.js';

/** The parser keeps only where a node begins; its text is read from there. */

/** One statement with its text, to which the locations of its nodes refer. */
export interface Source {
  text: string;
  positions: Positions;
}

/** What may follow the expression of a DEFAULT in the definition of a column (`ColConstraintElem` in gram.y, 18). */
const AFTER_DEFAULT = new Set(['constraint', 'not', 'null', 'check', 'unique', 'primary', 'references', 'generated', 'default', 'collate', 'deferrable', 'initially']);
const AFTER_CONDITION = new Set(['returning']);
const NOTHING: ReadonlySet<string> = new Set();

/** The text between the next parentheses behind the place of a node. */
export function parenthesized({ text, positions }: Source, location_bytes: number): string {
  return textInParentheses(text, positions.toUtf16(location_bytes));
}

/** The text between the next parentheses from an offset on. */
export function textInParentheses(whole: string, from_offset: number): string {
  const scanner = new Scanner(whole, { backticks: false });
  scanner.position = from_offset;
  let depth = 0;
  let from = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind !== Token.Punctuation) continue;
    const character = whole.charAt(scanner.start);
    if (character === '(' && depth++ === 0) from = scanner.end;
    if (character === ')' && --depth === 0) return whole.slice(from, scanner.start).trim();
  }
  return '';
}

/** The expression behind DEFAULT, in a column's definition and in ALTER TABLE. */
export function defaultText(expression: Node | undefined, source: Source): string {
  return textBehind('default', expression, source, AFTER_DEFAULT);
}

/** The expression behind USING of ALTER COLUMN … TYPE. */
export function usingText(expression: Node | undefined, source: Source): string | null {
  return expression ? textBehind('using', expression, source, NOTHING) : null;
}

/** The condition behind WHERE of a statement or an index; null where there is none. */
export function whereText(condition: Node | undefined, source: Source): string | null {
  return condition ? textBehind('where', condition, source, AFTER_CONDITION) : null;
}

/** From behind the last such word before the expression to the comma, parenthesis or word that ends it. */
function textBehind(word: string, expression: Node | undefined, { text: whole, positions }: Source, ends: ReadonlySet<string>): string {
  const location = firstLocation(expression);
  if (location === null) return '';
  const begin = positions.toUtf16(location);
  const scanner = new Scanner(whole, { backticks: false });
  let from = begin;
  for (let kind = scanner.next(); kind !== Token.End && scanner.start < begin; kind = scanner.next()) {
    if (kind === Token.Word && whole.slice(scanner.start, scanner.end).toLowerCase() === word) from = scanner.end;
  }
  scanner.position = from;
  let depth = 0;
  let end = from;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = whole.slice(scanner.start, scanner.end);
    if (depth === 0 && end > from && (token === ',' || token === ')' || token === ';' || (kind === Token.Word && ends.has(token.toLowerCase())))) break;
    if (token === '(' || token === '[') depth++;
    if (token === ')' || token === ']') depth--;
    if (kind !== Token.LineComment && kind !== Token.BlockComment) end = scanner.end;
  }
  return whole.slice(from, end).trim();
}

/** Where the first part of a value of the parser stands, in bytes. */
export function firstLocation(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return null;
  let first: number | null = null;
  for (const [key, inner] of Object.entries(value)) {
    const found = key === 'location' && typeof inner === 'number' ? inner : firstLocation(inner);
    if (found !== null && found >= 0 && (first === null || found < first)) first = found;
  }
  return first;
}

/** An expression as a catalogue has it, with another name for a column. Names behind a point or before a parenthesis are other things. */
export function withColumnRenamed(expression: string, from: string, to: string): string {
  const scanner = new Scanner(expression, { backticks: false });
  let written = '';
  let last = 0;
  let before = '';
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const token = expression.slice(scanner.start, scanner.end);
    const isCall = kind === Token.Word && /^\s*\(/.test(expression.slice(scanner.end, scanner.end + 20));
    if (namedBy(token, kind) === from && before !== '.' && before !== ':' && !isCall) {
      written += expression.slice(last, scanner.start) + quoteName(to);
      last = scanner.end;
    }
    before = token;
  }
  return written + expression.slice(last);
}

/** Whether an expression of a catalogue names a column. */
export function namesColumn(expression: string, column: string): boolean {
  return withColumnRenamed(expression, column, `${column}_`) !== expression;
}

function namedBy(token: string, kind: number): string | null {
  if (kind === Token.Word) return token.toLowerCase();
  return kind === Token.Identifier ? token.slice(1, -1).replaceAll('""', '"') : null;
}

/** A name as SQL; quoted unless it is a plain lower-case word, which may still be a key word: then quotes do no harm either. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !KEY_WORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Words that are columns more often than others and cannot stand bare (PostgreSQL 18, appendix C). */
const KEY_WORDS = new Set(
  ('all analyse analyze and any array as asc both case cast check collate column constraint create current_date current_user default desc ' +
    'distinct do else end except false fetch for foreign from grant group having in initially intersect into is join leading left like limit ' +
    'natural not null offset on only or order outer primary references returning right select session_user some table then to trailing true ' +
    'union unique user using variadic when where window with').split(' '),
);
