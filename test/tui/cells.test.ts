import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { clip, fit, fitLine, lineWidth, span, spread, textOf, toCells, widthOf, wrap } from '../../src/tui/cells.js';

const texts = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.array(fc.constantFrom('日', '本', 'a', 'b', ' ', 'e\u0301', '\u0301'), { maxLength: 20 }).map((parts) => parts.join('')));

describe('the width of a text', () => {
  test.each([
    ['production', 10], ['日本語', 6], ['한국', 4], ['é', 1], ['e\u0301', 1], ['●▲✖◌■▸', 6], ['▁▃█─│', 5], ['👍', 2], ['👍🏽', 2], ['🇩🇪', 2], ['\u200bzero\u200d', 4], ['\u0301', 0], ['a\u00adb', 2],
  ])('of %j is %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
    expect(toCells([span(text)], 20).glyphs.filter((_, x) => x < width).join('')).toBe(toCells([span(text)], 20).glyphs.join('').trimEnd());
  });

  test('is what terminals make of common text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~äöüßéñ日本語中文한국어●▲]{0,40}$/u), (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
      }),
    );
  });
});

describe('a text that is too long', () => {
  test('ends with a sign', () => {
    expect(clip('case_backlog_daily', 10)).toBe('case_back…');
    expect(clip('日本語のテーブル', 7)).toBe('日本語…');
    expect(clip('日本語のテーブル', 6)).toBe('日本…');
    expect(fit('日本語のテーブル', 6)).toBe('日本… ');
    expect(clip('x', 0)).toBe('');
  });

  test('fills its cells exactly, whatever it is', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 20 }), fc.constantFrom('left' as const, 'right' as const), (text, width, align) => {
        expect(widthOf(fit(text, width, align))).toBe(width);
      }),
    );
  });

  test('as a line fills its width exactly, and says that it was cut', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (parts, width) => {
        const line = parts.map((text) => span(text));
        const fitted = fitLine(line, width);
        expect(lineWidth(fitted)).toBe(width);
        expect(textOf(fitted).includes('…')).toBe(lineWidth(line) > width || textOf(line).includes('…'));
      }),
    );
  });

  test('gives way to what stands at the right end', () => {
    expect(textOf(spread([span('a long way to go')], [span('LIVE')], 12))).toBe('a long …LIVE');
  });
});

describe('wrapping', () => {
  test('breaks at spaces, and within words that are longer than a line', () => {
    expect(wrap('the loader of case_backlog_daily is slow', 10)).toEqual(['the loader', 'of', 'case_backl', 'og_daily', 'is slow']);
  });

  test('loses no word and exceeds no line', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z日本 ]{0,60}$/u), fc.integer({ min: 2, max: 15 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(lines.every((line) => widthOf(line) <= width)).toBe(true);
      }),
    );
  });
});

test('a wide character that would be cut in half is left out', () => {
  expect(toCells([span('ab日')], 3).glyphs).toEqual(['a', 'b', ' ']);
  expect(toCells([span('ab日')], 4).glyphs).toEqual(['a', 'b', '日', '']);
});
