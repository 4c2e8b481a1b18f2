import { numberedGaps } from '../findings/suppressions/gap-identity.js';
import type { Gap } from '../model/snapshot.js';

/** Gaps after a change that were not there before it, and those that were. */
export interface ComparedGaps {
  fresh: Gap[];
  known: Gap[];
}

/**
 * Compares what could not be looked at on both sides, lines and counts aside; a second one of a kind is new.
 *
 * @param renames from paths after the change to paths before it
 */
export function compareGaps(before: readonly Gap[], after: readonly Gap[], renames: ReadonlyMap<string, string>): ComparedGaps {
  const known = new Set(numberedGaps(before).map(({ identity }) => JSON.stringify(identity)));
  const found: ComparedGaps = { fresh: [], known: [] };
  const renamed = after.map((gap) => ({ ...gap, subject: formerSubject(gap.subject, renames) }));
  numberedGaps(renamed).forEach(({ identity }, index) => {
    const gap = after[index];
    if (gap !== undefined) (known.has(JSON.stringify(identity)) ? found.known : found.fresh).push(gap);
  });
  return found;
}

function formerSubject(subject: string, renames: ReadonlyMap<string, string>): string {
  for (const [after, before] of renames) if (subject.includes(after)) return subject.replaceAll(after, before);
  return subject;
}
