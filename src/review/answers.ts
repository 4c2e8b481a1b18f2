import { daysBetween } from '../findings/suppressions/date.js';
import type { Answer } from '../model/review.js';

/** What a person answered to one of the 25 questions. */
export interface PersonAnswer {
  answer: Extract<Answer, 'yes' | 'partly' | 'no' | 'not-applicable'>;
  by: string;
  /** `YYYY-MM-DD`. */
  on: string;
  note: string | null;
}

/** What only people know of a consumer: Part 066 §23 asks what happens if its data is wrong or stale. */
export interface ConsumerAnswer {
  /** A glob over the names of consumers. */
  match: string;
  ifWrong: string | null;
  ifStale: string | null;
  by: string;
  on: string;
}

/** The review file, read. */
export interface ReviewAnswers {
  answers: ReadonlyMap<number, PersonAnswer>;
  consumers: readonly ConsumerAnswer[];
}

export const NO_ANSWERS: ReviewAnswers = { answers: new Map(), consumers: [] };

/**
 * Whether an answer is so old that it has to be asked again.
 *
 * @param on and `today`: `YYYY-MM-DD`
 */
export function isStale(on: string, today: string, stale_after_seconds: number): boolean {
  return daysBetween(on, today) * 86_400 > stale_after_seconds;
}
