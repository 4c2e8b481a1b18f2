import type { SourceFile } from '../common/source-file.js';
import { stretch, type Cell, type Notebook } from './cell.js';

/** A notebook of marimo: a Python program whose cells are functions under `@app.cell`. */
export function isMarimo(path: string, text: string): boolean {
  return /\.py$/i.test(path) && /(^|\n)import marimo\b/.test(text) && text.includes('marimo.App(');
}

/** The cells, each from its decorator to the next one; what stands before the first one is a cell without number of its own. */
export function readMarimo(file: SourceFile): Notebook {
  const { text } = file;
  const starts = [...text.matchAll(/^@app\.(?:cell|function|class_definition)\b/gm)].map(({ index }) => index);
  const bounds = [0, ...starts.filter((start) => start > 0), text.length];
  const cells: Cell[] = [];
  for (let index = 0; index + 1 < bounds.length; index++) {
    const start = bounds[index] ?? 0;
    const number = Math.max(1, index);
    cells.push({
      number,
      id: null,
      title: null,
      language: 'python',
      text: stretch(text, start, bounds[index + 1] ?? text.length),
      connection: null,
      origin: (offset) => ({ file: file.path, pointer: `cell ${number}`, ...file.position(offset) }),
    });
  }
  return { title: /app_title\s*=\s*["']([^"'\n]{1,200})/.exec(text.slice(0, 5_000))?.[1] ?? null, authors: [], cells };
}
