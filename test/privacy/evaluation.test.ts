import { afterAll, describe, expect, it } from 'vitest';
import { evaluatePrivacy, type Part } from '../../eval/privacy/run.js';

describe('the classifier on labelled schemas', () => {
  const parts = evaluatePrivacy();
  const part = (name: string): Part => {
    const found = parts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`there are no labelled columns of ${name}`);
    return found;
  };

  afterAll(() => {
    const shown = (value: number): string => value.toFixed(3);
    for (const { name, figures: { columns, doubtful, identifiers, all, sameKind }, byLanguage } of parts) {
      console.info(
        `privacy, ${name}: ${columns} columns (${doubtful} doubtful), identifiers and secrets P ${shown(identifiers.precision)} R ${shown(identifiers.recall)}, ` +
          `all P ${shown(all.precision)} R ${shown(all.recall)}, same kind ${shown(sameKind)}`,
      );
      const languages = Object.entries(byLanguage).map(([language, { precision, recall }]) => `${language} P ${shown(precision)} R ${shown(recall)}`);
      if (languages.length > 0) console.info(`  ${languages.join(' · ')}`);
    }
  });

  it('has enough of all parts to say something', () => {
    expect(part('held-out').figures.columns).toBeGreaterThanOrEqual(700);
    expect(part('held-out').figures.identifiers.labelled).toBeGreaterThanOrEqual(150);
    expect(parts.reduce((sum, { figures }) => sum + figures.columns, 0)).toBeGreaterThanOrEqual(1_500);
  });

  it.each(['tuning', 'held-out', 'second-sight'])('keeps precision 0.95 and recall 0.90 on %s', (name) => {
    const { figures } = part(name);
    expect(figures.identifiers.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.identifiers.recall).toBeGreaterThanOrEqual(0.9);
    expect(figures.all.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.all.recall).toBeGreaterThanOrEqual(0.9);
    expect(figures.sameKind).toBeGreaterThanOrEqual(0.95);
  });

  it.each(['untouched', 'final'])('keeps what it reached on %s, which nobody has read', (name) => {
    const { figures } = part(name);
    expect(figures.wrong.length + figures.missed.length).toBe(0);
    expect(figures.identifiers.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.identifiers.recall).toBeGreaterThanOrEqual(0.88);
    expect(figures.all.precision).toBeGreaterThanOrEqual(0.95);
    expect(figures.all.recall).toBeGreaterThanOrEqual(0.88);
  });
});
