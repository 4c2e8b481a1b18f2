import type { Finding, Level } from '../model/finding.js';

const severity: Record<Level, number> = { error: 0, warning: 1, note: 2 };

/**
 * Worst first: by level, weight and confidence, then by rule, consumer, relation and store. Total: findings that compare
 * equal are equal in every field, so sorting gives one order whatever the input's was. Strings compare by UTF-16 unit,
 * never by locale.
 */
function compareFindings(a: Finding, b: Finding): number {
  return (
    severity[a.level] - severity[b.level] ||
    b.weight - a.weight ||
    b.confidence - a.confidence ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.consumer, b.consumer) ||
    compareText(a.relation, b.relation) ||
    compareText(a.store, b.store) ||
    compareText(a.message, b.message) ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

/** A new list, worst first. */
export function orderFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(compareFindings);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
