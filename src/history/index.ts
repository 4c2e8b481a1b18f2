import type { Subject } from '../facts/subjects.js';
import type { StoreFacts } from '../facts/store.js';
import type { StoreBoundary } from '../graph/boundary.js';
import type { Snapshot } from '../model/snapshot.js';

export interface HistoryInput {
  facts: ReadonlyMap<StoreBoundary, StoreFacts>;
  snapshot: Snapshot;
}

/** Declared metrics with what was seen of their closed periods, and the restatements that explain a change. */
export function historySubjects(_input: HistoryInput): Subject[] {
  return [];
}
