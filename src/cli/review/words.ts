import type { Answer, ChecklistAnswer, Review, ReviewArea } from '../../model/review.js';
import { formatQuantity } from '../../text/quantity.js';

export const REVIEW_AREA_WORDS: Record<ReviewArea, string> = { workload: 'Workload', correctness: 'Correctness', movement: 'Data movement', security: 'Security', ownership: 'Ownership', operations: 'Operations' };

export const ANSWER_WORDS: Record<Answer, string> = { yes: 'yes', partly: 'partly', no: 'no', unknown: 'not known', 'not-applicable': 'does not apply' };

/** Who answered: a machine says nothing of itself. */
export const BY_WORDS: Record<ChecklistAnswer['by'], string> = { machine: '', proposed: 'proposed, to be confirmed', person: 'answered by a person', open: 'waits for a person', stale: 'answered too long ago' };

/** `54 of 100`, or that nothing could be scored. */
export function scoreInWords(score: number | null): string {
  return score === null ? 'no score' : `${score} of 100`;
}

/** `2026-11-23 03:10 UTC`. */
export function momentInWords(takenAt: string): string {
  return takenAt.replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC');
}

/** Who, how much and what for: behind each of the first things. */
export function workInWords({ effort, gain, owner }: Review['firstThings'][number]): string {
  return [`${effort.size}, ${effort.hours_min} to ${effort.hours_max} h (${effort.reason})`, gain, owner === null ? 'no known owner' : `owner ${owner}`].join(' · ');
}

/** Hyphens of an identifier are blanks to people. */
export function spoken(id: string): string {
  return id.replaceAll('-', ' ');
}

/** What a move frees on production; empty where nothing tells. */
export function freesInWords(frees: Review['consumers'][number]['frees']): string {
  return frees === null || frees.blockShare === null ? '' : `${formatQuantity(frees.blockShare, 'share') ?? ''} of block reads`;
}
