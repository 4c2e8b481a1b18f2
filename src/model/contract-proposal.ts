import type { MetricComparison } from './metric-verdict.js';
import type { Origin } from './query.js';

/** A versioned view that would take the place of internal relations in the queries of those who read them, and all that goes with it. */
export interface ContractProposal {
  /** What the rows are, in words: `case file`, `order`. */
  concept: string;
  store: string;
  /** `schema.name` of the internal relations that it hides. */
  relations: string[];
  /** `integration.v_case_file_v1`. A next version where `replaces` is not null. */
  view: string;
  /** The contract view whose next version it is; null for the first. */
  replaces: string | null;
  version: number;
  /** Each column of the view: where it comes from, and who uses it. */
  columns: { name: string; source: string; type: string; personal: string | null; usedBy: string[] }[];
  /** Conditions that all consumers share and that the view therefore has, as SQL; empty where it shows all rows. */
  predicates: string[];
  /** Statements to run by hand, one each. */
  create: string;
  grants: string[];
  revokes: string[];
  /** INSERT into the registry; null where the store has none, with the table to make in `registryTable`. */
  registryRow: string;
  registryTable: string | null;
  /** The file of the Open Data Contract Standard 3.1, as YAML. */
  odcs: { file: string; text: string };
  consumers: ContractConsumer[];
  /** What the proposal takes for granted or leaves open, in words. */
  notes: string[];
}

export interface ContractConsumer {
  consumer: string;
  owner: string | null;
  /** Null for a statement of a role. */
  origin: Origin | null;
  before: string;
  /** Null where it could not be rewritten, with the reason. */
  after: string | null;
  unchanged: string | null;
  /** Whether the rewrite returns the same; null where it was not asked. */
  verdict: MetricComparison | null;
  /** In one sentence: proved, searched and how far, or why not. */
  sentence: string;
}
