import type { EpochSeconds, History } from '../model/live.js';
import { line, lineWidth, span, type Line } from './cells.js';
import { strip, window } from './meter.js';
import { PLAIN, THEME, type Style } from './theme.js';
import { shortClock } from './words.js';

export interface ChartOptions {
  /** What is drawn, in seconds: `LAG`. */
  title: string;
  width: number;
  /** Lines of the plot, without the heading. */
  height: number;
  now: EpochSeconds;
  seconds: number;
  limit: number | null;
  /** A value of the axis: `30 s`. */
  format: (value: number) => string;
}

/** Seconds that people count in. */
const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;

/** A history as columns over time, the limit as a line across, and a heading with the bounds of time. */
export function chart(history: History, options: ChartOptions): Line[] {
  const { height, limit, format } = options;
  const labelWidth = 9;
  const cells = Math.max(1, options.width - labelWidth - 4);
  const bounds = window(options.now, options.seconds, cells);
  const values = history.values(bounds.from, bounds.to, cells);
  const step = stepOf(values, limit, height);
  const rows = Array.from({ length: height }, (_, index) => {
    const row = height - 1 - index;
    const label = format(row * step).padStart(labelWidth);
    const plotted = values.map((value) => column(value, row, step, limit));
    if (limit !== null && Math.floor(limit / step + 1e-9) === row) drawLimit(plotted, ` objective ${format(limit)} `);
    return [span(`${label} ${row === 0 ? '┼' : '┤'}`, THEME.label), ...strip(plotted)];
  });
  return [heading(options, bounds, cells), ...rows];
}

function heading({ title, width }: ChartOptions, { from, to }: { from: EpochSeconds; to: EpochSeconds }, cells: number): Line {
  const left = line(` ${title}`, THEME.label);
  const ends = [shortClock(from), `${shortClock(to)}Z`];
  const room = Math.min(cells, width - lineWidth(left) - 4) - ends.join('').length - 2;
  const right = room < 4 ? ends.join(' – ') : `${ends[0] ?? ''} ${'─'.repeat(Math.min(room, 40))} ${ends[1] ?? ''}`;
  return [...left, span(' '.repeat(Math.max(1, width - lineWidth(left) - right.length - 1))), span(right, THEME.label)];
}

/** What one line of the plot stands for: the limit lies on the lower bound of a line where that can be. */
function stepOf(values: readonly (number | null)[], limit: number | null, height: number): number {
  const largest = values.reduce((max: number, value) => Math.max(max, Number.isFinite(value) ? (value ?? 0) : 0), 0);
  if (limit !== null && limit > 0) {
    const parts = Math.floor((limit * height) / Math.max(2 * limit, largest));
    if (parts >= 1) return limit / parts;
  }
  const least = largest / height;
  return STEPS_SECONDS.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

function column(value: number | null, row: number, step: number, limit: number | null): { glyph: string; style: Style } {
  if (value === null || Number.isNaN(value)) return { glyph: row === 0 ? '·' : ' ', style: row === 0 ? THEME.unknown : PLAIN };
  const eighths = Math.min(8, Math.floor((value / step - row) * 8));
  if (eighths <= 0 && row > 0) return { glyph: ' ', style: PLAIN };
  const style = limit !== null && value > limit ? THEME.breach : THEME.series;
  return { glyph: ' ▁▂▃▄▅▆▇█'.charAt(Math.max(1, eighths)), style };
}

/** The limit as a line wherever no column stands, with its name on the longest free stretch. */
function drawLimit(plotted: { glyph: string; style: Style }[], label: string): void {
  const free = plotted.map(({ glyph }) => glyph === ' ');
  free.forEach((isFree, at) => {
    if (isFree) plotted[at] = { glyph: '─', style: THEME.label };
  });
  let best = { from: 0, length: 0 };
  for (let from = 0; from < free.length; ) {
    let to = from;
    while (free[to] === true) to += 1;
    if (to - from > best.length) best = { from, length: to - from };
    from = to + 1;
  }
  if (best.length < label.length + 4) return;
  const start = best.from + Math.floor((best.length - label.length) / 2);
  [...label].forEach((glyph, index) => {
    plotted[start + index] = { glyph, style: THEME.label };
  });
}
