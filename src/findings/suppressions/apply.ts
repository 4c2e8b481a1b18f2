import type { Suppression } from '../../model/finding.js';
import type { Gap } from '../../model/snapshot.js';
import { COULD_NOT_LOOK, type SuppressionEntry, type SuppressionProblem } from '../../model/suppression.js';
import type { Occurrence } from '../occurrences.js';
import { compareEntries } from './entry-key.js';
import { Hiding } from './hiding.js';

export interface Suppressing {
  /** Everything that was found after the change of the consumers that were judged, not only what is new: an entry hides what it was written for first. */
  occurrences: readonly Occurrence[];
  gaps: readonly Gap[];
  entries: readonly SuppressionEntry[];
  /** `YYYY-MM-DD`. */
  today: string;
  /** Names of all consumers that exist after the change: an entry of one of them hides nothing of another. */
  consumers: ReadonlySet<string>;
  /** Whether what the entry speaks of was judged, so that it can be told unused. */
  judged: (entry: SuppressionEntry) => boolean;
  /** From paths after the change to paths before it. */
  renames: ReadonlyMap<string, string>;
  /**
   * Where a change was looked at from both sides: what each occurrence was before it (`Matched.same`). The baseline then hides these by
   * what they were, and of the others only a statement that it names of the same consumer, or of one that is gone: whatever else is in
   * none of both is new.
   */
  before?: ReadonlyMap<Occurrence, Occurrence> | undefined;
  /** Rules that judge a statement as a whole (`statementRules`): the relation of their findings is an example, and may be another one after an edit. */
  statementRules?: ReadonlySet<string> | undefined;
}

export interface Suppressed {
  hidden: Map<Occurrence, Suppression>;
  hiddenGaps: Set<Gap>;
  /** Expired and unused entries, in the order of `entries`. */
  problems: SuppressionProblem[];
  /** How many occurrences and gaps each entry hides. */
  used: Map<SuppressionEntry, number>;
}

/**
 * Hides what entries speak of. An entry that names statements hides one occurrence for each of them, the surest first: the same
 * statement of the same consumer; another one of the same consumer, in place of one that is gone (it was edited); these two on whatever relation, of rules
 * that judge statements as a whole; the same statement of another consumer where its own is gone (it was moved); another one in a file that was renamed. So what comes in addition is never
 * hidden. An entry that names none hides all of its rule, consumer and relation. Does not depend on the order of anything given.
 */
export function applySuppressions(given: Suppressing): Suppressed {
  const hiding = new Hiding(given);
  const standing = given.entries.filter((entry) => !isPast(entry, given.today)).toSorted(compareEntries);
  hiding.findings(standing.filter(({ rule }) => rule !== COULD_NOT_LOOK));
  hiding.gaps(standing.filter(({ rule }) => rule === COULD_NOT_LOOK));
  const used = new Map(given.entries.map((entry) => [entry, 0]));
  for (const entry of [...hiding.hidden.values(), ...hiding.hiddenGaps.values()]) used.set(entry, (used.get(entry) ?? 0) + 1);
  const problems = given.entries.flatMap((entry): SuppressionProblem[] => {
    if (isPast(entry, given.today)) return [problemOf(entry, 'expired', `it held until ${entry.until}`)];
    if (hiding.fitting.has(entry) || !given.judged(entry)) return [];
    return [problemOf(entry, 'unused', entry.by === 'comment' ? 'the statement breaks no such rule' : 'nothing that it hides is there any more')];
  });
  const hidden = new Map([...hiding.hidden].map(([occurrence, entry]) => [occurrence, suppressionOf(entry)] as const));
  return { hidden, hiddenGaps: new Set(hiding.hiddenGaps.keys()), problems, used };
}

/** @param today `YYYY-MM-DD` */
export function isPast({ until }: Pick<SuppressionEntry, 'until'>, today: string): boolean {
  return until !== null && until < today;
}

function problemOf({ by, rule, consumer, relation, owner, place }: SuppressionEntry, fault: 'expired' | 'unused', cause: string): SuppressionProblem {
  return { fault, by, rule, consumer: consumer ?? '', relation: relation ?? '', owner, cause, place };
}

function suppressionOf({ by, reason, owner, until, place }: SuppressionEntry): Suppression {
  return { kind: by === 'comment' ? 'inSource' : 'external', by, justification: reason, owner, until, place };
}
