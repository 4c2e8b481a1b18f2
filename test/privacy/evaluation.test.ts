import { afterAll, describe, expect, it } from 'vitest';
import { evaluatePrivacy } from '../../eval/privacy/run.js';

describe('the classifier on labelled schemas', () => {
  const { tuning, heldOut } = evaluatePrivacy();

  afterAll(() => {
    for (const [name, { columns, doubtful, identifiers, all, sameKind }] of Object.entries({ tuning, 'held-out': heldOut })) {
      const shown = (value: number): string => value.toFixed(3);
      console.info(
        `privacy, ${name}: ${columns} columns (${doubtful} doubtful), identifiers and secrets P ${shown(identifiers.precision)} R ${shown(identifiers.recall)}, ` +
          `all P ${shown(all.precision)} R ${shown(all.recall)}, same kind ${shown(sameKind)}`,
      );
    }
  });

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
