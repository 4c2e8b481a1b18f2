import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateCoupling, precisionOf, recallOf, tallyLine, type CouplingFigures } from '../../eval/coupling/run.js';

function told(part: string, figures: CouplingFigures, inDetail: boolean): void {
  const { cases, zones, rules, findings, effects, impacts, wrong, missed } = figures;
  console.info(`coupling, ${part}: ${cases} cases; zones ${zones.right} of ${zones.labelled}; ${tallyLine('findings', findings)}; ${tallyLine('impacts', impacts)}`);
  for (const [name, counted] of [...rules, ...effects].toSorted(([one], [other]) => (one < other ? -1 : 1))) console.info(`  ${tallyLine(name, counted)}`);
  if (inDetail) for (const line of [...zones.wrong, ...wrong.map((each) => `not labelled: ${each}`), ...missed.map((each) => `not found: ${each}`)]) console.info(`  ${line}`);
}

describe('coupling on labelled cases', () => {
  it('says of the cases it was tuned on what a careful reader says', async () => {
    const figures = await evaluateCoupling('tuning');
    told('tuning', figures, true);
    expect(figures.cases).toBeGreaterThanOrEqual(60);
    expect(figures.zones.wrong).toEqual([]);
    expect(precisionOf(figures.findings)).toBeGreaterThanOrEqual(0.97);
    expect(recallOf(figures.findings)).toBeGreaterThanOrEqual(0.97);
    expect(precisionOf(figures.impacts)).toBeGreaterThanOrEqual(0.9);
    expect(recallOf(figures.impacts)).toBeGreaterThanOrEqual(0.9);
  }, 120_000);

  it.each(['untouched'].filter((part) => existsSync(new URL(`../../eval/coupling/${part}/`, import.meta.url))))('holds on the cases of %s, which nobody has looked at', async (part) => {
    const figures = await evaluateCoupling(part);
    told(part, figures, false);
    expect(precisionOf(figures.findings)).toBeGreaterThanOrEqual(0.9);
    expect(recallOf(figures.findings)).toBeGreaterThanOrEqual(0.9);
    expect(precisionOf(figures.impacts)).toBeGreaterThanOrEqual(0.9);
    expect(recallOf(figures.impacts)).toBeGreaterThanOrEqual(0.9);
  }, 120_000);
});
