import type { Hole } from './holes.js';
import type { Notes } from './result.js';

/** What one reference expands to, at most: a member, a query, a metric. Characters. */
export const EXPANSION_LENGTH_MAX = 100_000;

/** How deep references may lead to others. */
export const REFERENCE_DEPTH_MAX = 30;

/** What all references of one text expand to, at most. */
const EXPANSIONS_LENGTH_MAX = 1_000_000;

/** The holes of a text, of which those that would make it too long are left to be filled by their slot; a problem says so. */
export function withinExpansion(holes: readonly Hole[], notes: Notes): Hole[] {
  let length = 0;
  return holes.map((hole) => {
    length += hole.text?.length ?? 0;
    if (hole.text === undefined || length <= EXPANSIONS_LENGTH_MAX) return hole;
    notes.problem('too-large', `what it refers to has more than ${EXPANSIONS_LENGTH_MAX} characters`);
    return { start: hole.start, end: hole.end, name: hole.name };
  });
}
