import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsOf, cutBelow, periodsAt } from '../../src/reconcile/periods.js';

const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;
const units = fc.constantFrom('hour' as const, 'day' as const, 'month' as const);
const moments = fc.integer({ min: at('1999-01-01 00:00:00'), max: at('2099-12-31 23:59:59') });

describe('business periods', () => {
  test('are named in UTC', () => {
    expect(periodsAt('month', at('2026-03-31 23:30:00'), 2).map(({ label }) => label)).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(periodsAt('day', at('2026-03-01 00:00:00'), 1).map(({ label }) => label)).toEqual(['2026-02-28', '2026-03-01']);
    expect(periodsAt('hour', at('2026-03-29 01:59:59'), 1).map(({ label }) => label)).toEqual(['2026-03-29 00:00', '2026-03-29 01:00']);
  });

  test('follow each other without gaps, and the last one holds now', () => {
    fc.assert(
      fc.property(units, moments, fc.integer({ min: 1, max: 40 }), (unit, now, complete) => {
        const periods = periodsAt(unit, now, complete);
        expect(periods).toHaveLength(complete + 1);
        for (const [index, period] of periods.entries()) {
          expect(period.ends_at).toBeGreaterThan(period.starts_at);
          if (index > 0) expect(period.starts_at).toBe(periods[index - 1]?.ends_at);
        }
        const last = periods.at(-1);
        expect((last?.starts_at ?? Infinity) <= now && now < (last?.ends_at ?? 0)).toBe(true);
      }),
    );
  });

  test('are parted at the cut, nothing lost and nothing twice', () => {
    fc.assert(
      fc.property(units, moments, fc.integer({ min: -40 * 86_400, max: 40 * 86_400 }), (unit, now, shift) => {
        const periods = periodsAt(unit, now, 5);
        const cut = cutBelow(unit, now + shift, false);
        const buckets = bucketsOf(periods, cut);
        expect(buckets[0]?.from).toBe(periods[0]?.starts_at);
        expect(buckets.at(-1)?.to).toBe(periods.at(-1)?.ends_at);
        for (const [index, { from, to, late, period }] of buckets.entries()) {
          expect(to).toBeGreaterThan(from);
          if (index > 0) expect(from).toBe(buckets[index - 1]?.to);
          expect(late).toBe(from >= cut);
          expect(from >= period.starts_at && to <= period.ends_at).toBe(true);
        }
      }),
    );
  });

  test('are cut at whole days where a side has days only', () => {
    expect(cutBelow('day', at('2026-11-21 14:47:23'), false)).toBe(at('2026-11-21 14:00:00'));
    expect(cutBelow('hour', at('2026-11-21 14:47:23'), false)).toBe(at('2026-11-21 14:45:00'));
    expect(cutBelow('day', at('2026-11-21 14:47:23'), true)).toBe(at('2026-11-21 00:00:00'));
  });
});
