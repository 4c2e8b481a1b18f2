import { bucket } from '../bucket.js';
import type { Claim } from '../claim/claim.js';
import { conceptOf } from '../claim/concept.js';
import type { ClaimGroup } from './group.js';

/** So many are told of each group. */
const TOLD_MAX = 20;

/** Words that say how something is drawn or chosen. A title of these and of what it is broken down by names no metric. */
const PRESENTATION = new Set('top best worst highest lowest first last latest recent split breakdown distribution share ranking rank leaderboard comparison summary stats trend mix'.split(' '));

/**
 * Claims with the measure, the rows and the scope of a group under names that have no word in common with it. Offered, never
 * asserted: the same number may be asked for with two questions in mind.
 */
export class Synonyms {
  readonly #byMeaning: ReadonlyMap<string, Claim[]>;

  constructor(claims: readonly Claim[]) {
    this.#byMeaning = bucket(claims.filter((claim) => isParticular(claim) && wordsOf(claim).length > 0), meaning);
  }

  of(group: ClaimGroup): Claim[] {
    const named = group.members.filter((claim) => isParticular(claim) && wordsOf(claim).length > 0);
    const words = new Set(group.members.flatMap(wordsOf));
    const members = new Set(group.members);
    const consumers = new Set(group.members.map(({ consumer }) => consumer));
    const same = new Set(named.flatMap((claim) => this.#byMeaning.get(meaning(claim)) ?? []));
    return [...same].filter((claim) => !members.has(claim) && !consumers.has(claim.consumer) && !wordsOf(claim).some((word) => words.has(word))).slice(0, TOLD_MAX);
  }
}

/** The period that a card shows is part of its name: cases of this month and cases of the last one are not one thing. */
function meaning({ store, relations, text, scope }: Claim): string {
  return [store, relations.join(), text, ...scope.toSorted()].join('\n');
}

/** All rows of a relation have as many names as questions; only what is chosen or added up says what is meant. */
function isParticular({ rows, measure, oneOfSeveral }: Claim): boolean {
  return rows.kind === 'simple' && !oneOfSeveral && (rows.conditions.length > 0 || measure.argument !== null);
}

/** What the title names, without what it is broken down by and how it is drawn. */
function wordsOf(claim: Claim): string[] {
  const table = claim.relations[0]?.split('.').at(-1) ?? '';
  const words = conceptOf(claim.title, table, { dimensions: claim.dimensions.length > 0, additive: true })?.key ?? [];
  const shown = claim.dimensions.join(' ').toLowerCase();
  return words.filter((word) => !PRESENTATION.has(word) && !shown.includes(word));
}
