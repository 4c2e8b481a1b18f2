import type { StoredFunction } from '../model/catalog.js';
import { type Dialect, foldName } from './dialect.js';
import { Scanner, Token, type TokenKind } from './lexer.js';

/**
 * A function that is written in SQL, from the text that creates it. No parser of the warehouse dialects gives its parts, so
 * that tokens are read: DuckDB's `CREATE MACRO f(a, b := 1) AS [TABLE] …`, BigQuery's `CREATE [TABLE] FUNCTION f(a INT64) [RETURNS …] AS (…)`,
 * Snowflake's and Databricks' `CREATE FUNCTION f(a number) RETURNS … AS '…'` or `RETURN …`, ClickHouse's `CREATE FUNCTION f AS (a) -> …`.
 *
 * @param defaultSchema for a name without one
 * @returns null where the text creates something else
 */
export function functionFromText(text: string, dialect: Dialect, defaultSchema: string): StoredFunction | null {
  const tokens = tokensOf(text);
  const head = headOf(tokens);
  if (!head) return null;
  const { parts, next, isTable } = head;
  const fold = (name: string): string => (/^["`]/.test(name) ? foldName(name.slice(1, -1), true, dialect) : foldName(name, false, dialect));
  const names = parts.map(fold);
  const list = tokens[next]?.text === '(' ? parameterList(tokens, next) : { parameters: [], end: next };
  const body = bodyOf(tokens, list.end, text);
  const language = wordAfter(tokens, list.end, 'language')?.toLowerCase() ?? 'sql';
  const parameters = body?.parameters ?? list.parameters;
  const isSql = language === 'sql' && body !== null;
  const columns = returnedColumns(tokens, list.end);
  const returnsSet = isTable || (body?.isTable ?? false) || columns !== null;
  return {
    schema: names.at(-2) ?? defaultSchema,
    name: names.at(-1) ?? '',
    kind: 'function',
    language,
    arguments: parameters.map(({ name, type }) => ({ name: fold(name), type, mode: 'in' })),
    defaults: parameters.filter(({ optional }) => optional).length,
    columns: columns && columns.length > 0 ? columns.map(({ name, type }) => ({ name: fold(name), type })) : null,
    returns: returnsSet ? 'record' : '',
    returnsSet,
    body: isSql ? asQuery(body.text, returnsSet) : null,
    dynamic: false,
  };
}

interface TextToken {
  kind: TokenKind;
  text: string;
  start: number;
  end: number;
}

interface Parameter {
  name: string;
  type: string;
  optional: boolean;
}

function tokensOf(text: string): TextToken[] {
  const scanner = new Scanner(text);
  const tokens: TextToken[] = [];
  for (let kind = scanner.next(); kind !== Token.End; kind = scanner.next()) {
    if (kind === Token.LineComment || kind === Token.BlockComment) continue;
    tokens.push({ kind, text: text.slice(scanner.start, scanner.end), start: scanner.start, end: scanner.end });
  }
  return tokens;
}

const BEFORE_KIND = new Set(['or', 'replace', 'temp', 'temporary', 'secure', 'aggregate', 'table']);

/** The name behind CREATE … FUNCTION or MACRO. */
function headOf(tokens: TextToken[]): { parts: string[]; next: number; isTable: boolean } | null {
  if (tokens[0]?.text.toLowerCase() !== 'create') return null;
  let at = 1;
  let isTable = false;
  for (; BEFORE_KIND.has(tokens[at]?.text.toLowerCase() ?? ''); at++) isTable ||= tokens[at]?.text.toLowerCase() === 'table';
  if (!/^(function|macro)$/i.test(tokens[at]?.text ?? '')) return null;
  at++;
  if (tokens[at]?.text.toLowerCase() === 'if') at += 3;
  const parts: string[] = [];
  for (let token = tokens[at]; token && isName(token); token = tokens[at]) {
    // BigQuery quotes a whole path, `project.dataset.f`.
    parts.push(...(token.kind === Token.Backtick ? token.text.slice(1, -1).split('.') : [token.text]));
    at++;
    if (tokens[at]?.text !== '.') break;
    at++;
  }
  return parts.length === 0 ? null : { parts, next: at, isTable };
}

function isName({ kind }: TextToken): boolean {
  return kind === Token.Word || kind === Token.Identifier || kind === Token.Backtick;
}

/** From the opening parenthesis at `from`; `end` is the token after the closing one. */
function parameterList(tokens: TextToken[], from: number): { parameters: Parameter[]; end: number } {
  const parameters: Parameter[] = [];
  let depth = 0;
  let current: TextToken[] = [];
  const finish = (): void => {
    const [name, ...rest] = current;
    const start = rest.findIndex(({ text }) => /^(default|:|=)$/i.test(text));
    if (name) parameters.push({ name: name.text, type: rest.slice(0, start < 0 ? undefined : start).map(({ text }) => text).join(' '), optional: start >= 0 });
    current = [];
  };
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    if (token.text === '(' || token.text === '<') depth++;
    if (token.text === ')' || token.text === '>') depth--;
    if (depth === 0) {
      finish();
      return { parameters, end: at + 1 };
    }
    if (depth === 1 && token.text === ',') finish();
    else if (at > from) current.push(token);
  }
  return { parameters, end: tokens.length };
}

/** What follows AS or RETURN, without the quotes or parentheses around it. */
function bodyOf(tokens: TextToken[], from: number, text: string): { text: string; isTable: boolean; parameters: Parameter[] | null } | null {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === '(') depth++;
    if (token?.text === ')') depth--;
    if (!token || depth !== 0 || !/^(as|return)$/i.test(token.text)) continue;
    let first = at + 1;
    const isTable = tokens[first]?.text.toLowerCase() === 'table';
    if (isTable) first++;
    const lambda = arrowParameters(tokens, first);
    if (lambda) return { text: text.slice(lambda.start).trim(), isTable, parameters: lambda.parameters };
    const start = tokens[first];
    if (!start) return null;
    const written = quotedText(start) ?? textInParentheses(tokens, first, text) ?? text.slice(start.start, tokens.at(-1)?.end);
    return { text: written.trim(), isTable, parameters: null };
  }
  return null;
}

function quotedText({ kind, text }: TextToken): string | null {
  if (kind === Token.String) return text.slice(text.indexOf("'") + 1, -1).replaceAll("''", "'");
  if (kind !== Token.Dollar) return null;
  const tag = text.indexOf('$', 1) + 1;
  return text.slice(tag, -tag);
}

/** `(a, b) -> …` and `a -> …`. */
function arrowParameters(tokens: TextToken[], from: number): { parameters: Parameter[]; start: number } | null {
  const list = tokens[from]?.text === '(' ? parameterList(tokens, from) : { parameters: [{ name: tokens[from]?.text ?? '', type: '', optional: false }], end: from + 1 };
  const [dash, arrow] = [tokens[list.end], tokens[list.end + 1]];
  if (dash?.text !== '-' || arrow?.text !== '>' || arrow.start !== dash.end) return null;
  return { parameters: list.parameters, start: arrow.end };
}

/** Of RETURNS TABLE (…) or TABLE<…>; null where it does not return a table. */
function returnedColumns(tokens: TextToken[], from: number): Parameter[] | null {
  const at = tokens.findIndex(({ text }, position) => position >= from && text.toLowerCase() === 'returns');
  if (at < 0 || tokens[at + 1]?.text.toLowerCase() !== 'table') return null;
  return /^[(<]$/.test(tokens[at + 2]?.text ?? '') ? parameterList(tokens, at + 2).parameters : [];
}

function wordAfter(tokens: TextToken[], from: number, word: string): string | undefined {
  const at = tokens.findIndex((token, position) => position >= from && token.text.toLowerCase() === word);
  return at < 0 ? undefined : tokens[at + 1]?.text;
}

/** What stands between the parenthesis at `from` and its partner, where nothing but OPTIONS follows. */
function textInParentheses(tokens: TextToken[], from: number, text: string): string | null {
  if (tokens[from]?.text !== '(') return null;
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === '(') depth++;
    if (token?.text !== ')' || --depth > 0) continue;
    const next = tokens[at + 1]?.text.toLowerCase();
    return next === undefined || next === 'options' ? text.slice(tokens[from]?.end, token.start) : null;
  }
  return null;
}

/** An expression as the query that gives it. */
function asQuery(body: string, isTable: boolean): string {
  return isTable || /^\(*\s*(select|with|from|values)\b/i.test(body) ? body : `SELECT ${body}`;
}
