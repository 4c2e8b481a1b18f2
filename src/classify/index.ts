import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { MetricSummary } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';

export interface ClassifyInput {
  boundaries: readonly StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
  metrics: readonly MetricSummary[];
}

/** Every consumer of the snapshot with its decision type, the level that it needs, the controls that it has and where it should move. Sorted by name. */
export function classifyConsumers(_input: ClassifyInput): ClassifiedConsumer[] {
  return [];
}

export function classifiedSubjects(_classified: readonly ClassifiedConsumer[]): Subject[] {
  return [];
}

/** What should have an owner, with who is known to be accountable, responsible and consulted. */
export function assetSubjects(_input: ClassifyInput): Subject[] {
  return [];
}
