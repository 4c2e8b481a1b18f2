import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addGroups, coarser, coarseningFactor, differingGroups, finer, floorDivide, modulusFor, NO_KEY, rangesOf, type GroupSums } from '../../../src/reconcile/keys/units.js';

const key = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const digest = fc.bigInt({ min: 0n, max: (1n << 60n) - 1n });
const power = fc.integer({ min: 0, max: 50 }).map((bits) => 1n << BigInt(bits));

function grouped(rows: readonly (readonly [bigint, bigint])[], unit: bigint): GroupSums {
  const sums: GroupSums = new Map();
  addGroups(sums, rows.map(([id, value]) => [floorDivide(id, unit).toString(), { rows: 1, digest: value }]));
  return sums;
}

describe('groups of keys', () => {
  test('that are made coarser are those that the coarser unit gives', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, digest), { maxLength: 30 }), power, fc.integer({ min: 0, max: 10 }), (rows, unit, bits) => {
        const factor = 1n << BigInt(bits);
        expect(coarser(grouped(rows, unit), factor)).toEqual(grouped(rows, unit * factor));
      }),
      { numRuns: 60 },
    );
  });

  test('as ranges hold exactly their keys', () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 12 }), key, power, (keys, probe, unit) => {
        const ids = [...new Set(keys.map((each) => floorDivide(each, unit).toString()))];
        const ranges = rangesOf([...ids, NO_KEY], unit);
        const inside = (each: bigint): boolean => ranges.some(({ from, to }) => from <= each && each <= to);
        expect(keys.every(inside)).toBe(true);
        expect(inside(probe)).toBe(ids.includes(floorDivide(probe, unit).toString()));
      }),
      { numRuns: 60 },
    );
  });

  test('differ where rows, digests or a whole group do, in the order of their keys', () => {
    const source: GroupSums = new Map([['2', { rows: 1, digest: 5n }], ['-1', { rows: 1, digest: 5n }], ['10', { rows: 2, digest: 7n }], [NO_KEY, { rows: 1, digest: 1n }]]);
    const target: GroupSums = new Map([['2', { rows: 1, digest: 6n }], ['10', { rows: 2, digest: 7n }], ['9', { rows: 1, digest: 1n }]]);
    expect(differingGroups(source, target)).toEqual(['-1', '2', '9', NO_KEY]);
  });
});

test('a unit becomes finer down to single keys, and a modulus as far as a double holds it', () => {
  expect([finer('range', 1n << 20n), finer('range', 64n), finer('range', 2n), finer('range', 1n)]).toEqual([1n << 14n, 1n, 1n, null]);
  expect([finer('digest', 8n), finer('digest', 1n << 46n)]).toEqual([512n, null]);
});

test('groups become coarser when there are too many, or too many for one chunk', () => {
  expect([coarseningFactor(20_000, 1_000), coarseningFactor(20_001, 10), coarseningFactor(100, 3_000)]).toEqual([1n, 2n, 4n]);
});

test('the number of groups by digest follows the rows, within bounds', () => {
  expect([modulusFor(0), modulusFor(10_000), modulusFor(1_000_000), modulusFor(1e12), modulusFor(null)]).toEqual([1n, 2n, 128n, 1_024n, 256n]);
});
