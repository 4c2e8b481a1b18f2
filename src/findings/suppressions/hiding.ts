import type { Gap } from '../../model/snapshot.js';
import type { SuppressionEntry } from '../../model/suppression.js';
import type { Occurrence } from '../occurrences.js';
import { compareText } from '../order.js';
import type { Suppressing } from './apply.js';
import { gapFile, numberedGaps } from './gap-identity.js';
import { grouped } from './grouped.js';
import { consumerBefore, matches, speaksOfGap } from './matching.js';

/** An occurrence by what it is to be recognised: itself, or what it was before a change. */
interface Judged {
  occurrence: Occurrence;
  as: Occurrence;
}

/** An entry with the digests that have not found their statement yet. */
interface Open {
  entry: SuppressionEntry;
  left: string[];
}

/** Gives occurrences and gaps to entries, one to one where these name statements. Entries come sorted. */
export class Hiding {
  readonly hidden = new Map<Occurrence, SuppressionEntry>();
  readonly hiddenGaps = new Map<Gap, SuppressionEntry>();
  /** Entries that hide something, or would if another one did not. */
  readonly fitting = new Set<SuppressionEntry>();
  readonly #given: Suppressing;

  constructor(given: Suppressing) {
    this.#given = given;
  }

  findings(entries: readonly SuppressionEntry[]): void {
    const { before } = this.#given;
    const own = this.#given.occurrences.map((occurrence): Judged => ({ occurrence, as: occurrence }));
    const open = entries.flatMap((entry): Open[] => (entry.statements === null ? [] : [{ entry, left: [...entry.statements] }]));
    if (before === undefined) {
      this.#allRounds(open, entries, new Candidates(own));
      return;
    }
    const known = own.flatMap(({ occurrence }) => {
      const as = before.get(occurrence);
      return as === undefined ? [] : [{ occurrence, as }];
    });
    this.#allRounds(open, entries.filter(({ by }) => by === 'baseline'), new Candidates(known));
    const fresh = new Candidates(own.filter(({ occurrence }) => !before.has(occurrence)));
    for (const one of open) this.#sameStatement(one, fresh.of(one.entry));
    for (const one of this.#ofStatements(open)) this.#sameStatement(one, fresh.onAnyRelation(one.entry));
    for (const one of open) this.#moved(one, fresh);
    this.#withoutStatement(entries.filter(({ by }) => by === 'baseline'), fresh);
    this.#withoutStatement(entries.filter(({ by }) => by !== 'baseline'), new Candidates(own));
  }

  #allRounds(open: readonly Open[], entries: readonly SuppressionEntry[], candidates: Candidates): void {
    for (const one of open) this.#sameStatement(one, candidates.of(one.entry));
    this.#withoutStatement(entries, candidates);
    for (const one of open) if (one.left.length > 0) this.#takeAny(one, candidates.of(one.entry));
    for (const one of this.#ofStatements(open)) this.#sameStatement(one, candidates.onAnyRelation(one.entry));
    for (const one of this.#ofStatements(open)) this.#takeAny(one, candidates.onAnyRelation(one.entry));
    for (const one of open) this.#moved(one, candidates);
    for (const one of open) this.#renamedAndEdited(one, candidates);
  }

  #ofStatements(open: readonly Open[]): Open[] {
    return open.filter(({ entry, left }) => left.length > 0 && this.#given.statementRules?.has(entry.rule) === true);
  }

  gaps(entries: readonly SuppressionEntry[]): void {
    const { gaps, renames } = this.#given;
    for (const { gap, identity } of numberedGaps(gaps)) {
      const named = gapFile(gap) ?? identity.subject;
      const before = renames.get(named);
      const subjects = [identity.subject, ...(before === undefined ? [] : [identity.subject.replace(named, () => before)])];
      const speaking = entries.filter((entry) => subjects.some((subject) => speaksOfGap(entry, { subject, missing: identity.missing }, gap)));
      for (const entry of speaking) this.fitting.add(entry);
      const [first] = speaking;
      if (first !== undefined) this.hiddenGaps.set(gap, first);
    }
  }

  #sameStatement(open: Open, candidates: readonly Judged[]): void {
    if (open.left.length === 0) return;
    const byDigest = grouped(candidates, ({ as }) => as.digest);
    open.left = open.left.filter((digest) => {
      const same = byDigest.get(digest) ?? [];
      if (same.length > 0) this.fitting.add(open.entry);
      return !this.#hide(open.entry, same.find(({ occurrence }) => !this.hidden.has(occurrence)));
    });
  }

  /** What speaks of no statement is hidden by every entry of its rule, consumer and relation. */
  #withoutStatement(entries: readonly SuppressionEntry[], candidates: Candidates): void {
    for (const entry of entries) {
      for (const judged of candidates.of(entry)) {
        if (entry.statements !== null && judged.as.digest !== '') continue;
        this.fitting.add(entry);
        if (!this.hidden.has(judged.occurrence)) this.#hide(entry, judged);
      }
    }
  }

  #moved(open: Open, candidates: Candidates): void {
    const { entry } = open;
    if (open.left.length === 0 || !this.#isGone(entry)) return;
    const elsewhere = [...new Set(open.left)].flatMap((digest) => candidates.saying(entry.rule, digest));
    this.#sameStatement(open, elsewhere.filter(({ occurrence, as }) => !this.hidden.has(occurrence) && matches(entry, { ...as, consumer: entry.consumer ?? '' })));
  }

  #renamedAndEdited(open: Open, candidates: Candidates): void {
    const { entry } = open;
    const { renames } = this.#given;
    if (open.left.length === 0 || renames.size === 0 || !this.#isGone(entry)) return;
    this.#takeAny(open, candidates.formerly(entry, renames).filter(({ as }) => matches(entry, { ...as, consumer: entry.consumer ?? '' })));
  }

  /** One occurrence for each digest that is left, whatever its statement. */
  #takeAny(open: Open, candidates: readonly Judged[]): void {
    const free = candidates.filter(({ occurrence, as }) => as.digest !== '' && !this.hidden.has(occurrence)).slice(0, open.left.length);
    for (const judged of free) this.#hide(open.entry, judged);
    open.left = open.left.slice(free.length);
  }

  #hide(entry: SuppressionEntry, judged: Judged | undefined): boolean {
    if (judged === undefined) return false;
    this.hidden.set(judged.occurrence, entry);
    this.fitting.add(entry);
    return true;
  }

  #isGone({ consumer, by }: SuppressionEntry): boolean {
    return by === 'baseline' && consumer !== null && !this.#given.consumers.has(consumer);
  }
}

/** Occurrences, found by what an entry names. */
class Candidates {
  readonly #byRule: Map<string, Judged[]>;
  readonly #byConsumer: Map<string, Judged[]>;
  readonly #byDigest: Map<string, Judged[]>;
  #byFormerConsumer: Map<string, Judged[]> | null = null;

  constructor(judged: readonly Judged[]) {
    const sorted = judged.toSorted(({ occurrence: one }, { occurrence: other }) => compareOccurrences(one, other));
    this.#byRule = grouped(sorted, ({ as }) => as.ruleId);
    this.#byConsumer = grouped(sorted, ({ as }) => keyOf(as.ruleId, as.consumer));
    this.#byDigest = grouped(sorted.filter(({ as }) => as.digest !== ''), ({ as }) => keyOf(as.ruleId, as.digest));
  }

  /** Those of a rule on such a statement. */
  saying(rule: string, digest: string): readonly Judged[] {
    return this.#byDigest.get(keyOf(rule, digest)) ?? [];
  }

  /** Those of which the consumer had the name of the entry's before its file was renamed. */
  formerly({ rule, consumer }: SuppressionEntry, renames: ReadonlyMap<string, string>): readonly Judged[] {
    this.#byFormerConsumer ??= grouped([...this.#byRule.values()].flat(), ({ as }) => keyOf(as.ruleId, consumerBefore(as, renames) ?? ''));
    return this.#byFormerConsumer.get(keyOf(rule, consumer ?? '')) ?? [];
  }

  /** Those that an entry would speak of were they on its relation, statements aside. */
  onAnyRelation(entry: SuppressionEntry): Judged[] {
    return this.#near(entry).filter(({ as }) => matches(entry, { ...as, relation: entry.relation ?? '' }));
  }

  /** Those that an entry speaks of, statements aside. */
  of(entry: SuppressionEntry): Judged[] {
    return this.#near(entry).filter(({ as }) => matches(entry, as));
  }

  #near({ by, rule, consumer }: SuppressionEntry): readonly Judged[] {
    return (by === 'baseline' ? this.#byConsumer.get(keyOf(rule, consumer ?? '')) : this.#byRule.get(rule)) ?? [];
  }
}

function keyOf(rule: string, name: string): string {
  return JSON.stringify([rule, name]);
}

function compareOccurrences(one: Occurrence, other: Occurrence): number {
  return (
    compareText(one.consumer, other.consumer) || compareText(one.store, other.store) || compareText(one.relation, other.relation) || compareText(one.digest, other.digest) ||
    compareText(one.queryId, other.queryId) || compareText(JSON.stringify(one.location), JSON.stringify(other.location))
  );
}
