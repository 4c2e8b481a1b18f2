import { describe, expect, test } from 'vitest';
import { proofOf } from './support.js';
import { isEarlier, type Offset } from '../../../src/metrics/rows/time-term.js';

const from = (base: string, months: number, days: number, micros = 0): Offset => ({ base, months: BigInt(months), days: BigInt(days), micros: BigInt(micros) });

describe('two moments that are reckoned from one', () => {
  test.each([
    ['30 days before it, and 7', from('now()', 0, -30), from('now()', 0, -7), true],
    ['a month before it, and the moment itself', from('now()', -1, 0), from('now()', 0, 0), true],
    ['an hour before it, and an hour after', from('now()', 0, 0, -3_600_000_000), from('now()', 0, 0, 3_600_000_000), true],
    ['the other way round', from('now()', 0, -7), from('now()', 0, -30), false],
    ['the same', from('now()', 0, -7), from('now()', 0, -7), false],
    ['a month and 30 days, which are as long as the month', from('now()', -1, 0), from('now()', 0, -30), false],
    ['a day and 23 hours, which may be one when clocks change', from('now()', 0, -1), from('now()', 0, 0, -23 * 3_600_000_000), false],
    ['of two clocks', from('now()', 0, -30), from('current_date', 0, -7), false],
  ])('%s', (_, one, other, earlier) => {
    expect(isEarlier(one, other)).toBe(earlier);
  });
});

describe('rows of the last days', () => {
  const cases = 'select count(*) from case_file where';

  test.each([
    [`${cases} opened_at >= now() - interval '7 days'`, `${cases} opened_at >= now() - interval '30 days'`, 'stricter'],
    [`${cases} due_on >= current_date - 30`, `${cases} due_on >= current_date - 7`, 'looser'],
    [`${cases} opened_at < now()`, `${cases} opened_at < now() - interval '1 month'`, 'looser'],
    // A month may have 28 days or 31.
    [`${cases} opened_at >= now() - interval '1 month'`, `${cases} opened_at >= now() - interval '30 days'`, null],
  ])('%s | %s', async (first, second, rows) => {
    expect((await proofOf(first, second)).rows).toBe(rows);
  });
});
