import { CodeText } from './code-text.js';
import { isDatabaseCall, isIdleUse, isNamedSql } from './database-calls.js';
import { nameOf } from './evaluate.js';
import type { LexedLanguage } from './lexed-languages.js';
import { heredocBody, type Heredoc, type Lexed } from './lexed-strings.js';
import { UNUSED, type Use } from './program.js';
import { FOUND_MAX, type FoundText } from './scan.js';
import { sqlLikeness } from './sql-text.js';

/** How far a look goes back for the call that a text is an argument of. */
const LOOK_BACK = 1_000;

/** The SQL texts of a language that is read by its string literals: no grammar, no names, less certain of what a text serves. */
export function lexedTexts(source: string, language: LexedLanguage): FoundText[] {
  const literals = lex(source, language);
  const view = viewOf(source, literals);
  const declarations = [...view.matchAll(language.declaration)].map((match) => ({ at: match.index, kind: match[1]?.trim() ?? '', name: match[2] ?? '' }));
  const found: FoundText[] = [];
  let declared = -1;
  let type = '';
  let method = '';
  for (let index = 0; index < literals.length && found.length < FOUND_MAX; index++) {
    const first = literals[index];
    if (first?.text == null) continue;
    const joined = join(source, view, literals, index, language);
    for (; (declarations[declared + 1]?.at ?? Infinity) < first.start; declared++) {
      const declaration = declarations[declared + 1];
      if (declaration === undefined) break;
      if (/\b(class|module|object|interface|trait|record|struct)$/.test(declaration.kind)) {
        type = declaration.name;
        method = '';
      } else method = declaration.name;
    }
    const likeness = sqlLikeness(joined.text.text, joined.text.holes);
    if (likeness === 'no') continue;
    const use = useOf(view, first.start, language);
    index = joined.last;
    if (isIdleUse(use) || (likeness === 'likely' && !isDatabaseCall(use) && !isNamedSql(use))) continue;
    const around = [type, method === '' ? (use.target ?? '') : method].filter((part) => part !== '').join('.');
    found.push({ text: joined.text.trimmed(), name: around === '' ? null : around, use, from: first.start, to: first.end });
  }
  return found;
}

function lex(source: string, language: LexedLanguage): Lexed[] {
  const found: Lexed[] = [];
  const heredocs: Heredoc[] = [];
  let at = 0;
  while (at < source.length) {
    if (source.charAt(at) === '\n' && heredocs.length > 0) {
      let next = at + 1;
      for (const heredoc of heredocs.splice(0)) {
        const { body, next: after } = heredocBody(source, next, heredoc);
        found.push(body, { start: next, end: after, text: null });
        next = after;
      }
      at = Math.max(next, at + 1);
      continue;
    }
    const one = language.read(source, at, heredocs);
    if (one === null) {
      at++;
      continue;
    }
    const isHeredoc = heredocs.at(-1)?.start === one.start;
    if (!isHeredoc) found.push(one);
    at = Math.max(one.end, at + 1);
  }
  return found.toSorted((one, other) => one.start - other.start);
}

/** The source with blanks for comments and the contents of strings. */
function viewOf(source: string, literals: readonly Lexed[]): string {
  let view = '';
  let at = 0;
  for (const { start, end, text } of literals) {
    if (start < at) continue;
    view += source.slice(at, start) + (text === null ? source.slice(start, end).replace(/[^\n]/g, ' ') : `"${' '.repeat(Math.max(0, end - start - 2))}${end - start > 1 ? '"' : ''}`);
    at = end;
  }
  return view + source.slice(at);
}

/** Literals with `+` between them, and what is no literal as a hole. */
function join(source: string, view: string, literals: readonly Lexed[], index: number, { concatenation }: LexedLanguage): { text: CodeText; last: number } {
  const text = new CodeText();
  let last = index;
  for (let at = index; at < literals.length; at++) {
    const literal = literals[at];
    if (literal?.text == null) break;
    text.append(literal.text);
    last = at;
    const next = literals.slice(at + 1, at + 20).find((one) => one.text !== null);
    if (next === undefined) break;
    const between = view.slice(literal.end, Math.min(next.start, literal.end + 400));
    if (next.start - literal.end > 400 || next.start < literal.end) break;
    const sign = between.trim();
    if (sign === concatenation || (sign === '\\' && concatenation === '+')) {
      at = literals.indexOf(next, at) - 1;
      continue;
    }
    if (!sign.startsWith(concatenation) || !sign.endsWith(concatenation) || /[;{}\n]\s*\w+\s*=/.test(between)) break;
    const expression = sign.slice(1, -1).trim();
    text.hole(sign.slice(0, 120), literal.end + between.indexOf(sign), { name: nameOf(expression) });
    at = literals.indexOf(next, at) - 1;
  }
  const end = literals[last]?.end ?? 0;
  const rest = new RegExp(`^\\s*${concatenation === '.' ? '\\.(?!=)' : concatenation === '+' ? '\\+(?!=)' : '\\0'}\\s*(\\$?\\w[\\w.>$-]{0,80}(?:\\([^()]{0,80}\\))?)`).exec(source.slice(end, end + 200));
  if (rest?.[1] !== undefined) text.hole(rest[0].trim(), end + rest[0].search(/\S/), { name: nameOf(rest[1]) });
  return { text, last };
}

/** What stands before the literal: `x =`, `execute(`, `sql: `, `raise`. */
function useOf(view: string, start: number, { barecalls }: LexedLanguage): Use {
  const before = view.slice(Math.max(0, start - LOOK_BACK), start);
  if (/(==|!=|===|=~|<=>)\s*$|\b(raise|throw|puts|echo|print|die)\s*$/.test(before)) return { ...UNUSED, isIdle: true };
  const target = /([A-Za-z_]\w{0,80})(?:\])?\s*(?::\s*[\w?<>.]{1,60}\s*)?(?:=|\+=|\.=|<-)\s*$/.exec(before)?.[1];
  if (target !== undefined) return { ...UNUSED, target };
  const key = /["']?([A-Za-z_]\w{0,80})["']?\s*(?::|=>)\s*$/.exec(before)?.[1];
  const open = openParenthesis(before);
  const callee = open < 0 ? (barecalls ? /([A-Za-z_@][\w.:]{0,80}[?!]?)[ \t]+$/.exec(before)?.[1] : undefined) : /([\w$@.:?!>-]{1,160})(?:<[^<>()]{0,80}>)?\s*$/.exec(before.slice(0, open))?.[1];
  if (callee === undefined || /^(if|while|for|return|when|and|or|not|in|unless|elsif|else|do|then|yield)$/.test(callee)) return key === undefined ? UNUSED : { ...UNUSED, target: key };
  const parts = callee.split(/\.|::|->|\?\./);
  const call = parts.pop() ?? '';
  return { ...UNUSED, call: /@\w+$/.test(callee) ? `@${call.replace(/^@/, '')}` : call, receiver: parts.join('.'), argument: key ?? (before.slice(open + 1).trim() === '' ? 0 : 1) };
}

/** The parenthesis that is still open at the end of the text; -1 where there is none, or a statement ends between. */
function openParenthesis(before: string): number {
  let depth = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const character = before.charAt(at);
    if (character === ')') depth++;
    else if (character === '(') {
      if (depth === 0) return at;
      depth--;
    } else if (depth === 0 && (character === ';' || character === '{' || character === '}')) return -1;
  }
  return -1;
}
