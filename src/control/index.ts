import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Configuration } from '../model/configuration.js';
import type { Snapshot } from '../model/snapshot.js';
import { officialSubjects } from './official.js';
import { pipelineSubjects } from './pipelines.js';
import { productSubjects } from './products.js';
import { restatementSubjects } from './restatements.js';

export interface ControlInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
  configuration: Configuration;
}

/** Official reports, restatements, pipelines and data products, by what the control tables of the stores say. */
export function controlSubjects(input: ControlInput): Subject[] {
  return [...input.facts].flatMap(([boundary, store]) => [
    ...officialSubjects(boundary, store, input.configuration),
    ...restatementSubjects(boundary, store, input),
    ...pipelineSubjects(boundary, store, input.configuration),
    ...productSubjects(boundary, store, input),
  ]);
}
