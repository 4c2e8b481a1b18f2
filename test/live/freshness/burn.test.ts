import { describe, expect, test } from 'vitest';
import { ErrorBudget } from '../../../src/live/freshness/budget.js';
import { BurnAlarm } from '../../../src/live/freshness/burn.js';

const DAY = 86_400;
const MINUTE = 60;
const LIMIT = 600;
const STEP = 15;
/** The fault begins after five good days. */
const FAULT = 5 * DAY;

interface Course {
  /** Minutes after the fault until the first page and the first ticket; null for none. */
  page: number | null;
  ticket: number | null;
  /** How often pages began. */
  pages: number;
  left: number;
  /** Share of the time in which a page stood. */
  paged: number;
}

/** Freshness in seconds over time, under an objective of 99 % within 10 minutes. */
function simulate(age: (t: number) => number, days = 10): Course {
  const budget = new ErrorBudget({ share: 0.99, window_seconds: 30 * DAY });
  const alarm = new BurnAlarm(budget);
  const course: Course = { page: null, ticket: null, pages: 0, left: 1, paged: 0 };
  let stood = false;
  for (let t = 0; t < days * DAY; t += STEP) {
    budget.record({ from: t, to: t + STEP, over: age(t) > LIMIT });
    if (t % MINUTE !== 0) continue;
    alarm.look(t, age(t) > LIMIT);
    const severity = alarm.burning()?.rule.severity ?? null;
    const stands = severity === 'page';
    if (stands && !stood) course.pages += 1;
    if (stands) course.paged += MINUTE / (days * DAY);
    stood = stands;
    if (severity !== null) course[severity] ??= Math.round((t - FAULT) / MINUTE);
  }
  return { ...course, left: budget.view(days * DAY - 1).left ?? Number.NaN };
}

/** A refresh every five minutes that takes two. */
function saw(t: number, period = 300, delay = 120): number {
  return delay + (t % period);
}

describe('an alarm', () => {
  test('is silent on a pipeline that refreshes every five minutes', () => {
    expect(simulate((t) => saw(t))).toMatchObject({ page: null, ticket: null, pages: 0, left: 1 });
  });

  test('pages once, 17 minutes after the pipeline stops for good: ten of the limit and seven of the budget', () => {
    const course = simulate((t) => (t < FAULT ? saw(t) : saw(FAULT) + (t - FAULT)));
    expect(course).toMatchObject({ page: 17, pages: 1 });
    expect(course.left).toBeLessThan(-10);
  });

  test('pages once at a stop of 25 minutes, which leaves most of the budget', () => {
    const course = simulate((t) => (t >= FAULT && t < FAULT + 1500 ? 120 + (t - FAULT) + 300 : saw(t)));
    expect(course).toMatchObject({ page: 12, pages: 1 });
    expect(course.left).toBeCloseTo(0.95, 2);
  });

  test('is silent at a stop of 12 minutes, which is over before the budget is in danger', () => {
    const course = simulate((t) => (t >= FAULT && t < FAULT + 720 ? 420 + (t - FAULT) : saw(t)));
    expect(course).toMatchObject({ page: null, ticket: null });
    expect(course.left).toBeCloseTo(0.98, 2);
  });

  test('pages once, later, when the refreshes slow down to 12 minutes', () => {
    expect(simulate((t) => (t < FAULT ? saw(t) : saw(t, 720)))).toMatchObject({ page: 34, pages: 1 });
  });

  test('does not begin after the trouble is over', () => {
    // Eight bad minutes are not enough for the fast rule; a ninth that is looked at when all is well again is no page.
    const budget = new ErrorBudget({ share: 0.99, window_seconds: 30 * DAY });
    budget.record({ from: 0, to: DAY, over: false });
    budget.record({ from: DAY, to: DAY + 540, over: true });
    const sound = new BurnAlarm(budget);
    sound.look(DAY + 541, false);
    expect(sound.burning()).toBeNull();
    const late = new BurnAlarm(budget);
    late.look(DAY + 541, true);
    expect(late.burning()?.rule.severity).toBe('page');
  });

  test('sounds a few times, not at each refresh, when one in twenty is late', () => {
    const course = simulate((t) => {
      const x = t % 6000;
      return t >= FAULT && x < 1200 ? 120 + x : saw(t);
    });
    expect(course.pages).toBeLessThan(5);
    expect(course.page).not.toBeNull();
  });

  test('is silent on 0.8 % bad time spread evenly', () => {
    expect(simulate((t) => (t % 7500 < 60 ? 700 : saw(t)), 14)).toMatchObject({ page: null, pages: 0 });
  });

  test('is over when the short window has been calm twice as long as it is, and not while nothing was looked at', () => {
    const budget = new ErrorBudget({ share: 0.99, window_seconds: 30 * DAY });
    const alarm = new BurnAlarm(budget);
    budget.record({ from: 0, to: DAY, over: false });
    budget.record({ from: DAY, to: DAY + 900, over: true });
    alarm.look(DAY + 899, true);
    expect(alarm.burning()).toMatchObject({ rule: { factor: 14.4 }, since: DAY + 899 });
    const good = DAY + 900;
    const standsAfter = (minutes: number): boolean => {
      const at = good + minutes * MINUTE;
      alarm.look(at - 1, false);
      return alarm.burning()?.rule.factor === 14.4;
    };
    // An hour in which nobody looked does not end it.
    for (let minute = 1; minute <= 60; minute++) expect(standsAfter(minute)).toBe(true);
    const again = good + 3600;
    let ended: number | null = null;
    for (let minute = 0; minute < 30; minute++) {
      budget.record({ from: again + minute * MINUTE, to: again + (minute + 1) * MINUTE, over: false });
      if (!standsAfter(60 + minute + 1)) ended ??= minute + 1;
    }
    expect(ended).toBe(13);
  });

  test('needs half of its long window', () => {
    const budget = new ErrorBudget({ share: 0.99, window_seconds: 30 * DAY });
    const alarm = new BurnAlarm(budget);
    budget.record({ from: DAY, to: DAY + 1500, over: true });
    alarm.look(DAY + 1499, true);
    expect(alarm.burning()).toBeNull();
    budget.record({ from: DAY + 1500, to: DAY + 2100, over: true });
    alarm.look(DAY + 2099, true);
    expect(alarm.burning()?.rule.factor).toBe(14.4);
  });

  test('knows no rule that is longer than the window of the objective', () => {
    const budget = new ErrorBudget({ share: 0.5, window_seconds: DAY });
    const alarm = new BurnAlarm(budget);
    // Bad all day is twice what half allows: the rule of three days would sound, those of a day do not.
    budget.record({ from: 0, to: DAY, over: true });
    alarm.look(DAY - 1, true);
    expect(alarm.burning()).toBeNull();
  });
});
