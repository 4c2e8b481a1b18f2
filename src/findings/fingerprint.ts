import { createHash } from 'node:crypto';

/**
 * What makes two findings the same over time: SHA-256, as hex, over rule, consumer, store and relation. Lines, texts and
 * figures are left out, so that a finding keeps its identity when a dashboard is edited or a table grows.
 */
export function fingerprint(finding: { ruleId: string; consumer: string; store: string; relation: string }): string {
  const identity = JSON.stringify([finding.ruleId, finding.consumer, finding.store, finding.relation]);
  return createHash('sha256').update(identity, 'utf8').digest('hex');
}
