import { createScanner } from 'jsonc-parser';

/** Where a value stands in the text of its file. UTF-16 units; strings with their quotes. */
export interface JsonSpan {
  start: number;
  end: number;
  isString: boolean;
}

/** The tokens of jsonc-parser's scanner that matter here (its `SyntaxKind`, a const enum that cannot be imported). */
const OPEN_BRACE = 1;
const CLOSE_BRACE = 2;
const OPEN_BRACKET = 3;
const CLOSE_BRACKET = 4;
const COMMA = 5;
const COLON = 6;
const STRING = 10;
const FIRST_TRIVIA = 12;
const LAST_TRIVIA = 15;
const UNKNOWN = 16;
const END = 17;

interface Wanted {
  pointer: string | null;
  children: Map<string, Wanted>;
}

function wantedTree(pointers: Iterable<string>): Wanted {
  const root: Wanted = { pointer: null, children: new Map() };
  for (const pointer of pointers) {
    let node = root;
    for (const token of pointer.split('/').slice(1)) {
      const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
      let child = node.children.get(key);
      if (child === undefined) {
        child = { pointer: null, children: new Map() };
        node.children.set(key, child);
      }
      node = child;
    }
    node.pointer = pointer;
  }
  return root;
}

/** One step of an RFC 6901 pointer. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

interface Frame {
  isArray: boolean;
  index: number;
  key: string;
  wanted: Wanted | undefined;
}

/**
 * Finds the values at RFC 6901 pointers in one pass over the tokens, without recursion and without building a tree (20 MB
 * take about 0.2 s). The text must be JSON. Of a key that stands twice the last one counts, as in `JSON.parse`.
 */
export function locate(text: string, pointers: Iterable<string>): Map<string, JsonSpan> {
  const found = new Map<string, JsonSpan>();
  const root = wantedTree(pointers);
  const scanner = createScanner(text, true);
  const stack: Frame[] = [];
  let isKey = false;
  for (let kind: number = scanner.scan(); kind !== END; kind = scanner.scan()) {
    const frame = stack.at(-1);
    if (kind === COLON) continue;
    if (kind === COMMA) {
      if (frame?.isArray === true) frame.index++;
      else isKey = true;
      continue;
    }
    if (kind === CLOSE_BRACE || kind === CLOSE_BRACKET) {
      stack.pop();
      isKey = false;
      continue;
    }
    if (isKey) {
      if (frame !== undefined) frame.key = frame.wanted === undefined ? '' : scanner.getTokenValue();
      isKey = false;
      continue;
    }
    const wanted = frame === undefined ? root : frame.wanted?.children.get(frame.isArray ? String(frame.index) : frame.key);
    if (wanted !== undefined && wanted.pointer !== null) {
      const start = scanner.getTokenOffset();
      found.set(wanted.pointer, { start, end: start + scanner.getTokenLength(), isString: kind === STRING });
    }
    if (kind === OPEN_BRACE || kind === OPEN_BRACKET) {
      stack.push({ isArray: kind === OPEN_BRACKET, index: 0, key: '', wanted });
      isKey = kind === OPEN_BRACE;
    }
  }
  return found;
}

/** The offset in the file of the character at `offset` of a decoded string. For other values the start of the value. */
export function fileOffset(text: string, span: JsonSpan, offset: number): number {
  if (!span.isString) return span.start;
  let at = span.start + 1;
  for (let decoded = 0; decoded < offset && at < span.end - 1; decoded++) at += stepLength(text, at);
  return at;
}

/** For every UTF-16 unit of a decoded string, and for its end, the offset in the file. */
export function decodeMap(text: string, span: JsonSpan): Uint32Array {
  const offsets = new Uint32Array(span.end - span.start);
  let length = 0;
  let at = span.start + 1;
  for (; at < span.end - 1; at += stepLength(text, at)) offsets[length++] = at;
  offsets[length++] = at;
  return offsets.slice(0, length);
}

/** How many characters of the file one unit of the decoded string takes: an escape is 2 or, as `\uXXXX`, 6 long. */
function stepLength(text: string, at: number): number {
  if (text.charAt(at) !== '\\') return 1;
  return text.charAt(at + 1) === 'u' ? 6 : 2;
}

export interface JsonSyntaxError {
  offset: number;
  /** What should stand there, e.g. `a comma or ]`. */
  expected: string;
}

/** The first place where a text stops being JSON, or null. Needs no recursion; says nothing of the content. */
export function findSyntaxError(text: string): JsonSyntaxError | null {
  const scanner = createScanner(text, false);
  const closers: number[] = [];
  let state: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' = 'value';
  for (;;) {
    const kind: number = scanner.scan();
    const offset = scanner.getTokenOffset();
    if (kind >= FIRST_TRIVIA && kind <= LAST_TRIVIA) {
      if (text.charAt(offset) === '/') return { offset, expected: 'JSON without comments' };
      continue;
    }
    const closer = closers.at(-1);
    if (state === 'comma' && closer === undefined) return kind === END ? null : { offset, expected: 'the end of the file' };
    if (kind === END) return { offset, expected: `${expectation(state, closer)}; the file is cut short` };
    if (scanner.getTokenError() !== 0) return { offset, expected: kind === STRING ? 'a well-formed string' : 'a value' };
    if (kind === closer && (state === 'comma' || state === 'value or ]' || state === 'key or }')) {
      closers.pop();
      state = 'comma';
    } else if (state === 'comma' && kind === COMMA) {
      state = closer === CLOSE_BRACE ? 'key' : 'value';
    } else if (state === 'colon' && kind === COLON) {
      state = 'value';
    } else if ((state === 'key' || state === 'key or }') && kind === STRING) {
      state = 'colon';
    } else if ((state === 'value' || state === 'value or ]') && isValueStart(kind)) {
      if (kind === OPEN_BRACE) closers.push(CLOSE_BRACE);
      else if (kind === OPEN_BRACKET) closers.push(CLOSE_BRACKET);
      state = kind === OPEN_BRACE ? 'key or }' : kind === OPEN_BRACKET ? 'value or ]' : 'comma';
    } else {
      return { offset, expected: expectation(state, closer) };
    }
  }
}

function isValueStart(kind: number): boolean {
  return kind === OPEN_BRACE || kind === OPEN_BRACKET || (kind > COLON && kind < FIRST_TRIVIA && kind !== UNKNOWN);
}

function expectation(state: string, closer: number | undefined): string {
  switch (state) {
    case 'comma':
      return closer === CLOSE_BRACE ? 'a comma or }' : 'a comma or ]';
    case 'colon':
      return 'a colon';
    case 'key':
      return 'a key in double quotes';
    case 'key or }':
      return 'a key in double quotes or }';
    case 'value or ]':
      return 'a value or ]';
    default:
      return 'a value';
  }
}
