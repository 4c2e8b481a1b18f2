import { describe, expect, test } from 'vitest';
import { definitionOf, letterOf, relationsOf } from '../../../src/cli/metrics/classes.js';
import { byConsequence, counts, isOpen } from '../../../src/cli/metrics/consequence.js';
import { nothingMatches, viewOf } from '../../../src/cli/metrics/filter.js';
import { findGroup, findPair } from '../../../src/cli/metrics/find.js';
import type { MetricGroup } from '../../../src/model/metric-report.js';
import type { MetricComparison } from '../../../src/model/metric-verdict.js';
import { caseworkMetrics, claim, comparison, openCases } from './support/casework-metrics.js';

const { groups } = caseworkMetrics;

function message(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'hint' in error ? `${error.message}\n${String(error.hint)}` : String(error);
  }
  throw new Error('nothing was refused');
}

/** A group of two definitions. */
function pairOf(name: string, given: Partial<MetricComparison> & Pick<MetricComparison, 'verdict'>, today?: { rows: number }): MetricGroup {
  return {
    ...openCases, id: name, name, verdict: given.verdict, members: [claim({ title: name, container: 'Operations' }), claim({ title: name, container: 'Leadership' })],
    definitions: openCases.definitions.slice(0, 2).map((definition, index) => ({ ...definition, members: [index] })),
    pairs: [{ first: 0, second: 1, comparison: comparison(given), ...(today === undefined ? {} : { today }) }],
  };
}

describe('a metric is found', () => {
  test.each([
    ['by its name, whatever the case', 'OPEN CASES', 'Open cases'],
    ['by its id', 'open cases @ production/app.case_file', 'Open cases'],
    ['by its words, whatever stands between them', 'overdue-tasks', 'Overdue tasks'],
    ['by a part of its name', 'revenue', 'Net revenue'],
    ['by the title of one of its cards', 'backlog weekly', 'Open cases'],
    ['by a part of such a title', 'in progress', 'Open cases'],
    ['in another script', '許可', 'Licences 許可'],
  ])('%s', (_, wanted, name) => {
    expect(findGroup(groups, wanted).name).toBe(name);
  });

  test('or the nearest is named', () => {
    expect(message(() => findGroup(groups, 'open cassis'))).toMatchInlineSnapshot(`
      "there is no metric 'open cassis'; did you mean 'Open cases'?
      metrics: Licences 許可, Net revenue, Overdue tasks, Open cases"
    `);
    expect(message(() => findGroup([], 'open cases'))).toMatchInlineSnapshot(`
      "there is no metric 'open cases': none is defined more than once among the queries that were read
      tidemark metrics says what was read"
    `);
  });

  test('or all that fit are listed', () => {
    const twice = [...groups, { ...openCases, id: 'open cases @ warehouse/mart.case_fact', store: 'warehouse', relation: 'mart.case_fact' }];
    expect(message(() => findGroup(twice, 'open cases'))).toMatchInlineSnapshot(`
      "'open cases' fits 2 metrics
      give one of these in its place:
        open cases @ production/app.case_file
        open cases @ warehouse/mart.case_fact"
    `);
  });
});

describe('a pair is found', () => {
  test('by the letters of its definitions, in either order', () => {
    expect(findPair(openCases, ['D', 'C'])).toBe(openCases.pairs[5]);
    expect([0, 25, 26, 701, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
    expect(definitionOf('E', openCases)).toBe(null);
  });

  test('or what there is is named', () => {
    expect(message(() => findPair(openCases, ['A', 'F']))).toMatchInlineSnapshot(`
      "Open cases has no definition F
      its definitions: A, B, C, D"
    `);
    expect(message(() => findPair({ ...openCases, pairs: [] }, ['A', 'B']))).toMatchInlineSnapshot(`
      "A and B of Open cases were not compared
      tidemark metrics show NAME says why"
    `);
  });
});

describe('definitions that are equal', () => {
  test('are one column, with all that this rests on', () => {
    const { classes, sign } = relationsOf(openCases);
    expect(classes.map(({ definitions, restsOn }) => [definitions, restsOn.map(({ kind }) => kind)])).toEqual([[[0, 1], ['check', 'not_null']], [[2], []], [[3], []]]);
    expect([sign(0, 1), sign(0, 2), sign(2, 0), sign(3, 2)]).toEqual(['same', 'looser', 'stricter', 'looser']);
  });

  test('relate to the rest as one of them does', () => {
    const { sign } = relationsOf({ ...openCases, pairs: openCases.pairs.filter(({ first }) => first !== 1) });
    expect([sign(1, 2), sign(2, 1)]).toEqual(['looser', 'stricter']);
  });

  test('that were not compared are not told', () => {
    expect(relationsOf({ ...openCases, pairs: [] }).sign(0, 1)).toBe(null);
  });
});

describe('the order', () => {
  test('is that of consequence', () => {
    const mixed = [
      pairOf('equal', { verdict: 'equal' }), pairOf('under', { verdict: 'equal-under' }), pairOf('cosmetic', { verdict: 'different', cosmetic: true }), pairOf('undecided', { verdict: 'undecided' }),
      pairOf('lost rows', { verdict: 'stricter', kind: 'rows-lost' }), pairOf('boundary', { verdict: 'looser', kind: 'boundary' }), pairOf('population', { verdict: 'overlapping', kind: 'population' }, { rows: 0 }), pairOf('population today', { verdict: 'stricter', kind: 'population' }, { rows: 312 }),
    ];
    expect(byConsequence(mixed).map(({ name }) => name)).toEqual(['population today', 'population', 'boundary', 'lost rows', 'undecided', 'cosmetic', 'under', 'equal']);
  });

  test('puts what is not decided before what only looks different, and never with what agrees', () => {
    const open = { ...pairOf('equal but cut', { verdict: 'equal' }), partial: 'two hundred definitions' };
    expect(isOpen(open)).toBe(true);
    expect(byConsequence([pairOf('cosmetic', { verdict: 'different', cosmetic: true }), open]).map(({ name }) => name)).toEqual(['equal but cut', 'cosmetic']);
  });
});

test('a difference that shows only where nothing matches counts from --fail-on note', () => {
  const cosmetic = pairOf('cosmetic', { verdict: 'different', cosmetic: true });
  const real = pairOf('real', { verdict: 'stricter', kind: 'population' });
  expect((['error', 'warning', 'note', 'never'] as const).map((failOn) => [counts(real, failOn), counts(cosmetic, failOn)])).toEqual([[true, false], [true, false], [true, true], [false, false]]);
  expect(counts(pairOf('under', { verdict: 'equal-under' }), 'note')).toBe(false);
});

describe('filters', () => {
  const names = (filters: Parameters<typeof viewOf>[1]): string[] => viewOf(groups, filters).map(({ name }) => name);

  test('choose by name, store, verdict and owner', () => {
    expect(names({ name: '*CASES' })).toEqual(['Open cases']);
    expect(names({ store: 'warehouse' })).toEqual(['Net revenue']);
    expect(names({ verdict: 'undecided' })).toEqual(['Overdue tasks']);
    expect(names({ owner: 'case*' })).toEqual(['Open cases', 'Overdue tasks']);
    expect(names({ owner: 'no known owner', store: 'production' })).toEqual(['Open cases', 'Overdue tasks']);
    expect(names({})).toEqual(['Open cases', 'Overdue tasks', 'Net revenue', 'Licences 許可']);
  });

  test('that fit nothing say what there is', () => {
    const refused = [{ name: 'opn cases' }, { store: 'prodction' }, { verdict: 'overlapping' }, { owner: 'Finance', store: 'production' }] as const;
    expect(refused.map((filters) => nothingMatches(groups, filters))).toMatchInlineSnapshot(`
      [
        "No metric matches 'opn cases'; did you mean 'Open cases'? Metrics: Licences 許可, Net revenue, Open cases, Overdue tasks.",
        "No store matches 'prodction'; did you mean 'production'? Stores: production, warehouse.",
        "No metric is overlapping. There are: 1 different, 1 equal, 1 looser, 1 undecided.",
        "No metric fits all filters at once, though each of them alone fits some.",
      ]
    `);
    expect(nothingMatches(groups, { name: '*' })).toBe(null);
    expect(nothingMatches([], { name: 'x' })).toBe(null);
  });
});
