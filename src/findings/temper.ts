import type { Finding } from '../model/finding.js';
import type { Trust } from '../model/workload.js';
import { orderFindings } from './order.js';

/**
 * What rests on what statements cost is no surer than the statistics of its store are. A finding that no statistics weighed is
 * left as it is: the shape of a statement is as sure as before. Worst first.
 *
 * @param measured ids of the rules whose findings weigh by what the statistics say
 * @param trust by the name of the store
 */
export function tempered(findings: readonly Finding[], measured: ReadonlySet<string>, trust: ReadonlyMap<string, Trust>): Finding[] {
  return orderFindings(findings.map((finding) => {
    const factor = measured.has(finding.ruleId) && finding.weight > 0 ? (trust.get(finding.store)?.factor ?? 1) : 1;
    return factor === 1 ? finding : { ...finding, confidence: Math.round(finding.confidence * factor * 10_000) / 10_000 };
  }));
}
