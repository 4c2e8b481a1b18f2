import { extract } from '../facts/decision.js';
import type { Subject } from '../facts/subjects.js';
import type { StoreBoundary } from '../graph/boundary.js';
import { subject } from '../graph/subject.js';
import type { ClassifiedConsumer } from '../model/classified-consumer.js';
import type { Configuration } from '../model/configuration.js';
import type { MetricSummary } from '../model/report.js';
import type { Snapshot } from '../model/snapshot.js';
import { assetsOf } from './assets.js';
import { classified } from './consumers.js';

export interface ClassifyInput {
  boundaries: readonly StoreBoundary[];
  snapshot: Snapshot;
  configuration: Configuration;
  metrics: readonly MetricSummary[];
}

/** Every consumer of the snapshot with its decision type, the level that it needs, the controls that it has and where it should move. Sorted by name. */
export function classifyConsumers(input: ClassifyInput): ClassifiedConsumer[] {
  return classified(input);
}

/** One thing to judge for each consumer. */
export function classifiedSubjects(consumers: readonly ClassifiedConsumer[]): Subject[] {
  return consumers.map((consumer) => {
    const { name, ownership, reads } = consumer;
    return subject('classified', { decision: extract(consumer) }, { consumer: name, owner: ownership.accountable, store: reads.length === 1 ? (reads[0]?.store ?? '') : '', relation: '', locations: [] });
  });
}

/** What should have an owner, with who is known to be accountable, responsible and consulted. */
export function assetSubjects(input: ClassifyInput): Subject[] {
  return assetsOf(input).map(({ store, owner, ...asset }) => subject('asset', { asset }, { consumer: '', owner, store, relation: asset.name, locations: [] }));
}
