import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markedText } from '../../../src/cli/inspect/marked-text.js';
import type { InspectedUse } from '../../../src/inspect.js';
import { createPage } from '../../../src/report/layout/page.js';
import { widthOf } from '../../../src/report/layout/wrap.js';

const GUTTER = 5;

function use(kind: InspectedUse['kind'], start: number, end: number): InspectedUse {
  return { column: 'app.case_file.status', kind, role: kind === 'shown' ? 'output' : kind === 'grouping' ? 'group' : 'filter', transformation: 'identity', mask: 'raw', span: { start, end } };
}

function marked(text: string, uses: readonly InspectedUse[], columns: number): string[] {
  return markedText(createPage(columns, false), text, uses);
}

/** The characters that stand above a mark, by terminal column. */
function charactersAbove(lines: readonly string[]): string {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return lines
    .flatMap((line, index) => {
      if (!/^ *[─═╌][ ─═╌]*$/u.test(line)) return [];
      const marks = [...line];
      let column = GUTTER;
      return [...segmenter.segment((lines[index - 1] ?? '').slice(GUTTER))].flatMap(({ segment }) => {
        const at = column;
        column += widthOf(segment);
        return at < column && marks[at] !== undefined && marks[at] !== ' ' ? [segment] : [];
      });
    })
    .join('');
}

/** What names, literals and comments may hold; each piece is one or several whole characters on a terminal. */
const PIECES = ['a', 'status', ' ', '日本', '가', 'é', 'e\u0301', '👩', '👍🏽', '🇩🇪', 'مرح', '"', "'", '.'];

describe('marks', () => {
  test('stand under what they mark, whatever stands before it and however narrow the page is', () => {
    const piece = fc.constantFrom(...PIECES);
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece, { minLength: 1 }), fc.array(piece), fc.integer({ min: 30, max: 120 }), (before, inside, after, columns) => {
        const word = `x${inside.join('').trim()}x`;
        const prefix = `|${before.join('')}|`;
        const lines = marked(`${prefix}${word}|${after.join('')}`, [use('shown', prefix.length, prefix.length + word.length)], columns);
        expect(charactersAbove(lines).replaceAll(' ', '')).toBe(word.replaceAll(' ', ''));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('never let through what a terminal acts on or does not show', () => {
    const hostile = fc.constantFrom('\u001b[31m', '\u009b2J', '\u001b]0;title\u0007', '\u202e', '\u2066', '\u200b', '\ufeff', '\r', '\u2028', '\ud800', '\u{e0041}', 'status', '\t');
    fc.assert(
      fc.property(fc.array(hostile), fc.nat(40), fc.nat(40), (texts, start, end) => {
        const shown = marked(texts.join(''), [use('condition', Math.min(start, end), Math.max(start, end))], 80).join('\n');
        expect(shown).toMatch(/^[ -~\n·─╌…]*$/u);
      }),
    );
  });

  test('the ends of lines are not shown, and offsets go on behind them', () => {
    const text = 'SELECT status\r\nFROM app.case_file\r\nWHERE\tstatus IS NULL\r\n';
    expect(marked(text, [use('shown', 7, 13), use('condition', text.lastIndexOf('status'), text.lastIndexOf('status') + 6)], 80)).toEqual([
      '  1  SELECT status',
      '            ──────',
      '  2  FROM app.case_file',
      '  3  WHERE status IS NULL',
      '           ╌╌╌╌╌╌',
      '',
      '  ─ shown   ╌ decides',
    ]);
  });

  test('of several uses of one place the most visible one is seen', () => {
    expect(marked('SELECT status', [use('condition', 7, 13), use('grouping', 7, 13), use('shown', 7, 10)], 80)).toEqual([
      '  1  SELECT status',
      '            ───═══',
      '',
      '  ─ shown   ═ groups   ╌ decides',
    ]);
  });

  test('a long text is cut, and says so', () => {
    const lines = marked(`${'x'.repeat(5_000)}\n${'y\n'.repeat(500)}`, [], 120);
    expect(lines.filter((line) => line.includes('x')).at(-1)).toMatch(/x…$/);
    expect(lines.at(-1)).toBe('  … and 301 more lines');
  });
});
