import type { EpochSeconds, History } from '../model/live.js';
import { EMPTY, span, type Line, type Span } from './cells.js';
import { THEME, type Style } from './theme.js';

const EIGHTHS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * One cell a value. Scaled from 0 to twice the limit, so that half the height means "at the limit" in every row; without a
 * limit to a quarter above the largest value. A dot stands where there is no sample.
 */
export function sparkline(values: readonly (number | null)[], limit: number | null): string {
  if (values.every((value) => value === null)) return '─ '.repeat(Math.ceil(values.length / 2)).slice(0, values.length);
  const largest = values.reduce((max: number, value) => Math.max(max, value ?? 0), 0);
  const top = limit !== null && limit > 0 ? 2 * limit : largest * 1.25;
  return values.map((value) => (value === null || Number.isNaN(value) ? '·' : eighth(top > 0 ? value / top : value > 0 ? 1 : 0))).join('');
}

function eighth(share: number): string {
  return EIGHTHS[Math.min(7, Math.max(0, Math.floor(share * 8)))] ?? '▁';
}

/**
 * The last `seconds` of a history in `cells` parts. Their bounds are multiples of a part, so that a picture moves on once a
 * part and is the same between.
 */
export function recent(history: History, now: EpochSeconds, seconds: number, cells: number): (number | null)[] {
  if (cells <= 0) return [];
  const { from, to } = window(now, seconds, cells);
  return history.values(from, to, cells);
}

export function window(now: EpochSeconds, seconds: number, cells: number): { from: EpochSeconds; to: EpochSeconds } {
  const part = seconds / Math.max(1, cells);
  const to = (Math.floor(now / part) + 1) * part;
  return { from: to - part * Math.max(1, cells), to };
}

/** `██████░░░░`; a share that is not known as a dashed line. Something never reads as nothing, and not quite all never as all. */
export function bar(share: number | null, cells: number): string {
  if (share === null || Number.isNaN(share)) return '─'.repeat(cells);
  let full = Math.round(Math.min(1, Math.max(0, share)) * cells);
  if (share < 1 && full === cells) full = cells - 1;
  if (share > 0 && full === 0) return `▏${'░'.repeat(Math.max(0, cells - 1))}`;
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

/** A length in cells with eighths of a cell, for comparing durations: `██▌`. */
export function length(share: number, cells: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * cells * 8);
  if (eighths === 0) return share > 0 ? '▏' : '';
  return '█'.repeat(Math.floor(eighths / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '');
}

/** Cells of glyph and style as spans, neighbours of one style together. */
export function strip(cells: readonly { glyph: string; style: Style }[]): Line {
  if (cells.length === 0) return EMPTY;
  const spans: Span[] = [];
  for (const { glyph, style } of cells) {
    const last = spans.at(-1);
    if (last?.style === style) last.text += glyph;
    else spans.push(span(glyph, style));
  }
  return spans;
}

/** Shares of time over a limit as a strip: within, some over, all over, not looked at. */
export function shareMark(over: number | null): { glyph: string; style: Style } {
  if (over === null || Number.isNaN(over)) return { glyph: '·', style: THEME.unknown };
  if (over <= 0) return { glyph: '●', style: THEME.ok };
  return over >= 0.999 ? { glyph: '✖', style: THEME.breach } : { glyph: '▲', style: THEME.warning };
}
