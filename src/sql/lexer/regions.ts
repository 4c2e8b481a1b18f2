import { Scanner, Token, type LexOptions, type Span, type TokenKind } from './scanner.js';

export type RegionKind = 'code' | 'string' | 'identifier' | 'backtick' | 'line-comment' | 'block-comment' | 'dollar';

/** `closed` is false for a quote or comment that the text leaves open. */
export interface Region extends Span {
  kind: RegionKind;
  closed: boolean;
}

const regionKinds: Partial<Record<TokenKind, RegionKind>> = {
  [Token.String]: 'string',
  [Token.Identifier]: 'identifier',
  [Token.Backtick]: 'backtick',
  [Token.LineComment]: 'line-comment',
  [Token.BlockComment]: 'block-comment',
  [Token.Dollar]: 'dollar',
};

/** The text as regions that follow each other without a gap. Offsets are UTF-16 units. */
export function regions(text: string, options: LexOptions = {}): Region[] {
  const scanner = new Scanner(text, options);
  const found: Region[] = [];
  let code = 0;
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const region = regionKinds[kind];
    if (region === undefined) continue;
    if (scanner.start > code) found.push({ kind: 'code', start: code, end: scanner.start, closed: true });
    found.push({ kind: region, start: scanner.start, end: scanner.end, closed: scanner.closed });
    code = scanner.end;
  }
  if (text.length > code) found.push({ kind: 'code', start: code, end: text.length, closed: true });
  return found;
}

/** The region that holds `offset`, found by bisection; undefined beyond the text. */
export function regionAt(found: readonly Region[], offset: number): Region | undefined {
  let low = 0;
  let high = found.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const region = found[middle];
    if (region === undefined) return undefined;
    if (offset < region.start) high = middle - 1;
    else if (offset >= region.end) low = middle + 1;
    else return region;
  }
  return undefined;
}

export interface Literal extends Span {
  kind: 'string' | 'number' | 'dollar' | 'comment';
}

/**
 * Every literal and comment of a PostgreSQL text, in order, prefixes and quotes included. What lies between is words,
 * quoted identifiers, parameters and punctuation. Cut texts are safe to mask with it: an open quote reaches to the end.
 */
export function literals(text: string): Literal[] {
  const scanner = new Scanner(text, { backticks: false });
  const found: Literal[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    const { start, end } = scanner;
    if (kind === Token.String) found.push({ kind: 'string', start, end });
    else if (kind === Token.Number) found.push({ kind: 'number', start, end });
    else if (kind === Token.Dollar) found.push({ kind: 'dollar', start, end });
    else if (kind === Token.LineComment || kind === Token.BlockComment) found.push({ kind: 'comment', start, end });
  }
  return found;
}
