import { expect, test } from 'vitest';
import { SettledTime, type TransactionSample } from '../../../src/reconcile/position-settled.js';

function settled(...samples: Partial<TransactionSample>[]): SettledTime {
  const time = new SettledTime(60);
  for (const sample of samples) time.add({ at: 0, oldest: null, prepared: null, hidden: 0, ...sample });
  return time;
}

test('is the last look before the watermark, or the beginning of the oldest transaction that was open then', () => {
  expect(settled({ at: 1_000 }, { at: 1_010 }).before(1_015)).toBe(1_009.95);
  expect(settled({ at: 1_000 }, { at: 1_010, oldest: 990 }).before(1_015)).toBe(989.95);
  // What was open later says nothing of what had ended by then.
  expect(settled({ at: 1_010 }, { at: 1_020, oldest: 700 }).before(1_015)).toBe(1_009.95);
});

test('where nobody looked before the watermark, takes transactions to end within five minutes', () => {
  expect(settled({ at: 1_000 }).before(900)).toBe(599.95);
});

test('and is before those that are seen to be open still', () => {
  expect(settled({ at: 1_000, oldest: 500 }).before(900)).toBe(499.95);
});

test('takes them to last an hour where some are hidden or prepared', () => {
  expect(settled({ at: 10_000, hidden: 2 }).before(10_500)).toBe(6_899.95);
  expect(settled({ at: 10_000, prepared: 9_000 }).before(10_500)).toBe(6_899.95);
});

test('is not known without a look', () => {
  expect(settled().before(900)).toBeNull();
});
