import type { Segment } from '../model/query.js';

/**
 * Writes a text out of another one and keeps for every character where it comes from. Pieces are copied letter by letter,
 * generated for a construct, or left out; constructs may be nested and copied more than once.
 */
export class Rewriter {
  readonly #parts: string[] = [];
  readonly #segments: Segment[] = [];
  #length = 0;

  constructor(readonly source: string) {}

  copy(start: number, end: number): void {
    if (end <= start) return;
    const last = this.#segments.at(-1);
    if (last?.copy === true && last.srcEnd === start) {
      last.length += end - start;
      last.srcEnd = end;
    } else {
      this.#segments.push({ out: this.#length, src: start, length: end - start, srcEnd: end, copy: true });
    }
    this.#append(this.source.slice(start, end));
  }

  /** `text` stands for the construct at `start..end` of the source. */
  generate(text: string, start: number, end: number): void {
    if (text === '') return;
    this.#segments.push({ out: this.#length, src: start, length: text.length, srcEnd: end, copy: false });
    this.#append(text);
  }

  finish(): { sql: string; map: Segment[] } {
    const sql = this.#parts.join('');
    if (sql === this.source) return { sql, map: [] };
    // An empty map would say that both texts are the same.
    if (this.#segments.length === 0) return { sql, map: [{ out: 0, src: 0, length: 0, srcEnd: this.source.length, copy: false }] };
    return { sql, map: this.#segments };
  }

  #append(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }
}

function segmentAt(map: readonly Segment[], offset: number): Segment | undefined {
  let low = 0;
  let high = map.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const segment = map[middle];
    if (segment !== undefined && segment.out <= offset) low = middle;
    else high = middle - 1;
  }
  return map[low];
}

/**
 * The offset in the source of a character at `offset` in the rewritten text. Generated text points at the start of the
 * construct it stands for; an empty map means that both texts are the same.
 */
export function toSource(map: readonly Segment[], offset: number): number {
  const segment = segmentAt(map, offset);
  if (segment === undefined) return offset;
  if (!segment.copy) return segment.src;
  return Math.min(segment.src + (offset - segment.out), segment.srcEnd);
}

/** The construct or the single character of the source that stands behind `offset`. */
export function toSourceSpan(map: readonly Segment[], offset: number): { start: number; end: number } {
  const segment = segmentAt(map, offset);
  if (segment !== undefined && !segment.copy) return { start: segment.src, end: segment.srcEnd };
  const start = toSource(map, offset);
  return { start, end: start + 1 };
}

/**
 * One map for two rewritings, one after the other: `outer` leads from the final text to the middle one, `inner` from there
 * to the source.
 */
export function compose(outer: readonly Segment[], inner: readonly Segment[]): Segment[] {
  if (outer.length === 0) return inner.map((segment) => ({ ...segment }));
  if (inner.length === 0) return outer.map((segment) => ({ ...segment }));
  const composed: Segment[] = [];
  for (const segment of outer) {
    if (!segment.copy) {
      const src = toSource(inner, segment.src);
      const srcEnd = segment.srcEnd > segment.src ? toSourceSpan(inner, segment.srcEnd - 1).end : src;
      composed.push({ ...segment, src, srcEnd });
    } else {
      composed.push(...composeCopy(segment, inner));
    }
  }
  return composed;
}

function composeCopy(segment: Segment, inner: readonly Segment[]): Segment[] {
  const pieces: Segment[] = [];
  let offset = segment.src;
  while (offset < segment.srcEnd) {
    const under = segmentAt(inner, offset);
    if (under === undefined) break;
    const skipped = offset - under.out;
    const length = Math.min(segment.srcEnd - offset, under.length - skipped);
    if (length <= 0) break;
    pieces.push({
      out: segment.out + (offset - segment.src),
      src: under.copy ? under.src + skipped : under.src,
      length,
      srcEnd: under.copy ? under.src + skipped + length : under.srcEnd,
      copy: under.copy,
    });
    offset += length;
  }
  return pieces;
}
