import type { Scalar } from 'yaml';

/**
 * The offset in the file of every UTF-16 unit of a scalar's value, and of its end, for all five styles of YAML 1.2 scalars; null where the
 * value cannot be followed back letter by letter (which a caller shows by pointing at the start). What stands for a fold,
 * an escape or a doubled quote points at its first character.
 */
export function scalarOffsets(scalar: Scalar, text: string): Uint32Array | null {
  const token = scalar.srcToken;
  if (token === undefined || typeof scalar.value !== 'string') return null;
  const out = new Offsets(scalar.value);
  switch (token.type) {
    case 'scalar':
      flow(token.source, token.offset, 'plain', out);
      break;
    case 'single-quoted-scalar':
      flow(token.source.slice(1, -1), token.offset + 1, 'single', out);
      break;
    case 'double-quoted-scalar':
      flow(token.source.slice(1, -1), token.offset + 1, 'double', out);
      break;
    case 'block-scalar': {
      const props = token.props.map((prop) => ({ type: prop.type, source: 'source' in prop ? prop.source : '' }));
      const header = props.find(({ type }) => type === 'block-scalar-header')?.source ?? '|';
      const start = token.offset + props.reduce((length, { source }) => length + source.length, 0);
      block(token.source, start, header, token.indent, out);
      break;
    }
    default:
      return null;
  }
  return out.finish(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', N: '\u0085', _: '\u00a0', L: '\u2028', P: '\u2029',
};
const HEX_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Where each unit of a value stands; what is pushed must be the value. */
class Offsets {
  readonly #offsets: Uint32Array;
  #length = 0;
  #end = 0;
  #isOther = false;

  constructor(readonly value: string) {
    this.#offsets = new Uint32Array(value.length + 1);
  }

  push(text: string, offset: number, step: 0 | 1): void {
    if (!this.value.startsWith(text, this.#length)) this.#isOther = true;
    if (this.#isOther) return;
    for (let at = 0; at < text.length; at++) this.#offsets[this.#length++] = offset + at * step;
    this.#end = offset + (step === 1 ? text.length : 1);
  }

  finish(text: string): Uint32Array | null {
    if (this.#isOther || this.#length !== this.value.length) return null;
    this.#offsets[this.#length] = Math.min(this.#end, text.length);
    return this.#offsets;
  }
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

/** The length of the line break at `at`, 0 where there is none. */
function breakLength(source: string, at: number): number {
  if (source.charAt(at) === '\n') return 1;
  return source.charAt(at) === '\r' && source.charAt(at + 1) === '\n' ? 2 : 0;
}

function skipBlanks(source: string, at: number): number {
  let end = at;
  while (isBlank(source.charAt(end))) end++;
  return end;
}

/** Line breaks from `at` on with the blanks around them: how many, and where the text goes on. */
function breaks(source: string, at: number): { count: number; end: number } {
  let count = 0;
  let end = at;
  for (;;) {
    const line = skipBlanks(source, end);
    const length = breakLength(source, line);
    if (length === 0) return { count, end: count === 0 ? at : line };
    count++;
    end = line + length;
  }
}

function flow(source: string, base: number, style: 'plain' | 'single' | 'double', out: Offsets): void {
  let at = 0;
  while (at < source.length) {
    const { count, end } = breaks(source, at);
    if (count > 0) {
      out.push(count === 1 ? ' ' : '\n'.repeat(count - 1), base + at, 0);
      at = end;
    } else if (style === 'single' && source.startsWith("''", at)) {
      out.push("'", base + at, 1);
      at += 2;
    } else if (style === 'double' && source.charAt(at) === '\\') {
      at = escape(source, at, base, out);
    } else {
      out.push(source.charAt(at), base + at, 1);
      at++;
    }
  }
}

/** Reads the escape at `at`; returns where the text goes on. */
function escape(source: string, at: number, base: number, out: Offsets): number {
  const letter = source.charAt(at + 1);
  if (breakLength(source, at + 1) > 0) {
    const { count, end } = breaks(source, at + 1);
    out.push('\n'.repeat(count - 1), base + at, 0);
    return end;
  }
  const digits = HEX_LENGTH[letter];
  if (digits === undefined) {
    out.push(ESCAPES[letter] ?? letter, base + at, 0);
    return at + 2;
  }
  const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
  out.push(Number.isNaN(code) || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code), base + at, 0);
  return at + 2 + digits;
}

interface BlockLine {
  text: string;
  offset: number;
}

function block(source: string, start: number, header: string, parentIndent: number, out: Offsets): void {
  const lines = blockLines(source, start);
  const stated = /[1-9]/.exec(header)?.[0];
  const firstFull = lines.find(({ text }) => !/^ *$/.test(text));
  const indent = stated === undefined ? (/^ */.exec(firstFull?.text ?? '')?.[0].length ?? 0) : Math.max(parentIndent, 0) + Number(stated);
  const body = lines.map(({ text, offset }) => ({ text: text.slice(indent), offset: offset + Math.min(text.length, indent) }));
  let trailing = 0;
  while (body.at(-1)?.text === '') {
    body.pop();
    trailing++;
  }
  if (header.startsWith('>')) folded(body, out);
  else literal(body, out);
  const last = body.at(-1);
  const end = last === undefined ? start : last.offset + last.text.length;
  if (header.includes('+')) out.push('\n'.repeat(trailing + (last === undefined ? 0 : 1)), end, 0);
  else if (!header.includes('-') && last !== undefined) out.push('\n', end, 0);
}

function blockLines(source: string, start: number): BlockLine[] {
  const lines: BlockLine[] = [];
  let offset = start;
  for (const line of source.split('\n')) {
    lines.push({ text: line.endsWith('\r') ? line.slice(0, -1) : line, offset });
    offset += line.length + 1;
  }
  if (lines.at(-1)?.text === '') lines.pop();
  return lines;
}

function literal(body: readonly BlockLine[], out: Offsets): void {
  for (const [index, { text, offset }] of body.entries()) {
    out.push(text, offset, 1);
    if (index < body.length - 1) out.push('\n', offset + text.length, 0);
  }
}

/** Single breaks between lines that begin with text are blanks; those next to indented lines stay, as do empty lines. */
function folded(body: readonly BlockLine[], out: Offsets): void {
  let empty = 0;
  let previous: BlockLine | null = null;
  for (const line of body) {
    if (line.text === '') {
      empty++;
      continue;
    }
    const at = previous === null ? line.offset : previous.offset + previous.text.length;
    if (previous === null) out.push('\n'.repeat(empty), at, 0);
    else if (isBlank(line.text.charAt(0)) || isBlank(previous.text.charAt(0))) out.push('\n'.repeat(empty + 1), at, 0);
    else out.push(empty === 0 ? ' ' : '\n'.repeat(empty), at, 0);
    out.push(line.text, line.offset, 1);
    previous = line;
    empty = 0;
  }
}
