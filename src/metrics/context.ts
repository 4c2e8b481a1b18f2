import type { Catalog, Constraint } from '../model/catalog.js';
import type { MetricConfiguration } from '../model/configuration.js';
import type { ScratchSpace } from '../model/scratch-engine.js';
import type { Zone } from '../model/store.js';
import type { MetricInput } from './claim/claim.js';
import type { ParseDialect } from './claim/definition.js';

/** What the comparison of metrics needs from outside. */
export interface MetricContext {
  /** The catalogue of a store; null where there is none, and then its cards are not compared. */
  catalogOf(store: string): Catalog | null;
  /** The zone of `schema.relation` in a store. */
  zoneOf(store: string, relation: string): Zone;
  /** Reads the dialects of the stores, and PostgreSQL where none is named. */
  parse: ParseDialect;
  /** Metrics of the configuration, which pin, part and name claims. */
  metrics?: readonly MetricConfiguration[];
  /** The time zone of the sessions of a store; null where it is not known. */
  timeZoneOf?(store: string): string | null;
  /**
   * Opens a space of the engine whose semantics a store has; null where there is none, and then definitions are only proved. Asked
   * only where proofs do not tell all, once for a group. What it gives is closed here.
   *
   * @throws ScratchError when the engine cannot be reached or started
   */
  scratch?(store: string): Promise<ScratchSpace | null>;
  /**
   * `replay`: what can be proved is not searched against, and differences are shown by the rows that a proof suggests; `full`, and
   * where it is not said: everything is searched.
   */
  depth?: 'full' | 'replay';
  /** Which groups are compared and told of; all where it is not said. */
  wanted?(inputs: readonly MetricInput[]): boolean;
  /** How much is compared, in the largest groups first; all where it is not said. */
  limits?: ComparisonLimits;
  /** Constraints on the relations of a store that are asserted and that nobody enforces. */
  assertedOf?(store: string): readonly Constraint[];
}

/** How much one analysis may do. */
export interface ComparisonLimits {
  /** Pairs of definitions that are compared. */
  pairs: number;
  /** Groups for which a space of an engine is opened. */
  spaces: number;
  /** Of these, the groups in which differences are searched for that no proof suggests. */
  searches: number;
}
