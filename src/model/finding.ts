/** The five levels are SARIF's without `none`. */
export type Level = 'error' | 'warning' | 'note';

export type Area = 'workload' | 'drift' | 'coupling' | 'privacy' | 'guardrail';

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
  /** Built from rule, consumer and relation; never from line numbers or texts. */
  partialFingerprints: { boundary: string };
}
