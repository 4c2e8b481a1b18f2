import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import type { RelationMovement } from '../model/movement.js';
import type { Snapshot } from '../model/snapshot.js';
import { conceptSubjects } from './concepts.js';
import { outboxFlows, publishedFlows, rawFlows, warehouseFlows } from './flows.js';
import { Promises } from './promises.js';
import { tableSubjects } from './tables.js';

export interface DesignInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
  configuration: Configuration;
  movements: readonly RelationMovement[];
}

/** Stored tables, by what the catalogue says of their design, and the concepts of the configuration. */
export function designSubjects(input: DesignInput): Subject[] {
  const promises = new Promises(input);
  return [...[...input.facts].flatMap(([boundary, store]) => tableSubjects(boundary, store, promises, input.configuration)), ...conceptSubjects(input)];
}

/** The ways by which changes of operational tables leave for analytics. */
export function flowSubjects({ facts, configuration, movements }: DesignInput): Subject[] {
  const boundaries = [...facts.keys()];
  return [...facts].flatMap(([boundary, store]) => [
    ...publishedFlows(boundary, store), ...outboxFlows(boundary, store), ...rawFlows(boundary, store),
    ...warehouseFlows({ boundary, store, boundaries, configuration, movements }),
  ]);
}
