import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDefinitions } from '../../src/metrics/rows/compare.js';
import { rowConstraints } from '../../src/metrics/rows/constraints.js';
import { parsePostgres } from '../../src/sql/parse/postgres.js';
import { catalogOf } from './support/catalog.js';
import { obscureConditions, permit, REWRITES } from './support/language.js';
import { conditionOf } from './support/predicate.js';

describe('a condition written another way', () => {
  it('is proved equal, whatever it holds that is not understood', async () => {
    const constraints = await rowConstraints(permit, catalogOf([permit]), parsePostgres);
    let tooMany = 0;
    await fc.assert(
      fc.asyncProperty(obscureConditions, fc.nat(REWRITES.length - 1), async ([condition], index) => {
        const rewritten = REWRITES[index]?.(condition) ?? condition;
        const found = compareDefinitions([[await conditionOf(condition)], [await conditionOf(rewritten)]], constraints).pair(0, 1);
        if (found.reason?.includes('combinations') === true) tooMany += 1;
        else expect([condition, rewritten, found.verdict]).toEqual([condition, rewritten, 'equal']);
      }),
      { numRuns: 500 },
    );
    expect(tooMany).toBeLessThan(50);
  });
});
