import { orderFindings } from '../findings/order.js';
import type { Finding, Level } from '../model/finding.js';
import { FINDING_CHANGES, type FindingChange, type FindingChangeKind } from './comparison.js';
import type { PairedFindings } from './pair-findings.js';
import type { WhyUnseen } from './unseen.js';

const SEVERITY: Record<Level, number> = { note: 0, warning: 1, error: 2 };

/** Whether a level is worse than another one. */
export function isWorse(one: Level, other: Level): boolean {
  return SEVERITY[one] > SEVERITY[other];
}

/** What became of every finding that did not stay as it was, in the order of FINDING_CHANGES, each kind worst first. */
export function changedFindings({ same, gone, fresh }: PairedFindings, why: { gone: WhyUnseen; fresh: WhyUnseen }): FindingChange[] {
  const changes: FindingChange[] = [
    ...fresh.map((finding): FindingChange => {
      const unseen = why.fresh(finding);
      return { change: unseen === null ? 'new' : 'first-seen', finding, levelBefore: null, levelAfter: finding.level, why: unseen };
    }),
    ...gone.map((finding): FindingChange => {
      const unseen = why.gone(finding);
      return { change: unseen === null ? 'fixed' : 'unseen', finding, levelBefore: finding.level, levelAfter: null, why: unseen };
    }),
    ...same.flatMap(({ before, after }): FindingChange[] =>
      before.level === after.level
        ? []
        : [{ change: isWorse(after.level, before.level) ? 'risen' : 'fallen', finding: after, levelBefore: before.level, levelAfter: after.level, why: null }],
    ),
  ];
  return FINDING_CHANGES.flatMap((kind) => ordered(changes, kind));
}

function ordered(changes: readonly FindingChange[], kind: FindingChangeKind): FindingChange[] {
  const own = new Map<Finding, FindingChange>(changes.filter(({ change }) => change === kind).map((change) => [change.finding, change]));
  return orderFindings([...own.keys()]).flatMap((finding) => own.get(finding) ?? []);
}

/** How many findings each kind of change has. */
export function countsOf(changes: readonly FindingChange[]): { [kind in FindingChangeKind]: number } {
  const number = (kind: FindingChangeKind): number => changes.filter(({ change }) => change === kind).length;
  return { new: number('new'), risen: number('risen'), unseen: number('unseen'), fallen: number('fallen'), fixed: number('fixed'), 'first-seen': number('first-seen') };
}
