import type { Audited } from '../../audit.js';
import type { Access } from '../../graph/boundary.js';
import type { Finding, Level } from '../../model/finding.js';
import type { StatementClass } from '../../model/live.js';
import type { StatementStatistics } from '../../model/statement.js';
import type { PayloadOf } from '../../probes/index.js';

type AuditPayload = PayloadOf<'audit'>;
type Statement = AuditPayload['statements'][number];

/** A screen and a journal hold no more; findings are worst first. */
const FINDINGS_MAX = 500;
const LEVELS: readonly Level[] = ['error', 'warning', 'note'];

/** What the live side needs of an audit: who sends which statement, who reads what, and what is wrong. */
export function auditAnswer({ report, boundaries }: Audited): AuditPayload {
  const worst = worstByConsumer(report.findings);
  return {
    statements: boundaries.flatMap(({ store, accesses }) => {
      const claimed = new Set<StatementStatistics>();
      // Cards come before roles: who is known by name wins.
      return accesses.flatMap((access) => access.rows.flatMap((row) => statementOf(store.name, access, row, claimed, worst)));
    }),
    readers: boundaries.flatMap(({ store, accesses }) => readersOf(store.name, accesses)),
    findings: report.findings.slice(0, FINDINGS_MAX).map((finding) => ({
      fingerprint: finding.partialFingerprints.boundary,
      rule: finding.ruleId,
      level: finding.level,
      subject: finding.consumer || finding.relation || finding.store,
      message: finding.message,
      owner: finding.owner,
      evidence: finding.evidence,
      why: finding.why,
      fix: finding.fix,
    })),
    blind: report.gaps.filter(({ severity }) => severity === 'blind').map(({ subject, cause }) => ({ subject, cause })),
  };
}

function statementOf(
  store: string,
  { consumer, statement }: Access,
  row: StatementStatistics,
  claimed: Set<StatementStatistics>,
  worst: ReadonlyMap<string, Finding>,
): Statement[] {
  if (row.queryId === null || claimed.has(row)) return [];
  claimed.add(row);
  const finding = worst.get(`${store} ${consumer.name}`);
  return [
    {
      store,
      role: row.role,
      query_id: row.queryId,
      toplevel: row.toplevel,
      origin: consumer.name,
      owner: consumer.owner === '' ? null : consumer.owner,
      class: classOf(statement.class),
      // Of a role's many statements a finding is about some; only cards have one.
      finding: finding === undefined || consumer.kind !== 'card' ? null : { rule: finding.ruleId, level: finding.level },
    },
  ];
}

function classOf(text: string): StatementClass {
  return text === 'operational' || text === 'analytical' || text === 'mixed' ? text : 'unknown';
}

function worstByConsumer(findings: readonly Finding[]): Map<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.store} ${finding.consumer}`;
    const known = worst.get(key);
    if (known === undefined || LEVELS.indexOf(finding.level) < LEVELS.indexOf(known.level)) worst.set(key, finding);
  }
  return worst;
}

/** By the relation that the text names and by those behind its views: a promise holds for both. */
function readersOf(store: string, accesses: readonly Access[]): AuditPayload['readers'] {
  const seen = new Set<string>();
  return accesses.flatMap(({ consumer, statement }) => {
    if (consumer.kind !== 'card') return [];
    return [...new Set([...statement.direct_relations, ...statement.relations])].flatMap((relation) => {
      const key = `${relation} ${consumer.name}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ store, relation, consumer: consumer.name, owner: consumer.owner === '' ? null : consumer.owner }];
    });
  });
}
