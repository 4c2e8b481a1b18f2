import { describe, expect, it } from 'vitest';
import { evaluateMasking } from '../../eval/masking/run.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';

describe('masking on labelled expressions', () => {
  it('says what is left of a value as a reader does, and seldom less', async () => {
    const figures = await evaluateMasking(await createPostgresParser());
    for (const [name, { expressions, right, tooMild, tooStrict }] of Object.entries(figures)) {
      console.info(`masking, ${name}: ${right} of ${expressions} right, ${tooMild.length} judged too mild, ${tooStrict.length} too strict`);
      for (const line of [...tooMild, ...tooStrict]) console.info(`  ${line}`);
    }
    expect(figures.tuned.expressions).toBeGreaterThanOrEqual(150);
    expect(figures.tuned.tooMild).toEqual([]);
    expect(figures.tuned.tooStrict).toEqual([]);
    expect(figures['held-out'].expressions).toBeGreaterThanOrEqual(100);
    expect(figures['held-out'].tooMild).toEqual([]);
    expect(figures['held-out'].right / figures['held-out'].expressions).toBeGreaterThanOrEqual(0.95);
  });
});
