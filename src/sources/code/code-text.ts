import type { SyntaxNode } from '@lezer/common';
import type { Hole } from '../../template/holes.js';

/** A place where the program puts something in; `node` is the expression. */
export interface CodeHole extends Hole {
  node?: SyntaxNode | undefined;
}

interface Stretch {
  out: number;
  /** Offset in the source. */
  from: number;
  length: number;
  /** Letter by letter the same there; else it stands for an escape or an expression at `from`. */
  copy: boolean;
}

/**
 * A text that a program writes down as one or several literals, decoded, with an offset in the source for every character and
 * the places where the program puts something in.
 */
export class CodeText {
  readonly #parts: string[] = [];
  readonly #stretches: Stretch[] = [];
  #length = 0;
  #joined: string | null = null;
  readonly holes: CodeHole[] = [];
  /** It went through something that takes SQL only: SQLAlchemy's `text`, a tag of that name. */
  isMarkedSql = false;

  get length(): number {
    return this.#length;
  }

  get text(): string {
    this.#joined ??= this.#parts.join('');
    return this.#joined;
  }

  copy(source: string, start: number, end: number): this {
    if (end <= start) return this;
    const last = this.#stretches.at(-1);
    if (last?.copy === true && last.from + last.length === start && last.out + last.length === this.#length) last.length += end - start;
    else this.#stretches.push({ out: this.#length, from: start, length: end - start, copy: true });
    return this.#push(source.slice(start, end));
  }

  /** A text that stands at `from` letter by letter. */
  mapped(text: string, from: number): this {
    if (text === '') return this;
    this.#stretches.push({ out: this.#length, from, length: text.length, copy: true });
    return this.#push(text);
  }

  /** `text` stands for what begins at `from`: an escape sequence. */
  decoded(text: string, from: number): this {
    if (text === '') return this;
    this.#stretches.push({ out: this.#length, from, length: text.length, copy: false });
    return this.#push(text);
  }

  /** An expression of the program, shown as its source. */
  hole(shown: string, from: number, hole: Omit<CodeHole, 'start' | 'end'>): this {
    const start = this.#length;
    this.decoded(shown, from);
    this.holes.push({ start, end: this.#length, ...hole });
    return this;
  }

  append(other: CodeText): this {
    const base = this.#length;
    for (const stretch of other.#stretches) this.#stretches.push({ ...stretch, out: stretch.out + base });
    for (const hole of other.holes) this.holes.push({ ...hole, start: hole.start + base, end: hole.end + base });
    this.isMarkedSql ||= other.isMarkedSql;
    return this.#push(other.text);
  }

  /** Without the blanks and blank lines around it: a text begins where its statement does. */
  trimmed(): CodeText {
    const { text } = this;
    const start = text.length - text.trimStart().length;
    const end = Math.max(start, text.trimEnd().length);
    if (end - start === text.length) return this;
    const kept = new CodeText();
    kept.isMarkedSql = this.isMarkedSql;
    for (const stretch of this.#stretches) {
      const from = Math.max(start, stretch.out);
      const to = Math.min(end, stretch.out + stretch.length);
      if (to <= from) continue;
      kept.#stretches.push({ out: from - start, from: stretch.copy ? stretch.from + from - stretch.out : stretch.from, length: to - from, copy: stretch.copy });
    }
    for (const hole of this.holes) if (hole.end > start && hole.start < end) kept.holes.push({ ...hole, start: Math.max(0, hole.start - start), end: Math.min(end, hole.end) - start });
    return kept.#push(text.slice(start, end));
  }

  /** The text with what is known put in, as it is judged; the other holes with their places in it. */
  filled(): { text: string; holes: CodeHole[] } {
    if (!this.holes.some((hole) => hole.text !== undefined)) return { text: this.text, holes: this.holes };
    const holes: CodeHole[] = [];
    let text = '';
    let at = 0;
    for (const hole of this.holes) {
      if (hole.start < at) continue;
      text += this.text.slice(at, hole.start);
      const start = text.length;
      text += hole.text ?? this.text.slice(hole.start, hole.end);
      if (hole.text === undefined) holes.push({ ...hole, start, end: text.length });
      at = hole.end;
    }
    return { text: text + this.text.slice(at), holes };
  }

  /** The offset in the source of the character at `offset`. */
  offsetOf(offset: number): number {
    let low = 0;
    let high = this.#stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#stretches[middle]?.out ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const found = this.#stretches[low];
    if (found === undefined) return 0;
    return found.copy ? found.from + Math.min(offset - found.out, found.length) : found.from;
  }

  #push(text: string): this {
    this.#parts.push(text);
    this.#length += text.length;
    this.#joined = null;
    return this;
  }
}
