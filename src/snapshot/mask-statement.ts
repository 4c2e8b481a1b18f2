import { type LexOptions, Scanner, Token, type TokenKind } from '../sql/lexer.js';
import { maskComment } from './mask-comment.js';

/**
 * Types whose numbers in parentheses are lengths and scales. PostgreSQL 18, table 8.1, and the types of pgvector and
 * PostGIS; `second` for `interval second(3)`; those of warehouses behind them.
 */
const MODIFIED_TYPES = new Set([
  'bit', 'bpchar', 'char', 'character', 'dec', 'decimal', 'float', 'geography', 'geometry', 'halfvec', 'interval', 'nchar',
  'numeric', 'second', 'sparsevec', 'time', 'timestamp', 'timestamptz', 'timetz', 'varbit', 'varchar', 'varying', 'vector',
  'bignumeric', 'datetime64', 'decimal128', 'decimal256', 'decimal32', 'decimal64', 'fixedstring', 'number', 'nvarchar', 'timestamp_ltz', 'timestamp_ntz', 'timestamp_tz',
]);
const BEFORE_ROW_COUNT = new Set(['limit', 'offset', 'first', 'next', 'top']);
const AFTER_POSITION = new Set(['asc', 'desc', 'nulls', 'using', 'having', 'limit', 'offset', 'fetch', 'for', 'order', 'window', 'union', 'intersect', 'except', 'rows', 'range', 'groups', 'with', 'on']);
const AFTER_FRAME_SIZE = new Set(['preceding', 'following']);
/** MaxTupleAttributeNumber: a result has no more columns, so a larger number is no position. */
const POSITION_MAX = 1664;

/** Longer ones are no lengths that anyone declares. */
const MODIFIER_DIGITS_MAX = 5;

interface Level {
  /** Within the parentheses of a type. */
  modifier: boolean;
  /** Within the list of GROUP BY or ORDER BY. */
  list: boolean;
}

/**
 * A production statement without its literals, so that it still parses: strings become `'?'`, dollar-quoted texts (bodies of
 * DO and functions) `$$?$$`, numbers `0`. pg_stat_statements masks most itself, but not in utility statements: COPY (SELECT
 * …), DECLARE CURSOR, CREATE TABLE AS, EXECUTE, DO, CREATE ROLE … PASSWORD.
 *
 * Numbers that are no values stay, because judgement reads them: row counts of LIMIT, OFFSET and FETCH, positions in GROUP
 * BY and ORDER BY, sizes of window frames, lengths and scales of types. `$1` stays. Comments: see `maskComment`.
 */
export function maskStatement(text: string, options: LexOptions = { backticks: false }): string {
  return new Masker(text, options).run();
}

class Masker {
  readonly #scanner: Scanner;
  readonly #out: string[] = [];
  #copied = 0;
  #levels: Level[] = [{ modifier: false, list: false }];
  /** The last token that is no comment: a word in lower case, or the character itself. */
  #previous = '';
  /** A number that the next token decides on, and where its `0` is in `#out`. */
  #undecided: { at: number; number: string; keep: (next: string) => boolean } | null = null;

  constructor(private readonly text: string, options: LexOptions) {
    this.#scanner = new Scanner(text, options);
  }

  run(): string {
    const scanner = this.#scanner;
    for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
      if (kind === Token.LineComment || kind === Token.BlockComment) {
        this.#replace(maskComment(this.text.slice(scanner.start, scanner.end)));
        continue;
      }
      const token = this.text.slice(scanner.start, Math.min(scanner.end, scanner.start + 40)).toLowerCase();
      this.#decide(token);
      if (this.#mask(kind, token) === 'stop') return this.#out.join('');
      this.#previous = token;
    }
    this.#decide('');
    return this.#out.join('') + this.text.slice(this.#copied);
  }

  #replace(by: string): void {
    this.#out.push(this.text.slice(this.#copied, this.#scanner.start), by);
    this.#copied = this.#scanner.end;
  }

  #mask(kind: TokenKind, token: string): 'stop' | undefined {
    switch (kind) {
      case Token.String:
        return this.#string();
      case Token.Dollar:
        this.#replace('$$?$$');
        return undefined;
      case Token.Number:
        this.#number(this.text.slice(this.#scanner.start, this.#scanner.end));
        return undefined;
      case Token.Punctuation:
        this.#punctuation(token);
        return undefined;
      case Token.Word:
        this.#word(token);
        return undefined;
      default:
        return undefined;
    }
  }

  #string(): 'stop' | undefined {
    // The character of UESCAPE is syntax; `'?'` there would make every `U&'?'` invalid.
    if (this.#previous === 'uescape') return undefined;
    const { start, end } = this.#scanner;
    const prefix = this.text.slice(start, this.text.indexOf("'", start));
    this.#replace(/[bx]/i.test(prefix) ? `${prefix}'0'` : `${prefix}'?'`);
    // With standard_conforming_strings off this quote is escaped and the value goes on behind it: nothing after is sure.
    const backslashes = /\\*$/.exec(this.text.slice(Math.max(start, end - 1000), end - 1))?.[0].length ?? 0;
    return !/e/i.test(prefix) && backslashes % 2 === 1 ? 'stop' : undefined;
  }

  #number(number: string): void {
    const level = this.#levels.at(-1);
    if (BEFORE_ROW_COUNT.has(this.#previous) || (level?.modifier === true && number.length <= MODIFIER_DIGITS_MAX)) return;
    this.#replace('0');
    const at = this.#out.length - 1;
    if (level?.list === true && (this.#previous === 'by' || this.#previous === ',') && /^\d{1,4}$/.test(number) && Number(number) <= POSITION_MAX) {
      this.#undecided = { at, number, keep: (next) => next === '' || /^[,);]$/.test(next) || AFTER_POSITION.has(next) };
    } else {
      this.#undecided = { at, number, keep: (next) => AFTER_FRAME_SIZE.has(next) };
    }
  }

  /** Puts the number back where the token behind it shows that it is no value. */
  #decide(next: string): void {
    const undecided = this.#undecided;
    if (!undecided) return;
    this.#undecided = null;
    if (undecided.keep(next)) this.#out[undecided.at] = undecided.number;
  }

  #punctuation(character: string): void {
    if (character === '(') this.#levels.push({ modifier: MODIFIED_TYPES.has(this.#previous), list: false });
    else if (character === ')' && this.#levels.length > 1) this.#levels.pop();
    else if (character === ';') this.#levels = [{ modifier: false, list: false }];
  }

  #word(word: string): void {
    const level = this.#levels.at(-1);
    if (!level) return;
    if (word === 'by') level.list = this.#previous === 'group' || this.#previous === 'order';
    else if (AFTER_POSITION.has(word) && !['asc', 'desc', 'nulls', 'using'].includes(word)) level.list = false;
  }
}
