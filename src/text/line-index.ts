/** A place in a text, line and column counted from 1, columns in UTF-16 units. */
export interface Place {
  line: number;
  column: number;
}

/** Finds the lines of a text by offset. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** The place of a UTF-16 offset. */
  at(offset: number): Place {
    let line = 0;
    let beyond = this.#starts.length;
    while (beyond - line > 1) {
      const middle = Math.floor((line + beyond) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    return { line: line + 1, column: offset - (this.#starts[line] ?? 0) + 1 };
  }
}
