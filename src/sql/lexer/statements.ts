import { BACKSLASH, CARRIAGE_RETURN, isSpace, LINE_FEED } from './characters.js';
import { endOfLine } from './lookahead.js';
import { Scanner, Token, type LexOptions, type Span } from './scanner.js';

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
