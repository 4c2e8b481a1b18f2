import type { Span } from '../../../model/syntax-tree.js';

/** libpg_query counts UTF-8 bytes and leaves a location of zero out; the tree counts UTF-16 units. */
export class Positions {
  readonly #text: string;
  /** Byte offset → UTF-16 offset; null for pure ASCII, where both are the same. */
  readonly #table: Uint32Array | null;
  readonly #original: ((offset: number) => number) | null;

  /**
   * @param text what the parser was given
   * @param from the text that the spans are about and the way back to it, where what the parser was given is written otherwise
   */
  constructor(text: string, from: { written: string; original: (offset: number) => number } | null = null) {
    this.#text = from?.written ?? text;
    this.#original = from?.original ?? null;
    this.#table = isAscii(text) ? null : byteTable(text);
  }

  toUtf16(byteOffset: number): number {
    const offset = this.#table ? (this.#table[Math.min(byteOffset, this.#table.length - 1)] ?? 0) : byteOffset;
    return this.#original ? this.#original(offset) : offset;
  }

  /** The span of a node of which only the start is known. */
  at(byteOffset: number | undefined): Span {
    const start = this.toUtf16(Math.max(byteOffset ?? 0, 0));
    return { start, end: start };
  }

  /** The span of a dotted name of so many parts. */
  name(byteOffset: number | undefined, parts: number): Span {
    const { start } = this.at(byteOffset);
    NAME.lastIndex = start;
    let end = start;
    for (let index = 0; index < parts && NAME.test(this.#text); index++) end = NAME.lastIndex;
    return { start, end };
  }
}

/** One part of a name with the point before it. Sticky, so that each test goes on where the last one ended. */
const NAME = /\s*(?:\.\s*)?(?:"(?:[^"]|"")*"|\*|[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*)/uy;

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function byteTable(text: string): Uint32Array {
  const table = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index) ?? 0;
    const bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    table.fill(index, byte, byte + bytes);
    byte += bytes;
    index += codePoint > 0xffff ? 2 : 1;
  }
  table[byte] = text.length;
  return table;
}
