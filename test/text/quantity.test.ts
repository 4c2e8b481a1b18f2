import { expect, test } from 'vitest';
import { count, formatQuantity, type Unit } from '../../src/text/quantity.js';

test.each<[number, Unit, string | null]>([
  [0.384, 'share', '38 %'],
  [0.034, 'share', '3.4 %'],
  [0.0004, 'share', 'under 0.1 %'],
  [0, 'share', '0 %'],
  [0.998, 'share', 'over 99 %'],
  [1, 'share', '100 %'],
  [0.12, 'ms', '0.12 ms'],
  [9.6, 'ms', '9.6 ms'],
  [840, 'ms', '840 ms'],
  [999.9, 'ms', '1 s'],
  [61_500, 'ms', '62 s'],
  [30, 'seconds', '30 s'],
  [90, 'seconds', '90 s'],
  [120, 'seconds', '2 min'],
  [150, 'seconds', '2.5 min'],
  [3600, 'seconds', '1 h'],
  [172_800, 'seconds', '2 days'],
  [512, 'bytes', '512 B'],
  [1023.9, 'bytes', '1 KiB'],
  [96_000_000, 'bytes', '92 MiB'],
  [1.2 * 2 ** 30, 'bytes', '1.2 GiB'],
  [2 ** 41, 'bytes', '2 TiB'],
  [1, 'days', '1 day'],
  [0.5, 'days', '12 h'],
  [1095, 'days', '1,095 days'],
  [8640, 'count', '8,640'],
  [2.25, 'count', '2.3'],
  [-30, 'seconds', '-30 s'],
  [Number.NaN, 'share', null],
  [Number.POSITIVE_INFINITY, 'bytes', null],
])('%d as %s is %j', (value, unit, expected) => {
  expect(formatQuantity(value, unit)).toBe(expected);
});

test('a count goes with its noun', () => {
  expect(count(1, 'statement')).toBe('1 statement');
  expect(count(17, 'statement')).toBe('17 statements');
  expect(count(0, 'dashboard query', 'dashboard queries')).toBe('0 dashboard queries');
  expect(count(12_000, 'row')).toBe('12,000 rows');
});
