import type { InspectedUse } from '../../inspect.js';
import type { Page } from '../../report/layout/page.js';
import { widthOf } from '../../report/layout/wrap.js';
import { count } from '../../text/quantity.js';

/** How each kind of use is underlined; where several meet in one place the first one is seen. */
const MARKS = [
  { kind: 'shown', glyph: '─', word: 'shown' },
  { kind: 'grouping', glyph: '═', word: 'groups' },
  { kind: 'condition', glyph: '╌', word: 'decides' },
] as const satisfies readonly { kind: InspectedUse['kind']; glyph: string; word: string }[];

/** Longer texts are cut, since nobody reads on. */
const LINES_MAX = 200;
const LINE_LENGTH_MAX = 2_000;

/** What a terminal would act on, or would not show. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** The text with every use of a column underlined, and what the lines mean. Control characters are shown as points. */
export function markedText(page: Page, text: string, uses: readonly InspectedUse[]): string[] {
  const lines = text.trimEnd().split('\n');
  const gutter = String(Math.min(lines.length, LINES_MAX)).length + 4;
  const result: string[] = [];
  let start = 0;
  for (const [number, line] of lines.slice(0, LINES_MAX).entries()) {
    const marks = marksOf(line, start, uses);
    const shownLine = line.endsWith('\r') ? line.slice(0, -1) : line;
    const prefix = `  ${String(number + 1).padStart(gutter - 4)}  `;
    for (const [piece, { shown, under }] of pieces(shownLine, marks, page.width_columns - gutter).entries()) {
      result.push(`${piece === 0 ? page.faint(prefix) : ' '.repeat(gutter)}${shown}`.trimEnd());
      if (under.trim() !== '') result.push(' '.repeat(gutter) + page.strong(under.trimEnd()));
    }
    start += line.length + 1;
  }
  if (lines.length > LINES_MAX) result.push(page.faint(`  … and ${count(lines.length - LINES_MAX, 'more line')}`));
  const seen = MARKS.filter(({ kind }) => uses.some((use) => use.kind === kind && use.span !== null));
  if (seen.length > 0) result.push('', `  ${seen.map(({ glyph, word }) => `${page.strong(glyph)} ${word}`).join('   ')}`);
  return result;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function harmless(character: string): string {
  return character === '\t' ? ' ' : UNSAFE.test(character) ? '·' : character;
}

/** The mark of each UTF-16 unit of a line. */
function marksOf(line: string, start: number, uses: readonly InspectedUse[]): string[] {
  const marks = Array.from({ length: line.length }, () => ' ');
  for (const { kind, glyph } of MARKS.toReversed()) {
    for (const use of uses) {
      if (use.kind !== kind || use.span === null) continue;
      const from = Math.max(0, use.span.start - start);
      const to = Math.min(line.length, use.span.end - start);
      for (let at = from; at < to; at++) marks[at] = glyph;
    }
  }
  return marks;
}

/** A line in pieces of a width, each with what stands below it. */
function pieces(line: string, marks: readonly string[], columns: number): { shown: string; under: string }[] {
  const width_max = Math.max(20, columns);
  const result = [{ shown: '', under: '' }];
  let width = 0;
  let at = 0;
  for (const { segment } of graphemes.segment(line.slice(0, LINE_LENGTH_MAX))) {
    const shown = Array.from(segment, harmless).join('');
    const columnsOfIt = widthOf(shown);
    if (width + columnsOfIt > width_max) {
      result.push({ shown: '', under: '' });
      width = 0;
    }
    const piece = result.at(-1);
    if (piece) {
      piece.shown += shown;
      piece.under += (marks.slice(at, at + segment.length).find((mark) => mark !== ' ') ?? ' ').repeat(columnsOfIt);
    }
    width += columnsOfIt;
    at += segment.length;
  }
  const last = result.at(-1);
  if (last && line.length > LINE_LENGTH_MAX) last.shown += '…';
  return result;
}
