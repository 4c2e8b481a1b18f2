import type { EpochSeconds } from '../model/live.js';
import { fit, fitLine, lineWidth, span, widthOf, type Line, type Span } from './cells.js';
import { PLAIN, POINTER, selected, THEME, UNKNOWN } from './theme.js';

/** From this width on the rich form of a screen is shown. */
export const WIDE_COLUMNS = 100;

export interface CellContext {
  now: EpochSeconds;
  /** Cells that the column has. */
  width: number;
  /** True in a wide table. */
  wide: boolean;
}

export interface Column<Row> {
  title: string;
  /** When the table is too narrow, the largest number goes first. */
  priority: number;
  min: number;
  /** As wide as its texts, up to this. */
  max: number;
  align?: 'right';
  /** Takes what the others leave, up to `max`, whatever stands in it: for pictures. */
  grows?: boolean;
  /** Only in a wide table, only in a narrow one, or only from so many columns on. */
  only?: 'wide' | 'narrow' | number;
  /** The name of the order that this column shows. */
  sort?: string;
  cell: (row: Row, context: CellContext) => string | Line;
}

export interface TableOptions<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  width: number;
  /** Lines, the head among them. */
  height: number;
  now: EpochSeconds;
  /** Index of the selected row; -1 for none. */
  selected: number;
  /** The first row that was shown last time: it moves only as far as it must. */
  offset: number;
  sort: { name: string; descending: boolean } | null;
}

const GAP = 2;
/** The first so many rows decide how wide a column is. */
const MEASURED_ROWS = 200;

/** A head and one line a row, each as wide as the table; `offset` is the first row shown. */
export function drawTable<Row>(options: TableOptions<Row>): { lines: Line[]; offset: number } {
  const { rows, width, height } = options;
  const wide = width >= WIDE_COLUMNS;
  const margin = wide ? ` ${POINTER} ` : POINTER;
  const columns = layOut(options, width - margin.length, wide);
  const room = Math.max(0, height - 1);
  const offset = firstShown(options, room);
  const head = drawHead(columns, { margin: margin.length, width, sort: options.sort });
  const lines = rows.slice(offset, offset + room).map((row, index) => {
    const isSelected = offset + index === options.selected;
    const spans: Span[] = [span(isSelected ? margin : ' '.repeat(margin.length))];
    columns.forEach(({ column, width: cells }, place) => {
      if (place > 0) spans.push(span(' '.repeat(gapAfter(columns[place - 1]?.column))));
      spans.push(...drawCell(column.cell(row, { now: options.now, width: cells, wide }), cells, column.align ?? 'left'));
    });
    const drawn = fitLine(spans, width);
    return isSelected ? drawn.map(({ text, style }) => span(text, selected(style))) : drawn;
  });
  return { lines: height > 0 ? [head, ...lines] : [], offset };
}

function firstShown<Row>({ rows, selected: at, offset }: TableOptions<Row>, room: number): number {
  const last = Math.max(0, rows.length - room);
  if (at < 0) return Math.min(Math.max(0, offset), last);
  const lowest = Math.max(0, at - room + 1);
  return Math.min(Math.max(offset, lowest), Math.max(0, at), last);
}

interface Placed<Row> {
  column: Column<Row>;
  width: number;
}

/** Marks of one cell stand close to what they mark. */
function gapAfter<Row>(column: Column<Row> | undefined): number {
  return column?.max === 1 ? 1 : GAP;
}

/** Which columns fit, and how wide each is: first the least that each needs, then what its texts need by priority, then pictures. */
function layOut<Row>({ columns, rows, now, width: tableWidth }: TableOptions<Row>, width: number, wide: boolean): Placed<Row>[] {
  const possible = columns.filter(({ only }) => only === undefined || (typeof only === 'number' ? tableWidth >= only : (only === 'wide') === wide));
  const byPriority = [...possible].sort((a, b) => a.priority - b.priority);
  const measured = rows.slice(0, MEASURED_ROWS);
  const taken = new Map<Column<Row>, number>();
  // The last column needs no gap behind it.
  let left = width + GAP;
  for (const column of byPriority) {
    const needed = column.min + gapAfter(column);
    // What is less important may be narrower, but a gap in the order of importance would surprise.
    if (needed > left && taken.size > 0) break;
    taken.set(column, column.min);
    left -= needed;
  }
  for (const column of [...byPriority.filter(({ grows }) => grows !== true), ...byPriority.filter(({ grows }) => grows === true)]) {
    const cells = taken.get(column);
    if (cells === undefined || left <= 0) continue;
    const wanted = column.grows === true ? column.max : textWidth(column, measured, { now, width: column.max, wide });
    const more = Math.max(0, Math.min(left, wanted - cells));
    taken.set(column, cells + more);
    left -= more;
  }
  return possible.flatMap((column) => {
    const cells = taken.get(column);
    return cells === undefined ? [] : [{ column, width: cells }];
  });
}

function textWidth<Row>({ title, cell, max }: Column<Row>, rows: readonly Row[], context: CellContext): number {
  let widest = widthOf(title) + 1;
  for (const row of rows) {
    if (widest >= max) return max;
    const content = cell(row, context);
    widest = Math.max(widest, typeof content === 'string' ? widthOf(content) : lineWidth(content));
  }
  return Math.min(widest, max);
}

function drawHead<Row>(columns: readonly Placed<Row>[], { margin, width, sort }: { margin: number; width: number; sort: TableOptions<Row>['sort'] }): Line {
  const titles = columns.map(({ column, width: cells }) => {
    const arrow = sort !== null && column.sort === sort.name ? (sort.descending ? '▼' : '▴') : '';
    return fit(column.title + arrow, cells, column.align ?? 'left') + ' '.repeat(gapAfter(column));
  });
  return fitLine([span(' '.repeat(margin) + titles.join('').trimEnd(), THEME.label)], width);
}

function drawCell(content: string | Line, width: number, align: 'left' | 'right'): Line {
  if (typeof content === 'string') return [span(fit(content, width, align), content === UNKNOWN ? THEME.unknown : PLAIN)];
  if (align === 'left') return fitLine(content, width);
  const text = content.map((part) => part.text).join('');
  return [span(fit(text, width, 'right'), content[0]?.style ?? PLAIN)];
}
