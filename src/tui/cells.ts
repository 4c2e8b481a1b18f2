import stringWidth from 'string-width';
import { PLAIN, type Style } from './theme.js';

/** A piece of a line in one style. */
export interface Span {
  text: string;
  style: Style;
}

export type Line = readonly Span[];

export const EMPTY: Line = [];

export function span(text: string, style: Style = PLAIN): Span {
  return { text, style };
}

export function line(text: string, style: Style = PLAIN): Line {
  return [{ text, style }];
}

export function textOf(spans: Line): string {
  return spans.map(({ text }) => text).join('');
}

/** Each code unit fills one cell: ASCII, Latin-1, and the glyphs that screens are drawn with. */
const NARROW = /^[ -~\u00a1-\u00ac\u00ae-\u00ff\u2500-\u259f…●○◌■▲✖▸▼▴→›‹≤≥−–—“”‘’↑↓]*$/;

/**
 * What a text puts into cells, as `glyph, width` pairs in the order of the text. A terminal gives each character the width
 * of its code point and joins only marks to it, so the text is not parted into grapheme clusters: what depends on the
 * terminal's taste (emoji modifiers, flags, unassigned and private characters, loose Hangul letters) is replaced or left out.
 */
export function* glyphs(text: string): Generator<[glyph: string, width: 1 | 2]> {
  let glyph = '';
  let width: 1 | 2 = 1;
  let marks = 0;
  for (const character of text.normalize('NFC')) {
    if (MARK.test(character)) {
      if (glyph !== '' && marks++ < MARKS_MAX) glyph += character;
      continue;
    }
    const [shown, cells] = shape(character);
    if (cells === 0) continue;
    if (glyph !== '') yield [glyph, width];
    glyph = shown;
    width = cells;
    marks = 0;
  }
  if (glyph !== '') yield [glyph, width];
}

/** More would pile up over the lines above. */
const MARKS_MAX = 3;
/** Variation selectors are marks too, and would change the width of what stands before them. */
const MARK = /(?!\p{Default_Ignorable_Code_Point})[\p{Mn}\p{Me}]/u;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]/u;
const UNSURE = /[\p{Co}\p{Cn}\u{1160}-\u{11ff}\u{d7b0}-\u{d7fb}]/u;
const REGIONAL_INDICATOR_A = 0x1f1e6;

const SHAPES_MAX = 4_096;
const shapes = new Map<string, readonly [string, 0 | 1 | 2]>();

function shape(character: string): readonly [string, 0 | 1 | 2] {
  const known = shapes.get(character);
  if (known !== undefined) return known;
  if (shapes.size >= SHAPES_MAX) shapes.clear();
  const found = findShape(character);
  shapes.set(character, found);
  return found;
}

function findShape(character: string): readonly [string, 0 | 1 | 2] {
  if (INVISIBLE.test(character)) return ['', 0];
  if (UNSURE.test(character)) return ['□', 1];
  const region = (character.codePointAt(0) ?? 0) - REGIONAL_INDICATOR_A;
  if (region >= 0 && region < 26) return [String.fromCharCode(65 + region), 1];
  if (/\s/.test(character)) return [' ', 1];
  const width = stringWidth(character);
  if (width === 0) return ['', 0];
  return [character, width === 1 ? 1 : 2];
}

/** How many cells a text fills. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const [, cells] of glyphs(text)) width += cells;
  return width;
}

export function lineWidth(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The text in at most `width` cells, a cut shown by `…`. */
export function clip(text: string, width: number): string {
  if (width <= 0) return '';
  if (text.length <= width && NARROW.test(text)) return text;
  if (widthOf(text) <= width) return text;
  return `${head(text, width - 1)}…`;
}

/** As much of the beginning as fits into `width` cells. */
function head(text: string, width: number): string {
  let taken = '';
  let cells = 0;
  for (const [glyph, glyphWidth] of glyphs(text)) {
    if (cells + glyphWidth > width) break;
    taken += glyph;
    cells += glyphWidth;
  }
  return taken;
}

/** The text in exactly `width` cells. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const clipped = clip(text, width);
  const room = ' '.repeat(Math.max(0, width - widthOf(clipped)));
  return align === 'left' ? clipped + room : room + clipped;
}

/** The line in exactly `width` cells; a cut is shown by `…`. */
export function fitLine(spans: Line, width: number, fill: Style = PLAIN): Line {
  const total = lineWidth(spans);
  if (total === width) return spans;
  if (total < width) return [...spans, { text: ' '.repeat(width - total), style: fill }];
  const fitted: Span[] = [];
  let left = width;
  for (const { text, style } of spans) {
    const cells = widthOf(text);
    if (cells < left) {
      fitted.push({ text, style });
      left -= cells;
      continue;
    }
    // What follows is cut, so the sign of the cut has to stand in this span, even where the span itself fits.
    if (left > 0) fitted.push({ text: fit(`${head(text, left - 1)}…`, left), style });
    break;
  }
  return fitted;
}

/** `left` and `right` at the ends of a line of `width` cells; `left` is cut where both do not fit. */
export function spread(left: Line, right: Line, width: number): Line {
  const rightWidth = lineWidth(right);
  if (rightWidth >= width) return fitLine(right, width);
  return [...fitLine(left, width - rightWidth), ...right];
}

/** Two columns of lines, the left one `leftWidth` cells wide. */
export function beside(left: readonly Line[], right: readonly Line[], options: { leftWidth: number; width: number; separator: Span }): Line[] {
  const rightWidth = options.width - options.leftWidth - widthOf(options.separator.text);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [
    ...fitLine(left[row] ?? EMPTY, options.leftWidth),
    options.separator,
    ...fitLine(right[row] ?? EMPTY, rightWidth),
  ]);
}

/** Breaks at spaces, and within a word only where it is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(width, 2);
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    for (const piece of pieces(word, room)) {
      const joined = current === '' ? piece : `${current} ${piece}`;
      if (widthOf(joined) <= room) {
        current = joined;
        continue;
      }
      lines.push(current);
      current = piece;
    }
  }
  if (current !== '' || lines.length === 0) lines.push(current);
  return lines;
}

function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  let cells = 0;
  for (const [glyph, glyphWidth] of glyphs(word)) {
    if (cells + glyphWidth > width) {
      found.push(piece);
      piece = '';
      cells = 0;
    }
    piece += glyph;
    cells += glyphWidth;
  }
  return [...found, piece];
}

/** A line as cells. The second cell of a wide character holds the empty text. */
export interface Cells {
  glyphs: string[];
  styles: Style[];
}

/** The first `width` cells of a line, blanks behind its end. A wide character that would be cut in half becomes a blank. */
export function toCells(spans: Line, width: number): Cells {
  const cells: Cells = { glyphs: [], styles: [] };
  for (const { text, style } of spans) {
    if (NARROW.test(text)) {
      for (let at = 0; at < text.length && cells.glyphs.length < width; at++) put(cells, text[at] ?? ' ', style);
      continue;
    }
    for (const [glyph, glyphWidth] of glyphs(text)) {
      if (cells.glyphs.length + glyphWidth > width) {
        if (cells.glyphs.length < width) put(cells, ' ', style);
        break;
      }
      put(cells, glyph, style);
      if (glyphWidth === 2) put(cells, '', style);
    }
  }
  while (cells.glyphs.length < width) put(cells, ' ', PLAIN);
  return cells;
}

function put(cells: Cells, glyph: string, style: Style): void {
  cells.glyphs.push(glyph);
  cells.styles.push(style);
}
