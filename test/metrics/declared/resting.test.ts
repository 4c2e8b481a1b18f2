import { expect, test } from 'vitest';
import { restingEqualities } from '../../../src/metrics/declared/index.js';
import type { MetricComparison, RestsOn } from '../../../src/model/metric-verdict.js';

const tie: RestsOn = { kind: 'check', schema: 'app', relation: 'case_file', name: 'closed_has_date', columns: ['status', 'closed_at'], text: 'CHECK closed_has_date on app.case_file', enforced: true };
const known: RestsOn = { kind: 'not_null', schema: 'app', relation: 'case_file', name: null, columns: ['status'], text: 'NOT NULL on app.case_file.status', enforced: true };

function comparison(verdict: MetricComparison['verdict'], restsOn: RestsOn[]): MetricComparison {
  return { verdict, kind: null, cosmetic: false, restsOn, underAsserted: [], witness: null, region: null, bound: null, by: 'proof', why: '' };
}

test('each constraint is told once, with every equality that rests on it', () => {
  const found = restingEqualities({
    pairs: [
      { first: 0, second: 1, comparison: comparison('equal-under', [tie, known]) },
      { first: 0, second: 2, comparison: comparison('equal-under', [known]) },
      { first: 1, second: 2, comparison: comparison('equal', []) },
      { first: 0, second: 3, comparison: comparison('stricter', [tie]) },
    ],
  });
  expect(found).toEqual([
    { constraint: tie, equalities: [{ first: 0, second: 1 }] },
    { constraint: known, equalities: [{ first: 0, second: 1 }, { first: 0, second: 2 }] },
  ]);
});
