/**
 * One lexical pass over SQL text. It knows quoting and comments as PostgreSQL's scanner does (`src/backend/parser/scan.l`
 * and `src/fe_utils/psqlscan.l`, version 18) and nothing of grammar. Every function is linear in the text, keeps no stack
 * and never throws; what is left open at the end of the text reaches to the end.
 */

/** What a token is. `End` is 0 so that a loop can stop on it. */
export const Token = {
  End: 0,
  Word: 1,
  Number: 2,
  /** `$1` */
  Parameter: 3,
  /** With its prefix: `'…'`, `E'…'`, `U&'…'`, `B'…'`, `X'…'`, `N'…'`. */
  String: 4,
  /** `"…"` and `U&"…"` */
  Identifier: 5,
  Backtick: 6,
  LineComment: 7,
  BlockComment: 8,
  /** `$tag$…$tag$` with both tags. */
  Dollar: 9,
  /** One character that is none of the above. */
  Punctuation: 10,
} as const;

export type TokenKind = (typeof Token)[keyof typeof Token];

export interface LexOptions {
  /** Whether `` `…` `` quotes an identifier (MySQL, BigQuery). In PostgreSQL a backtick is an operator character. Default true. */
  backticks?: boolean;
  /**
   * `open`: a dollar quote without its closing tag reaches to the end, as the server reads it (default). `closed`: it is
   * only a quote where the closing tag follows, for templates that write `$name`. `none`: never.
   */
  dollarQuotes?: 'open' | 'closed' | 'none';
}

export interface Span {
  start: number;
  end: number;
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const AMPERSAND = 38;
const QUOTE = 39;
const ASTERISK = 42;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;
const UNDERSCORE = 95;
const BACKTICK = 96;

function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === UNDERSCORE || code >= 128;
}

function isTagPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

function isWordPart(code: number): boolean {
  return isTagPart(code) || code === DOLLAR;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

/** Reads tokens one after another; whitespace lies between them. `position` may be moved to skip text that is not SQL. */
export class Scanner {
  /** Where the last token starts, and where it ends. */
  start = 0;
  end = 0;
  /** False where the last token is a quote or comment that the text leaves open. */
  closed = true;
  position = 0;
  readonly #backticks: boolean;
  readonly #dollarQuotes: 'open' | 'closed' | 'none';
  #lastTags: Map<string, number> | undefined;

  constructor(
    readonly text: string,
    options: LexOptions = {},
  ) {
    this.#backticks = options.backticks ?? true;
    this.#dollarQuotes = options.dollarQuotes ?? 'open';
  }

  next(): TokenKind {
    const { text } = this;
    let at = this.position;
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    this.start = at;
    this.closed = true;
    if (at >= text.length) {
      this.end = this.position = text.length;
      return Token.End;
    }
    const kind = this.#token(at, text.charCodeAt(at));
    this.position = this.end;
    return kind;
  }

  #token(at: number, code: number): TokenKind {
    if (isWordStart(code)) return this.#word(at);
    const following = this.text.charCodeAt(at + 1);
    if (isDigit(code) || (code === DOT && isDigit(following))) return this.#number(at);
    switch (code) {
      case QUOTE:
        return this.#quoted(at + 1, QUOTE, false, Token.String);
      case DOUBLE_QUOTE:
        return this.#quoted(at + 1, DOUBLE_QUOTE, false, Token.Identifier);
      case BACKTICK:
        if (this.#backticks) return this.#quoted(at + 1, BACKTICK, false, Token.Backtick);
        break;
      case DOLLAR:
        return this.#dollar(at, following);
      case DASH:
        if (following === DASH) return this.#lineComment(at);
        break;
      case SLASH:
        if (following === ASTERISK) return this.#blockComment(at);
        break;
    }
    this.end = at + 1;
    return Token.Punctuation;
  }

  #word(at: number): TokenKind {
    const { text } = this;
    let end = at + 1;
    while (end < text.length && isWordPart(text.charCodeAt(end))) end++;
    this.end = end;
    if (end - at !== 1) return Token.Word;
    const prefix = text.charCodeAt(at) | 32;
    const code = text.charCodeAt(end);
    if (code === QUOTE) {
      if (prefix === 101) return this.#quoted(end + 1, QUOTE, true, Token.String);
      if (prefix === 98 || prefix === 120 || prefix === 110) return this.#quoted(end + 1, QUOTE, false, Token.String);
    } else if (code === AMPERSAND && prefix === 117) {
      const quote = text.charCodeAt(end + 1);
      if (quote === QUOTE) return this.#quoted(end + 2, QUOTE, false, Token.String);
      if (quote === DOUBLE_QUOTE) return this.#quoted(end + 2, DOUBLE_QUOTE, false, Token.Identifier);
    }
    return Token.Word;
  }

  #number(at: number): TokenKind {
    const { text } = this;
    const base = text.charCodeAt(at + 1) | 32;
    if (text.charCodeAt(at) === 48 && (base === 120 || base === 111 || base === 98)) {
      let end = at + 2;
      while (end < text.length && (isHexDigit(text.charCodeAt(end)) || text.charCodeAt(end) === UNDERSCORE)) end++;
      if (end > at + 2) {
        this.end = end;
        return Token.Number;
      }
    }
    let end = this.#digits(at);
    // `1..10` is two integers and a range, not `1.` and `.10`.
    if (text.charCodeAt(end) === DOT && text.charCodeAt(end + 1) !== DOT) end = this.#digits(end + 1);
    if ((text.charCodeAt(end) | 32) === 101) {
      const sign = text.charCodeAt(end + 1);
      const digits = sign === DASH || sign === 43 ? end + 2 : end + 1;
      if (isDigit(text.charCodeAt(digits))) end = this.#digits(digits);
    }
    this.end = end;
    return Token.Number;
  }

  #digits(at: number): number {
    let end = at;
    while (
      isDigit(this.text.charCodeAt(end)) ||
      (this.text.charCodeAt(end) === UNDERSCORE && isDigit(this.text.charCodeAt(end + 1)))
    ) {
      end++;
    }
    return end;
  }

  #quoted(from: number, quote: number, escapes: boolean, kind: TokenKind): TokenKind {
    const { text } = this;
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (text.charCodeAt(at + 1) !== quote) {
          this.end = at + 1;
          return kind;
        }
        at += 2;
      } else {
        at += escapes && code === BACKSLASH ? 2 : 1;
      }
    }
    return this.#open(kind);
  }

  #dollar(at: number, following: number): TokenKind {
    const { text } = this;
    if (isDigit(following)) {
      let end = at + 2;
      while (isDigit(text.charCodeAt(end))) end++;
      this.end = end;
      return Token.Parameter;
    }
    this.end = at + 1;
    if (this.#dollarQuotes === 'none') return Token.Punctuation;
    const tagEnd = endOfTag(text, at);
    if (tagEnd < 0) return Token.Punctuation;
    const tag = text.slice(at, tagEnd);
    if (this.#dollarQuotes === 'closed') {
      this.#lastTags ??= lastTags(text);
      if ((this.#lastTags.get(tag) ?? -1) < tagEnd) return Token.Punctuation;
    }
    for (let close = text.indexOf('$', tagEnd); close >= 0; close = text.indexOf('$', close + 1)) {
      if (text.startsWith(tag, close)) {
        this.end = close + tag.length;
        return Token.Dollar;
      }
    }
    return this.#open(Token.Dollar);
  }

  #lineComment(at: number): TokenKind {
    const end = endOfLine(this.text, at);
    this.end = end;
    return Token.LineComment;
  }

  #blockComment(at: number): TokenKind {
    const { text } = this;
    let depth = 1;
    let position = at + 2;
    while (position < text.length) {
      const code = text.charCodeAt(position);
      const following = text.charCodeAt(position + 1);
      if (code === ASTERISK && following === SLASH) {
        position += 2;
        if (--depth === 0) {
          this.end = position;
          return Token.BlockComment;
        }
      } else if (code === SLASH && following === ASTERISK) {
        depth++;
        position += 2;
      } else {
        position++;
      }
    }
    return this.#open(Token.BlockComment);
  }

  #open(kind: TokenKind): TokenKind {
    this.end = this.text.length;
    this.closed = false;
    return kind;
  }
}

function endOfLine(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return end;
  }
  return text.length;
}

/** Where `$tag$` ends that starts at `at`, or -1. */
function endOfTag(text: string, at: number): number {
  let end = at + 1;
  if (isWordStart(text.charCodeAt(end))) {
    while (end < text.length && isTagPart(text.charCodeAt(end))) end++;
  }
  return text.charCodeAt(end) === DOLLAR ? end + 1 : -1;
}

function lastTags(text: string): Map<string, number> {
  const last = new Map<string, number>();
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at + 1)) {
    const end = endOfTag(text, at);
    if (end >= 0) last.set(text.slice(at, end), at);
  }
  return last;
}

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

/** One top-level statement without its semicolon: from its first token to its last, comments before it apart. */
export interface StatementSpan extends Span {
  /** The comments between the statement before and this one. */
  comments: Span[];
  /** `copy` for psql's `\copy`, whose span starts at the backslash and ends with its line. */
  command: 'copy' | null;
}

/**
 * Splits a script as psql does: at semicolons outside parentheses, quotes, comments and `BEGIN ATOMIC … END`. psql's
 * meta-commands are dropped, and those that send the buffer (`\g`, `\gx` …) end the statement. The data lines after
 * `COPY … FROM STDIN;` are skipped: they are rows.
 */
export function splitStatements(text: string, options: LexOptions = {}): StatementSpan[] {
  return new Splitter(text, options).split();
}

class Splitter {
  readonly #scanner: Scanner;
  readonly #found: StatementSpan[] = [];
  #comments: Span[] = [];
  #start = -1;
  #end = -1;
  #parentheses = 0;
  #blocks = 0;
  #words = 0;
  #first = '';
  #previous = '';
  #definesRoutine = false;
  #fromStdin = false;

  constructor(text: string, options: LexOptions) {
    this.#scanner = new Scanner(text, options);
  }

  split(): StatementSpan[] {
    const scanner = this.#scanner;
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      if (kind === Token.LineComment || kind === Token.BlockComment) {
        if (this.#start < 0) this.#comments.push({ start: scanner.start, end: scanner.end });
      } else if (kind === Token.Punctuation) {
        this.#punctuation(scanner.text.charCodeAt(scanner.start));
      } else {
        if (kind === Token.Word) this.#word(scanner.text.slice(scanner.start, Math.min(scanner.end, scanner.start + 16)));
        this.#extend();
      }
    }
    this.#finish();
    return this.#found;
  }

  #extend(): void {
    if (this.#start < 0) this.#start = this.#scanner.start;
    this.#end = this.#scanner.end;
  }

  #punctuation(code: number): void {
    const { text, start } = this.#scanner;
    if (code === BACKSLASH && /[A-Za-z?!.;]/.test(text.charAt(start + 1))) return this.#command();
    if (code === 59 && this.#parentheses === 0 && this.#blocks === 0) {
      const skipData = this.#first === 'copy' && this.#fromStdin;
      this.#finish();
      if (skipData) this.#skipData();
      return;
    }
    if (code === 40) this.#parentheses++;
    else if (code === 41 && this.#parentheses > 0) this.#parentheses--;
    this.#extend();
  }

  /** `psqlscan.l`: BEGIN and CASE open a block only in CREATE FUNCTION or PROCEDURE, and only outside parentheses. */
  #word(raw: string): void {
    const word = raw.toLowerCase();
    this.#words++;
    if (this.#words === 1) this.#first = word;
    if (this.#first === 'create' && this.#words <= 4 && (word === 'function' || word === 'procedure')) {
      this.#definesRoutine = this.#words === 2 || this.#words === 4;
    }
    if (word === 'stdin' && this.#previous === 'from') this.#fromStdin = true;
    if (this.#definesRoutine && this.#parentheses === 0) {
      if (this.#blocks > 0 ? word === 'case' || word === 'begin' : word === 'atomic' && this.#previous === 'begin') {
        this.#blocks++;
      } else if (word === 'end' && this.#blocks > 0) {
        this.#blocks--;
      }
    }
    this.#previous = word;
  }

  #command(): void {
    const scanner = this.#scanner;
    const { text, start } = scanner;
    const end = endOfLine(text, start);
    scanner.position = end;
    if (/^\\copy\s/i.test(text.slice(start, start + 6)) && this.#start < 0) {
      this.#found.push({ start, end: trimEnd(text, start, end), comments: this.#comments, command: 'copy' });
      this.#comments = [];
    } else if (/^\\(g|gx|gset|gexec|gdesc|watch|crosstabview)\b/i.test(text.slice(start, start + 16))) {
      this.#finish();
    }
  }

  #finish(): void {
    if (this.#start >= 0) {
      this.#found.push({ start: this.#start, end: this.#end, comments: this.#comments, command: null });
      this.#comments = [];
    }
    this.#start = this.#end = -1;
    this.#parentheses = this.#blocks = this.#words = 0;
    this.#first = this.#previous = '';
    this.#definesRoutine = this.#fromStdin = false;
  }

  #skipData(): void {
    const scanner = this.#scanner;
    const { text } = scanner;
    let line = endOfLine(text, scanner.position);
    while (line < text.length) {
      const from = text.charCodeAt(line) === CARRIAGE_RETURN && text.charCodeAt(line + 1) === LINE_FEED ? line + 2 : line + 1;
      line = endOfLine(text, from);
      if (line - from === 2 && text.startsWith('\\.', from)) break;
    }
    scanner.position = line;
  }
}

function trimEnd(text: string, start: number, from: number): number {
  let end = from;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** What the comments before the first token of a text say, each without its markers. */
export function leadingComments(text: string): string[] {
  const scanner = new Scanner(text);
  const found: string[] = [];
  for (let kind = scanner.next(); kind === Token.LineComment || kind === Token.BlockComment; kind = scanner.next()) {
    found.push(commentText(text, scanner));
  }
  return found;
}

/** The words of one comment, without `--`, or `/*` and its end. */
export function commentText(text: string, span: Span): string {
  const comment = text.slice(span.start, span.end);
  if (comment.startsWith('--')) return comment.slice(2).trim();
  return comment.slice(2, comment.endsWith('*/') && comment.length >= 4 ? -2 : undefined).trim();
}
