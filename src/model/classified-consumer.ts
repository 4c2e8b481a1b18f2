/** The eight decision types of Part 066 §2, in its order. */
export const DECISION_TYPES = [
  'operational-command', 'operational-read', 'near-real-time-monitoring', 'management-reporting', 'regulatory-report', 'investigation-analytics', 'product-analytics', 'ml-features',
] as const;
export type DecisionType = (typeof DECISION_TYPES)[number];

/** The four truth domains of the first article. */
export const TRUTH_DOMAINS = ['operational', 'analytical', 'observational', 'experimental'] as const;
export type TruthDomain = (typeof TRUTH_DOMAINS)[number];

/** The five levels of Part 066 §15, from the least to the most demanding. */
export const CORRECTNESS_LEVELS = ['exploratory', 'operational-dashboard', 'management-dashboard', 'financial-regulatory', 'legal-evidence'] as const;
export type CorrectnessLevel = (typeof CORRECTNESS_LEVELS)[number];

/** What §15 demands: each level needs its own controls and those of the levels below it, the caveat aside. */
export const CONTROLS = [
  'caveat', 'freshness-watermark', 'metric-contract', 'reconciliation', 'reproducible-run', 'approval', 'lineage', 'immutable-evidence', 'provenance',
] as const;
export type Control = (typeof CONTROLS)[number];

/** Where a consumer reads or should read: §10 and the decision matrix of §11. */
export const PATTERNS = [
  'operational-store', 'operational-read-model', 'read-replica', 'reporting-schema', 'warehouse-mart', 'incremental-mart', 'projection-store', 'governed-report-run',
  'governed-sandbox', 'feature-store', 'search-projection', 'graph-projection',
] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Something that was proposed by evidence or said by the configuration, which confirms it. */
export interface Proposed<T> {
  value: T;
  via: 'configured' | 'evidence';
  /** 0 to 1; 1 where it is configured. */
  confidence: number;
  /** In words, the weightiest first: `refreshes every 30 s`. Never a literal of a production statement. */
  reasons: string[];
}

export interface ControlState {
  control: Control;
  /** Whether the level that the consumer needs demands it. */
  required: boolean;
  /** `unknown` where what would tell could not be looked at; it is never counted as absent. */
  state: 'present' | 'absent' | 'unknown';
  /** In words: what shows it, what was looked for in vain, or what would have to be seen. */
  evidence: string;
}

/** One row of the review: a dashboard with its cards, a card or report by itself, an application's code or a database role. */
export interface ClassifiedConsumer {
  /** Some of it was found in the statistics of a store. */
  seen: boolean;
  /** As reports name it: `metabase dashboard Board pack`, `reports/month_end.sql`, `role analyst_export`. Unique. */
  name: string;
  kind: 'dashboard' | 'card' | 'report' | 'code' | 'role';
  /** The names that findings give its parts: `metabase card 101 Open cases`. Sorted; at least one. */
  members: string[];
  decision: Proposed<DecisionType> | null;
  domain: Proposed<TruthDomain> | null;
  /** The level that it needs. */
  level: Proposed<CorrectnessLevel> | null;
  /** How old its data may be, in seconds. */
  freshness_seconds: Proposed<number> | null;
  /** How far back it looks, in seconds; 0 is the present state only. */
  history_seconds: Proposed<number> | null;
  /** What is the authority for what it shows: a store, or `store schema.relation`. */
  authority: Proposed<string> | null;
  /** Null and empty where nobody is known. */
  ownership: { accountable: string | null; responsible: string | null; consulted: string[]; via: string };
  /** What it reads, by store; relations sorted. */
  reads: { store: string; role: string; relations: string[]; zones: string[] }[];
  /** Every control of §15, in the order of CONTROLS. */
  controls: ControlState[];
  /** The highest level of which every control is present; null where it has not even the least. */
  actualLevel: CorrectnessLevel | null;
  /** `under`: a required control is absent. `over`: it has controls far above its level. `undetermined`: a required one is unknown and none absent. */
  fit: 'fits' | 'under' | 'over' | 'undetermined';
  /** Why, in one sentence. */
  fitReason: string;
  /** How it is served today; null where nothing tells. */
  current: Pattern | null;
  /** Where it should move, and why; null where it should stay or nothing tells. */
  target: { pattern: Pattern; reason: string } | null;
  /** What production is freed of by the move; null where it has no statistics there. */
  frees: { blockShare: number | null; timeShare: number | null; calls: number } | null;
}
