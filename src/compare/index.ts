import { changedAreas, directionOf } from './areas.js';
import type { Comparison } from './comparison.js';
import { changedFindings, countsOf } from './findings.js';
import { changedGaps } from './gaps.js';
import { changedMetrics } from './metrics.js';
import { notesOf } from './notes.js';
import { pairFindings } from './pair-findings.js';
import { findingsOf, type Side } from './side.js';
import { changedStores } from './stores.js';
import { changedOwners, changedRules } from './tallies.js';
import { unseenOf, whyGone, whyNotLooked } from './unseen.js';

/**
 * What became better and what worse from one side to the other. Pure. What the second side did not see is never called fixed, and what
 * the first side did not see never new.
 *
 * @param version of this tidemark
 */
export function compare(before: Side, after: Side, version: string): Comparison {
  const gaps = changedGaps(before, after);
  const paired = pairFindings(before, after);
  const changes = changedFindings(paired, { gone: whyGone(after, before, gaps.opened), fresh: whyNotLooked(before, after, gaps.closed) });
  const counted = { before: findingsOf(before), after: findingsOf(after), changes };
  const stores = changedStores(before, after);
  const unseen = unseenOf(after, before, gaps);
  const direction = directionOf(changes);
  return {
    schemaVersion: 1,
    tool: { name: 'tidemark', version },
    before: before.about,
    after: after.about,
    direction: unseen.length > 0 && (direction === 'same' || direction === 'better') ? 'unknown' : direction,
    counts: { ...countsOf(changes), unchanged: paired.same.filter(({ before: one, after: other }) => one.level === other.level).length },
    areas: changedAreas(before.report, after.report, changes),
    findings: changes,
    rules: changedRules(counted),
    owners: changedOwners(counted),
    stores,
    coverage: { before: before.report.coverage, after: after.report.coverage },
    metrics: changedMetrics(before.report, after.report),
    gaps,
    unseen,
    notes: notesOf(before, after, changes, stores),
  };
}
