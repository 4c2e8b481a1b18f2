import type { SuppressionEntry } from '../../model/suppression.js';
import { isPast, type Suppressed } from './apply.js';
import { grouped } from './grouped.js';

/** A baseline without what is of no use. */
export interface Pruned {
  entries: SuppressionEntry[];
  gone: { entry: SuppressionEntry; why: 'expired' | 'unused' }[];
  /** Entries that stay for fewer statements than before. */
  changed: SuppressionEntry[];
}

/**
 * Takes out entries that hide nothing, and of the others the digests of statements that are gone. An entry that is past stays, as it
 * is to be heard, unless `expired` says otherwise; it is not known whether it would be of use.
 *
 * @param known the entries that `suppressed` was worked out with, those of the baseline
 * @param today `YYYY-MM-DD`
 */
export function prunedEntries(known: readonly SuppressionEntry[], suppressed: Suppressed, { today, expired }: { today: string; expired: boolean }): Pruned {
  const hidden = grouped([...suppressed.hidden].filter(([, { by }]) => by === 'baseline'), ([, { place }]) => place);
  const unused = new Set(suppressed.problems.filter(({ fault }) => fault === 'unused').map(({ place }) => place));
  const pruned: Pruned = { entries: [], gone: [], changed: [] };
  for (const entry of known) {
    if (unused.has(entry.place)) pruned.gone.push({ entry, why: 'unused' });
    else if (expired && isPast(entry, today)) pruned.gone.push({ entry, why: 'expired' });
    else pruned.entries.push(fewer(entry, (hidden.get(entry.place) ?? []).map(([{ digest }]) => digest)));
  }
  pruned.changed = pruned.entries.filter((entry) => !known.includes(entry));
  return pruned;
}

/** The entry for as many statements as it hides: those first that are there letter by letter. */
function fewer(entry: SuppressionEntry, hidden: readonly string[]): SuppressionEntry {
  const { statements } = entry;
  if (statements === null || hidden.length === 0 || hidden.length >= statements.length) return entry;
  const left = [...hidden];
  const exact = statements.filter((digest) => {
    const at = left.indexOf(digest);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  // An edited statement is known by the digest that it had.
  const edited = without(statements, exact).slice(0, hidden.length - exact.length);
  return { ...entry, statements: [...exact, ...edited].sort() };
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((digest) => {
    const at = left.indexOf(digest);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
