import { COULD_NOT_LOOK, type SuppressionEntry } from '../../model/suppression.js';
import type { Occurrence } from '../occurrences.js';
import { compareText } from '../order.js';
import { compareEntries, entryKey } from './entry-key.js';
import type { GapIdentity } from './gap-identity.js';
import { grouped } from './grouped.js';

/** What a person says of entries that are new. */
export interface Said {
  reason: string;
  /** Null: each entry has the owner that the finding has. */
  owner: string | null;
  /** `YYYY-MM-DD`, or null for no end. */
  until: string | null;
}

/** How a baseline changes. */
export interface Renewed {
  /** Sorted. */
  entries: SuppressionEntry[];
  added: SuppressionEntry[];
  gone: SuppressionEntry[];
  /** Known entries whose statements are other ones now, or whose consumer has another name. */
  changed: SuppressionEntry[];
}

export interface Renewing {
  occurrences: readonly Occurrence[];
  /** Numbered before any of them was left out (`numberedGaps`). */
  gaps: readonly GapIdentity[];
  /** Of the baseline before. */
  known: readonly SuppressionEntry[];
  said: Said;
  /** As the place of entries names it. */
  file: string;
  /** The known entry that hides an occurrence of a consumer which it does not name: it was moved, and the new entry says what that one said. */
  heirs: ReadonlyMap<Occurrence, SuppressionEntry>;
}

/**
 * The entries that hide exactly these occurrences and gaps: one for each rule, consumer, store and relation, with a digest for each
 * statement. What is known keeps its reason, owner and end.
 */
export function renewedEntries({ occurrences, gaps, known, said, file, heirs }: Renewing): Renewed {
  const before = grouped(known, entryKey);
  const renewed = [...entriesOfOccurrences(occurrences, heirs), ...entriesOfGaps(gaps)].flatMap(({ owner, heir, ...found }): Change[] => {
    const old = before.get(entryKey(found)) ?? before.get(entryKey({ ...found, store: null })) ?? [];
    if (old.length > 0) return shared(old, found.statements);
    const words: Said = heir ?? { ...said, owner: said.owner ?? owner };
    return [{ entry: { ...found, by: 'baseline', reason: words.reason, owner: words.owner, until: words.until, place: { file, line: 0 } }, was: heir }];
  });
  const kept = new Set(renewed.map(({ was }) => was));
  return {
    entries: renewed.map(({ entry }) => entry).sort(compareEntries),
    added: renewed.flatMap(({ entry, was }) => (was === null ? [entry] : [])).sort(compareEntries),
    gone: known.filter((entry) => !kept.has(entry)).toSorted(compareEntries),
    changed: renewed.flatMap(({ entry, was }) => (was === null || saysSame(was, entry) ? [] : [entry])).sort(compareEntries),
  };
}

interface Change {
  entry: SuppressionEntry;
  was: SuppressionEntry | null;
}

/** Known entries of one rule, consumer and relation with the statements that are there now: each keeps its own, the first takes what is new. */
function shared(old: readonly SuppressionEntry[], statements: readonly string[] | null): Change[] {
  const whole = old.find((entry) => entry.statements === null);
  if (whole !== undefined) return [{ entry: whole, was: whole }];
  const left = [...(statements ?? [])];
  const kept = old.map((entry) => ({
    was: entry,
    own: (entry.statements ?? []).filter((digest) => {
      const at = left.indexOf(digest);
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    }),
  }));
  const [first] = kept;
  first?.own.push(...left);
  return kept.flatMap(({ was, own }, index) => (own.length === 0 && (index > 0 || statements !== null) ? [] : [{ was, entry: { ...was, statements: own.sort() } }]));
}

type Found = Pick<SuppressionEntry, 'rule' | 'consumer' | 'store' | 'relation' | 'owner' | 'statements'> & { heir: SuppressionEntry | null };

function entriesOfOccurrences(occurrences: readonly Occurrence[], heirs: Renewing['heirs']): Found[] {
  const groups = grouped(occurrences, ({ ruleId, consumer, store, relation }) => JSON.stringify([ruleId, consumer, store, relation]));
  return [...groups.values()].flatMap((group): Found[] => {
    const [first] = group;
    if (first === undefined) return [];
    const digests = group.map(({ digest }) => digest).filter((digest) => digest !== '').sort(compareText);
    const owner = group.find(({ finding }) => finding.owner !== null)?.finding.owner ?? null;
    const heir = group.map((occurrence) => heirs.get(occurrence)).find((entry) => entry !== undefined) ?? null;
    return [{ heir, rule: first.ruleId, consumer: named(first.consumer), store: named(first.store), relation: named(first.relation), owner, statements: digests.length === 0 ? null : digests }];
  });
}

function entriesOfGaps(gaps: readonly GapIdentity[]): Found[] {
  return gaps.map(({ subject, missing }) => ({ heir: null, rule: COULD_NOT_LOOK, consumer: subject, store: null, relation: missing, owner: null, statements: null }));
}

function named(name: string): string | null {
  return name === '' ? null : name;
}

function saysSame(one: SuppressionEntry, other: SuppressionEntry): boolean {
  return entryKey(one) === entryKey(other) && JSON.stringify(one.statements) === JSON.stringify(other.statements);
}
