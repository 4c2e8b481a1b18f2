import type { Span } from '../../model/syntax-tree.js';
import { Scanner, Token, type TokenKind } from '../../sql/lexer.js';

/** One token with how many parentheses are open around it. */
export interface Lexeme {
  kind: TokenKind;
  start: number;
  end: number;
  depth: number;
  /** A word in lower case, a sign as it stands; empty for literals and quoted names. */
  word: string;
}

/** The tokens of a text without comments. */
export function lexemesOf(text: string): Lexeme[] {
  const scanner = new Scanner(text);
  const lexemes: Lexeme[] = [];
  let depth = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    const { start, end } = scanner;
    const sign = kind === Token.Punctuation ? text.slice(start, end) : '';
    if (CLOSING.has(sign)) depth -= 1;
    lexemes.push({ kind, start, end, depth, word: kind === Token.Word ? text.slice(start, end).toLowerCase() : sign });
    if (OPENING.has(sign)) depth += 1;
  }
  return lexemes;
}

const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);

/** Where the clauses of one SELECT stand; each span is what stands behind its keyword. */
export interface SelectClauses {
  /** From the keyword SELECT to the end of the query that it belongs to. */
  whole: Span;
  projections: Span;
  from: Span | null;
  where: Span | null;
  groupBy: Span | null;
  having: Span | null;
  /** Of ORDER BY, LIMIT and what follows; null where there is none. */
  tail: Span | null;
  /** Names of clauses that are none of these. */
  others: string[];
}

type Clause = 'projections' | 'from' | 'where' | 'groupBy' | 'having' | 'tail' | 'other';

const TAIL = new Set(['limit', 'offset', 'fetch', 'settings', 'format']);
const OTHER = new Set(['qualify', 'window', 'prewhere', 'sample', 'cluster', 'distribute', 'sort', 'connect', 'start', 'into', 'lateral', 'for']);
const SET_OPERATORS = new Set(['union', 'intersect', 'except', 'minus']);

/**
 * The clauses of the SELECT whose first output stands at an offset; null where none is found there.
 *
 * Purely lexical, so that it works in every dialect: whoever cuts a text along it reads the result again to see that the cut
 * was right.
 */
export function clausesAt(lexemes: readonly Lexeme[], offset: number): SelectClauses | null {
  const first = lexemes.findIndex(({ start }) => start >= offset);
  const depth = lexemes[first]?.depth ?? 0;
  let select = first - 1;
  while (select >= 0 && !(lexemes[select]?.word === 'select' && lexemes[select]?.depth === depth)) {
    if ((lexemes[select]?.depth ?? 0) < depth) return null;
    select -= 1;
  }
  const keyword = lexemes[select];
  if (first < 0 || keyword === undefined) return null;
  const marks: { clause: Clause; name: string; start: number; from: number }[] = [{ clause: 'projections', name: 'select', start: keyword.start, from: keyword.end }];
  let end = lexemes.at(-1)?.end ?? 0;
  for (let index = select + 1; index < lexemes.length; index += 1) {
    const lexeme = lexemes[index];
    if (lexeme === undefined || lexeme.depth > depth) continue;
    if (lexeme.depth < depth || lexeme.word === ';') {
      end = lexeme.start;
      break;
    }
    if (SET_OPERATORS.has(lexeme.word) && lexemes[index - 1]?.word !== '*' && marks.some(({ clause }) => clause === 'from')) return null;
    const found = clauseAt(lexemes, index);
    if (found !== null) marks.push({ clause: found.clause, name: lexeme.word, start: lexeme.start, from: found.from });
  }
  return spansOf(marks, keyword.start, end);
}

function clauseAt(lexemes: readonly Lexeme[], index: number): { clause: Clause; from: number } | null {
  const { word = '', end = 0, kind } = lexemes[index] ?? {};
  if (kind !== Token.Word || lexemes[index - 1]?.word === '.' || lexemes[index - 1]?.word === 'as') return null;
  const next = lexemes[index + 1];
  if (word === 'from') return lexemes[index - 1]?.word === 'distinct' ? null : { clause: 'from', from: end };
  if (word === 'where' || word === 'having') return { clause: word, from: end };
  if (word === 'group') return next?.word === 'by' ? { clause: 'groupBy', from: next.end } : null;
  if (word === 'order') return next?.word === 'by' ? { clause: 'tail', from: next.end } : null;
  if (TAIL.has(word)) return { clause: 'tail', from: end };
  return OTHER.has(word) && next?.word !== '(' && next?.word !== ',' ? { clause: 'other', from: end } : null;
}

function spansOf(marks: readonly { clause: Clause; name: string; start: number; from: number }[], start: number, end: number): SelectClauses | null {
  const clauses: SelectClauses = { whole: { start, end }, projections: { start, end }, from: null, where: null, groupBy: null, having: null, tail: null, others: [] };
  for (const [index, { clause, name, from, start: at }] of marks.entries()) {
    const span = { start: from, end: marks[index + 1]?.start ?? end };
    if (clause === 'other') clauses.others.push(name);
    else if (clause === 'tail') clauses.tail ??= { start: at, end };
    else if (clause === 'projections') clauses.projections = span;
    else if (clauses[clause] !== null) return null;
    else clauses[clause] = span;
  }
  return clauses;
}

/** The parts of a span that stand between a separator at its own level, trimmed. */
export function partsOf(lexemes: readonly Lexeme[], span: Span, separator: ',' | 'and' | '/' | '*'): Span[] {
  const inside = lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
  const depth = Math.min(...inside.map((lexeme) => lexeme.depth));
  const parts: Lexeme[][] = [[]];
  let betweens = 0;
  let cases = 0;
  for (const lexeme of inside) {
    const level = lexeme.depth === depth;
    if (level && lexeme.word === 'case') cases += 1;
    if (level && lexeme.word === 'between') betweens += 1;
    const splits = level && cases === 0 && lexeme.word === separator;
    if (level && lexeme.word === 'end' && cases > 0) cases -= 1;
    if (splits && separator === 'and' && betweens > 0) betweens -= 1;
    else if (splits) {
      parts.push([]);
      continue;
    }
    parts.at(-1)?.push(lexeme);
  }
  return parts.flatMap((part) => {
    const [first] = part;
    const last = part.at(-1);
    return first === undefined || last === undefined ? [] : [{ start: first.start, end: last.end }];
  });
}

/** Whether a word stands in a span at its own level, outside of CASE. */
export function hasWord(lexemes: readonly Lexeme[], span: Span, word: string): boolean {
  const inside = lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
  const depth = Math.min(...inside.map((lexeme) => lexeme.depth));
  let cases = 0;
  for (const lexeme of inside) {
    if (lexeme.depth > depth) continue;
    if (lexeme.word === 'case') cases += 1;
    else if (lexeme.word === 'end' && cases > 0) cases -= 1;
    else if (cases === 0 && lexeme.word === word) return true;
  }
  return false;
}

/** What stands within the parentheses around a span; null where it is not wrapped in one pair. */
export function unwrapped(lexemes: readonly Lexeme[], span: Span): Span | null {
  const inside = lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
  const [first, second] = inside;
  const last = inside.at(-1);
  if (first?.word !== '(' || last?.word !== ')' || second === undefined || first.depth !== last.depth) return null;
  if (inside.slice(1, -1).some(({ depth }) => depth <= first.depth)) return null;
  const beforeLast = inside.at(-2);
  return beforeLast === undefined || beforeLast === first ? null : { start: second.start, end: beforeLast.end };
}

/** The conditions of a WHERE that must all be true, parentheses around several of them opened. */
export function conditionSpans(lexemes: readonly Lexeme[], span: Span): Span[] {
  if (hasWord(lexemes, span, 'or')) return trimmed(lexemes, span);
  const parts = partsOf(lexemes, span, 'and');
  const [only, another] = parts;
  if (only !== undefined && another === undefined) {
    const inner = unwrapped(lexemes, only);
    if (inner === null) return [only];
    const opened = conditionSpans(lexemes, inner);
    return opened.length > 1 ? opened : [only];
  }
  return parts.flatMap((part) => conditionSpans(lexemes, part));
}

function trimmed(lexemes: readonly Lexeme[], span: Span): Span[] {
  const inside = lexemes.filter(({ start, end }) => start >= span.start && end <= span.end);
  const [first] = inside;
  const last = inside.at(-1);
  return first === undefined || last === undefined ? [] : [{ start: first.start, end: last.end }];
}
