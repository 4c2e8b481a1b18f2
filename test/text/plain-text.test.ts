import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainText } from '../../src/text/plain-text.js';

test.each([
  ['Open \u001b[31mcases\u001b[0m', 'Open cases'],
  ['\u001b]0;new title\u0007Open cases', 'Open cases'],
  ['\u001b]8;;https://evil.example\u001b\\Open cases\u001b]8;;\u001b\\', 'Open cases'],
  ['\u009b2JOpen cases', 'Open cases'],
  ['\u001b]0;never ended', '0;never ended'],
  ['\u001bPq#0;2;0;0;0\u001b\\sixel', 'sixel'],
  ['Open\r\n\tcases', 'Open cases'],
  ['casework\u202egnp.exe', 'caseworkgnp.exe'],
  ['pass\u200bword\u00ad', 'password'],
  ['half \ud83d of a pair', 'half  of a pair'],
  ['Fälle offen 📈 開いている', 'Fälle offen 📈 開いている'],
])('%j reads %j', (text, expected) => {
  expect(plainText(text)).toBe(expected);
});

test('a cut shows, and cuts no character in two', () => {
  expect(plainText('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(plainText('📈'.repeat(30), 10)).toBe(`${'📈'.repeat(4)}…`);
  expect(plainText('x'.repeat(10), 10)).toBe('x'.repeat(10));
});

test('is harmless, short enough and stable whatever comes in', () => {
  const parts = fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u009d', '\u0007', '[31', 'm', '\\', ';', '\n', '\u202e', '\ud83d', 'case', ' ');
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.array(parts, { maxLength: 40 }).map((list) => list.join('')));
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 60 }), (hostile, limit) => {
      const plain = plainText(hostile, limit);
      expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u);
      expect(plain.length).toBeLessThanOrEqual(limit);
      expect(plainText(plain, limit)).toBe(plain);
    }),
    { numRuns: 1000 },
  );
});

test('ends on megabytes of unfinished sequences', () => {
  expect(plainText('\u001b]'.repeat(2_000_000)).length).toBeLessThanOrEqual(200);
  expect(plainText(`\u001b[${'0;'.repeat(2_000_000)}`).length).toBeLessThanOrEqual(200);
});
