import { describe, expect, test } from 'vitest';
import { ChunkSize } from '../../../src/reconcile/pace/size.js';

describe('the size of chunks', () => {
  test('comes to the time that a chunk may take, from either side', () => {
    for (const [first, ms_per_row] of [[16, 0.005], [1_000_000, 0.5]] as const) {
      const size = new ChunkSize(100, first);
      for (let chunk = 0; chunk < 30; chunk++) size.took(size.size * ms_per_row);
      expect(size.size * ms_per_row).toBeGreaterThan(97);
      expect(size.size * ms_per_row).toBeLessThan(103);
    }
  });

  test('doubles or halves at most, so that one odd chunk does not decide', () => {
    const size = new ChunkSize(100, 1_000);
    size.took(0);
    expect(size.size).toBe(2_000);
    size.took(60_000);
    expect(size.size).toBe(1_000);
  });

  test('is a quarter after a chunk that was ended, then the deadline grows, and not forever', () => {
    const size = new ChunkSize(100, 5);
    expect([size.wasTooLong(), size.size]).toEqual([true, 1]);
    expect([1, 2, 3, 4].map(() => [size.wasTooLong(), size.deadlineFactor])).toEqual([[true, 4], [true, 16], [true, 64], [false, 256]]);
  });
});
