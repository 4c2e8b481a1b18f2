import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { line, span, toCells, type Line } from '../../src/tui/cells.js';
import { FrameWriter } from '../../src/tui/frame-writer.js';
import { sgr, STYLES, THEME } from '../../src/tui/theme.js';
import { Emulator, type Cell } from './emulator.js';

const OPTIONS = { color: true, ascii: false };

const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.stringMatching(/^[日本語한글a ●▲✖█▁│─…]{0,12}$/u),
  fc.constantFrom('e\u0301', '👍🏽', '🇩🇪', '👩‍👩‍👧', '\u1100\u1161\u11a8', 'ﷺ', '\u0301', 'a\u0301\u0302\u0303\u0304\u0305', '\u202eabc', '\x1b[31mred', '\u{10ffff}', 'ｱﾞ', '⌚️'),
);
const lines: fc.Arbitrary<Line> = fc.array(fc.record({ text: texts, style: fc.constantFrom(0, THEME.breach, THEME.series, THEME.mode, THEME.label) }), { maxLength: 5 });
const frames = fc.record({ lines: fc.array(lines, { maxLength: 6 }), width: fc.integer({ min: 1, max: 14 }), height: fc.integer({ min: 1, max: 5 }), sameSize: fc.boolean() });

/** What the terminal has to show, by the style parameters that it was sent. */
function expected(frame: readonly Line[], width: number, height: number): Cell[][] {
  return Array.from({ length: height }, (_, y) => {
    const { glyphs, styles } = toCells(frame[y] ?? [], width);
    return glyphs.map((glyph, x) => ({ glyph, style: sgr(styles[x] ?? 0).slice(2, -1) }));
  });
}

describe('the frame writer', () => {
  test('puts exactly the frame on the terminal, whatever was there, at every size', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 6 }), (sequence) => {
        const writer = new FrameWriter(OPTIONS);
        const terminal = new Emulator(7, 2);
        for (const { lines: frame, width, height, sameSize } of sequence) {
          if (!sameSize) {
            terminal.resize(width, height);
            writer.invalidate();
          }
          terminal.feed(writer.render(frame, terminal.width, terminal.height));
          expect(terminal.cells).toEqual(expected(frame, terminal.width, terminal.height));
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('sends no cell that has not changed', () => {
    fc.assert(
      fc.property(fc.array(fc.array(lines, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 }), (sequence) => {
        const writer = new FrameWriter(OPTIONS);
        const terminal = new Emulator(12, 3);
        let before: Cell[][] = [];
        for (const frame of sequence) {
          const after = expected(frame, 12, 3);
          terminal.written = 0;
          terminal.feed(writer.render(frame, 12, 3));
          const changed = after.flatMap((row, y) => row.filter((cell, x) => cell.glyph !== '' && (cell.glyph !== before[y]?.[x]?.glyph || cell.style !== before[y]?.[x]?.style)));
          expect(terminal.written).toBe(changed.length);
          before = after;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('sends nothing for the same frame', () => {
    const writer = new FrameWriter(OPTIONS);
    const frame = [line('● ok'), [span('lag '), span('79 s', THEME.breach)]];
    expect(writer.render(frame, 20, 2)).not.toBe('');
    expect(writer.render([line('● ok'), [span('lag '), span('79 s', THEME.breach)]], 20, 2)).toBe('');
  });

  test('sends the changed digit, its address and its style, and nothing else', () => {
    const writer = new FrameWriter(OPTIONS);
    writer.render([[span('lag '), span('79 s', THEME.breach)]], 20, 1);
    expect(writer.render([[span('lag '), span('78 s', THEME.breach)]], 20, 1)).toBe('\x1b[?2026h\x1b[1;6H\x1b[0;1;31m8\x1b[m\x1b[?2026l');
  });

  test('writes everything again when asked to, and erases nothing', () => {
    const writer = new FrameWriter(OPTIONS);
    const frame = [line('production')];
    const first = writer.render(frame, 12, 2);
    writer.invalidate();
    expect(writer.render(frame, 12, 2)).toBe(first);
    expect(first).not.toMatch(/\x1b\[\d*[JKXPLM]/);
  });

  test('sends neither colour nor attribute without colours', () => {
    const writer = new FrameWriter({ color: false, ascii: false });
    const everyStyle: Line = Array.from({ length: STYLES }, (_, style) => span('x', style));
    expect(writer.render([everyStyle], STYLES, 1)).not.toMatch(/\x1b\[[\d;]*m/);
    expect(writer.render([everyStyle.map(({ text }) => span(text))], STYLES, 1)).toBe('');
  });

  test('sends only ASCII to a terminal that knows no more, and every column stays where it is', () => {
    const writer = new FrameWriter({ color: false, ascii: true });
    const terminal = new Emulator(24, 1);
    const bytes = writer.render([line('✖ breach │ 日本 ▁▃█ → … é')], 24, 1);
    terminal.feed(bytes);
    expect(bytes).toMatch(/^[\x1b -~]*$/);
    expect(terminal.cells[0]?.map((cell) => cell?.glyph).join('')).toBe('X breach | ? ?  _.# > ~ ');
  });
});
