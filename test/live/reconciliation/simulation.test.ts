import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { run, START, type Operation, type World } from './simulation.js';

const MINUTES = 60;
const PASSES = MINUTES + 50;

const operation = (fault: fc.Arbitrary<Operation['fault']>): fc.Arbitrary<Operation> =>
  fc.record({
    at: fc.integer({ min: 0, max: MINUTES * 60 * 10 }).map((tenths) => START + tenths / 10),
    kind: fc.constantFrom('insert', 'insert', 'update', 'delete'),
    row: fc.nat({ max: 50 }),
    back_seconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * 3600 })),
    fault,
  });

const world = (fault: fc.Arbitrary<Operation['fault']>): fc.Arbitrary<World> =>
  fc.record({
    operations: fc.array(operation(fault), { maxLength: 120 }),
    lag_seconds: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 40 }),
    jitter_seconds: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 7 }),
    sums: fc.constant(true),
  });

const faults = fc.oneof({ weight: 25, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom('dropped' as const, 'doubled' as const) });

describe('over random histories of the source, applied to the target with any lag', () => {
  test('nothing is confirmed where the loader makes no fault', () => {
    fc.assert(
      fc.property(world(fc.constant(null)), (world) => {
        const { seen, differing } = run(world, PASSES);
        expect(seen.flatMap(({ periods }) => periods.filter(({ state }) => state === 'confirmed'))).toEqual([]);
        expect(differing).toEqual(new Set());
      }),
      { numRuns: 150 },
    );
  });

  test('each fault that stays is confirmed in the end, and nothing is where there was none', () => {
    fc.assert(
      fc.property(world(faults), (world) => {
        const { seen, differing, faulty } = run(world, PASSES);
        const confirmed = (periods: (typeof seen)[number]['periods']) => periods.filter(({ state }) => state === 'confirmed').map(({ period }) => period);
        expect(seen.flatMap(({ periods }) => confirmed(periods)).filter((period) => !faulty.has(period))).toEqual([]);
        expect(new Set(confirmed(seen.at(-1)?.periods ?? []))).toEqual(differing);
      }),
      { numRuns: 150 },
    );
  });

  test('a steady stream with a fault is confirmed within some passes, and repaired by the repair only', () => {
    const operations = Array.from({ length: 360 }, (_, index): Operation => ({
      at: START + index * 10, kind: 'insert', row: 0, back_seconds: 0, fault: index === 60 ? 'dropped' : null,
    }));
    const { seen } = run({ operations, lag_seconds: [20], jitter_seconds: [0], sums: true }, PASSES);
    const first = seen.find(({ periods }) => periods.some(({ state }) => state === 'confirmed'));
    // The row of minute 10 is below the cut of a quarter past at the latest, and then seen three times.
    expect((first?.at ?? Infinity) - (START + 600)).toBeLessThanOrEqual(600 + 4 * 60);
    expect(seen.at(-1)?.periods.filter(({ state }) => state === 'confirmed')).toHaveLength(1);
  });

  test('rows that come and go between two passes are no fault, though the target has one at each look', () => {
    // Of yesterday's business, as of a queue; the loader is so far behind that it always stands between the two.
    const operations = Array.from({ length: 50 }, (_, index): Operation[] => {
      const at = START + index * 60;
      return [
        { at: at + 10, kind: 'insert', row: 0, back_seconds: 5400, fault: null },
        { at: at + 40, kind: 'delete', row: 0, back_seconds: 0, fault: null },
      ];
    }).flat();
    const { seen } = run({ operations, lag_seconds: [40], jitter_seconds: [0], sums: true }, PASSES);
    const states = new Set(seen.flatMap(({ periods }) => periods.map(({ state }) => state)));
    expect(states.has('candidate')).toBe(true);
    expect(states.has('confirmed')).toBe(false);
  });
});
