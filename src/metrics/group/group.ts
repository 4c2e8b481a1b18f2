import { bucket, bucketMany } from '../bucket.js';
import type { Claim } from '../claim/claim.js';
import { conceptOf, wordsOfRelation, type Concept } from '../claim/concept.js';
import { measureText } from '../claim/measure.js';

/** Claims on one concept, to be compared. */
export interface ClaimGroup {
  /** The concept, as most dashboards write it. */
  name: string;
  store: string;
  /** `schema.name` of the relation that all of them read. */
  relation: string;
  members: Claim[];
  /** Claims on the same concept that read another relation. They are not compared. */
  elsewhere: Claim[];
  /** Members that a person put here, whatever the evidence says. */
  pinned: ReadonlySet<Claim>;
}

interface Named {
  claim: Claim;
  concept: Concept;
  fromAlias: boolean;
}

/**
 * Puts claims together by concept: the words of the title (of the alias, where the query shows several measures or the
 * title says nothing) after synonyms, without what the relation's name says, must be the same, they must read one relation
 * of one store, and compute the same kind of measure. Claims whose titles have the very same words are grouped with other
 * measures too: that is a name for two things. What is left over stays alone.
 */
export function groupClaims(claims: readonly Claim[]): ClaimGroup[] {
  const byWord = bucketMany(claims, (claim) => name(claim, '').flatMap(({ concept }) => concept.key));
  const groups: ClaimGroup[] = [];
  for (const [store, ofStore] of bucket(claims, (claim) => claim.store)) {
    for (const [relation, ofRelation] of bucketMany(ofStore, (claim) => claim.relations)) {
      const named = ofRelation.flatMap((claim) => name(claim, relation));
      for (const [key, same] of bucket(named, ({ concept }) => concept.key.join(' '))) {
        for (const members of byMeasure(same, key === '')) {
          if (severalConsumers(members.map(({ claim }) => claim))) groups.push(groupOf(store, relation, members, byWord));
        }
      }
    }
  }
  return withoutRepetitions(groups);
}

/** The concept of a claim with regard to one relation (with all words for the relation ''); nothing when its names say nothing. */
function name(claim: Claim, relation: string): Named[] {
  const table = tableOf(relation);
  const grouped = { dimensions: claim.dimensions.length > 0, additive: !claim.measure.distinct };
  const title = conceptOf(claim.title, table, grouped);
  const alias = claim.alias === null ? null : conceptOf(claim.alias, table, grouped);
  if (!claim.oneOfSeveral) {
    const concept = title ?? alias;
    return concept === null ? [] : [{ claim, concept, fromAlias: title === null }];
  }
  // The title of a card with several measures narrows all of them: “Appeals overview” has open appeals, not open cases.
  if (alias === null) return [];
  const concept = { words: alias.words, key: [...new Set([...alias.key, ...(title?.key ?? [])])].toSorted() };
  return [{ claim, concept, fromAlias: true }];
}

/**
 * Claims with one kind of measure, the most frequent first. A name that says no more than the relation, such as “Orders”,
 * names every measure of it, so it never joins two kinds.
 */
function byMeasure(named: Named[], all: boolean): Named[][] {
  const kinds = [...bucket(named, ({ claim }) => claim.measure.kind).values()].toSorted((a, b) => b.length - a.length);
  const [most = [], ...others] = kinds;
  if (all) return kinds;
  // What is declared under a name is what the name means, whatever others compute under it.
  if (named.some(({ claim }) => (claim.input.declaration ?? null) !== null)) return byDeclaration(named);
  const words = new Set(most.filter(({ fromAlias }) => !fromAlias).map(({ concept }) => concept.words.join(' ')));
  const samePhrase = ({ concept, fromAlias }: Named): boolean => !fromAlias && words.has(concept.words.join(' '));
  return [[...most, ...others.flatMap((kind) => kind.filter(samePhrase))], ...others.map((kind) => kind.filter((entry) => !samePhrase(entry)))];
}

/** What one project declares under two names is two metrics, however alike the names are: `bookings` and `booking_value`. */
function byDeclaration(named: Named[]): Named[][] {
  const declared = named.flatMap(({ claim }) => (claim.input.declaration ? [claim.input.declaration] : []));
  const names = [...bucket(declared, ({ by }) => by).values()].map((own) => [...new Set(own.map(({ name: of }) => spelled(of)))]).toSorted((a, b) => b.length - a.length)[0] ?? [];
  if (names.length < 2) return [named];
  const measures = new Map(named.flatMap(({ claim }) => (claim.input.declaration ? [[measureText(claim.measure), spelled(claim.input.declaration.name)] as const] : [])));
  const partOf = ({ claim }: Named): string => [spelled(claim.input.declaration?.name ?? claim.title), spelled(claim.title), measures.get(measureText(claim.measure)) ?? ''].find((of) => names.includes(of)) ?? names[0] ?? '';
  return [...bucket(named, partOf).values()];
}

/** `Open cases` and `open_cases`. */
function spelled(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
}

function groupOf(store: string, relation: string, named: Named[], byWord: ReadonlyMap<string, Claim[]>): ClaimGroup {
  const members = named.map(({ claim }) => claim);
  const own = new Set(members);
  const key = named[0]?.concept.key ?? [];
  const elsewhere = candidates(key, relation, byWord).filter(
    (claim) => !own.has(claim) && !(claim.store === store && claim.relations.includes(relation)) && name(claim, relation).some(({ concept }) => concept.key.join(' ') === key.join(' ')),
  );
  return { name: nameOf(named), store, relation, members, elsewhere, pinned: new Set() };
}

/**
 * The claims that can have the key with regard to the relation: those with its rarest word or, where the key is empty, with
 * a word of the relation's name. All claims for each group would be the square of their number.
 */
function candidates(key: readonly string[], relation: string, byWord: ReadonlyMap<string, Claim[]>): Claim[] {
  const buckets = (key.length > 0 ? key : [...wordsOfRelation(tableOf(relation))]).map((word) => byWord.get(word) ?? []);
  if (key.length === 0) return [...new Set(buckets.flat())];
  return buckets.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function tableOf(relation: string): string {
  return relation.split('.').at(-1) ?? relation;
}

/**
 * A title of the words that most of them use; of several the most frequent, the shortest, then by letters. A claim that is
 * named by its alias gives that.
 */
function nameOf(named: Named[]): string {
  const phrases = [...bucket(named, ({ concept }) => concept.words.join(' ')).values()].toSorted((a, b) => b.length - a.length);
  const titles = (phrases[0] ?? []).map(({ claim, fromAlias }) => (fromAlias && claim.alias !== null ? claim.alias.replaceAll('_', ' ') : claim.title.trim()));
  const counted = [...bucket(titles, (title) => title.toLowerCase()).values()];
  const [best] = counted.toSorted((a, b) => b.length - a.length || byLengthThenLetters(a[0] ?? '', b[0] ?? ''));
  return best?.[0] ?? '';
}

function byLengthThenLetters(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

/** A claim that reads several relations can meet others over each of them: it stays in the largest group. */
function withoutRepetitions(groups: ClaimGroup[]): ClaimGroup[] {
  const measured = (group: ClaimGroup): number => group.members.filter((claim) => claim.relations[0] === group.relation).length;
  const taken = new Set<Claim>();
  const kept: ClaimGroup[] = [];
  for (const group of groups.toSorted((a, b) => b.members.length - a.members.length || measured(b) - measured(a) || (a.relation < b.relation ? -1 : 1))) {
    const members = group.members.filter((claim) => !taken.has(claim));
    if (!severalConsumers(members)) continue;
    for (const claim of members) taken.add(claim);
    kept.push({ ...group, members });
  }
  return kept.toSorted(byPlace);
}

type Placed = Pick<ClaimGroup, 'store' | 'relation' | 'name'>;

/** By store, relation and name. */
export function byPlace(a: Placed, b: Placed): number {
  for (const field of ['store', 'relation', 'name'] as const) if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  return 0;
}

/** One card may show a concept twice, as a share and as a number: that is nobody's contradiction. */
export function severalConsumers(members: readonly Claim[]): boolean {
  return new Set(members.map(({ consumer }) => consumer)).size > 1;
}
