import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { between, type Due, type Sight, standing, upTo } from '../../../src/live/freshness/compliance.js';
import type { Stretch } from '../../../src/live/freshness/share-ring.js';

const LIMIT = 600;
const byAge = (watermark: number): Due => ({ earliest: watermark + LIMIT, latest: watermark + LIMIT });

function seconds(stretches: readonly Stretch[], over: boolean): number {
  return stretches.filter((stretch) => stretch.over === over).reduce((sum, { from, to }) => sum + (to - from), 0);
}

function sight(looked_at: number, watermark_at: number, published_at: number | null = null): Sight {
  return { looked_at, watermark_at, published_at };
}

describe('while one watermark stands', () => {
  test('time is within until the limit and over after it', () => {
    expect(standing(1000, 2000, byAge(900))).toEqual([
      { from: 1000, to: 1500, over: false },
      { from: 1500, to: 2000, over: true },
    ]);
  });

  test('time between the two bounds is neither', () => {
    expect(standing(0, 1000, { earliest: 200, latest: 700 })).toEqual([
      { from: 0, to: 200, over: false },
      { from: 700, to: 1000, over: true },
    ]);
  });

  test('all of it is within when nothing is outstanding', () => {
    expect(standing(0, 1000, { earliest: 5000, latest: Infinity })).toEqual([{ from: 0, to: 1000, over: false }]);
  });
});

describe('between two looks', () => {
  test('the old watermark counts until the new one was published, not until it was seen', () => {
    // At 700 the age of the old data is 700, 100 of them over; the new data is of 650.
    const stretches = between(sight(0, 0), sight(1000, 650, 700), byAge, 1000);
    expect(seconds(stretches, true)).toBe(100);
    expect(seconds(stretches, false)).toBe(900);
  });

  test('without a time of publication the old data counts until the new was seen', () => {
    expect(seconds(between(sight(0, 0), sight(1000, 650), byAge, 1000), true)).toBe(400);
  });

  test('a time of publication outside of the two looks is that of the nearer look', () => {
    expect(between(sight(100, 0), sight(200, 90, 50), byAge, 1000)).toEqual([{ from: 100, to: 200, over: false }]);
    expect(seconds(between(sight(100, 0), sight(900, 90, 5000), byAge, 1000), true)).toBe(300);
  });

  test('a watermark that stands over a long pause of ours accounts for all of it', () => {
    const stretches = between(sight(100, 0), sight(50_100, 0), byAge, 30);
    expect(seconds(stretches, false)).toBe(500);
    expect(seconds(stretches, true)).toBe(49_500);
  });

  test('over a long pause only what both watermarks prove is accounted, the rest stays open', () => {
    // Publications in between are not known: after 600 and before 10,000 + 600 there may have been any.
    const stretches = between(sight(0, 0), sight(20_000, 10_000, 19_000), byAge, 30);
    expect(stretches).toEqual([
      { from: 0, to: 600, over: false },
      { from: 10_600, to: 19_000, over: true },
      { from: 19_000, to: 20_000, over: true },
    ]);
  });

  test('a watermark that went back proves nothing of a long pause', () => {
    expect(between(sight(0, 500), sight(5000, 100, 4900), byAge, 30)).toEqual([{ from: 4900, to: 5000, over: true }]);
  });

  test('nothing is accounted twice or backwards', () => {
    expect(between(sight(100, 0), sight(100, 50), byAge, 30)).toEqual([]);
    expect(between(sight(100, 0), sight(90, 50), byAge, 30)).toEqual([]);
  });
});

test('the first look accounts for the time since its data was published, as far back as the window', () => {
  expect(seconds(upTo(sight(10_000, 1000, 1200), byAge, 86_400), true)).toBe(8400);
  expect(seconds(upTo(sight(10_000, 1000, 1200), byAge, 600), true)).toBe(600);
  expect(upTo(sight(10_000, 1000), byAge, 86_400)).toEqual([]);
});

/** A history of publications: each appears some time after the one before and holds the source up to some time before. */
const history = fc
  .array(fc.record({ wait: fc.integer({ min: 1, max: 2000 }), behind: fc.integer({ min: 0, max: 900 }) }), { minLength: 1, maxLength: 30 })
  .map((steps) => {
    const publications: { p: number; w: number }[] = [];
    let p = 100_000;
    let w = 0;
    for (const { wait, behind } of steps) {
      p += wait;
      w = Math.max(w + 1, p - behind);
      publications.push({ p, w: Math.min(w, p) });
    }
    return publications;
  });

/** The formula: sum of max(0, p' - max(p, w + limit)). */
function formula(publications: readonly { p: number; w: number }[], until: number): number {
  return publications.reduce((sum, { p, w }, index) => sum + Math.max(0, (publications[index + 1]?.p ?? until) - Math.max(p, w + LIMIT)), 0);
}

/** The watermark that stands at a moment. */
function at(publications: readonly { p: number; w: number }[], moment: number): { p: number; w: number } | undefined {
  return publications.findLast(({ p }) => p <= moment);
}

describe('the accounting', () => {
  const polled = (publications: readonly { p: number; w: number }[], polls: readonly number[], gap: number): Stretch[] => {
    const sights = polls.map((poll) => {
      const publication = at(publications, poll);
      return sight(poll, publication?.w ?? 0, publication?.p ?? null);
    });
    return sights.slice(1).flatMap((after, index) => between(sights[index] ?? after, after, byAge, gap));
  };

  test('of one look at each publication is the formula', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 5000 }), (publications, rest) => {
        const until = (publications.at(-1)?.p ?? 0) + rest;
        const stretches = polled(publications, [...publications.map(({ p }) => p), until], Infinity);
        expect(seconds(stretches, true)).toBe(formula(publications, until));
        expect(seconds(stretches, true) + seconds(stretches, false)).toBe(until - (publications[0]?.p ?? 0));
      }),
    );
  });

  test('of polls that see every publication is the formula, whenever they come', () => {
    fc.assert(
      fc.property(history, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (publications, extra) => {
        const first = publications[0]?.p ?? 0;
        const until = (publications.at(-1)?.p ?? 0) + 900;
        // Somewhere between any two publications, and anywhere else.
        const needed = publications.map(({ p }, index) => p + ((publications[index + 1]?.p ?? until) - p) * 0.5);
        const polls = [first, ...needed, ...extra.map((part) => first + part * (until - first)), until].sort((a, b) => a - b);
        expect(seconds(polled(publications, polls, Infinity), true)).toBeCloseTo(formula(publications, until), 3);
      }),
    );
  });

  test('of sparse polls never contradicts the truth of any moment', () => {
    fc.assert(
      fc.property(history, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }), (publications, parts) => {
        const first = publications[0]?.p ?? 0;
        const until = (publications.at(-1)?.p ?? 0) + 900;
        const polls = parts.map((part) => first + part * (until - first)).sort((a, b) => a - b);
        for (const { from, to, over } of polled(publications, polls, 0)) {
          for (const moment of [from + (to - from) * 0.01, (from + to) / 2, from + (to - from) * 0.99]) {
            expect(moment - (at(publications, moment)?.w ?? 0) > LIMIT).toBe(over);
          }
        }
      }),
    );
  });
});
