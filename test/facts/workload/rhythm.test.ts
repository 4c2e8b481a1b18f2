import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rhythmOf } from '../../../src/facts/workload/rhythm.js';
import { periodOfSchedule } from '../../../src/facts/workload/schedule.js';

const MIDNIGHT = Date.UTC(2026, 4, 4);
const NOTHING = { schedule: null, calls: null, window_seconds: null };

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Series { period_seconds: number; runs: number; offset_seconds: number; jitter_seconds: number; missed: number; seed: number }

function regular({ period_seconds, runs, offset_seconds, jitter_seconds, missed, seed }: Series): number[] {
  const random = randomOf(seed);
  return Array.from({ length: runs }, (_, run) => MIDNIGHT + (run * period_seconds + offset_seconds + random() * jitter_seconds) * 1000).filter(() => random() >= missed).map(Math.round);
}

describe('a clock behind starts', () => {
  test('is told in words', () => {
    const startedAt_ms = regular({ period_seconds: 300, runs: 24, offset_seconds: 4, jitter_seconds: 0.4, missed: 0.2, seed: 7 });
    expect(rhythmOf({ ...NOTHING, startedAt_ms })).toMatchObject({ period_seconds: 300, from: 'starts', confidence: 0.95, words: 'every 5 min, 4 s after the full minute' });
  });

  test('of a nightly job is told by its hour', () => {
    const startedAt_ms = regular({ period_seconds: 86_400, runs: 14, offset_seconds: 6 * 3600 + 30, jitter_seconds: 20, missed: 0, seed: 3 });
    expect(rhythmOf({ ...NOTHING, startedAt_ms })?.words).toBe('every day at 06:00 UTC');
  });

  test('is seen although three sessions of one dashboard begin it at once', () => {
    const startedAt_ms = regular({ period_seconds: 60, runs: 30, offset_seconds: 0, jitter_seconds: 0, missed: 0.3, seed: 5 }).flatMap((start) => [start, start + 120, start + 700]);
    expect(rhythmOf({ ...NOTHING, startedAt_ms })).toMatchObject({ period_seconds: 60, words: 'every minute, at the full minute' });
  });

  test('is seen although two screens are refreshed each in its own time', () => {
    const one = regular({ period_seconds: 300, runs: 40, offset_seconds: 17, jitter_seconds: 1, missed: 0.2, seed: 1 });
    const other = regular({ period_seconds: 300, runs: 40, offset_seconds: 128, jitter_seconds: 1, missed: 0.2, seed: 2 });
    expect(rhythmOf({ ...NOTHING, startedAt_ms: [...one, ...other] })).toMatchObject({ period_seconds: 300, from: 'starts' });
  });

  test('of any usual length is found with jitter and a third of the starts missed', () => {
    fc.assert(
      fc.property(fc.constantFrom(5, 10, 30, 60, 300, 600, 900, 3600), fc.integer({ min: 0, max: 25 }), fc.integer(), (period_seconds, offset_seconds, seed) => {
        const startedAt_ms = regular({ period_seconds, runs: 40, offset_seconds, jitter_seconds: period_seconds * 0.02, missed: 0.3, seed });
        expect(rhythmOf({ ...NOTHING, startedAt_ms })).toMatchObject({ period_seconds, from: 'starts' });
      }),
      { numRuns: 200, seed: 20_260_504 },
    );
  });

  test('is not seen in arrivals at random', () => {
    const counts = { all: 0, periods: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 200 }), fc.constantFrom(20, 90, 300, 1200), fc.integer(), (arrivals, mean_seconds, seed) => {
        const random = randomOf(seed);
        let now = MIDNIGHT;
        const startedAt_ms = Array.from({ length: arrivals }, () => Math.round((now += -Math.log(1 - random()) * mean_seconds * 1000)));
        const rhythm = rhythmOf({ ...NOTHING, startedAt_ms });
        counts.all++;
        if (rhythm !== null && rhythm.period_seconds !== null && rhythm.confidence >= 0.75) counts.periods++;
      }),
      { numRuns: 1000, seed: 20_260_504 },
    );
    expect(counts).toEqual({ all: 1000, periods: 0 });
  });

  test.each<[string, (random: () => number) => number[]]>([
    ['visits, in each of which a dashboard is opened several times', (random) => {
      let now = MIDNIGHT;
      return Array.from({ length: 6 }, () => {
        now -= Math.log(1 - random()) * 40_000_000;
        return Array.from({ length: 1 + Math.floor(random() * 15) }, (_, turn) => now + turn * (3000 + random() * 20_000));
      }).flat();
    }],
    ['people who come to work in the morning', (random) => Array.from({ length: 14 }, (_, day) => Array.from({ length: 1 + Math.floor(random() * 4) }, () => MIDNIGHT + day * 86_400_000 + (8.5 + random() * 2) * 3_600_000)).flat()],
    ['office hours', (random) => Array.from({ length: 14 }, (_, day) => (day % 7 > 4 ? [] : Array.from({ length: Math.floor(random() * 12) }, () => MIDNIGHT + day * 86_400_000 + (8 + random() * 9) * 3_600_000))).flat()],
    ['somebody who reads and clicks on', (random) => {
      let now = MIDNIGHT;
      return Array.from({ length: 5 + Math.floor(random() * 60) }, () => (now += 20_000 + random() * 60_000));
    }],
  ])('is hardly ever seen in %s', (_what, arrivals) => {
    const random = randomOf(20_260_504);
    let clocks = 0;
    for (let trial = 0; trial < 400; trial++) {
      const rhythm = rhythmOf({ ...NOTHING, startedAt_ms: arrivals(random).map(Math.round) });
      if (rhythm !== null && rhythm.period_seconds !== null && rhythm.confidence >= 0.65) clocks++;
    }
    expect(clocks).toBeLessThanOrEqual(2);
  });

  test('is not seen in bursts at random', () => {
    const random = randomOf(11);
    const startedAt_ms = Array.from({ length: 40 }, () => MIDNIGHT + random() * 86_400_000).flatMap((start) => [start, start + 900, start + 2100]);
    expect(rhythmOf({ ...NOTHING, startedAt_ms })).toEqual({ period_seconds: null, from: 'starts', confidence: 0.7, words: 'at no regular times' });
  });
});

describe('without starts', () => {
  test('the schedule of a card counts as far as its calls fit', () => {
    const day = { startedAt_ms: [], schedule: '*/15 * * * *', window_seconds: 86_400 };
    expect(rhythmOf({ ...day, calls: 96 })).toEqual({ period_seconds: 900, from: 'schedule', confidence: 0.7, words: 'every 15 min, by the schedule of its card; its calls fit' });
    expect(rhythmOf({ ...day, calls: 4000 })?.confidence).toBe(0.3);
    expect(rhythmOf({ ...day, calls: null })?.confidence).toBe(0.4);
  });

  test('the number of calls alone is weak', () => {
    expect(rhythmOf({ startedAt_ms: [], schedule: null, calls: 288, window_seconds: 86_400 })).toMatchObject({ period_seconds: 300, from: 'calls', confidence: 0.25 });
    expect(rhythmOf({ startedAt_ms: [], schedule: null, calls: 251, window_seconds: 86_400 })).toBeNull();
    expect(rhythmOf({ startedAt_ms: [], ...NOTHING })).toBeNull();
  });

  test.each([
    ['30s', 30], ['5m', 300], ['every 10 minutes', 600], ['1 hour', 3600], ['@daily', 86_400], ['0 6 * * *', 86_400], ['*/5 * * * *', 300], ['0 */4 * * *', 14_400],
    ['15,45 * * * *', 1800], ['0 7 * * 1-5', 86_400], ['0 7 * * 1', 604_800], ['0 0 8 * * ? *', 86_400], ['on build', null], ['', null],
  ])('%s', (schedule, seconds) => {
    expect(periodOfSchedule(schedule)).toBe(seconds);
  });
});
