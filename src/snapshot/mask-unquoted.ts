import type { Engine } from '../model/store.js';
import { Scanner, Token } from '../sql/lexer.js';

/** What engines take for a blank and PostgreSQL for a part of a word: a number behind one would be a part of a name. */
const BLANKS = /[\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]/g;
/** ClickHouse reads the minus sign of typesetters as its own (`Lexer.cpp`). */
const MINUS = /\u2212/g;

/** The text with blanks and signs of its dialect in PostgreSQL's form, character by character. */
export function withPlainBlanks(engine: Engine, text: string): string {
  const plain = text.replace(BLANKS, ' ');
  return engine === 'clickhouse' ? plain.replace(MINUS, '-') : plain;
}

/**
 * A statement whose quoted values are masked already, without those that stand behind it or in it unquoted: the rows behind
 * `INSERT … FORMAT CSV` of ClickHouse, and what `SET key = value` of Databricks gives a key, which may be that of a storage account.
 */
export function withoutUnquotedValues(engine: Engine, masked: string): string {
  if (engine === 'clickhouse') return withoutRows(masked);
  if (engine === 'databricks') return withoutSetting(masked);
  return masked;
}

function withoutRows(masked: string): string {
  if (!/\binsert\b/i.test(masked) || !/\bformat\b/i.test(masked)) return masked;
  const scanner = new Scanner(masked, { backticks: true });
  let first = '';
  let previous = '';
  for (let kind = nextWord(scanner); kind !== Token.End; kind = nextWord(scanner)) {
    const word = masked.slice(scanner.start, Math.min(scanner.end, scanner.start + 40)).toLowerCase();
    if (first === '') first = word;
    if (first !== 'insert') return masked;
    if (previous === 'format' && kind === Token.Word) return masked.slice(0, scanner.end);
    previous = kind === Token.Word ? word : '';
  }
  return masked;
}

/** What `SET` declares as a variable has an expression, whose literals are quoted. */
const DECLARED = new Set(['var', 'variable']);

function withoutSetting(masked: string): string {
  const scanner = new Scanner(masked, { backticks: true });
  const words: string[] = [];
  for (let kind = nextWord(scanner); kind !== Token.End; kind = nextWord(scanner)) {
    const word = masked.slice(scanner.start, Math.min(scanner.end, scanner.start + 40)).toLowerCase();
    words.push(word);
    if (words[0] !== 'set' || (words.length === 2 && DECLARED.has(word))) return masked;
    if (word === '=') return `${masked.slice(0, scanner.end)} '?'`;
  }
  return masked;
}

function nextWord(scanner: Scanner): number {
  let kind = scanner.next();
  while (kind === Token.LineComment || kind === Token.BlockComment) kind = scanner.next();
  return kind;
}

/** A place in a stage of Snowflake behind its name, and a file of the client: `@exports/2026/anna.csv`, `file:///home/anna/x.csv`. */
const STAGE_PATH = /(@(?:~|%?(?:"[^"\n]*"|[\w$]+)(?:\.%?(?:"[^"\n]*"|[\w$]+)){0,2}))((?:\/[^\s,;()'"]*)+)/y;
const CLIENT_FILE = /file:\/\/[^\s,;()'"]+/iy;

/** What a path of Snowflake at this place becomes; null where there is none. */
export function maskedPath(text: string, at: number): { end: number; by: string } | null {
  STAGE_PATH.lastIndex = at;
  const stage = STAGE_PATH.exec(text);
  if (stage !== null) return { end: at + stage[0].length, by: `${stage[1] ?? ''}/path` };
  CLIENT_FILE.lastIndex = at;
  const file = CLIENT_FILE.exec(text);
  return file === null ? null : { end: at + file[0].length, by: "'?'" };
}
