import { matchOccurrences } from '../findings/match.js';
import { occurrencesOf } from '../findings/occurrences.js';
import type { Finding } from '../model/finding.js';
import { findingsOf, type Side } from './side.js';

/** The findings of two sides: which is which, and which only one side has. */
export interface PairedFindings {
  same: { before: Finding; after: Finding }[];
  gone: Finding[];
  fresh: Finding[];
}

/**
 * Pairs findings by their fingerprints. What is left is paired by the statements that it speaks of, so that a card which was renamed,
 * moved or renumbered is neither fixed nor new; reports hold no statements, so there names alone tell.
 */
export function pairFindings(before: Side, after: Side): PairedFindings {
  const [first, second] = [findingsOf(before), findingsOf(after)];
  const known = new Map(first.map((finding) => [finding.partialFingerprints.boundary, finding]));
  const standing = new Set<Finding>();
  const same: PairedFindings['same'] = [];
  for (const finding of second) {
    const partner = known.get(finding.partialFingerprints.boundary);
    if (partner === undefined) continue;
    same.push({ before: partner, after: finding });
    standing.add(partner).add(finding);
  }
  const rest = moved(
    { findings: first.filter((finding) => !standing.has(finding)), side: before },
    { findings: second.filter((finding) => !standing.has(finding)), side: after },
  );
  for (const pair of rest) standing.add(pair.before).add(pair.after);
  return {
    same: [...same, ...rest],
    gone: first.filter((finding) => !standing.has(finding)),
    fresh: second.filter((finding) => !standing.has(finding)),
  };
}

interface Left {
  findings: readonly Finding[];
  side: Side;
}

/** A finding of several statements is the one with which it shares the first; each is in one pair only. */
function moved(before: Left, after: Left): PairedFindings['same'] {
  if (before.findings.length === 0 || after.findings.length === 0) return [];
  const matched = matchOccurrences(occurrences(before), occurrences(after), new Map(), after.side.snapshot?.consumers, after.side.snapshot?.statementRules);
  const taken = new Set<Finding>();
  return matched.same.flatMap((pair) => {
    const [one, other] = [pair.before.finding, pair.after.finding];
    if (taken.has(one) || taken.has(other)) return [];
    taken.add(one).add(other);
    return [{ before: one, after: other }];
  });
}

function occurrences({ findings, side }: Left): ReturnType<typeof occurrencesOf> {
  return occurrencesOf(findings, side.snapshot?.queries ?? []);
}
