import { regions } from '../../sql/lexer.js';
import type { Hole } from '../../template/holes.js';

/** How much of a text is looked at. */
export const HEAD_LENGTH = 20_000;

/** A text as its words and signs, without comments, the contents of strings, and with templates as words. */
export class Words {
  readonly list: string[];
  readonly raw: string[];
  readonly hasHoles: boolean;

  constructor(text: string, holes: readonly Hole[]) {
    const code = codeOf(text, holes);
    this.raw = code.match(/[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|[^\s]/gu) ?? [];
    this.list = this.raw.map((word) => word.toLowerCase());
    this.hasHoles = holes.length > 0;
  }

  at(index: number): string {
    return this.list[index] ?? '';
  }

  isWord(index: number): boolean {
    return /^[\p{L}_"]/u.test(this.at(index));
  }

  isUpper(index: number): boolean {
    const word = this.raw[index] ?? '';
    return word.length > 1 && word === word.toUpperCase();
  }

  /** Index behind a possibly qualified name; -1 where there is none. */
  afterName(index: number): number {
    if (!this.isWord(index) && this.at(index) !== '[' && this.at(index) !== '@' && this.at(index) !== ':' && this.at(index) !== '#') return -1;
    let at = this.at(index) === '[' ? this.#closing(index, '[', ']') + 1 : /^[@:#]$/.test(this.at(index)) ? index + 2 : index + 1;
    while (this.at(at) === '.' || this.at(at) === '-') {
      const step = this.at(at + 1) === '[' ? this.#closing(at + 1, '[', ']') + 1 : at + 2;
      if (step <= at) break;
      at = step;
    }
    return at;
  }

  #closing(index: number, open: string, close: string): number {
    let depth = 0;
    for (let at = index; at < this.list.length; at++) {
      if (this.list[at] === open) depth++;
      else if (this.list[at] === close && --depth === 0) return at;
    }
    return this.list.length;
  }

  /** Index of the parenthesis that closes the one at `index`. */
  closing(index: number): number {
    return this.#closing(index, '(', ')');
  }

  /** The first of these words outside parentheses from `index` on; -1 where there is none. */
  find(index: number, words: ReadonlySet<string>): number {
    let depth = 0;
    for (let at = index; at < this.list.length; at++) {
      const word = this.at(at);
      if (word === '(') depth++;
      else if (word === ')') {
        if (--depth < 0) return -1;
      } else if (depth === 0 && words.has(word)) return at;
    }
    return -1;
  }
}

function codeOf(text: string, holes: readonly Hole[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of holes) {
    if (start < at) continue;
    shown += text.slice(at, start) + 'h'.padEnd(end - start, 'x');
    at = end;
  }
  shown = (shown + text.slice(at)).slice(0, HEAD_LENGTH).replace(/\{\{[^{}]{0,500}\}\}|\$\{[^{}]{0,200}\}/g, (found) => 'h'.padEnd(found.length, 'x')).replace(/\{%[^{}]{0,500}%\}|\{#[^{}]{0,500}#\}/g, (found) => ' '.repeat(found.length));
  return regions(shown)
    .map(({ kind, start, end }) => {
      if (kind === 'code') return shown.slice(start, end);
      if (kind === 'line-comment' || kind === 'block-comment') return ' ';
      return kind === 'identifier' || kind === 'backtick' ? '"' : kind === 'dollar' ? " ' " : "'";
    })
    .join('');
}
