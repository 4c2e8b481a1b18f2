import type { Role } from '../../../model/catalog.js';
import type { Finding } from '../../../model/finding.js';
import type { Report } from '../../../model/report.js';
import type { Snapshot } from '../../../model/snapshot.js';
import type { RemedyGroup } from './answer.js';
import { type Remedy, remedyOf, statementsOf } from './remedy.js';

const KINDS: readonly Remedy['kind'][] = ['limit', 'object', 'right'];

/** For each role, and each store as a whole, the statements that end its findings of the area guardrail. Sorted. */
export function guardrailRemedies({ findings }: Pick<Report, 'findings'>, { stores }: Pick<Snapshot, 'stores'>): RemedyGroup[] {
  const own = findings.filter(({ area, ruleId }) => area === 'guardrail' && !ruleId.startsWith('suppression-'));
  return [...grouped(own).values()].map((of) => {
    const [first] = of;
    const { store = '', consumer = '', owner = null } = first ?? {};
    const roles = stores.find(({ name }) => name === store)?.catalog.roles ?? [];
    return { store, subject: consumer === '' ? 'all roles of reports' : consumer, owner, notes: [], ...remediesOf(of, roles) };
  }).toSorted((a, b) => (`${a.store} ${a.subject}` < `${b.store} ${b.subject}` ? -1 : 1));
}

/** The statements of some findings, each once, and what none of them mends. */
export function remediesOf(findings: readonly Finding[], roles: readonly Role[]): Pick<RemedyGroup, 'statements' | 'byHand'> {
  const rules = new Map<string, string[]>();
  for (const finding of findings) for (const sql of statementsOf(finding)) rules.set(sql, [...new Set([...(rules.get(sql) ?? []), finding.ruleId])]);
  const writes = findings.some(({ ruleId }) => ruleId === 'analytics-writes-operational');
  const statements = [...rules].map(([sql, ids]) => remedyOf(sql, ids, roles)).filter(({ sql, undo }) => sql !== undo)
    // What writes today stops writing.
    .map((remedy): Remedy => (writes && / SET default_transaction_read_only /.test(remedy.sql) ? { ...remedy, kind: 'right' } : remedy)).toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const byHand = findings.filter((finding) => statementsOf(finding).length === 0).map(({ ruleId, consumer, message, fix }) => ({ ruleId, consumer, message, fix }));
  return { statements, byHand };
}

function grouped(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.store, finding.consumer]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}
