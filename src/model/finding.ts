import type { SuppressionKind } from './suppression.js';

/** The five levels are SARIF's without `none`. */
export type Level = 'error' | 'warning' | 'note';

/** The four detections, the guardrails, and what a review asks besides, in the order of reports. */
export const AREAS = ['workload', 'drift', 'coupling', 'privacy', 'guardrail', 'correctness', 'movement', 'ownership'] as const;
export type Area = (typeof AREAS)[number];

/**
 * Why a card and entries of the statistics are taken for one: the same text, a comment with which the tool signed it, the
 * application that was seen running it, the role that ran it.
 */
export const LINK_KINDS = ['comment', 'fingerprint', 'sample', 'application', 'role'] as const;

export interface Link {
  by: (typeof LINK_KINDS)[number];
  /** How sure this link alone makes it: 0 to 1. */
  confidence: number;
  /** In words. Never a literal of a production statement. */
  evidence: string;
}

/** SARIF's words: against what stood before the change and in the baseline. */
export const BASELINE_STATES = ['new', 'unchanged', 'absent'] as const;
export type BaselineState = (typeof BASELINE_STATES)[number];

/** What hides a finding from the exit code, and never from JSON or SARIF. */
export interface Suppression {
  /** SARIF's words: `external` for a file beside the code, `inSource` for a comment. */
  kind: 'external' | 'inSource';
  by: SuppressionKind;
  justification: string;
  owner: string | null;
  /** `YYYY-MM-DD`, or null for no end. */
  until: string | null;
  place: { file: string; line: number };
}

/** SARIF's words. A finding is one rule broken by one consumer on one relation. */
export interface Finding {
  ruleId: string;
  area: Area;
  level: Level;
  message: string;
  /** Who reads: a card, a file or a role; empty where the rule speaks of a store or relation. */
  consumer: string;
  /** Null where nobody is known to own it. */
  owner: string | null;
  store: string;
  /** `schema.name` or empty. */
  relation: string;
  /** Facts in words, the weightiest first. Never a row value or a literal of a production statement. */
  evidence: string[];
  why: string;
  fix: string;
  /** The statement of the source article that the rule stands for. */
  clause: string;
  locations: { file: string; pointer: string; line: number; column: number }[];
  /** How sure the evidence is: 0 to 1. */
  confidence: number;
  /** For ordering within a level: share of the store's work, number of readers and the like. */
  weight: number;
  /** What joins the consumer to its entries in the statistics, the strongest first; absent where nothing had to be joined. */
  links?: Link[] | undefined;
  /** Built from rule, consumer and relation; never from line numbers or texts. */
  partialFingerprints: { boundary: string };
  /** Absent where nothing is compared with. */
  baselineState?: BaselineState | undefined;
  /** Empty or absent where nothing hides it. A finding of which only some statements are hidden stands twice: with what is hidden, and without. */
  suppressions?: Suppression[] | undefined;
}
