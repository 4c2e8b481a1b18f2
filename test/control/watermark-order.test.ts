import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listOf } from '../../src/stores/control/restatements.js';
import { continuityOf } from '../../src/stores/control/watermark-order.js';

const runs = (...stretches: string[]): { low: string; high: string }[] => stretches.map((text) => ({ low: text.split('..')[0] ?? '', high: text.split('..')[1] ?? '' }));

describe('watermarks of runs', () => {
  test.each([
    ['hours that follow each other', runs('2026-01-01T00:00:00Z..2026-01-01T01:00:00Z', '2026-01-01 01:00:00+00..2026-01-01 02:00:00+00', '2026-01-01T02:00:00Z..2026-01-01T03:00:00Z', '2026-01-01T03:00:00Z..2026-01-01T04:00:00Z'), { gaps: 0, overlaps: 0 }],
    ['an end that is included', runs('2026-01-01..2026-01-01', '2026-01-02..2026-01-02', '2026-01-03..2026-01-04', '2026-01-05..2026-01-05'), { gaps: 0, overlaps: 0 }],
    ['a last second that is left out', runs('2026-01-01T00:00:00Z..2026-01-01T23:59:59Z', '2026-01-02T00:00:00Z..2026-01-02T23:59:59Z', '2026-01-03T00:00:00Z..2026-01-03T23:59:59Z', '2026-01-04T00:00:00Z..2026-01-04T23:59:59Z'), { gaps: 0, overlaps: 0 }],
    ['a day that no run took', runs('2026-01-01..2026-01-01', '2026-01-02..2026-01-02', '2026-01-04..2026-01-04', '2026-01-05..2026-01-05'), { gaps: 1, overlaps: 0 }],
    ['a day that a later run took', runs('1..10', '10..20', '30..40', '40..50', '20..30', '50..60'), { gaps: 0, overlaps: 0 }],
    ['positions, by their value and not their text', runs('0/F..0/10', '0/10..0/20', '0/20..1/0', '1/0..A/0'), { gaps: 0, overlaps: 0 }],
    ['a position that was left out', runs('0/A..0/B', '0/B..0/C', '0/D0..0/E0', '0/E0..0/F0'), { gaps: 1, overlaps: 0 }],
    ['one run that was repeated', runs('1..10', '10..20', '10..20', '20..30', '30..40'), { gaps: 0, overlaps: 1 }],
    ['first and last event of each run', runs('3..9', '12..18', '23..29', '31..38', '44..47'), null],
    ['a window that goes back on purpose', runs('1..10', '7..20', '17..30', '27..40', '37..50'), null],
    ['everything each time', runs('0..10', '0..20', '0..30', '0..40', '0..50'), null],
    ['too few', runs('1..10', '20..30', '30..40'), null],
    ['scales that differ', runs('1..10', '10..20', '2026-01-01..2026-01-02', '20..30'), null],
    ['names of files', runs('a..b', 'b..c', 'c..d', 'd..e'), null],
    ['ends before it begins', runs('1..10', '20..10', '20..30', '30..40'), null],
    ['none', [], null],
  ])('%s', (_, given, expected) => expect(continuityOf(given)).toEqual(expected));

  test('leave nothing out where they share out a stretch, in whatever order failures were caught up', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 6, maxLength: 40 }), fc.nat(), (cuts, moved) => {
        const sorted = cuts.toSorted((one, other) => one - other);
        const parts = sorted.slice(1).map((high, index) => ({ low: String(sorted[index] ?? 0), high: String(high) }));
        const [late] = parts.splice(moved % parts.length, 1);
        const all = continuityOf([...parts, ...(late === undefined ? [] : [late])]);
        expect(all ?? { gaps: 0, overlaps: 0 }).toEqual({ gaps: 0, overlaps: 0 });
      }),
    );
  });
});

test('lists of products, as engines and teams write them', () => {
  expect(listOf('{orders,"cases, by day"}')).toEqual(['cases, by day', 'orders']);
  expect(listOf("[orders, 'cases, by day']")).toEqual(['cases, by day', 'orders']);
  expect(listOf('["orders", "a\\"b"]')).toEqual(['a"b', 'orders']);
  expect(listOf('orders; cases')).toEqual(['cases', 'orders']);
  expect(listOf('{}')).toEqual([]);
  expect(listOf(' ')).toEqual([]);
});
