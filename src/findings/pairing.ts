import { compareText } from './order.js';
import type { Occurrence } from './occurrences.js';

/** An occurrence of one side, named as it was before the change, and whom it is paired with. */
export interface Candidate {
  occurrence: Occurrence;
  /** As the file was called before; empty without a place. */
  file: string;
  consumer: string;
  queryId: string;
  partner: Candidate | null;
  /** Of a pair: whether both say the same, or only stand in the same place. */
  isVerbatim: boolean;
}

/** What one rule says of one relation, on both sides, each side in an order of its own. */
export interface Sides {
  before: Candidate[];
  after: Candidate[];
}

/** Names an occurrence by the paths of before. Members of archives are renamed with their archive. */
export function candidateOf(occurrence: Occurrence, renames: ReadonlyMap<string, string>): Candidate {
  const path = occurrence.location?.file ?? '';
  const outer = path.split('!/', 1)[0] ?? path;
  const from = renames.get(outer);
  const named = (text: string): string => (from === undefined || outer === '' ? text : text.replace(outer, () => from));
  return { occurrence, file: named(path), consumer: named(occurrence.consumer), queryId: named(occurrence.queryId), partner: null, isVerbatim: false };
}

/** By place and then by name: occurrences that compare equal are interchangeable. */
export function compareCandidates(one: Candidate, other: Candidate): number {
  return (
    compareText(one.file, other.file) ||
    (one.occurrence.location?.line ?? 0) - (other.occurrence.location?.line ?? 0) ||
    (one.occurrence.location?.column ?? 0) - (other.occurrence.location?.column ?? 0) ||
    compareText(one.occurrence.location?.pointer ?? '', other.occurrence.location?.pointer ?? '') ||
    compareText(one.consumer, other.consumer) ||
    compareText(one.occurrence.relation, other.occurrence.relation) ||
    compareText(one.queryId, other.queryId) ||
    compareText(one.occurrence.digest, other.occurrence.digest) ||
    // Two files of which git says that they were one are told apart by what they are called now.
    compareText(one.occurrence.location?.file ?? '', other.occurrence.location?.file ?? '') ||
    compareText(one.occurrence.consumer, other.occurrence.consumer)
  );
}

/**
 * Pairs what is still alone on both sides and has the same key, in the order of the sides. What has no key (null) stays alone.
 * Linear.
 */
export function pairBy({ before, after }: Sides, keyOf: (candidate: Candidate) => string | null): void {
  const waiting = new Map<string, Candidate[]>();
  for (const candidate of before.toReversed()) {
    const key = candidate.partner === null ? keyOf(candidate) : null;
    if (key === null) continue;
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, [candidate]);
    else known.push(candidate);
  }
  if (waiting.size === 0) return;
  for (const candidate of after) {
    const key = candidate.partner === null ? keyOf(candidate) : null;
    const partner = key === null ? undefined : waiting.get(key)?.pop();
    if (partner !== undefined) join(partner, candidate);
  }
}

/**
 * Files that took each other's names in a row (a is now called b, and b c): each name that stands on both sides was paired with
 * itself as if it had been edited, and the first text and the last name were left alone. Where every text of such a row is found
 * again word for word, the texts are paired instead. An augmenting path over equal digests; every statement of before is tried
 * once, so that it is linear.
 */
export function pairMovedInRow({ before, after }: Sides): void {
  const offers = new Map<string, Candidate[]>();
  for (const candidate of before.toReversed()) {
    const { digest } = candidate.occurrence;
    if (digest === '' || candidate.isVerbatim) continue;
    const known = offers.get(digest);
    if (known === undefined) offers.set(digest, [candidate]);
    else known.push(candidate);
  }
  for (const candidate of after) {
    if (candidate.partner !== null) continue;
    for (const [before, after] of row(candidate, offers)) join(before, after);
  }
}

/** The pairs of a row of moves that begins with a text that stands alone after the change; empty where it leads nowhere. */
function row(start: Candidate, offers: ReadonlyMap<string, Candidate[]>): [Candidate, Candidate][] {
  const pairs: [Candidate, Candidate][] = [];
  let current = start;
  for (;;) {
    const offer = offers.get(current.occurrence.digest)?.pop();
    if (offer === undefined) {
      const back = pairs.pop();
      if (back === undefined) return [];
      current = back[1];
    } else if (!offer.isVerbatim) {
      pairs.push([offer, current]);
      if (offer.partner === null) return pairs;
      current = offer.partner;
    }
  }
}

/** Makes both each other's partner; who was a partner of either before is to be paired anew by the caller. */
export function join(before: Candidate, after: Candidate): void {
  before.partner = after;
  after.partner = before;
  before.isVerbatim = after.isVerbatim = before.occurrence.digest !== '' && before.occurrence.digest === after.occurrence.digest;
}
