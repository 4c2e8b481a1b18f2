import type { DialectId } from '../dialect.js';
import type { LexOptions } from '../lexer.js';

/** How the one lexer reads a dialect. */
export interface Lexing {
  options: LexOptions;
  /** The text as the lexer must see it: of the same length, so that every offset holds in the original. */
  view: (text: string) => string;
}

const BACKSLASH_ESCAPES: readonly DialectId[] = ['mysql', 'bigquery', 'clickhouse', 'snowflake', 'databricks', 'spark', 'hive'];
const HASH_COMMENTS: readonly DialectId[] = ['mysql', 'bigquery'];
const DOLLAR_QUOTES: readonly DialectId[] = ['postgres', 'redshift', 'duckdb', 'snowflake'];

/**
 * What of a dialect's quoting the PostgreSQL lexer must be told. Where a backslash escapes a quote, `#` begins a comment or
 * three quotes are one, the lexer sees strings without their contents and no such comments.
 */
export function lexingOf(dialect: DialectId): Lexing {
  const quoting: Quoting = {
    hashes: HASH_COMMENTS.includes(dialect),
    triples: dialect === 'bigquery',
    dollars: DOLLAR_QUOTES.includes(dialect),
  };
  return {
    options: { backticks: dialect !== 'postgres' && dialect !== 'redshift', dollarQuotes: quoting.dollars ? 'open' : 'none' },
    view: BACKSLASH_ESCAPES.includes(dialect) ? (text) => withoutContents(text, quoting) : (text) => text,
  };
}

interface Quoting {
  hashes: boolean;
  triples: boolean;
  dollars: boolean;
}

/** The text with the contents of strings as letters and `#` comments as spaces. One pass, each character looked at once. */
function withoutContents(text: string, quoting: Quoting): string {
  if (!/[\\#]|'''|"""/.test(text)) return text;
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    let hidden = '';
    let end = at;
    if (character === "'" || character === '"') {
      const mark = quoting.triples && text.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      const close = endOfString(text, at + mark.length, mark);
      end = close < 0 ? text.length : close;
      hidden = close < 0 ? character.padEnd(end - at, 'x') : `${character.padEnd(end - at - 1, 'x')}${character}`;
    } else if (character === '`') end = endOf(text, at, '`');
    else if (quoting.dollars && text.startsWith('$$', at)) end = endOf(text, at, '$$');
    else if (text.startsWith('/*', at)) end = endOf(text, at, '*/');
    else if (text.startsWith('--', at) || (quoting.hashes && character === '#')) {
      end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      if (character === '#') hidden = ' '.repeat(end - at);
    }
    if (hidden !== '') {
      parts.push(text.slice(copied, at), hidden);
      copied = end;
    }
    if (end > at) at = end - 1;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

function endOf(text: string, at: number, mark: string): number {
  const close = text.indexOf(mark, at + mark.length);
  return close < 0 ? text.length : close + mark.length;
}

/** Behind the closing mark, or -1 where there is none. */
function endOfString(text: string, from: number, mark: string): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.startsWith(mark, at)) {
      if (mark.length === 1 && text.charAt(at + 1) === mark) at++;
      else return at + mark.length;
    }
  }
  return -1;
}
