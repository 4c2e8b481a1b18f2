import { compareText } from '../findings/order.js';
import type { Finding } from '../model/finding.js';
import type { FindingChange, OwnerChange, RuleChange, Tally } from './comparison.js';
import { isWorse } from './findings.js';

/** What is counted: every finding of both sides, and what changed of them. */
export interface Counted {
  before: readonly Finding[];
  after: readonly Finding[];
  changes: readonly FindingChange[];
}

/** Rules of whose findings something changed, the most changed first. */
export function changedRules(counted: Counted): RuleChange[] {
  const levels = new Map<string, Finding>();
  for (const finding of [...counted.before, ...counted.after]) {
    const known = levels.get(finding.ruleId);
    if (known === undefined || isWorse(finding.level, known.level)) levels.set(finding.ruleId, finding);
  }
  return tallies(counted, ({ ruleId }) => ruleId).flatMap(({ key, ...tally }) => {
    const worst = levels.get(key);
    return worst === undefined ? [] : [{ ruleId: key, area: worst.area, level: worst.level, ...tally }];
  });
}

/** The same by owner; an empty name is nobody's. */
export function changedOwners(counted: Counted): OwnerChange[] {
  return tallies(counted, ({ owner }) => owner ?? '').map(({ key, ...tally }) => ({ owner: key === '' ? null : key, ...tally }));
}

function tallies({ before, after, changes }: Counted, keyOf: (finding: Finding) => string): ({ key: string } & Tally)[] {
  const found = new Map<string, Tally & { moved: number }>();
  const at = (finding: Finding): Tally & { moved: number } => {
    const key = keyOf(finding);
    const known = found.get(key) ?? { before: 0, after: 0, fixed: 0, new: 0, unseen: 0, moved: 0 };
    found.set(key, known);
    return known;
  };
  for (const finding of before) at(finding).before += 1;
  for (const finding of after) at(finding).after += 1;
  for (const { change, finding } of changes) {
    const tally = at(finding);
    if (change === 'fixed') tally.fixed += 1;
    if (change === 'new') tally.new += 1;
    if (change === 'unseen') tally.unseen += 1;
    tally.moved += 1;
  }
  return [...found]
    .filter(([, { moved }]) => moved > 0)
    .sort(([one, a], [other, b]) => b.moved - a.moved || compareText(one, other))
    .map(([key, { moved: _moved, ...tally }]) => ({ key, ...tally }));
}
