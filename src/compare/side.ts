import type { Finding } from '../model/finding.js';
import type { CollectedQuery } from '../model/query.js';
import type { Gap, SourceSummary } from '../model/snapshot.js';
import type { CardCount, ComparedSide } from './comparison.js';
import type { ComparedReport } from './report-schema.js';

/** One side with everything that is compared of it. */
export interface Side {
  about: ComparedSide;
  report: ComparedReport;
  /** What only a bundle has; null for a report. */
  snapshot: {
    queries: readonly CollectedQuery[];
    sources: readonly SourceSummary[];
    /** Names of everyone who sends them, as findings name them. */
    consumers: ReadonlySet<string>;
    /** Ids of the rules that speak of a statement, and name a relation as an example only. */
    statementRules: ReadonlySet<string>;
    /** By the name of the store, for operational ones and replicas. */
    cards: ReadonlyMap<string, CardCount>;
  } | null;
}

/** Everything that a side could not look at: a check lists apart what was known before. */
export function gapsOf({ report }: Side): Gap[] {
  return [...report.gaps, ...(report.check?.knownGaps ?? [])];
}

/** One finding for each fingerprint: a check tells one twice of which only some statements are let pass, and then what is not speaks. */
export function findingsOf({ report }: Side): Finding[] {
  const byIdentity = new Map<string, Finding>();
  for (const finding of report.findings) {
    const key = finding.partialFingerprints.boundary;
    const known = byIdentity.get(key);
    if (known === undefined || (isLetPass(known) && !isLetPass(finding))) byIdentity.set(key, finding);
  }
  return [...byIdentity.values()];
}

/** Whether a baseline, waiver or comment hides it. */
export function isLetPass({ suppressions = [] }: Pick<Finding, 'suppressions'>): boolean {
  return suppressions.length > 0;
}

/** What a sentence calls a side. */
export function nameOf({ about }: Side): string {
  return about.file;
}
