/** A token of Power Query's formula language M (language specification, section 2). Offsets are UTF-16 units. */
export interface MToken {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'sign' | 'end';
  start: number;
  end: number;
  /** The name of a word (with its dots) or quoted identifier, the characters of a sign; empty for others. */
  text: string;
}

/** More tokens than any expression that people write. */
const TOKENS_MAX = 500_000;

/** Signs of several characters, longest first. */
const SIGNS = ['...', '=>', '<>', '<=', '>=', '??', '..'];
const WORD_START = /[\p{L}_]/u;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_.]*/uy;
const NUMBER = /(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)/iy;

/** The tokens of an expression without comments and blanks; what is no token is a sign of one character. */
export function mTokens(text: string): MToken[] {
  const tokens: MToken[] = [];
  let at = 0;
  while (at < text.length && tokens.length < TOKENS_MAX) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      at++;
      continue;
    }
    const comment = commentEnd(text, at);
    if (comment > at) {
      at = comment;
      continue;
    }
    const token = tokenAt(text, at, character);
    tokens.push(token);
    at = Math.max(token.end, at + 1);
  }
  tokens.push({ kind: 'end', start: text.length, end: text.length, text: '' });
  return tokens;
}

function commentEnd(text: string, at: number): number {
  if (text.startsWith('//', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  if (!text.startsWith('/*', at)) return at;
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? text.length : end + 2;
}

function tokenAt(text: string, start: number, character: string): MToken {
  if (character === '"') return { kind: 'string', start, end: stringEnd(text, start), text: '' };
  if (character === '#' && text.charAt(start + 1) === '"') {
    const end = stringEnd(text, start + 1);
    return { kind: 'quoted', start, end, text: decodeMString(text, start + 1, end).text };
  }
  if (character === '#' && WORD_START.test(text.charAt(start + 1))) {
    const word = matchAt(WORD, text, start + 1);
    return { kind: 'word', start, end: start + 1 + word.length, text: `#${word}` };
  }
  if (WORD_START.test(character)) {
    const word = matchAt(WORD, text, start);
    return { kind: 'word', start, end: start + word.length, text: word };
  }
  if (/\d/.test(character)) return { kind: 'number', start, end: start + matchAt(NUMBER, text, start).length, text: '' };
  const sign = SIGNS.find((candidate) => text.startsWith(candidate, start)) ?? character;
  return { kind: 'sign', start, end: start + sign.length, text: sign };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? text.charAt(at);
}

/** Behind the closing quote; doubled quotes do not close. */
function stringEnd(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text.charAt(at + 1) === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at + 1;
}

/** A text of several pieces, and where each of its characters stands in another one. */
export interface MappedText {
  text: string;
  /** For each character, and for the end. */
  offsets: number[];
}

const ESCAPES: Readonly<Record<string, string>> = { lf: '\n', cr: '\r', tab: '\t', '#': '#' };
const ESCAPE = /#\(([^()"]{1,60})\)/y;

/** The value of a text literal at `start..end` with its quotes: `""`, `#(lf)`, `#(cr,lf)`, `#(00E9)` (section 2.5 of the specification). */
export function decodeMString(source: string, start: number, end: number): MappedText {
  const parts: string[] = [];
  const offsets: number[] = [];
  const put = (text: string, at: number): void => {
    parts.push(text);
    for (let unit = 0; unit < text.length; unit++) offsets.push(at);
  };
  const last = source.charAt(end - 1) === '"' && end - 1 > start ? end - 1 : end;
  for (let at = start + 1; at < last; at++) {
    const character = source.charAt(at);
    if (character === '"') {
      put('"', at);
      at++;
      continue;
    }
    ESCAPE.lastIndex = at;
    const match = character === '#' ? ESCAPE.exec(source) : null;
    const decoded = match === null ? null : escapes(match[1] ?? '');
    if (match === null || decoded === null) {
      put(character, at);
      continue;
    }
    put(decoded, at);
    at += match[0].length - 1;
  }
  offsets.push(last);
  return { text: parts.join(''), offsets };
}

function escapes(list: string): string | null {
  let text = '';
  for (const item of list.split(',')) {
    const name = item.trim();
    const known = ESCAPES[name];
    if (known !== undefined) text += known;
    else if (/^([0-9a-f]{4}|[0-9a-f]{8})$/i.test(name) && Number.parseInt(name, 16) <= 0x10ffff) text += String.fromCodePoint(Number.parseInt(name, 16));
    else return null;
  }
  return text;
}
