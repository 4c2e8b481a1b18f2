import { scanText, type ReadCode } from '../code/code-file.js';
import { python } from '../code/python.js';
import type { Cell } from './cell.js';

/** The programs of all cells of one language as one text, since what one cell defines the next ones use. */
export class Program {
  readonly #starts: { at: number; cell: Cell }[] = [];
  #text = '';
  #read: ReadCode | undefined;

  constructor(readonly path: string) {}

  add(cell: Cell, text: string): void {
    this.#starts.push({ at: this.#text.length, cell });
    this.#text += `${text}\n`;
  }

  get read(): ReadCode {
    this.#read ??= scanText(this.#text, this.path);
    return this.#read;
  }

  get text(): string {
    return this.#text;
  }

  /** The cell that holds an offset of the program, and the offset within it. */
  place(offset: number): { cell: Cell; offset: number } | null {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle]?.at ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const found = this.#starts[low];
    return found === undefined ? null : { cell: found.cell, offset: offset - found.at };
  }
}

/** Whether a cell of Python ends by itself: a statement behind it is still one. */
export function isWhole(text: string): boolean {
  if (!/["'([{\\]/.test(text)) return true;
  const behind = text.length + 1;
  const last = python.parse(`${text}\nx = 0\n`, 'cell.py').topNode.lastChild;
  return last?.name === 'AssignStatement' && last.from === behind;
}
