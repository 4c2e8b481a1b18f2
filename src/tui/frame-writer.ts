import { toCells, type Cells, type Line } from './cells.js';
import { PLAIN, sgr, toAscii, type Style } from './theme.js';

export interface FrameOptions {
  /** Without it no colour and no attribute is sent. */
  color: boolean;
  /** Each glyph beyond ASCII is replaced by one of ASCII. */
  ascii: boolean;
}

/** A cell whose content nobody knows; no text looks like it. */
const NOBODY_KNOWS = '\0';

/** Begin and end of a synchronised update (DEC private mode 2026). Terminals that do not know it ignore it, and nothing tears, as nothing is erased. */
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

/**
 * Turns frames into the bytes that change the terminal from the last frame to this one: only cells that differ, by absolute
 * address, and nothing is ever erased. It holds what the terminal shows and does no output itself.
 */
export class FrameWriter {
  #screen: Cells[] = [];
  #lines: Line[] = [];
  #width = 0;
  #height = 0;
  /** Style and place of the terminal's cursor while bytes are made; null where the place is not known. */
  #style: Style = PLAIN;
  #cursor: { x: number; y: number } | null = null;

  constructor(private readonly options: FrameOptions) {}

  /** What the terminal shows is not known any more: the next frame is written whole. */
  invalidate(): void {
    this.#width = 0;
    this.#height = 0;
  }

  /**
   * The bytes for a frame of `width` by `height` cells; empty where nothing changed. Missing lines and ends of lines are
   * blank. A frame of another size than the last one is written whole.
   */
  render(frame: readonly Line[], width: number, height: number): string {
    if (width !== this.#width || height !== this.#height) this.#forget(width, height);
    this.#cursor = null;
    let bytes = '';
    for (let y = 0; y < height; y++) {
      const next = frame[y] ?? [];
      if (sameLine(this.#lines[y], next)) continue;
      const cells = toCells(next, width);
      bytes += this.#row(y, cells);
      this.#screen[y] = cells;
      this.#lines[y] = next;
    }
    if (bytes === '') return '';
    if (this.#style !== PLAIN) bytes += sgr(PLAIN);
    this.#style = PLAIN;
    return BEGIN + bytes + END;
  }

  #forget(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    this.#lines = [];
    this.#screen = Array.from({ length: height }, () => ({
      glyphs: Array.from({ length: width }, () => NOBODY_KNOWS),
      styles: Array.from({ length: width }, () => PLAIN),
    }));
  }

  #row(y: number, next: Cells): string {
    const shown = this.#screen[y];
    let bytes = '';
    for (let x = 0; x < next.glyphs.length; x++) {
      const glyph = next.glyphs[x] ?? ' ';
      const style = next.styles[x] ?? PLAIN;
      // The second cell of a wide character came with the first one.
      if (glyph === '' || (shown !== undefined && shown.glyphs[x] === glyph && (shown.styles[x] === style || !this.options.color))) continue;
      bytes += this.#moveTo(x, y);
      if (this.options.color && style !== this.#style) {
        bytes += sgr(style);
        this.#style = style;
      }
      const wide = next.glyphs[x + 1] === '';
      bytes += this.options.ascii ? inAscii(glyph, wide) : glyph;
      // Terminals differ in how wide they take a wide character or a joined mark to be, so the next cell is addressed anew.
      this.#cursor = wide || glyph.length > 1 ? null : { x: x + 1, y };
    }
    return bytes;
  }

  #moveTo(x: number, y: number): string {
    const from = this.#cursor;
    if (from !== null && from.y === y && from.x === x) return '';
    if (from !== null && from.y === y && from.x < x) return x - from.x === 1 ? '\x1b[C' : `\x1b[${x - from.x}C`;
    return `\x1b[${y + 1};${x + 1}H`;
  }
}

function inAscii(glyph: string, wide: boolean): string {
  const first = /^[ -~]/.test(glyph) ? glyph.charAt(0) : toAscii(glyph);
  return wide ? `${first} ` : first;
}

function sameLine(shown: Line | undefined, next: Line): boolean {
  if (shown === undefined || shown.length !== next.length) return false;
  return shown === next || shown.every((piece, index) => piece.text === next[index]?.text && piece.style === next[index]?.style);
}
