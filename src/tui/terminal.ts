import type { Readable } from 'node:stream';
import type { Line } from './cells.js';
import { FrameWriter, type FrameOptions } from './frame-writer.js';
import { readKeys, type Key } from './key-reader.js';
import { COPY_MAX } from './words.js';

/** The part of `process.stdin` that the screen needs. */
export type TerminalInput = Readable & { setRawMode?: (raw: boolean) => unknown };

/** The part of `process.stdout` that the screen needs. */
export interface TerminalOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): boolean;
  on(event: 'resize' | 'drain', heed: () => void): unknown;
  off(event: 'resize' | 'drain', heed: () => void): unknown;
}

/** Alternate screen; cursor hidden; no wrapping, so that nothing scrolls; pasted text marked as such (DEC private modes, as xterm numbers them). */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h';
const LEAVE = '\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l';

/** For terminals that do not tell, and for those that tell nonsense. */
const SIZE_UNKNOWN = { width: 80, height: 24 };
const SIDE_MAX = 1_000;

/**
 * The terminal while it is ours: entered, painted and left again exactly as it was. It knows streams only; signals and the end of
 * the process are its owner's, who calls `leave` on every way out.
 */
export class Terminal {
  readonly #writer: FrameWriter;
  #entered = false;
  #stopKeys: (() => void) | null = null;
  /** A frame that waits for a slow line; only the newest is sent. */
  #waiting: readonly Line[] | null = null;
  #isBlocked = false;

  constructor(
    private readonly input: TerminalInput,
    private readonly output: TerminalOutput,
    options: FrameOptions,
  ) {
    this.#writer = new FrameWriter(options);
  }

  get isEntered(): boolean {
    return this.#entered;
  }

  get size(): { width: number; height: number } {
    const side = (told: number | undefined, otherwise: number): number => (told === undefined || told < 1 ? otherwise : Math.min(told, SIDE_MAX));
    return { width: side(this.output.columns, SIZE_UNKNOWN.width), height: side(this.output.rows, SIZE_UNKNOWN.height) };
  }

  /** Takes the terminal. Does nothing where it has it already. */
  enter(heed: { key: (key: Key) => void; resize: () => void }): void {
    if (this.#entered) return;
    this.#entered = true;
    this.#writer.invalidate();
    this.#isBlocked = false;
    this.output.on('drain', this.#drained);
    const resized = (): void => {
      // What terminals keep of their screen differs, also where the size is the same again in the end.
      this.#writer.invalidate();
      heed.resize();
    };
    this.output.on('resize', resized);
    this.output.write(ENTER);
    this.input.setRawMode?.(true);
    const stopReading = readKeys(this.input, heed.key);
    this.input.resume();
    this.#stopKeys = () => {
      stopReading();
      this.output.off('resize', resized);
    };
  }

  /** Gives the terminal back as it was. Does nothing where it has not got it. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#waiting = null;
    this.#stopKeys?.();
    this.#stopKeys = null;
    this.output.off('drain', this.#drained);
    this.output.write(LEAVE);
    this.input.setRawMode?.(false);
    this.input.pause();
  }

  /** Raw mode and screen again as they are to be: others may have changed them while the process stood still. */
  reassert(): void {
    if (!this.#entered) return;
    this.input.setRawMode?.(false);
    this.input.setRawMode?.(true);
    this.output.write(ENTER);
    this.#writer.invalidate();
  }

  /** Sends what differs from the last frame. While the line is slow, frames between are left out. */
  paint(frame: readonly Line[]): void {
    if (!this.#entered) return;
    if (this.#isBlocked) {
      this.#waiting = frame;
      return;
    }
    const { width, height } = this.size;
    const bytes = this.#writer.render(frame, width, height);
    if (bytes !== '') this.#isBlocked = !this.output.write(bytes);
  }

  /** The next frame is sent whole. */
  invalidate(): void {
    this.#writer.invalidate();
  }

  /** Puts a text on the clipboard of the terminal, also through ssh (OSC 52). Whether the terminal allows it, it does not say. */
  copy(text: string): void {
    if (!this.#entered) return;
    this.output.write(`\x1b]52;c;${Buffer.from(text.slice(0, COPY_MAX), 'utf8').toString('base64')}\x07`);
  }

  #drained = (): void => {
    this.#isBlocked = false;
    const frame = this.#waiting;
    this.#waiting = null;
    if (frame !== null) this.paint(frame);
  };
}
