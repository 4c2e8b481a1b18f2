import type { Span } from '../../../model/syntax-tree.js';
import { fieldsOf, numberOf } from './data.js';

const NOWHERE: Span = { start: 0, end: 0 };

/** Characters that were put into the text for the parser, in its code points. */
export interface Insertion {
  at: number;
  length: number;
}

/** The parser counts code points of the text that it was given; the tree counts UTF-16 units of the whole text. */
export class Spans {
  readonly #base: number | null;
  readonly #insertion: Insertion | null;
  /** Code point → UTF-16 offset; null where both are the same. */
  readonly #table: Uint32Array | null;
  readonly #length: number;

  /** `base`: where `text` begins in the whole text; null where it stands nowhere. `insertion`: what the parser was given besides it. */
  constructor(text: string, base: number | null, insertion: Insertion | null) {
    this.#base = base;
    this.#insertion = insertion;
    this.#length = text.length;
    this.#table = /[\ud800-\udbff]/.test(text) ? codePointTable(text) : null;
  }

  offset(codePoint: number): number {
    const { at, length } = this.#insertion ?? { at: 0, length: 0 };
    const own = codePoint < at ? codePoint : Math.max(at, codePoint - length);
    const within = this.#table ? (this.#table[Math.min(own, this.#table.length - 1)] ?? 0) : Math.min(own, this.#length);
    return (this.#base ?? 0) + within;
  }

  /** The span that the fields of a node tell; `{0, 0}` where they tell none. */
  of(value: unknown): Span {
    const span = fieldsOf(fieldsOf(value)?.['span']);
    const start = numberOf(span?.['start']);
    const end = numberOf(span?.['end']);
    return start === null || end === null || this.#base === null ? NOWHERE : { start: this.offset(start), end: this.offset(end) };
  }
}

function codePointTable(text: string): Uint32Array {
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  return Uint32Array.from([...offsets, at]);
}

/** The smallest span around those that are known; `{0, 0}` where none is. */
export function around(spans: readonly Span[]): Span {
  const known = spans.filter(({ end }) => end > 0);
  if (known.length === 0) return NOWHERE;
  return { start: Math.min(...known.map(({ start }) => start)), end: Math.max(...known.map(({ end }) => end)) };
}
