import type { Page } from '../../report/layout/page.js';
import { wrap } from '../../report/layout/wrap.js';
import { nameMarkers } from '../../text/marker.js';
import { plainText } from '../../text/plain-text.js';
import { remark } from '../lines.js';

const LINE_LENGTH_MAX = 400;

/** SQL on a page: its own lines, wrapped, at most so many of them. */
export function sqlLines(page: Page, sql: string, indent_columns: number, lines_max: number): string[] {
  const indent = ' '.repeat(indent_columns);
  // What is cut anyway need not be taken apart.
  const lines = sql.slice(0, (lines_max + 1) * LINE_LENGTH_MAX).split(/\r?\n/).filter((line) => line.trim() !== '');
  const wrapped = lines.slice(0, lines_max + 1).flatMap((line) => {
    const lead = Math.min(/^ */.exec(line)?.[0].length ?? 0, 16);
    const pieces = wrap(plainText(nameMarkers(line), LINE_LENGTH_MAX), page.width_columns - indent_columns - lead - 2);
    return pieces.map((piece, index) => `${indent}${' '.repeat(lead)}${index === 0 ? '' : '  '}${piece}`);
  });
  const isCut = wrapped.length > lines_max || lines.length > lines_max || sql.length > (lines_max + 1) * LINE_LENGTH_MAX;
  return [...wrapped.slice(0, lines_max).map((line) => page.faint(line)), ...(isCut ? remark(page, '… the rest in --format json', indent_columns) : [])];
}

/** SQL to be run by a person: harmless for a terminal, otherwise as it is. */
export function runnable(sql: string): string {
  return sql.split(/\r?\n/).map((line) => (/^ */.exec(line)?.[0] ?? '') + plainText(line, Math.max(line.length, 1))).join('\n').trimEnd();
}
