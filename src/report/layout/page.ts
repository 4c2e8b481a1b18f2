import { Chalk, type ChalkInstance } from 'chalk';
import type { Level } from '../../model/finding.js';
import type { Outcome } from '../../model/report.js';
import { plainText } from '../../text/plain-text.js';
import { withAmountsUnbroken, wrap } from './wrap.js';

/** A glyph never stands without its word, and colour only repeats what both say. */
export interface Mark {
  glyph: string;
  word: string;
  paint: (text: string) => string;
}

/** Where a text is written to: its width and its colours (the 16 of ANSI, so that the terminal's own theme holds). */
export interface Page {
  width_columns: number;
  strong: (text: string) => string;
  faint: (text: string) => string;
  unknown: Mark;
  level: (level: Level) => Mark;
  outcome: (outcome: Outcome, worst: Level | null) => Mark;
}

export function createPage(width_columns: number, color: boolean): Page {
  const chalk: ChalkInstance = new Chalk({ level: color ? 1 : 0 });
  const levels: Record<Level, Mark> = {
    error: { glyph: '✖', word: 'error', paint: chalk.red },
    warning: { glyph: '▲', word: 'warning', paint: chalk.yellow },
    note: { glyph: '·', word: 'note', paint: chalk.blue },
  };
  const unknown: Mark = { glyph: '◌', word: 'unknown', paint: chalk.magenta };
  const ok: Mark = { glyph: '●', word: 'ok', paint: chalk.green };
  return {
    width_columns,
    strong: chalk.bold,
    faint: chalk.dim,
    unknown,
    level: (level) => levels[level],
    outcome: (outcome, worst) => {
      if (outcome === 'undetermined') return unknown;
      if (outcome === 'holds') return ok;
      return levels[worst ?? 'error'];
    },
  };
}

/** Longer texts are cut; nobody reads on, and hostile ones can be of any size. */
const LENGTH_MAX = 1_000;

/** How a paragraph stands on the page. */
export interface Indent {
  /** What the first line begins with; other lines get as many spaces as `columns` says. */
  first: string;
  columns: number;
  paint?: (text: string) => string;
}

/** Cleans and wraps text from anywhere. `first` is ours, may hold colours and must fill exactly `columns`. */
export function paragraph(page: Page, text: string, indent: Indent): string[] {
  const paint = indent.paint ?? ((line: string) => line);
  return wrap(withAmountsUnbroken(plainText(text, LENGTH_MAX)), page.width_columns - indent.columns).map(
    (line, index) => (index === 0 ? indent.first : ' '.repeat(indent.columns)) + paint(line),
  );
}
