import { CodeText } from './code-text.js';
import { decodeEscapes, type EscapeStyle } from './escapes.js';
import { nameOf } from './evaluate.js';

/** A string literal or comment of a source. `text` is null for a comment and for what holds no text. */
export interface Lexed {
  start: number;
  end: number;
  text: CodeText | null;
}

/** What begins at an offset: a string, a comment, or nothing of the kind. `queue` holds heredocs that begin on the next line. */
export type StringReader = (source: string, at: number, heredocs: Heredoc[]) => Lexed | null;

export interface Heredoc {
  word: string;
  /** Of its opening, which stands in the place of the string. */
  start: number;
  end: number;
  isRaw: boolean;
  style: EscapeStyle;
}

const INTERPOLATION_MAX = 2_000;

/** A comment from `open` to `close`, or to the end of the line where `close` is null. */
export function comment(source: string, at: number, open: string, close: string | null): Lexed | null {
  if (!source.startsWith(open, at)) return null;
  const found = source.indexOf(close ?? '\n', at + open.length);
  return { start: at, end: found < 0 ? source.length : found + (close?.length ?? 0), text: null };
}

interface Quoted {
  /** Length of what opens it. */
  opening: number;
  close: string;
  style: EscapeStyle;
  /** How an expression within begins: `#{`, `${`, `{`; null where there is none. */
  interpolation: 'ruby' | 'kotlin' | 'csharp' | 'php' | 'r' | null;
  /** `""` within stands for one quote. */
  doubled?: boolean;
  /** It ends with its line at the latest. */
  oneLine?: boolean;
}

export function quoted(source: string, at: number, form: Quoted): Lexed {
  const text = new CodeText();
  const start = at + form.opening;
  let copied = start;
  let next = start;
  const flush = (until: number): void => decodeEscapes(source, copied, until, form.style, text);
  while (next < source.length) {
    if (source.startsWith(form.close, next)) {
      if (form.doubled !== true || !source.startsWith(form.close, next + 1)) break;
      flush(next);
      text.decoded(form.close, next);
      next += 2;
      copied = next;
      continue;
    }
    const character = source.charAt(next);
    if (form.oneLine === true && character === '\n') break;
    if (character === '\\' && form.style !== 'none') {
      next += 2;
      continue;
    }
    const end = form.interpolation === null ? -1 : interpolationEnd(source, next, form.interpolation);
    if (end < 0) {
      next++;
      continue;
    }
    flush(next);
    const shown = source.slice(next, end);
    if (shown === '{{' || shown === '}}') text.decoded(shown.charAt(0), next);
    else text.hole(shown.slice(0, 200), next, { name: nameOf(shown.replace(/^[#$]?\{?\$?|\}$/g, '')) });
    next = end;
    copied = end;
  }
  const stop = Math.min(next, source.length);
  flush(stop);
  return { start: at, end: Math.min(stop + form.close.length, source.length), text };
}

/** Where the expression that begins at `at` ends; -1 where none begins. */
export function interpolationEnd(source: string, at: number, style: NonNullable<Quoted['interpolation']>): number {
  const character = source.charAt(at);
  const after = source.charAt(at + 1);
  switch (style) {
    case 'ruby':
      return character === '#' && after === '{' ? closingBrace(source, at + 1) : -1;
    case 'kotlin':
      if (character !== '$') return -1;
      return after === '{' ? closingBrace(source, at + 1) : nameEnd(source, at + 1);
    case 'php':
      if (character === '{' && after === '$') return closingBrace(source, at);
      if (character !== '$') return -1;
      return after === '{' ? closingBrace(source, at + 1) : phpVariableEnd(source, at + 1);
    case 'csharp':
      if ((character === '{' && after === '{') || (character === '}' && after === '}')) return at + 2;
      return character === '{' ? closingBrace(source, at) : -1;
    case 'r':
      return character === '{' && /[A-Za-z.]/.test(after) ? closingBrace(source, at) : -1;
  }
}

function nameEnd(source: string, at: number): number {
  const name = /^[A-Za-z_]\w{0,100}/.exec(source.slice(at, at + 120))?.[0];
  return name === undefined ? -1 : at + name.length;
}

function phpVariableEnd(source: string, at: number): number {
  const name = /^[A-Za-z_]\w{0,100}(?:->\w{1,100}|\[\w{1,100}\])?/.exec(source.slice(at, at + 240))?.[0];
  return name === undefined ? -1 : at + name.length;
}

function closingBrace(source: string, open: number): number {
  let depth = 0;
  const limit = Math.min(source.length, open + INTERPOLATION_MAX);
  for (let at = open; at < limit; at++) {
    const character = source.charAt(at);
    if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return -1;
}

/** The body of a heredoc whose first line begins at `at`; the margin of the lines is left as it is. */
export function heredocBody(source: string, at: number, { word, start, end, isRaw, style }: Heredoc): { body: Lexed; next: number } {
  const closing = new RegExp(`^[ \\t]*${word}\\b`);
  let line = at;
  let stop = source.length;
  let next = source.length;
  while (line < source.length) {
    const newline = source.indexOf('\n', line);
    const lineEnd = newline < 0 ? source.length : newline;
    if (closing.test(source.slice(line, Math.min(lineEnd, line + 200)))) {
      stop = line;
      next = line + source.slice(line, lineEnd).search(/\S/) + word.length;
      break;
    }
    line = lineEnd + 1;
  }
  const text = new CodeText();
  let copied = at;
  if (!isRaw) {
    for (let scan = at; scan < stop; scan++) {
      const character = source.charAt(scan);
      if (character === '\\') scan++;
      else if (character === '#' || character === '$' || character === '{') {
        const finish = interpolationEnd(source, scan, style === 'ruby' ? 'ruby' : 'php');
        if (finish < 0 || finish > stop) continue;
        decodeEscapes(source, copied, scan, style, text);
        const shown = source.slice(scan, finish);
        text.hole(shown.slice(0, 200), scan, { name: nameOf(shown.replace(/^[#$]?\{?\$?|\}$/g, '')) });
        copied = finish;
        scan = finish - 1;
      }
    }
  }
  decodeEscapes(source, copied, stop, isRaw ? 'none' : style, text);
  return { body: { start, end, text }, next };
}
