import type { Finding, Suppression } from '../model/finding.js';
import type { Occurrence } from '../findings/occurrences.js';
import { orderFindings } from '../findings/order.js';

/** One occurrence with what is known of it after matching and hiding. */
export interface Settled {
  occurrence: Occurrence;
  state: 'new' | 'unchanged' | 'absent';
  suppression: Suppression | null;
}

/**
 * Findings for a report, worst first: one for each finding, state and whether it is hidden, with the places of its occurrences of that
 * kind. So a finding of which one statement is new and another one known stands twice.
 */
export function findingsOf(settled: readonly Settled[]): Finding[] {
  const groups = new Map<Finding, Map<string, Settled[]>>();
  for (const one of settled) {
    const ofFinding = groups.get(one.occurrence.finding) ?? new Map<string, Settled[]>();
    groups.set(one.occurrence.finding, ofFinding);
    const key = `${one.state} ${one.suppression === null ? 'open' : 'hidden'}`;
    ofFinding.set(key, [...(ofFinding.get(key) ?? []), one]);
  }
  return orderFindings([...groups].flatMap(([finding, kinds]) => [...kinds.values()].map((own) => findingOf(finding, own))));
}

function findingOf(finding: Finding, own: readonly Settled[]): Finding {
  const [first] = own;
  const places = own.flatMap(({ occurrence }) => occurrence.location ?? []);
  const suppressions = [...new Map(own.flatMap(({ suppression }) => (suppression === null ? [] : [[JSON.stringify(suppression), suppression] as const]))).values()];
  return {
    ...finding,
    // A finding on a group has one occurrence, and the places of all.
    locations: finding.consumer === '' ? finding.locations : places,
    ...(first === undefined ? {} : { baselineState: first.state }),
    suppressions,
  };
}
