import type { Query, SqlStatement, TableReference } from '../../../model/syntax-tree.js';
import { foldName } from '../../dialect.js';
import type { Context } from './context.js';
import { lowerQuery } from './query.js';
import { lowerStatement } from './statement.js';

const EXPLAIN = /^explain(?:\s+(?:ast|syntax|query\s+tree|plan|pipeline|estimate|extended|codegen|cost|formatted|logical|analyze|verbose)\b)*(?:\s+\w+\s*=\s*\w+,?)*\s+(?=select|with|insert|\()/i;
const UNLOAD = /^unload\s*\(\s*/i;
/** ClickHouse: ALTER TABLE t UPDATE … and ALTER TABLE t DELETE … change rows. */
const MUTATION = /^alter\s+table\s+(\S+)(?:\s+on\s+cluster\s+\S+)?\s+(update|delete)\s+([^]*)$/i;

/** A statement that the parser keeps as text. What is inside EXPLAIN and UNLOAD is read; of all else only the verb is known. */
export function lowerCommand(text: string, context: Context): SqlStatement {
  const found = context.text.indexOf(text);
  const start = found < 0 ? null : found;
  const explain = EXPLAIN.exec(text)?.[0];
  const explained = explain === undefined ? null : innerStatement(text.slice(explain.length), start === null ? null : start + explain.length, context);
  if (explained) return { type: 'utility', verb: 'explain', inner: explained, relations: [] };
  const unload = UNLOAD.exec(text)?.[0];
  const query = unload === undefined ? null : unloadedQuery(text.slice(unload.length), start === null ? null : start + unload.length, context);
  if (query) return { type: 'copy', direction: 'to', table: null, columns: [], query };
  return lowerMutation(text, context) ?? unread(text, start ?? 0, context);
}

function unread(text: string, start: number, context: Context): SqlStatement {
  context.warn('the statement was not read: only what it does is known', { start, end: start + 1 });
  return { type: 'utility', verb: verbOf(text), inner: null, relations: relationOf(text, start, context) };
}

function innerStatement(text: string, base: number | null, context: Context): SqlStatement | null {
  const inner = context.inner(text, base);
  const [tree, more] = inner?.trees ?? [];
  return inner && tree !== undefined && more === undefined ? lowerStatement(tree, inner.context) : null;
}

/** An ALTER TABLE that changes rows, as the UPDATE or DELETE that it is; null for any other text. */
export function lowerMutation(text: string, context: Context): SqlStatement | null {
  const [, table, action, rest] = MUTATION.exec(text) ?? [];
  if (table === undefined || action === undefined || rest === undefined) return null;
  return innerStatement(action.toLowerCase() === 'update' ? `UPDATE ${table} SET ${rest}` : `DELETE FROM ${table} ${rest}`, null, context);
}

/** UNLOAD (SELECT …) or, in Redshift, UNLOAD ('SELECT …') with quotes doubled. */
function unloadedQuery(rest: string, base: number | null, context: Context): Query | null {
  const quoted = /^'((?:[^']|'')*)'/.exec(rest)?.[1] ?? /^\$\$([^]*?)\$\$/.exec(rest)?.[1];
  const opening = quoted === undefined ? 0 : rest.startsWith('$$') ? 2 : 1;
  const text = quoted === undefined ? insideParentheses(rest) : quoted.replaceAll("''", "'");
  const inner = context.inner(text, base === null || quoted?.includes("''") === true ? null : base + opening);
  return inner ? lowerQuery(inner.trees[0], inner.context) : null;
}

function insideParentheses(text: string): string {
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      const closing = text.indexOf(character, at + 1);
      at = closing < 0 ? text.length : closing;
    } else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return text.slice(0, at);
  }
  return text;
}

/** What is done, and to which kind of thing. */
const TWO_WORDS = /^(alter|create|drop|show|describe|rename|optimize|exchange|collect|refresh|repair|msck|execute|system)\s+(table|view|materialized|index|schema|database|function|procedure|role|user|statistics|immediate|tables|databases|dictionary)\b/i;

function verbOf(text: string): string {
  const [, first, second] = TWO_WORDS.exec(text) ?? [];
  if (first !== undefined && second !== undefined) return `${first}_${second}`.toLowerCase();
  return (/^[a-z]+/i.exec(text)?.[0] ?? 'command').toLowerCase();
}

const TABLE = /\btable\s+(?:if\s+(?:not\s+)?exists\s+)?((?:[\w$]+|"[^"]*"|`[^`]*`)(?:\.(?:[\w$]+|"[^"]*"|`[^`]*`))*)/i;

function relationOf(text: string, start: number, context: Context): TableReference[] {
  const found = TABLE.exec(text);
  const name = found?.[1];
  if (!found || name === undefined) return [];
  const parts = [...name.matchAll(/"([^"]*)"|`([^`]*)`|([\w$]+)/g)].map(([, double, back, bare]) => foldName(double ?? back ?? bare ?? '', bare === undefined, context.dialect));
  const from = start + found.index + found[0].length - name.length;
  return [{ type: 'table', catalog: parts.at(-3) ?? null, schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '', alias: null, columnAliases: [], only: false, span: { start: from, end: from + name.length } }];
}
