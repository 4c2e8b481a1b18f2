import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import type { Snapshot } from '../model/snapshot.js';

export interface DesignInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
  configuration: Configuration;
  movements: readonly RelationMovement[];
}

/** Stored tables, by what the catalogue says of their design. */
export function designSubjects(_input: DesignInput): Subject[] {
  return [];
}

/** The ways by which changes of operational tables leave for analytics. */
export function flowSubjects(_input: DesignInput): Subject[] {
  return [];
}
