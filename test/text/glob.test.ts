import fc from 'fast-check';
import { expect, test } from 'vitest';
import { like } from '../../src/text/glob.js';

test.each([
  ['integration.v_case_opened_v1', 'integration.*', true],
  ['integration.v_case_opened_v1', '*_v1', true],
  ['integration.v_case_opened_v1', 'integration.*_v*', true],
  ['integration.v_case_opened_v1', 'integration', false],
  ['integration.v_case_opened_v1', 'Integration.*', false],
  ['app.task', 'app.task', true],
  ['app.task', '*', true],
  ['', '*', true],
  ['', '', true],
  ['app.task', '', false],
  ['ab', 'a*b', true],
  ['a', 'a*a', false],
  ['100 %', '100 %', true],
  ['app+task', 'app.task', false],
])('%j like %j: %j', (text, pattern, expected) => {
  expect(like(text, pattern)).toBe(expected);
});

test('agrees with a regular expression on short texts', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
  fc.assert(
    fc.property(letters, patterns, (text, pattern) => {
      const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 's');
      expect(like(text, pattern)).toBe(expression.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('ends on what makes backtracking matchers run for hours', () => {
  expect(like('a'.repeat(200_000), `${'a*'.repeat(20_000)}b`)).toBe(false);
  expect(like(`${'a'.repeat(200_000)}b`, `*${'a'.repeat(50_000)}b*c`)).toBe(false);
});
