import type { WorkKind } from '../model/backlog.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Finding } from '../model/finding.js';

/** What work on suppressions is about. */
export const SUPPRESSIONS = 'suppressions';

/** Findings that are one piece of work, and what it is about. */
export interface WorkGroup {
  kind: WorkKind;
  store: string;
  /** A role, relation, metric or consumer. */
  about: string;
  findings: Finding[];
}

/** Whoever breaks them reads at the wrong place: a contract would make that lasting. */
const READS_ELSEWHERE = new Set(['application-reads-warehouse', 'warehouse-used-as-authority', 'read-model-used-as-mart']);

/** The kind of work that ends a finding, and what it is grouped by. */
function workOf(finding: Finding, dashboards: ReadonlyMap<string, string>): { kind: WorkKind; about: string } {
  const { area, ruleId, consumer, relation } = finding;
  const table = relation.split('.').slice(0, 2).join('.');
  switch (area) {
    case 'guardrail': return ruleId.startsWith('suppression-') ? { kind: 'ownership', about: SUPPRESSIONS } : { kind: 'guardrail', about: consumer === '' ? 'all roles of reports' : consumer };
    case 'privacy': return { kind: 'privacy', about: table };
    case 'coupling': return READS_ELSEWHERE.has(ruleId) && consumer !== '' ? { kind: 'move', about: dashboards.get(consumer) ?? consumer } : { kind: 'contract', about: table };
    case 'drift': return { kind: 'metric', about: relation };
    case 'ownership': return { kind: 'ownership', about: 'owners' };
    case 'movement': return { kind: 'reconcile', about: relation };
    case 'correctness': return ruleId === 'consumer-store-mismatch' ? { kind: 'move', about: consumer } : { kind: 'evidence', about: consumer === '' ? relation : consumer };
    case 'workload': return { kind: 'move', about: consumer === '' ? relation : (dashboards.get(consumer) ?? consumer) };
  }
}

/** Every finding in exactly one group, in the order in which the findings came. */
export function groupsOf(findings: readonly Finding[], consumers: readonly ClassifiedConsumer[]): WorkGroup[] {
  const dashboards = new Map(consumers.flatMap(({ name, members }) => members.map((member) => [member, name] as const)));
  const groups = new Map<string, WorkGroup>();
  for (const finding of findings) {
    const { kind, about } = workOf(finding, dashboards);
    // Whoever moves a dashboard, moves all of it, whichever store its findings name.
    const store = kind === 'move' || kind === 'ownership' ? '' : finding.store;
    const key = JSON.stringify([kind, store, about]);
    const group = groups.get(key) ?? { kind, store: finding.store, about, findings: [] };
    group.findings.push(finding);
    groups.set(key, group);
  }
  return [...groups.values()];
}
