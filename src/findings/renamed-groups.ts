import { compareText } from './order.js';
import { type Candidate, join, type Sides } from './pairing.js';

/**
 * Pairs findings on groups (metrics) that are only called otherwise: a group has the name that most of its members have, so that it
 * changes its name with the titles of cards. The same rule and store, and more than half of the larger group in both.
 *
 * @param renames paths after the change, each with its path before
 */
export function pairRenamedGroups({ before, after }: Sides, renames: ReadonlyMap<string, string>): void {
  const known = new Map<string, Candidate[]>();
  for (const candidate of before.filter(isAloneGroup).sort(byRelation)) {
    for (const key of memberKeys(candidate, new Map())) {
      const groups = known.get(key);
      if (groups === undefined) known.set(key, [candidate]);
      else groups.push(candidate);
    }
  }
  if (known.size === 0) return;
  for (const candidate of after.filter(isAloneGroup).sort(byRelation)) {
    const keys = memberKeys(candidate, renames);
    const shared = new Map<Candidate, number>();
    for (const key of keys) for (const other of known.get(key) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
    const fitting = [...shared].filter(([other, count]) => other.partner === null && count * 2 > Math.max(keys.length, other.occurrence.queryIds?.length ?? 0));
    const [best] = fitting.sort(([one, count], [other, otherCount]) => otherCount - count || byRelation(one, other));
    if (best !== undefined) join(best[0], candidate);
  }
}

function isAloneGroup({ partner, occurrence }: Candidate): boolean {
  return partner === null && occurrence.consumer === '' && occurrence.queryIds !== undefined;
}

function byRelation(one: Candidate, other: Candidate): number {
  return compareText(one.occurrence.relation, other.occurrence.relation) || compareText(JSON.stringify(one.occurrence.queryIds), JSON.stringify(other.occurrence.queryIds));
}

function memberKeys({ occurrence: { ruleId, store, queryIds } }: Candidate, renames: ReadonlyMap<string, string>): string[] {
  const named = (id: string): string => id.split(':').map((part) => renames.get(part) ?? part).join(':');
  return (queryIds ?? []).map((id) => JSON.stringify([ruleId, store, named(id)]));
}
