import type { StoreBoundary } from '../graph/boundary.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { ColumnPair, Configuration, PairWatermark } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import type { MetricSummary } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Engine, StoreRole } from '../model/store.js';

/** A store as the file is to name it. */
export interface WrittenStore {
  name: string;
  role: StoreRole;
  engine: Engine;
  /** A file, or a reference such as `${env:CASEWORK_URL}`; never a connection. */
  url: string;
  /** What stands beside it for people, without secrets: how to set the variable. */
  remarks: string[];
}

/** Two relations that should hold the same rows. */
export interface ProposedPair {
  name: string;
  source: { store: string; relation: string; time_column: string | null };
  target: { store: string; relation: string; time_column: string | null };
  key: ColumnPair[] | null;
  watermark: PairWatermark | null;
  reason: string;
  confidence: number;
  missing: string[];
}

/** Everything that was seen of an estate of which nobody has written a configuration. */
export interface GuessInput {
  snapshot: Snapshot;
  /** With which it was looked at: stores and sources alone. */
  configuration: Configuration;
  stores: readonly WrittenStore[];
  boundaries: readonly StoreBoundary[];
  consumers: readonly ClassifiedConsumer[];
  movements: readonly RelationMovement[];
  metrics: readonly MetricSummary[];
  pairs: readonly ProposedPair[];
}
