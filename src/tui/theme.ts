import type { State } from '../model/live.js';

/**
 * How a cell looks: one of the 16 ANSI colours in the low four bits (0 = the terminal's own, 1 to 8 = black to white), and
 * attributes above. A number, because the screen compares thousands of them for each frame.
 */
export type Style = number;

export const PLAIN: Style = 0;
const RED = 2;
const YELLOW = 4;
const CYAN = 7;
const BOLD = 16;
const DIM = 32;
const INVERSE = 64;
/** Any style is below this number. */
export const STYLES = 128;

/** What styles are for. Colour and attribute only repeat what a glyph and a word say. */
export const THEME = {
  title: BOLD,
  /** Units, heads of columns, rules, hints. */
  label: DIM,
  series: CYAN,
  breach: BOLD | RED,
  warning: YELLOW,
  /** Quiet: what is well needs no colour. */
  ok: PLAIN,
  unknown: DIM,
  new: INVERSE,
  /** Frozen, replaying, filtering: the screen does not show the present, or not all of it. */
  mode: BOLD | INVERSE,
  key: BOLD,
} as const satisfies Record<string, Style>;

/** The same cell in a selected row. */
export function selected(style: Style): Style {
  return style | INVERSE;
}

export interface Mark {
  glyph: string;
  word: string;
  style: Style;
}

export const STATE_MARKS: Readonly<Record<State, Mark>> = {
  breach: { glyph: '✖', word: 'breach', style: THEME.breach },
  warning: { glyph: '▲', word: 'warning', style: THEME.warning },
  unknown: { glyph: '◌', word: 'unknown', style: THEME.unknown },
  ok: { glyph: '●', word: 'ok', style: THEME.ok },
};

export const LEVEL_MARKS: Readonly<Record<'error' | 'warning' | 'note', Mark>> = {
  error: { glyph: '✖', word: 'error', style: THEME.breach },
  warning: { glyph: '▲', word: 'warning', style: THEME.warning },
  note: { glyph: '·', word: 'note', style: THEME.label },
};

/** Stands for a value that is not known. */
export const UNKNOWN = '◌';
/** Not there when the baseline was taken. */
export const NEW = '■';
/** Before the selected row. */
export const POINTER = '▸';

/** ECMA-48 SGR that makes any style of this one. */
export function sgr(style: Style): string {
  return SEQUENCES[style] ?? '';
}

const SEQUENCES: readonly string[] = Array.from({ length: STYLES }, (_, style) => {
  if (style === PLAIN) return '\x1b[m';
  const colour = style & 15;
  const codes = ['0'];
  if (style & BOLD) codes.push('1');
  if (style & DIM) codes.push('2');
  if (style & INVERSE) codes.push('7');
  if (colour > 0) codes.push(String(29 + colour));
  return `\x1b[${codes.join(';')}m`;
});

/** For terminals without UTF-8: each glyph of ours as one character of ASCII, so that every column stays where it is. */
export function toAscii(glyph: string): string {
  return ASCII_GLYPHS.get(glyph) ?? '?';
}

const ASCII_GLYPHS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '●': 'o', '○': '0', '▲': '!', '✖': 'X', '◌': '?', '■': '*', '▸': '>', '▼': 'v', '▴': '^', '·': '.', '…': '~', '→': '>', '›': '>', '×': 'x',
    '≤': '<', '≥': '>', '─': '-', '│': '|', '┤': '|', '┼': '+', '↑': '^', '↓': 'v', '−': '-', '–': '-', '—': '-', '‹': '<',
    '▁': '_', '▂': '_', '▃': '.', '▄': '.', '▅': 'o', '▆': 'o', '▇': '#', '█': '#', '░': '.', '▏': '|', '▎': '|', '▍': '|', '▌': '|', '▋': '#', '▊': '#', '▉': '#',
    '“': '"', '”': '"', '‘': "'", '’': "'", 'µ': 'u', '÷': '/', '±': '~',
  }),
);
