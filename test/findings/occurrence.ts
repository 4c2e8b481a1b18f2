import type { Occurrence } from '../../src/findings/occurrences.js';
import type { Finding } from '../../src/model/finding.js';

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'dashboard-reads-internal', area: 'coupling', level: 'error', message: 'reads an internal relation', consumer: 'reports/tasks.sql Kinds of work', owner: null,
    store: 'production', relation: 'app.task', evidence: [], why: '', fix: '', clause: '', locations: [], confidence: 1, weight: 0, partialFingerprints: { boundary: 'a1' }, ...overrides,
  };
}

/** An occurrence as a test needs it: `at` is `file`, `file:line` or `file#pointer`. */
export function occurrence({ at = 'reports/tasks.sql', ...overrides }: Partial<Omit<Occurrence, 'finding' | 'location'>> & { at?: string } = {}): Occurrence {
  const [, file = '', line = '1', pointer = ''] = /^([^:#]*)(?::(\d+))?(?:#(.*))?$/.exec(at) ?? [];
  const named = { ruleId: 'dashboard-reads-internal', consumer: `${file} Kinds of work`, store: 'production', relation: 'app.task', digest: 'a1a1a1a1a1a1', queryId: '', ...overrides };
  const location = at === '' ? null : { file, pointer, line: Number(line), column: 1 };
  const { ruleId, consumer, store, relation } = named;
  return { finding: finding({ ruleId, consumer, store, relation, locations: location === null ? [] : [location] }), location, ...named };
}
