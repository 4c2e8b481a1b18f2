import stringWidth from 'string-width';

export interface Cell {
  glyph: string;
  /** Parameters of the SGR sequence in force, empty for none. */
  style: string;
}

/** What an emulator must never be asked to do by a screen that only writes what differs. */
const ALLOWED_MODES = new Set(['25', '7', '1049', '2004', '2026']);

/**
 * As much of a terminal as the screen uses: cursor address and forward, SGR, private modes, wide characters that take two cells,
 * marks that join the cell before, no wrapping; a copy (OSC 52) shows nothing. Anything else throws, above all erasing and scrolling. A cell that nobody wrote
 * holds `undefined`.
 */
export class Emulator {
  cells: (Cell | undefined)[][];
  /** Characters written, marks not counted. */
  written = 0;
  modes = new Map<string, boolean>();
  #x = 0;
  #y = 0;
  #style = '';

  constructor(
    public width: number,
    public height: number,
  ) {
    this.cells = grid(width, height);
  }

  /** What a real terminal keeps of its screen when it gets another size is its own affair: here it is rubbish. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.cells = grid(width, height).map((row) => row.map(() => ({ glyph: '#', style: '41' })));
  }

  feed(bytes: string): void {
    // oxlint-disable-next-line no-control-regex
    for (const [token, parameters, command, character] of bytes.replace(/\x1b\]52;c;[\w+/=]*\x07/g, '').matchAll(/\x1b\[([?\d;]*)([A-Za-z])|([\s\S])/gu)) {
      if (command === undefined) this.#print(character ?? token);
      else this.#control(parameters ?? '', command);
    }
  }

  #control(parameters: string, command: string): void {
    const numbers = parameters.split(';').map((part) => (part === '' ? 1 : Number(part)));
    if (command === 'H') {
      this.#y = Math.min(this.height, numbers[0] ?? 1) - 1;
      this.#x = Math.min(this.width, numbers[1] ?? 1) - 1;
    } else if (command === 'C') this.#x = Math.min(this.width - 1, this.#x + (numbers[0] ?? 1));
    else if (command === 'm') this.#style = parameters === '0' ? '' : parameters;
    else if ((command === 'h' || command === 'l') && ALLOWED_MODES.has(parameters.slice(1))) this.modes.set(parameters.slice(1), command === 'h');
    else throw new Error(`the screen must not send ESC [ ${parameters}${command}`);
  }

  #print(character: string): void {
    if (/\p{C}/u.test(character)) throw new Error(`control character ${JSON.stringify(character)} reached the terminal`);
    const row = this.cells[this.#y];
    if (row === undefined) throw new Error(`line ${this.#y} is outside`);
    if (/[\p{Mn}\p{Me}]/u.test(character)) {
      const before = row[this.#x - 1]?.glyph === '' ? row[this.#x - 2] : row[this.#x - 1];
      if (before === undefined) throw new Error('a mark without a character before it');
      before.glyph += character;
      return;
    }
    this.written++;
    const wide = stringWidth(character) === 2;
    if (this.#x + (wide ? 2 : 1) > this.width) throw new Error(`${character} at column ${this.#x} of ${this.width} does not fit`);
    this.#clear(row, this.#x);
    row[this.#x] = { glyph: character, style: this.#style };
    if (wide) {
      this.#clear(row, this.#x + 1);
      row[this.#x + 1] = { glyph: '', style: this.#style };
    }
    this.#x += wide ? 2 : 1;
  }

  /** Half a wide character does not stay. */
  #clear(row: (Cell | undefined)[], x: number): void {
    if (row[x]?.glyph === '') row[x - 1] = { glyph: ' ', style: row[x - 1]?.style ?? '' };
    if (row[x + 1]?.glyph === '') row[x + 1] = { glyph: ' ', style: row[x + 1]?.style ?? '' };
  }
}

function grid(width: number, height: number): (Cell | undefined)[][] {
  return Array.from({ length: height }, () => Array.from({ length: width }, () => undefined));
}
