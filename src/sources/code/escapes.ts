import type { CodeText } from './code-text.js';

export type EscapeStyle = 'python' | 'javascript' | 'java' | 'go' | 'csharp' | 'ruby' | 'php' | 'kotlin' | 'r' | 'none';

const SINGLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0', e: '\x1b', s: ' ' };
/** What a backslash may stand before; any other one is kept as it is, or dropped where the language does so. */
const KNOWN: Readonly<Record<EscapeStyle, string>> = {
  python: 'ntrbfva',
  javascript: 'ntrbfv',
  java: 'ntrbfs',
  go: 'ntrbfva',
  csharp: 'ntrbfvae',
  ruby: 'ntrbfvaes',
  php: 'ntrvfe',
  kotlin: 'ntrb',
  r: 'ntrbfva',
  none: '',
};
/** A backslash before another letter vanishes in these, and stays in the others. */
const DROPS_BACKSLASH: ReadonlySet<EscapeStyle> = new Set(['javascript', 'ruby', 'java', 'kotlin', 'go', 'csharp', 'r']);

/** Decodes the escapes of `source` between two offsets into `out`. Line breaks behind a backslash join the lines. */
export function decodeEscapes(source: string, start: number, end: number, style: EscapeStyle, out: CodeText): void {
  if (style === 'none') {
    out.copy(source, start, end);
    return;
  }
  // Looked for in the string alone: the next backslash of the file may be far away.
  const body = source.slice(start, end);
  let at = start;
  while (at < end) {
    const found = body.indexOf('\\', at - start);
    const backslash = found + start;
    if (found < 0 || backslash >= end - 1) break;
    out.copy(source, at, backslash);
    at = escape(source, backslash, end, style, out);
  }
  out.copy(source, at, end);
}

function escape(source: string, at: number, end: number, style: EscapeStyle, out: CodeText): number {
  const letter = source.charAt(at + 1);
  if (letter === '\n') return at + 2;
  if (letter === '\r') return source.charAt(at + 2) === '\n' ? at + 3 : at + 2;
  if (letter === '\\' || letter === "'" || letter === '"' || letter === '`' || letter === '$') {
    out.decoded(letter, at);
    return at + 2;
  }
  if (KNOWN[style].includes(letter)) {
    out.decoded(SINGLE[letter] ?? letter, at);
    return at + 2;
  }
  const code = codePoint(source.slice(at + 1, Math.min(end, at + 12)), style);
  if (code !== null) {
    out.decoded(code.text, at);
    return at + 1 + code.length;
  }
  if (DROPS_BACKSLASH.has(style)) out.decoded(letter, at);
  else out.copy(source, at, at + 2);
  return at + 2;
}

/** `x41`, `u0041`, `u{41}`, `U00000041`, `101` behind the backslash. */
function codePoint(text: string, style: EscapeStyle): { text: string; length: number } | null {
  const match = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}|U([\da-fA-F]{8}))/.exec(text);
  if (match !== null) return sign(Number.parseInt(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '', 16), match[0].length);
  const octal = style === 'kotlin' || style === 'csharp' ? null : /^[0-7]{1,3}/.exec(text);
  return octal === null ? null : sign(Number.parseInt(octal[0], 8), octal[0].length);
}

function sign(code: number, length: number): { text: string; length: number } {
  return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', length };
}
