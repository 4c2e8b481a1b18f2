import {
  AMPERSAND,
  ASTERISK,
  BACKSLASH,
  BACKTICK,
  DASH,
  DOLLAR,
  DOT,
  DOUBLE_QUOTE,
  isDigit,
  isHexDigit,
  isSpace,
  isWordPart,
  isWordStart,
  QUOTE,
  SLASH,
  UNDERSCORE,
} from './characters.js';
import { continuation, endOfLine, endOfTag, lastTags } from './lookahead.js';

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
  /** One character that is none of the above, or `..`. */
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
        return this.#string(at + 1, 'doubled');
      case DOUBLE_QUOTE:
        return this.#quoted(at + 1, DOUBLE_QUOTE, Token.Identifier);
      case BACKTICK:
        if (this.#backticks) return this.#quoted(at + 1, BACKTICK, Token.Backtick);
        break;
      case DOLLAR:
        return this.#dollar(at, following);
      case DASH:
        if (following === DASH) return this.#lineComment(at);
        break;
      case SLASH:
        if (following === ASTERISK) return this.#blockComment(at);
        break;
      case DOT:
        // Of `1..10` the second dot must not become that of `.10`.
        if (following === DOT) {
          this.end = at + 2;
          return Token.Punctuation;
        }
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
      if (prefix === 101) return this.#string(end + 1, 'escaped');
      if (prefix === 98 || prefix === 120) return this.#string(end + 1, 'plain');
      if (prefix === 110) return this.#string(end + 1, 'doubled');
    } else if (code === AMPERSAND && prefix === 117) {
      const quote = text.charCodeAt(end + 1);
      if (quote === QUOTE) return this.#string(end + 2, 'doubled');
      if (quote === DOUBLE_QUOTE) return this.#quoted(end + 2, DOUBLE_QUOTE, Token.Identifier);
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

  #quoted(from: number, quote: number, kind: TokenKind): TokenKind {
    const { text } = this;
    for (let at = from; at < text.length; at++) {
      if (text.charCodeAt(at) !== quote) continue;
      if (text.charCodeAt(at + 1) !== quote) {
        this.end = at + 1;
        return kind;
      }
      at++;
    }
    return this.#open(kind);
  }

  /** `plain`: bit and hexadecimal strings, where a quote cannot be written. A string goes on in the next line. */
  #string(from: number, style: 'plain' | 'doubled' | 'escaped'): TokenKind {
    const { text } = this;
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH && style === 'escaped') at += 2;
      else if (code !== QUOTE) at++;
      else if (style !== 'plain' && text.charCodeAt(at + 1) === QUOTE) at += 2;
      else {
        const next = continuation(text, at + 1);
        if (next < 0) {
          this.end = at + 1;
          return Token.String;
        }
        at = next;
      }
    }
    return this.#open(Token.String);
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
