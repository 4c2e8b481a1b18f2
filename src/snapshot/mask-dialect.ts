import type { Engine } from '../model/store.js';
import { maskStatement } from './mask-statement.js';
import { maskedPath, withoutUnquotedValues, withPlainBlanks } from './mask-unquoted.js';

/**
 * How a dialect quotes where it differs from PostgreSQL. From the lexical references of BigQuery, ClickHouse 26, Databricks SQL,
 * Snowflake and Trino 470.
 */
interface Quoting {
  /** `"…"` is a text, as in BigQuery and Databricks; elsewhere a name. */
  doubleIsText: boolean;
  /** A backslash keeps the quote behind it from closing a text. */
  backslashes: boolean;
  /** `'''…'''` and `"""…"""`. */
  triples: boolean;
  /** `$$…$$`, and with a tag between the signs. */
  dollars: boolean;
  /** A prefix `r` takes their meaning from backslashes even before a quote. */
  rawEndsAtQuote: boolean;
  /** What begins a comment to the end of the line besides `--`. */
  lineComment: RegExp | null;
  /** Names of tables with a dash in them need no quotes. */
  dashedNames: boolean;
  /** Quotes of typesetters, each with what closes it: single ones hold a text, double ones a name. */
  typographic: boolean;
  /** Places in stages and files of the client stand without quotes. */
  paths: boolean;
}

const PLAIN: Quoting = { doubleIsText: false, backslashes: false, triples: false, dollars: false, rawEndsAtQuote: false, lineComment: null, dashedNames: false, typographic: false, paths: false };
const QUOTING: Partial<Record<Engine, Quoting>> = {
  bigquery: { ...PLAIN, doubleIsText: true, backslashes: true, triples: true, lineComment: /#/y, dashedNames: true },
  clickhouse: { ...PLAIN, backslashes: true, dollars: true, lineComment: /#[ !]/y, typographic: true },
  databricks: { ...PLAIN, doubleIsText: true, backslashes: true, dollars: true, rawEndsAtQuote: true },
  snowflake: { ...PLAIN, backslashes: true, dollars: true, lineComment: /\/\//y, paths: true },
  trino: PLAIN,
};

/**
 * A production statement of an engine without its literals; see `maskStatement`. Texts of other dialects are first given
 * PostgreSQL's quoting, so that one masker decides on numbers and comments. Names keep their quotes. Where the end of a quote is
 * in doubt, what may be a value is dropped.
 */
export function maskStatementOf(engine: Engine, text: string): string {
  const quoting = QUOTING[engine];
  const unloaded: string[] = [];
  const plain = quoting === undefined ? text : withPlainQuotes(withPlainBlanks(engine, text), quoting, (inner) => unloaded.push(inner));
  const masked = withoutUnquotedValues(engine, maskStatement(plain, { backticks: engine !== 'postgres' && engine !== 'redshift' }));
  if (engine === 'redshift') return withUnloaded(masked, unloadedBy(text), engine);
  return withUnloaded(masked, unloaded, engine);
}

/** UNLOAD has its query in a text: what it reads is known from there only, so its own literals are masked in place of all of it. */
const UNLOAD = /\bunload\s*\(\s*$/i;
const UNLOAD_TEXT = /(\bunload\s*\(\s*)(?:'\?'|\$\$\?\$\$)/gi;
const UNLOAD_QUERY = /\bunload\s*\(\s*(?:'((?:[^'\\]|''|\\[^])*)'|\$(\w*)\$([^]*?)\$\2\$)/gi;

function unloadedBy(text: string): string[] {
  if (!/\bunload\b/i.test(text)) return [];
  return Array.from(text.matchAll(UNLOAD_QUERY), ([, quoted, , dollars]) => dollars ?? (quoted ?? '').replace(/''|\\'/g, "'"));
}

function withUnloaded(masked: string, queries: readonly string[], engine: Engine): string {
  if (queries.length === 0) return masked;
  let at = 0;
  return masked.replace(UNLOAD_TEXT, (whole, head: string) => {
    const query = queries[at++];
    return query === undefined ? whole : `${head}'${maskStatementOf(engine, query).replaceAll("'", "''")}'`;
  });
}

/** What a pass over the text has copied and put in place of its quotes. */
class Rewriter {
  readonly parts: string[] = [];
  #copied = 0;

  constructor(readonly text: string) {}

  replace(start: number, end: number, by: string): void {
    this.parts.push(this.text.slice(this.#copied, start), by);
    this.#copied = end;
  }

  finished(): string {
    return this.parts.join('') + this.text.slice(this.#copied);
  }
}

const DOLLAR_TAG = /\$(?:[A-Za-z_]\w*)?\$/y;
/** `project-of-ours.dataset.table` behind a word that a table follows. */
const DASHED_NAME = /(?<=\b(?:from|join|into|update|table|using|merge)\s{1,20})[A-Za-z][\w-]{0,100}-[\w-]{1,100}(?:\.[A-Za-z_][\w$*-]{0,1024}){1,3}/iy;
const WORD_BEFORE = /(?:\b|^)([a-z]{1,2})$/i;

/** The text with every text literal as `'?'` and every comment in PostgreSQL's form. One pass. */
function withPlainQuotes(text: string, quoting: Quoting, onUnloaded: (query: string) => void): string {
  const out = new Rewriter(text);
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === "'" || (character === '"' && quoting.doubleIsText)) at = literal(at, out, quoting, onUnloaded);
    else if (character === '"' || character === '`') at = quotedName(at, out, quoting);
    else if (character === '$' && quoting.dollars) at = dollars(at, out, onUnloaded);
    else if (quoting.typographic && TYPOGRAPHIC.test(character)) at = typographic(at, out);
    else if (quoting.paths && (character === '@' || character === 'f' || character === 'F')) at = path(at, out);
    else if (text.startsWith('--', at)) at = endOfLine(text, at);
    else if (text.startsWith('/*', at)) at = blockComment(at, out);
    else if (startsLineComment(text, at, quoting)) {
      const end = endOfLine(text, at);
      out.replace(at, end, `--${text.slice(at, end).replace(/^(?:#!?|\/\/)/, '')}`);
      at = end;
    } else at = quoting.dashedNames ? name(at, out) : at + 1;
  }
  return out.finished();
}

function startsLineComment(text: string, at: number, { lineComment }: Quoting): boolean {
  if (lineComment === null) return false;
  lineComment.lastIndex = at;
  return lineComment.test(text);
}

/** Behind a name in quotes. A quote that a backslash keeps within it is doubled, as PostgreSQL has it. */
function quotedName(at: number, out: Rewriter, { backslashes }: Quoting): number {
  const { text } = out;
  const quote = text.charAt(at);
  const end = endOfQuote(text, at + 1, quote, backslashes);
  const quoted = text.slice(at, end);
  if (backslashes && quoted.includes(`\\${quote}`)) out.replace(at, end, quoted.replace(/\\([^])/g, (pair, next: string) => (next === quote ? quote + quote : pair)));
  return end;
}

/** Behind a literal, which is replaced. */
function literal(at: number, out: Rewriter, quoting: Quoting, onUnloaded: (query: string) => void): number {
  const { text } = out;
  const quote = text.charAt(at);
  const mark = quoting.triples && text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  const before = text.slice(Math.max(0, at - 60), at);
  const prefix = WORD_BEFORE.exec(before)?.[1]?.toLowerCase() ?? '';
  const escapes = quoting.backslashes && !(quoting.rawEndsAtQuote && prefix === 'r');
  const end = mark.length === 3 ? endOfTriple(text, at + 3, mark) : endOfQuote(text, at + 1, quote, escapes);
  if (UNLOAD.test(before)) onUnloaded(text.slice(at + mark.length, end - mark.length).replaceAll("''", "'"));
  out.replace(at, end, "'?'");
  return end;
}

function dollars(at: number, out: Rewriter, onUnloaded: (query: string) => void): number {
  const { text } = out;
  DOLLAR_TAG.lastIndex = at;
  const tag = DOLLAR_TAG.exec(text)?.[0];
  if (tag === undefined) return at + 1;
  const close = text.indexOf(tag, at + tag.length);
  const end = close < 0 ? text.length : close + tag.length;
  if (UNLOAD.test(text.slice(Math.max(0, at - 60), at))) onUnloaded(text.slice(at + tag.length, close < 0 ? text.length : close));
  out.replace(at, end, "'?'");
  return end;
}

const TYPOGRAPHIC = /[\u2018\u201c]/;

/** Behind a text or name in quotes of typesetters, which know no escapes. */
function typographic(at: number, out: Rewriter): number {
  const { text } = out;
  const isText = text.charAt(at) === '\u2018';
  const close = text.indexOf(isText ? '\u2019' : '\u201d', at + 1);
  const end = close < 0 ? text.length : close + 1;
  // What nothing closes may hold texts: it is a name no more.
  out.replace(at, end, isText || close < 0 ? "'?'" : `"${text.slice(at + 1, close).replaceAll('"', '""')}"`);
  return end;
}

/** Behind a place in a stage or a file, or behind one character where there is none. */
function path(at: number, out: Rewriter): number {
  const found = maskedPath(out.text, at);
  if (found === null) return at + 1;
  out.replace(at, found.end, found.by);
  return found.end;
}

/** These dialects end a comment at its first mark; the masker counts marks that open one within. */
function blockComment(at: number, out: Rewriter): number {
  const { text } = out;
  const close = text.indexOf('*/', at + 2);
  const end = close < 0 ? text.length : close + 2;
  const inner = text.slice(at + 2, end);
  if (inner.includes('/*')) out.replace(at + 2, end, inner.replaceAll('/*', '/ *'));
  return end;
}

function name(at: number, out: Rewriter): number {
  const { text } = out;
  if (!/[A-Za-z]/.test(text.charAt(at))) return at + 1;
  DASHED_NAME.lastIndex = at;
  const dashed = DASHED_NAME.exec(text)?.[0];
  if (dashed === undefined) {
    let end = at + 1;
    while (end < text.length && /\w/.test(text.charAt(end))) end++;
    return end;
  }
  out.replace(at, at + dashed.length, `\`${dashed}\``);
  return at + dashed.length;
}

/** Behind the closing quote, or the end of the text. A doubled quote is one of the text. */
function endOfQuote(text: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (escapes && character === '\\') at++;
    else if (character === quote) {
      if (text.charAt(at + 1) !== quote) return at + 1;
      at++;
    }
  }
  return text.length;
}

function endOfTriple(text: string, from: number, mark: string): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.startsWith(mark, at)) return at + mark.length;
  }
  return text.length;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
