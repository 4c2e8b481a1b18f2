import { plainText } from '../../text/plain-text.js';
import type { Page } from './page.js';
import { broken, pad, widthOf, wrap } from './wrap.js';

/** What stands for a number that is not known. */
export const NOT_KNOWN = '–';

/** One column of a table. All columns of a table have equally many cells. */
export interface Column {
  head: string;
  cells: string[];
  align: 'left' | 'right';
  /** Where the page is too narrow, the column with the highest number goes first; 0 stays. */
  leaves: number;
  /** Cells that take less room, used before any column goes. */
  narrow?: string[];
  /** Wraps its cells; such columns share the room that the others leave. */
  wraps?: boolean;
}

/** A table without its rows joined, so that more can be said below a row. */
export interface Table {
  /** Faint; one line. */
  head: string;
  /** The lines of each row. */
  rows: string[][];
}

const BETWEEN = '  ';
const WRAPPED_WIDTH_MIN = 18;
const CELL_LENGTH_MAX = 300;

/**
 * Lays columns out so that no line is wider than the page: a column of which nothing is known is left out, then narrow cells are taken, then
 * columns go, then what wraps gets the rest. Cells may be text from anywhere.
 */
export function table(page: Page, columns: readonly Column[], indent_columns = 2): Table {
  const room = page.width_columns - indent_columns;
  const fitting = fit(columns.map(cleaned).filter((column) => column.leaves === 0 || column.cells.some((cell) => cell !== '' && cell !== NOT_KNOWN)), room);
  const widths = widthsOf(fitting, room);
  const indent = ' '.repeat(indent_columns);
  const line = (cells: readonly string[]): string => indent + cells.map((cell, index) => aligned(cell, widths[index] ?? 0, fitting[index]?.align ?? 'left')).join(BETWEEN);
  const count = Math.max(0, ...fitting.map(({ cells }) => cells.length));
  return {
    head: page.faint(line(fitting.map(({ head }) => head)).trimEnd()),
    rows: Array.from({ length: count }, (_, row) => {
      const parts = fitting.map(({ cells, wraps }, index) => (wraps === true ? wrap(cells[row] ?? '', widths[index] ?? 1) : [broken(cells[row] ?? '')]));
      const height = Math.max(1, ...parts.map(({ length }) => length));
      return Array.from({ length: height }, (_unused, at) => line(parts.map((part) => part[at] ?? '')).trimEnd());
    }),
  };
}

/** Cells of an amount and its share, each part under its own kind. */
export function together(amounts: readonly string[], shares: readonly string[]): string[] {
  const [left, right] = [widest(amounts), widest(shares)];
  if ([...amounts, ...shares].every((cell) => cell === NOT_KNOWN)) return [...amounts];
  return amounts.map((amount, index) => `${aligned(amount, left, 'right')}${BETWEEN}${aligned(shares[index] ?? '', right, 'right')}`);
}

function cleaned(column: Column): Column {
  const clean = (cells: readonly string[]): string[] => cells.map((cell) => keepingLead(cell));
  return { ...column, cells: clean(column.cells), ...(column.narrow ? { narrow: clean(column.narrow) } : {}) };
}

/** Our own cells may begin with the spaces that align them. */
function keepingLead(cell: string): string {
  const lead = /^ */.exec(cell.slice(0, CELL_LENGTH_MAX))?.[0] ?? '';
  return lead + plainText(cell.slice(lead.length), CELL_LENGTH_MAX);
}

function fit(given: readonly Column[], room: number): Column[] {
  let columns = [...given];
  while (leastWidth(columns) > room) {
    const wide = columns.findLast(({ narrow }) => narrow !== undefined);
    if (wide !== undefined) {
      columns = columns.map((column) => (column === wide ? withoutNarrow(column) : column));
      continue;
    }
    const last = Math.max(...columns.map(({ leaves }) => leaves));
    if (last <= 0) break;
    columns = columns.filter(({ leaves }) => leaves !== last);
  }
  return columns;
}

function withoutNarrow({ narrow, ...column }: Column): Column {
  return { ...column, cells: narrow ?? column.cells };
}

function naturalWidth({ head, cells }: Column): number {
  return Math.max(widthOf(head), widest(cells));
}

/** A list may be longer than a call may have arguments. */
function widest(cells: readonly string[]): number {
  return cells.reduce((width, cell) => Math.max(width, widthOf(cell)), 0);
}

function leastWidth(columns: readonly Column[]): number {
  const least = (column: Column): number => (column.wraps === true ? Math.min(naturalWidth(column), WRAPPED_WIDTH_MIN) : naturalWidth(column));
  return columns.reduce((sum, column) => sum + least(column), 0) + BETWEEN.length * Math.max(0, columns.length - 1);
}

/** Columns that wrap get their least width, and what is left goes to them in their order, up to what they need. */
function widthsOf(columns: readonly Column[], room: number): number[] {
  const wanted = columns.map(naturalWidth);
  const widths = columns.map((column, index) => (column.wraps === true ? Math.min(wanted[index] ?? 0, WRAPPED_WIDTH_MIN) : (wanted[index] ?? 0)));
  let left = room - widths.reduce((sum, width) => sum + width, 0) - BETWEEN.length * Math.max(0, columns.length - 1);
  for (const [index, column] of columns.entries()) {
    if (column.wraps !== true) continue;
    const more = Math.min(left, (wanted[index] ?? 0) - (widths[index] ?? 0));
    // Where not even the least fits, it shrinks: no line is wider than the page.
    const width = Math.max(1, (widths[index] ?? 0) + more);
    left -= width - (widths[index] ?? 0);
    widths[index] = width;
  }
  return widths;
}

function aligned(cell: string, width: number, align: Column['align']): string {
  return align === 'left' ? pad(cell, width) : ' '.repeat(Math.max(0, width - widthOf(cell))) + cell;
}
