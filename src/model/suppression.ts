/**
 * `baseline`: what stood when the gate was put up, written by `tidemark baseline write`. `waiver`: what somebody decided to live with,
 * written by hand. `comment`: a waiver that stands in the SQL itself.
 */
export const SUPPRESSION_KINDS = ['baseline', 'waiver', 'comment'] as const;
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number];

/** Stands in place of a rule for what could not be looked at. */
export const COULD_NOT_LOOK = 'could-not-look';

/** What hides findings of one rule, consumer and relation: an entry of a file for people, or a comment. */
export interface SuppressionEntry {
  by: SuppressionKind;
  /** The id of a rule, or `could-not-look`. */
  rule: string;
  /** As reports name it; null in an entry written by hand that holds for every consumer, and in a comment. */
  consumer: string | null;
  /** Null where the entry does not say. */
  store: string | null;
  /** `schema.name`, a column or a metric; for `could-not-look` what is missing. Null where the entry does not say. */
  relation: string | null;
  reason: string;
  owner: string | null;
  /** `YYYY-MM-DD`: the last day on which it hides anything; null for no end. */
  until: string | null;
  /** Digests of the statements that it speaks for, one for each, sorted; null where it speaks for all of the consumer. */
  statements: string[] | null;
  place: { file: string; line: number };
  /** Of a comment: the id of the query whose statement it stands in or above; null where that is none or several (a migration, a view of metrics). */
  queryId?: string | null | undefined;
  /** Of a comment in a file of SQL: the lines of that statement in `place.file`, from 1 on. */
  lines?: { from: number; to: number } | undefined;
}

/** Why an entry is not used as it stands. */
export const SUPPRESSION_FAULTS = ['expired', 'unused', 'unreadable'] as const;
export type SuppressionFault = (typeof SUPPRESSION_FAULTS)[number];

/** An entry with which something is wrong. */
export interface SuppressionProblem {
  fault: SuppressionFault;
  by: SuppressionKind;
  /** As it is written; empty where it cannot be read. */
  rule: string;
  consumer: string;
  relation: string;
  owner: string | null;
  /** In words: `it held until 2026-06-30`, `the date 'soon' is none`. */
  cause: string;
  place: { file: string; line: number };
}
