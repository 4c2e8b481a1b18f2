import { createHash } from 'node:crypto';
import type { CollectedQuery, Problem, QueryVariant } from '../../model/query.js';
import { neutraliseJinja } from '../../template/jinja.js';
import { TEXT_LENGTH_MAX } from '../../template/limits.js';
import { titleOf } from '../common/words.js';
import type { SourceFile } from '../common/source-file.js';
import { baseRecord, connectionOf, originOf, projectContainer, type RecordContext } from './context.js';

/** Statements of one file, at most. */
const STATEMENTS_MAX = 500;
/** An expression that a program builds a text with is no longer. Characters. */
const EXPRESSION_LENGTH_MAX = 10_000;

const CALL = /\{%[-+]?\s{0,20}call\s{1,20}(?:noop_)?statement\b[^%]{0,300}%\}/g;
const SET = /\{%[-+]?\s{0,20}set\s{1,20}([A-Za-z_]\w{0,100})\s{0,20}[-+]?%\}/g;
const RUN = /\brun_query\s{0,5}\(/g;
const MACRO = /\{%[-+]?\s{0,20}(end)?macro\b\s{0,20}([A-Za-z_]\w{0,200})?/g;
/** Macros that send the text that they are given. */
const SENDERS = /\b(?:run_query|get_query_results_as_dict|get_single_value)\s{0,5}\(\s{0,50}([A-Za-z_]\w{0,100})?/g;
const BEGINS_SQL = /^(?:\s|--[^\n]*\n|\/\*[\s\S]{0,2000}?\*\/|\(|\{#[\s\S]{0,2000}?#\})*(?:select|with|insert|update|delete|merge|create|alter|drop|truncate|grant|revoke|call|copy|vacuum|analyze|refresh|show|describe|set|begin|commit|explain)\b/i;

interface Found {
  /** The macro around it; null outside of any. */
  macro: string | null;
  start: number;
  end: number;
  /** True where an expression of the template makes the text. */
  isComputed: boolean;
}

/**
 * The statements that macros and models send while dbt renders them: bodies of `{% call statement() %}`, what `run_query()`
 * is given, and blocks of `{% set %}` that are handed to it.
 */
export function macroStatements(file: SourceFile, owner: string, context: RecordContext): CollectedQuery[] {
  const { text } = file;
  if (!/statement|run_query|get_query_results|get_single_value/.test(text)) return [];
  const known = new Set<string>();
  return foundIn(text).flatMap(({ macro, start, end, isComputed }) => {
    const raw = text.slice(start, end);
    const part = macro === null ? `${owner}:statement` : `operation.${context.environment.scope.name}.${macro}`;
    const id = `${part}:${createHash('sha256').update(raw).digest('hex').slice(0, 12)}`;
    if (known.has(id)) return [];
    known.add(id);
    return {
      ...baseRecord(id),
      role: 'query' as const,
      sqlKind: 'statement' as const,
      title: titleOf(macro ?? file.path.slice(file.path.lastIndexOf('/') + 1)),
      description: null,
      container: projectContainer(context.environment.scope.name),
      owners: [],
      connection: connectionOf(context),
      origin: originOf({ file, pointer: null, offset: start }, context.origins),
      reconstructed: false,
      lifecycle: 'active' as const,
      schedule: null,
      raw: raw.length > TEXT_LENGTH_MAX ? '' : raw,
      ...rendered(raw, isComputed, context),
    };
  });
}

function rendered(raw: string, isComputed: boolean, { environment }: RecordContext): { variants: QueryVariant[]; problems: Problem[] } {
  if (!isComputed) return neutraliseJinja(raw, environment.of(null));
  const { variants, problems } = neutraliseJinja(`{{ ${raw} }}`, environment.of(null), { branches: false });
  // Nothing of it stands in the file as it is sent.
  return { variants: variants.map((variant) => ({ ...variant, map: [{ out: 0, src: 0, length: variant.sql.length, srcEnd: raw.length, copy: false }] })), problems };
}

function foundIn(text: string): Found[] {
  const found: Omit<Found, 'macro'>[] = [];
  const sent = new Set([...text.matchAll(SENDERS)].flatMap((match) => match[1] ?? []));
  const calls = [...text.matchAll(CALL)].map((match) => match.index + match[0].length);
  const sets = [...text.matchAll(SET)].flatMap((match) => (sent.has(match[1] ?? '') ? match.index + match[0].length : []));
  found.push(...blocks(text, calls, 'endcall'), ...blocks(text, sets, 'endset'));
  for (const match of text.matchAll(RUN)) found.push(...argumentOf(text, match.index + match[0].length));
  const macros = [...text.matchAll(MACRO)];
  const sorted = found.toSorted((one, other) => one.start - other.start).slice(0, STATEMENTS_MAX);
  let macro: string | null = null;
  return sorted.map((one) => {
    while (macros[0] !== undefined && macros[0].index < one.start) {
      const next = macros.shift();
      macro = next?.[1] === undefined ? (next?.[2] ?? null) : null;
    }
    return { ...one, macro };
  });
}

/** The texts from each start up to the end tag behind it, where SQL stands in them. */
function blocks(text: string, starts: readonly number[], endTag: string): Omit<Found, 'macro'>[] {
  const found: Omit<Found, 'macro'>[] = [];
  for (const from of starts.slice(0, STATEMENTS_MAX)) {
    const close = text.indexOf(endTag, from);
    if (close < 0) break;
    const end = text.lastIndexOf('{%', close);
    if (end < from || !BEGINS_SQL.test(text.slice(from, Math.min(end, from + 5_000)))) continue;
    const body = text.slice(from, end);
    found.push({ start: end - body.trimStart().length, end: from + body.trimEnd().length, isComputed: false });
  }
  return found;
}

/** One literal, or an expression that begins with one: `"delete from runs where id = " ~ id`. */
function argumentOf(text: string, from: number): Omit<Found, 'macro'>[] {
  const start = from + (/^\s{0,200}/.exec(text.slice(from, from + 200))?.[0].length ?? 0);
  const quote = text.charAt(start);
  if (quote !== "'" && quote !== '"') return [];
  const first = literalEnd(text, start);
  if (first < 0) return [];
  const after = /^\s{0,200}([,)])/.exec(text.slice(first, first + 201));
  if (after !== null) {
    const content = text.slice(start + 1, first - 1);
    if (!BEGINS_SQL.test(content.slice(0, 5_000))) return [];
    return content.includes('\\') ? [{ start, end: first, isComputed: true }] : [{ start: start + 1, end: first - 1, isComputed: false }];
  }
  let depth = 0;
  for (let at = start; at < Math.min(text.length, start + EXPRESSION_LENGTH_MAX); at++) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      at = literalEnd(text, at) - 1;
      if (at < 0) return [];
    } else if (/[([{]/.test(character)) depth++;
    else if (/[)\]}]/.test(character) && depth-- === 0) {
      return BEGINS_SQL.test(text.slice(start + 1, start + 5_000)) ? [{ start, end: start + text.slice(start, at).trimEnd().length, isComputed: true }] : [];
    }
  }
  return [];
}

/** Behind the closing quote; -1 where there is none. */
function literalEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < Math.min(text.length, start + EXPRESSION_LENGTH_MAX); at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at + 1;
  }
  return -1;
}
