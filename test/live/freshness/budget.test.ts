import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErrorBudget } from '../../../src/live/freshness/budget.js';
import { ShareRing, type Stretch } from '../../../src/live/freshness/share-ring.js';

const DAY = 86_400;
const START = 1_795_348_800;
const MONTH = { share: 0.99, window_seconds: 30 * DAY };

function filled(stretches: readonly [seconds: number, over: boolean | null][], objective = MONTH): { budget: ErrorBudget; now: number } {
  const budget = new ErrorBudget(objective);
  let now = START;
  for (const [seconds, over] of stretches) {
    if (over !== null) budget.record({ from: now, to: now + seconds, over });
    now += seconds;
  }
  return { budget, now };
}

describe('a budget', () => {
  test('says nothing before the first sample', () => {
    expect(new ErrorBudget(MONTH).view(START)).toEqual({
      share_required: 0.99,
      share_met: null,
      window_seconds: 30 * DAY,
      left: null,
      burn_1h: null,
      burn_6h: null,
      ends_in_seconds: null,
      coverage: 0,
    });
  });

  test('of 99 % over 30 days has 7.2 hours', () => {
    const { budget, now } = filled([[10 * DAY, false], [3600, true], [5 * DAY, false]]);
    const view = budget.view(now - 1);
    expect(view.left).toBeCloseTo(1 - 1 / 7.2, 6);
    expect(view.share_met).toBeCloseTo(1 - 3600 / (15 * DAY + 3600), 6);
    expect(view.coverage).toBeCloseTo((15 * DAY + 3600) / (30 * DAY), 6);
    expect(view.ends_in_seconds).toBeNull();
  });

  test('may be overspent', () => {
    const { budget, now } = filled([[86_400, false], [8 * 3600, true]]);
    expect(budget.view(now - 1).left).toBeCloseTo(1 - 8 / 7.2, 6);
    expect(budget.view(now - 1).ends_in_seconds).toBe(0);
  });

  test('burns 100 times faster than 1 % allows when all of an hour is bad, and ends in what is left of it', () => {
    const { budget, now } = filled([[5 * DAY, false], [3600, true]]);
    const view = budget.view(now - 1);
    expect(view.burn_1h).toBeCloseTo(100, 6);
    expect(view.burn_6h).toBeCloseTo(100 / 6, 6);
    expect(view.ends_in_seconds).toBeCloseTo(((1 - 1 / 7.2) * 30 * DAY) / 100, 3);
  });

  test('has no burn while less than half of the window was looked at, and bad time counts by what was', () => {
    const { budget, now } = filled([[DAY, null], [1200, true]]);
    expect(budget.view(now - 1).burn_1h).toBeNull();
    expect(budget.view(now - 1).share_met).toBe(0);
    const half = filled([[DAY, null], [900, false], [900, true]]);
    expect(half.budget.view(half.now - 1).burn_1h).toBeCloseTo(50, 6);
    expect(half.budget.view(half.now - 1).burn_6h).toBeNull();
  });

  test('forgets what is older than its window', () => {
    const { budget, now } = filled([[3600, true], [31 * DAY, false]]);
    expect(budget.view(now - 1)).toMatchObject({ share_met: 1, left: 1 });
  });

  test('of a share of one is gone with the first bad second, and has no rate', () => {
    const never = { share: 1, window_seconds: DAY };
    const good = filled([[7200, false]], never);
    expect(good.budget.view(good.now - 1)).toMatchObject({ left: 1, burn_1h: null, ends_in_seconds: null });
    const bad = filled([[7200, false], [1, true]], never);
    expect(bad.budget.view(bad.now)).toMatchObject({ left: -1, burn_1h: null, ends_in_seconds: null });
  });

  test('shows the last day in parts: good, some bad, all bad, not looked at', () => {
    const { budget } = filled([[6 * 3600, false], [3600, true], [5 * 3600, false], [6 * 3600, true], [6 * 3600, null]]);
    expect(budget.over(START, START + DAY, 4)).toEqual([0, 1 / 6, 1, null]);
  });

  test('shows older days from its coarser part', () => {
    const { budget, now } = filled([[DAY, true], [9 * DAY, false]]);
    expect(budget.over(START, START + 10 * DAY, 10)).toEqual([1, ...Array.from({ length: 9 }, () => 0)]);
    expect(budget.view(now - 1).share_met).toBeCloseTo(0.9, 6);
  });
});

/** Stretches one after another, with holes. */
const course = fc.array(fc.record({ skip: fc.integer({ min: 0, max: 400 }), seconds: fc.integer({ min: 1, max: 400 }), over: fc.boolean() }), { minLength: 1, maxLength: 60 }).map((parts) => {
  let at = START;
  return parts.map(({ skip, seconds, over }): Stretch => {
    const from = at + skip;
    at = from + seconds;
    return { from, to: at, over };
  });
});

function bruteForce(stretches: readonly Stretch[], from: number, to: number, over: boolean): number {
  return stretches.filter((stretch) => stretch.over === over).reduce((sum, stretch) => sum + Math.max(0, Math.min(stretch.to, to) - Math.max(stretch.from, from)), 0);
}

describe('by law', () => {
  test('a ring counts the seconds of every stretch, as far back as it reaches', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 1, max: 100 }), (stretches, back) => {
        const ring = new ShareRing(60, 100);
        for (const stretch of stretches) ring.add(stretch);
        const end = Math.ceil((stretches.at(-1)?.to ?? START) / 60) * 60;
        const sum = ring.sum(end - back * 60, end);
        expect(sum.over_seconds).toBeCloseTo(bruteForce(stretches, end - back * 60, end, true), 6);
        expect(sum.within_seconds).toBeCloseTo(bruteForce(stretches, end - back * 60, end, false), 6);
      }),
    );
  });

  test('shares and coverage lie between nothing and all, and what is left is never more than all', () => {
    fc.assert(
      fc.property(course, fc.constantFrom(0.5, 0.9, 0.99, 0.999), fc.constantFrom(3600, DAY, 30 * DAY), (stretches, share, window_seconds) => {
        const budget = new ErrorBudget({ share, window_seconds });
        for (const stretch of stretches) budget.record(stretch);
        const now = (stretches.at(-1)?.to ?? START) - 0.5;
        const view = budget.view(now);
        const shares = [view.share_met ?? 0, view.coverage, ...budget.over(START, now, 12).map((part) => part ?? 0)];
        expect(shares.filter((part) => !(part >= 0 && part <= 1))).toEqual([]);
        expect(view.left).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a bad second more leaves less, a good one does not leave less', () => {
    fc.assert(
      fc.property(course, fc.integer({ min: 1, max: 300 }), (stretches, more) => {
        const last = stretches.at(-1)?.to ?? START;
        const leftAfter = (over: boolean | null): number => {
          const budget = new ErrorBudget({ share: 0.9, window_seconds: 30 * DAY });
          for (const stretch of stretches) budget.record(stretch);
          if (over !== null) budget.record({ from: last, to: last + more, over });
          return budget.view(last + more).left ?? Number.NaN;
        };
        expect(leftAfter(true)).toBeLessThan(leftAfter(null));
        expect(leftAfter(false)).toBe(leftAfter(null));
      }),
    );
  });

  test('no minute holds more seconds than it has, even when the clock runs through it twice', () => {
    fc.assert(
      fc.property(course, (stretches) => {
        const ring = new ShareRing(60, 1000);
        for (const stretch of [...stretches, ...stretches]) ring.add(stretch);
        const end = (stretches.at(-1)?.to ?? START) + 60;
        for (let minute = START; minute < end; minute += 60) {
          const { within_seconds, over_seconds } = ring.sum(minute, minute + 60);
          expect(within_seconds + over_seconds).toBeLessThanOrEqual(60 + 1e-9);
        }
      }),
    );
  });
});

test('a ring starts anew when the clock is set back by more than it holds', () => {
  const ring = new ShareRing(60, 10);
  ring.add({ from: START, to: START + 60, over: true });
  ring.add({ from: START - DAY, to: START - DAY + 30, over: false });
  expect(ring.sum(START - DAY, START + DAY)).toEqual({ within_seconds: 30, over_seconds: 0 });
});
