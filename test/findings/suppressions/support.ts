import type { Finding } from '../../../src/model/finding.js';
import type { SuppressionEntry } from '../../../src/model/suppression.js';
import type { Occurrence } from '../../../src/findings/occurrences.js';

/** A finding on one statement, of which only what tells it apart is said. */
export function occurrence({ rule = 'dashboard-reads-internal', consumer = 'reports/monthly.sql', relation = 'app.case_file', store = 'production', digest = '', file = 'reports/monthly.sql', line = 1, queryId = '' }: { rule?: string; consumer?: string; relation?: string; store?: string; digest?: string; file?: string; line?: number; queryId?: string }): Occurrence {
  const location = { file, pointer: '', line, column: 1 };
  const finding: Finding = {
    ruleId: rule, area: 'coupling', level: 'error', message: `${consumer} reads ${relation}`, consumer, owner: 'Operations Analytics', store, relation,
    evidence: [], why: '', fix: '', clause: '', locations: [location], confidence: 1, weight: 1, partialFingerprints: { boundary: JSON.stringify([rule, consumer, store, relation]) },
  };
  return { finding, location, ruleId: rule, consumer, store, relation, digest, queryId };
}

export function entry(given: Partial<SuppressionEntry> = {}): SuppressionEntry {
  return {
    by: 'baseline', rule: 'dashboard-reads-internal', consumer: 'reports/monthly.sql', store: 'production', relation: 'app.case_file',
    reason: 'OPS-231', owner: null, until: null, statements: null, place: { file: '.tidemark/baseline.yaml', line: 4 }, ...given,
  };
}

/** A digest that a number stands for. */
export function digest(number: number): string {
  return number.toString(16).padStart(12, '0');
}
