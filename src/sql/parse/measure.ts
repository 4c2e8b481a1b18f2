import { type LexOptions, Scanner, Token } from '../lexer.js';

/** What of a text decides whether a parser can bear it, and whether it is whole. */
export interface Measure {
  /** The deepest nesting of brackets and CASE, and where it begins. */
  nesting: { depth: number; offset: number };
  /** The most operators that one expression chains, those of its operands in brackets added, and where the chain stands. */
  chain: { operators: number; offset: number };
  /** Why the text looks cut off: a quote, comment or bracket is open at its end, or its last word cannot be a last one. */
  end: 'whole' | 'open' | 'dangling';
  /** Where the last token starts; 0 without one. */
  lastToken: number;
}

interface Level {
  /** What closes it: a bracket, or the END of a CASE; nothing closes the outermost. */
  close: string;
  operators: number;
  /** Of the operands in brackets since the last separator. */
  inner: number;
  longest: number;
}

const CASE = 'end';
const CLOSING = new Map([['(', ')'], ['[', ']'], ['{', '}']]);
const CLOSERS = new Set(CLOSING.values());
const OPERATORS = new Set('+-*/%|&^<>=!~:#@?');
/** `*` may be the last of a statement, as in `SELECT *`. */
const DANGLING_PUNCTUATION = new Set(',.+-/%|&^<>=!~:#@?');
const WORD_OPERATORS = new Set(['or', 'and', 'not', 'xor', 'like', 'ilike', 'is', 'between', 'div', 'mod', 'collate']);
const SEPARATORS = new Set([
  'select', 'from', 'where', 'having', 'qualify', 'on', 'by', 'union', 'intersect', 'except', 'when', 'then', 'else', 'set', 'values', 'limit', 'join', 'using', 'returning',
]);
/** Words after which a statement cannot end. */
const DANGLING = new Set([
  ...WORD_OPERATORS, 'select', 'distinct', 'from', 'where', 'having', 'qualify', 'by', 'group', 'order', 'on', 'join', 'inner', 'left', 'right', 'full', 'cross', 'natural',
  'outer', 'lateral', 'union', 'intersect', 'except', 'in', 'any', 'exists', 'as', 'with', 'case', 'when', 'then', 'else', 'insert', 'into', 'values', 'update', 'set', 'delete',
  'merge', 'limit', 'offset', 'over', 'partition', 'cast', 'interval', 'using', 'returning', 'create', 'table', 'view',
]);

/** Measures in one lexical pass, without a stack of its own calls. */
export function measure(text: string, options: LexOptions): Measure {
  return new Measuring(text, options).measure();
}

class Measuring {
  readonly #scanner: Scanner;
  readonly #outermost = newLevel('');
  readonly #levels: Level[] = [this.#outermost];
  readonly #nesting = { depth: 0, offset: 0 };
  readonly #chain = { operators: 0, offset: 0 };
  #dangling = false;
  #operatorEnd = -1;

  constructor(text: string, options: LexOptions) {
    this.#scanner = new Scanner(text, options);
  }

  measure(): Measure {
    const scanner = this.#scanner;
    let lastToken = 0;
    let closed = true;
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      closed = scanner.closed;
      if (kind === Token.LineComment || kind === Token.BlockComment) continue;
      lastToken = scanner.start;
      this.#dangling = false;
      if (kind === Token.Word) this.#word(scanner.text.slice(scanner.start, Math.min(scanner.end, scanner.start + 16)).toLowerCase());
      else if (kind === Token.Punctuation) this.#punctuation(scanner.text.charAt(scanner.start));
    }
    const end = !closed || this.#levels.length > 1 ? 'open' : this.#dangling ? 'dangling' : 'whole';
    return { nesting: this.#nesting, chain: this.#chain, end, lastToken };
  }

  #word(word: string): void {
    this.#dangling = DANGLING.has(word);
    if (word === 'case') this.#open(CASE);
    else if (word === 'end' && this.#top().close === CASE) this.#shut();
    else if (SEPARATORS.has(word)) this.#separate();
    else if (WORD_OPERATORS.has(word)) this.#operate();
  }

  #punctuation(character: string): void {
    const close = CLOSING.get(character);
    if (close !== undefined) return this.#open(close);
    this.#dangling = DANGLING_PUNCTUATION.has(character);
    if (character === ',' || character === ';') this.#separate();
    else if (OPERATORS.has(character)) {
      // `||` is one operator of two characters.
      if (this.#operatorEnd !== this.#scanner.start) this.#operate();
      this.#operatorEnd = this.#scanner.end;
    } else if (CLOSERS.has(character)) {
      // A CASE without its END is closed by the bracket around it.
      while (this.#top().close === CASE) this.#shut();
      if (this.#top().close === character) this.#shut();
    }
  }

  #top(): Level {
    return this.#levels.at(-1) ?? this.#outermost;
  }

  #open(close: string): void {
    this.#levels.push(newLevel(close));
    const depth = this.#levels.length - 1;
    if (depth > this.#nesting.depth) Object.assign(this.#nesting, { depth, offset: this.#scanner.start });
  }

  #shut(): void {
    const longest = longestOf(this.#top());
    this.#levels.pop();
    const level = this.#top();
    level.inner = Math.max(level.inner, longest);
    this.#see(level);
  }

  #separate(): void {
    const level = this.#top();
    Object.assign(level, { longest: longestOf(level), operators: 0, inner: 0 });
  }

  #operate(): void {
    const level = this.#top();
    level.operators++;
    this.#see(level);
  }

  #see({ operators, inner }: Level): void {
    if (operators + inner > this.#chain.operators) Object.assign(this.#chain, { operators: operators + inner, offset: this.#scanner.start });
  }
}

function newLevel(close: string): Level {
  return { close, operators: 0, inner: 0, longest: 0 };
}

function longestOf({ longest, operators, inner }: Level): number {
  return Math.max(longest, operators + inner);
}
