import { plainText } from '../text/plain-text.js';

/** Tells on stderr what a run is at; the parts that do the work only know the function. */
export interface Progress {
  stage: (message: string) => void;
  /** How far the stage is: only for a line that is rewritten, at most ten times a second. */
  detail: (message: string) => void;
  /** Removes what stands on the terminal; `stage` afterwards shows nothing any more. */
  end: () => void;
}

export interface ProgressOptions {
  write: (text: string) => void;
  columns: number;
  /** `line`: one line that is rewritten; `log`: a line for each stage; `none`. */
  form: 'line' | 'log' | 'none';
}

const REDRAW_MS = 100;
/** A run shorter than this shows no progress on a terminal. */
const SILENT_MS = 1_000;
const ERASE_LINE = '\r\u001B[2K';

export function createProgress({ write, columns, form }: ProgressOptions): Progress {
  if (form === 'none') return { stage: () => {}, detail: () => {}, end: () => {} };
  if (form === 'log') return logProgress(write);
  let latest = '';
  let drawnAt: number | null = null;
  let ended = false;
  const start = performance.now();
  const draw = () => {
    if (ended || latest === '') return;
    drawnAt = performance.now();
    write(`${ERASE_LINE}${plainText(latest, Math.max(columns - 1, 20))}`);
  };
  const timer = setTimeout(draw, SILENT_MS);
  timer.unref();
  const show = (message: string, pause_ms: number) => {
    latest = message;
    const now = performance.now();
    if (now - start >= SILENT_MS && now - (drawnAt ?? 0) >= pause_ms) draw();
  };
  return {
    stage: (message) => show(message, 0),
    detail: (message) => show(message, REDRAW_MS),
    end: () => {
      clearTimeout(timer);
      if (!ended && drawnAt !== null) write(ERASE_LINE);
      ended = true;
    },
  };
}

function logProgress(write: (text: string) => void): Progress {
  const start = performance.now();
  let ended = false;
  return {
    stage: (message) => {
      const elapsed_seconds = (performance.now() - start) / 1_000;
      if (!ended) write(`${elapsed_seconds.toFixed(1).padStart(6)} s  ${plainText(message)}\n`);
    },
    detail: () => {},
    end: () => {
      ended = true;
    },
  };
}

/** Which form suits the flags and the place where stderr goes. */
export function progressForm(options: {
  isTerminal: boolean;
  progress: boolean;
  quiet: boolean;
  verbose: boolean;
  inContinuousIntegration: boolean;
}): 'line' | 'log' | 'none' {
  if (!options.progress || options.quiet) return 'none';
  if (options.verbose) return 'log';
  if (options.isTerminal) return 'line';
  return options.inContinuousIntegration ? 'log' : 'none';
}
