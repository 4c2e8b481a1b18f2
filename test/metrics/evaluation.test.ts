import { describe, expect, it } from 'vitest';
import { evaluateMetrics } from '../../eval/metrics/run.js';
import { parsePostgres } from '../../src/sql/parse/postgres.js';

describe('grouping on labelled cards', () => {
  it('puts nothing together that a reader would not, and nearly all that one would', async () => {
    const figures = await evaluateMetrics(parsePostgres);
    console.info(`metrics, grouping (tuned on): ${figures.cards} cards, ${figures.labelled} pairs, P ${figures.precision.toFixed(3)} R ${figures.recall.toFixed(3)}`);
    expect(figures.labelled).toBeGreaterThanOrEqual(60);
    expect(figures.wrong).toEqual([]);
    expect(figures.recall).toBeGreaterThanOrEqual(0.9);
  });
});
