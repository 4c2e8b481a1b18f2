import { compareText } from './order.js';
import type { Occurrence } from './occurrences.js';
import { type Candidate, candidateOf, compareCandidates, pairBy, pairMovedInRow, type Sides } from './pairing.js';
import { pairRenamedGroups } from './renamed-groups.js';

/** What stood before a change against what stands after it. Every occurrence is in exactly one place. Each list is sorted by rule, consumer, relation, store and place. */
export interface Matched {
  same: { before: Occurrence; after: Occurrence }[];
  fresh: Occurrence[];
  gone: Occurrence[];
}

/**
 * Which findings are new, which are fixed, and which only look different. One to one: an old occurrence excuses one new one at
 * most, so that of k added ones exactly k are fresh. Only occurrences of one rule, store and relation are compared, and of rules on
 * statements as a whole those of any relation, where the relation only illustrates. The strongest evidence is used up first:
 *
 * 1. the same consumer says the same: nothing happened to it;
 * 2. the same text in the same file: renumbered or retitled. Before 3, since unnamed statements are called by their number, and one
 *    that is added above takes the name of the next;
 * 3. the same consumer with another text: edited in place. Before 4, so that of a statement that is edited while its old text is
 *    copied elsewhere the copy is the new one. Of several the surplus is fresh or gone;
 * 4. the same text anywhere: moved, renamed or imported under another number; then rows of such moves (`pairMovedInRow`);
 * 5. moved and edited at once, which must be told by something else: the same id in its tool; the same place in a file that git
 *    knows as renamed; the same name but for the number that its tool gave, if nothing has the old number any more.
 *
 * A panel that is edited while it moves to another dashboard is new: nothing ties it to the old one. So is an unnamed statement that
 * is edited while others are put above it. Findings without a statement are known by rule, consumer, store and relation alone;
 * those on a group (a metric) also where most of its members are the same and it is only called otherwise.
 *
 * Deterministic whatever the order of the input; O(n log n).
 *
 * @param renames paths after the change, each with its path before
 * @param standing names of all consumers that exist after the change, also of those without findings
 * @param ofStatements ids of the rules that speak of a statement once, whatever it reads
 */
export function matchOccurrences(
  before: readonly Occurrence[],
  after: readonly Occurrence[],
  renames: ReadonlyMap<string, string>,
  standing: ReadonlySet<string> = new Set(),
  ofStatements: ReadonlySet<string> = new Set(),
): Matched {
  const groups = new Map<string, Sides>();
  const sidesOf = ({ ruleId, store, relation }: Occurrence): Sides => {
    const key = JSON.stringify(ofStatements.has(ruleId) ? [ruleId, store] : [ruleId, store, relation]);
    const known = groups.get(key) ?? { before: [], after: [] };
    groups.set(key, known);
    return known;
  };
  for (const occurrence of before) sidesOf(occurrence).before.push(candidateOf(occurrence, new Map()));
  for (const occurrence of after) sidesOf(occurrence).after.push(candidateOf(occurrence, renames));
  const exist = new Set([...standing, ...after.map(({ consumer }) => consumer)]);
  for (const sides of groups.values()) pairSides(sides, renames, exist);
  const all = [...groups.values()];
  const sides: Sides = { before: all.flatMap((one) => one.before), after: all.flatMap((one) => one.after) };
  pairRenamedGroups(sides, renames);
  return matched(sides);
}

function pairSides(sides: Sides, renames: ReadonlyMap<string, string>, exist: ReadonlySet<string>): void {
  if (sides.before.length === 0 || sides.after.length === 0) return;
  sides.before.sort(compareCandidates);
  sides.after.sort(compareCandidates);
  pairBy(sides, ({ consumer, occurrence: { digest, relation } }) => JSON.stringify([consumer, digest, relation]));
  pairBy(sides, ({ consumer, occurrence: { digest } }) => JSON.stringify([consumer, digest]));
  pairBy(sides, ({ file, occurrence: { digest } }) => (digest === '' ? null : JSON.stringify([file, digest])));
  pairBy(sides, ({ consumer, occurrence: { relation } }) => JSON.stringify([consumer, relation]));
  pairBy(sides, ({ consumer }) => consumer);
  pairBy(sides, ({ occurrence: { digest } }) => digest || null);
  pairMovedInRow(sides);
  pairBy(sides, ({ queryId }) => queryId || null);
  const renamedFrom = new Set(renames.values());
  pairBy(sides, ({ file, occurrence: { location } }) => (location === null || location.pointer === '' || !renamedFrom.has(outerPath(file)) ? null : JSON.stringify([file, location.pointer])));
  const isAfter = new Set(sides.after);
  pairBy(sides, (candidate) => (isAfter.has(candidate) || !exist.has(candidate.consumer) ? withoutNumber(candidate) : null));
}

function outerPath(path: string): string {
  return path.split('!/', 1)[0] ?? path;
}

/** `metabase card 101 Open cases` of the card 101 as `metabase card Open cases`: numbers that its id does not have are words of its title. */
function withoutNumber({ consumer, queryId }: Candidate): string | null {
  if (queryId === '') return null;
  const numbers = new Set(queryId.split(/[:#]/).filter((part) => /^\d+$/.test(part)));
  return consumer.split(' ').filter((word) => !numbers.has(word)).join(' ');
}

function matched({ before, after }: Sides): Matched {
  return {
    same: after
      .flatMap(({ occurrence, partner }) => (partner === null ? [] : [{ before: partner.occurrence, after: occurrence }]))
      .sort((one, other) => compareOccurrences(one.after, other.after) || compareOccurrences(one.before, other.before)),
    fresh: after.filter(({ partner }) => partner === null).map(({ occurrence }) => occurrence).sort(compareOccurrences),
    gone: before.filter(({ partner }) => partner === null).map(({ occurrence }) => occurrence).sort(compareOccurrences),
  };
}

function compareOccurrences(one: Occurrence, other: Occurrence): number {
  return (
    compareText(one.ruleId, other.ruleId) ||
    compareText(one.consumer, other.consumer) ||
    compareText(one.relation, other.relation) ||
    compareText(one.store, other.store) ||
    compareText(one.location?.file ?? '', other.location?.file ?? '') ||
    (one.location?.line ?? 0) - (other.location?.line ?? 0) ||
    (one.location?.column ?? 0) - (other.location?.column ?? 0) ||
    compareText(one.location?.pointer ?? '', other.location?.pointer ?? '') ||
    compareText(one.queryId, other.queryId) ||
    compareText(one.digest, other.digest)
  );
}
