import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONG, Series, SHORT } from '../../src/live/series.js';
import { isStale, validity_seconds } from '../../src/live/staleness.js';

const NOON = 1_795_348_800;

describe('a series', () => {
  test('keeps the largest value of each part and leaves holes where nothing was seen', () => {
    const series = new Series(SHORT);
    series.push(NOON, 3);
    series.push(NOON + 5, 7);
    series.push(NOON + 10, null);
    series.push(NOON + 45, 1);
    expect(series.values(NOON, NOON + 60, 4)).toEqual([7, null, null, 1]);
    expect(series.last()).toEqual({ at: NOON + 45, value: 1 });
  });

  test('has nothing to tell before the first value', () => {
    expect(new Series().values(NOON, NOON + 60, 3)).toEqual([null, null, null]);
    expect(new Series().last()).toBeNull();
  });

  test('takes no number that is none', () => {
    const series = new Series(SHORT);
    for (const value of [Number.NaN, Infinity, -Infinity, null]) series.push(NOON, value);
    expect(series.last()).toBeNull();
    expect(series.values(NOON - 60, NOON + 60, 2)).toEqual([null, null]);
  });

  test('shows negative numbers and zero as they are', () => {
    const series = new Series(SHORT);
    series.push(NOON, -4);
    series.push(NOON + 15, 0);
    expect(series.values(NOON, NOON + 30, 2)).toEqual([-4, 0]);
  });

  test('forgets nothing of a day and a month when an hour passes without a sample', () => {
    const series = new Series(LONG);
    series.push(NOON - 20 * 86_400, 9);
    series.push(NOON - 7200, 5);
    series.push(NOON, 1);
    expect(series.values(NOON - 86_400, NOON + 60, 1)).toEqual([5]);
    expect(Math.max(...series.values(NOON - 30 * 86_400, NOON + 900, 30).map((value) => value ?? 0))).toBe(9);
  });

  test('goes on after the clock was set back by more than it holds', () => {
    const series = new Series(SHORT);
    series.push(NOON, 8);
    series.push(NOON - 5 * 3600, 2);
    series.push(NOON - 5 * 3600 + 15, 3);
    expect(series.values(NOON - 5 * 3600, NOON - 5 * 3600 + 30, 2)).toEqual([2, 3]);
    expect(series.values(NOON - 15, NOON + 15, 2)).toEqual([null, null]);
  });

  const step = 10;
  const steps = 12;
  const pushes = fc.array(fc.record({ after: fc.integer({ min: 0, max: 60 }), value: fc.integer({ min: -50, max: 50 }) }), { maxLength: 60 });

  test('gives for each part what a list of all values gives, as far back as it reaches', () => {
    fc.assert(
      fc.property(pushes, fc.integer({ min: 1, max: steps }), (samples, buckets) => {
        const series = new Series([{ step_seconds: step, steps }]);
        const all: { at: number; value: number }[] = [];
        let at = NOON;
        for (const { after, value } of samples) {
          at += after;
          all.push({ at, value });
          series.push(at, value);
        }
        const to = (Math.floor(at / step) + 1) * step;
        const from = to - buckets * step;
        const expected = Array.from({ length: buckets }, (_, index) => {
          const part = all.filter((each) => each.at >= from + index * step && each.at < from + (index + 1) * step);
          return part.length === 0 ? null : Math.max(...part.map(({ value }) => value));
        });
        expect(series.values(from, to, buckets)).toEqual(expected);
      }),
    );
  });

  test('never shows a value that was not pushed, whatever is asked for', () => {
    fc.assert(
      fc.property(pushes, fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 0, max: 40 }), (samples, start, width, buckets) => {
        const series = new Series(SHORT);
        let at = NOON;
        for (const { after, value } of samples) {
          at += after;
          series.push(at, value);
        }
        const pushed = new Set(samples.map(({ value }) => value));
        const shown = series.values(NOON + start, NOON + start + width, buckets);
        expect(shown).toHaveLength(buckets);
        expect(shown.filter((value) => value !== null && !pushed.has(value))).toEqual([]);
      }),
    );
  });

  test('holds late values as if they had come in time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: steps * step - 1 }), { maxLength: 20 }), fc.infiniteStream(fc.integer({ min: 0, max: 99 })), (offsets, numbers) => {
        const samples = offsets.map((offset) => ({ at: NOON + offset, value: numbers.next().value ?? 0 }));
        const inTime = new Series([{ step_seconds: step, steps }]);
        for (const { at, value } of [...samples].sort((a, b) => a.at - b.at)) inTime.push(at, value);
        const late = new Series([{ step_seconds: step, steps }]);
        // The newest first: then every other one is late.
        for (const { at, value } of [...samples].sort((a, b) => b.at - a.at)) late.push(at, value);
        expect(late.values(NOON, NOON + step * steps, steps)).toEqual(inTime.values(NOON, NOON + step * steps, steps));
      }),
    );
  });
});

describe('a sample', () => {
  test('speaks for the present for three paces, at least ten seconds', () => {
    expect(validity_seconds(2)).toBe(10);
    expect(validity_seconds(30)).toBe(90);
    expect(isStale(NOON - 30, 10, NOON)).toBe(false);
    expect(isStale(NOON - 30.1, 10, NOON)).toBe(true);
  });

  test('that was never taken speaks for nothing; one of the future, after the clock was set back, for now', () => {
    expect(isStale(null, 10, NOON)).toBe(true);
    expect(isStale(NOON + 100, 10, NOON)).toBe(false);
  });
});
