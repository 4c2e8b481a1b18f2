import { describe, expect, it } from 'vitest';
import { evaluatePrivacy } from '../../eval/privacy/run.js';

describe('the classifier on labelled schemas', () => {
  const { tuning, heldOut } = evaluatePrivacy();

  it('has enough of both halves to say something', () => {
    expect(tuning.columns + heldOut.columns).toBeGreaterThanOrEqual(600);
    expect(heldOut.columns).toBeGreaterThanOrEqual(tuning.columns * 0.9);
    expect(heldOut.identifiers.labelled).toBeGreaterThanOrEqual(150);
  });

  it.each([
    ['tuning', tuning],
    ['held-out', heldOut],
  ])('keeps precision 0.95 and recall 0.90 on the %s half', (_, figures) => {
    expect(figures.identifiers.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.identifiers.recall).toBeGreaterThanOrEqual(0.9);
    expect(figures.all.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.all.recall).toBeGreaterThanOrEqual(0.9);
    expect(figures.sameKind).toBeGreaterThanOrEqual(0.95);
  });
});
