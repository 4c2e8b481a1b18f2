import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPage, paragraph } from '../../../src/report/layout/page.js';
import { withAmountsUnbroken, wrap } from '../../../src/report/layout/wrap.js';

const EVIDENCE = 'aggregates app.case_file without a key; 2,104 blocks a call (16 MiB), 41 % of app.case_file; 1.1 % of time; up to 2026-11-22 10:57 UTC; 51 calls of 0.39 ms';

test('no line ends between a number and its unit, whatever the width', () => {
  fc.assert(
    fc.property(fc.integer({ min: 24, max: 160 }), (columns) => {
      const lines = paragraph(createPage(columns, false), EVIDENCE, { first: '', columns: 0 });
      expect(lines.join(' ')).toBe(EVIDENCE);
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/\d$/);
        expect(line).not.toMatch(/^(?:%|ms|MiB|blocks|calls|UTC|\d\d:\d\d)/);
      }
    }),
  );
});

test('a number before another word may end a line, and a text without numbers stays as it is', () => {
  expect(wrap(withAmountsUnbroken('card 104 shows 12 minutes'), 8)).toEqual(['card 104', 'shows 12', 'minutes']);
  expect(withAmountsUnbroken('role case_app reads app.case_file')).toBe('role case_app reads app.case_file');
});

test('a name that is too long for its line is parted where its words are', () => {
  expect(wrap('analytics.fact_case_opened', 18)).toEqual(['analytics.fact_', 'case_opened']);
  expect(wrap('aVeryLongNameWithoutAnySign', 10)).toEqual(['aVeryLongN', 'ameWithout', 'AnySign']);
});
