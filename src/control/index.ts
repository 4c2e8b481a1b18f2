import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';

export interface ControlInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
  configuration: Configuration;
}

/** Official reports, restatements, pipelines and data products, by what the control tables of the stores say. */
export function controlSubjects(_input: ControlInput): Subject[] {
  return [];
}
