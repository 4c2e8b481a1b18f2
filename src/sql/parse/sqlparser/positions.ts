import type { Span } from '../../../model/syntax-tree.js';
import { isRecord, items, member } from './node.js';

/** The span of what the parser gives no position for. */
export const NOWHERE: Span = { start: 0, end: 0 };

/** The parser counts lines, ended by line feeds, and code points in them, both from 1; the tree counts UTF-16 units. */
export class Positions {
  readonly #text: string;
  /** Where each line starts, and whether it has code points of two units. */
  readonly #lines: { start: number; wide: boolean }[];
  readonly #base: number;

  /** `base`: where the text starts in the text that positions are told in. */
  constructor(text: string, base = 0) {
    this.#text = text;
    this.#base = base;
    this.#lines = lineStarts(text);
  }

  offset(line: number, column: number): number {
    const found = this.#lines[line - 1];
    if (!found) return this.#base + this.#text.length;
    if (!found.wide) return this.#base + Math.min(found.start + column - 1, this.#text.length);
    let at = found.start;
    for (let count = 1; count < column && at < this.#text.length; count++) at += isWide(this.#text, at) ? 2 : 1;
    return this.#base + at;
  }

  /** The span that a node carries itself. */
  of(node: unknown): Span {
    const span = member(node, 'span');
    const start = this.#location(member(span, 'start'));
    const end = this.#location(member(span, 'end'));
    return start === null || end === null ? NOWHERE : { start, end };
  }

  /** From the first to the last position anywhere below a node. */
  around(node: unknown): Span {
    const found: Span[] = [];
    const pending = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (Array.isArray(next)) pending.push(...items(next).filter((child) => child !== undefined));
      if (!isRecord(next)) continue;
      if (isRecord(next['span'])) found.push(this.of(next));
      for (const name in next) if (name !== 'span' && typeof next[name] === 'object') pending.push(next[name] ?? []);
    }
    return cover(found);
  }

  text({ start, end }: Span): string {
    return this.#text.slice(start - this.#base, end - this.#base);
  }

  #location(value: unknown): number | null {
    const line = member(value, 'line');
    const column = member(value, 'column');
    // Line 0 marks what the parser made up itself.
    return typeof line === 'number' && typeof column === 'number' && line > 0 ? this.offset(line, column) : null;
  }
}

/** From the smallest start to the largest end; what stands nowhere does not count. */
export function cover(spans: readonly Span[]): Span {
  let start = Infinity;
  let end = 0;
  for (const span of spans) {
    if (span.end === 0) continue;
    start = Math.min(start, span.start);
    end = Math.max(end, span.end);
  }
  return end === 0 ? NOWHERE : { start, end };
}

function isWide(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

function lineStarts(text: string): { start: number; wide: boolean }[] {
  const lines = [{ start: 0, wide: false }];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const last = lines.at(-1);
    if (unit === 10) lines.push({ start: at + 1, wide: false });
    else if (unit >= 0xd800 && unit <= 0xdbff && last) last.wide = true;
  }
  return lines;
}
