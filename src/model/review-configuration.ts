import type { CorrectnessLevel, DecisionType, TruthDomain } from './classified-consumer.js';

/** What a person has confirmed of a consumer; null and empty where nothing is said. */
export interface ConfirmedConsumer {
  decision: DecisionType | null;
  domain: TruthDomain | null;
  level: CorrectnessLevel | null;
  freshness_seconds: number | null;
  /** How far back it looks; 0 is the present state only. */
  history_seconds: number | null;
  /** A store, or `schema.relation`. */
  authority: string | null;
  responsible: string | null;
  consulted: string[];
}

/** Who answers for relations, metrics, contracts and official reports. The first entry that matches wins. */
export interface AssetConfiguration {
  /** Globs over `schema.relation`, names of metrics, of reports and of data products; prefixed with the store and a colon where it matters. */
  match: string;
  accountable: string | null;
  responsible: string | null;
  consulted: string[];
}

/** A critical business concept, by which the seven steps of stabilisation are told. */
export interface ConceptConfiguration {
  name: string;
  /** The relation that is its authority, as `schema.name`, and the store; null where nobody has decided. */
  authority: { store: string | null; relation: string } | null;
  /** Globs over `schema.name` of everything that belongs to it. */
  relations: string[];
  /** How it moves: `cdc`, `outbox`, `batch` …; null where nobody has decided. */
  movement: string | null;
  /** Names of its metrics. */
  metrics: string[];
  owner: string | null;
}

export interface ReviewConfiguration {
  title: string | null;
  /** The file with the answers of people, absolute; null takes `tidemark.review.yaml` beside the configuration. */
  answers: string | null;
  /** Answers older than this are stale. */
  stale_after_seconds: number;
}
