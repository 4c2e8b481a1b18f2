import type { Origin } from '../../model/query.js';
import { CodeText } from '../code/code-text.js';

export type CellLanguage = 'python' | 'sql' | 'r' | 'other';

/** A cell of a notebook, in the order that it stands in. */
export interface Cell {
  /** From 1, over all cells, as the pointer names it. */
  number: number;
  /** What the tool gives the cell for good; null where it gives nothing. */
  id: string | null;
  title: string | null;
  language: CellLanguage;
  /** The program or SQL of the cell, with where it stands. */
  text: CodeText;
  /** For SQL: what the cell says of its connection, and its names. */
  connection: string | null;
  /** The place of an offset in the file. */
  origin(offset: number): Origin;
}

export interface Notebook {
  title: string | null;
  authors: string[];
  cells: Cell[];
}

export const LANGUAGES: Readonly<Record<string, CellLanguage>> = { python: 'python', python3: 'python', pyspark: 'python', ipython: 'python', sql: 'sql', r: 'r', ir: 'r' };

/** A whole text as it stands from `start` to `end`. */
export function stretch(source: string, start: number, end: number): CodeText {
  return new CodeText().copy(source, start, end);
}
