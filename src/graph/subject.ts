import type { FactsOf, GroupSchema } from '../facts/schema.js';
import type { StoreFacts } from '../facts/store.js';
import type { Subject, SubjectId } from '../facts/subjects.js';
import type { Thresholds } from '../model/thresholds.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { Classification } from '../privacy/classify.js';
import type { StoreBoundary } from './boundary.js';
import type { Contract } from './contracts.js';

/** Everything of one store that rules judge. */
export interface SubjectInput {
  boundary: StoreBoundary;
  facts: StoreFacts;
  contracts: readonly Contract[];
  /** `schema.table.column` → what it holds. */
  classified: ReadonlyMap<string, Classification>;
  /** Below it personal data is not reported. */
  confidence_min: number;
  /** ISO 8601: when the snapshot was taken. */
  takenAt: string;
  thresholds: Thresholds;
  /** All stores of the snapshot, by which it is told where foreign tables lead. */
  stores?: readonly StoreSnapshot[];
}

export type Facts = Record<string, FactsOf<GroupSchema>>;

/** One thing to judge. */
export function subject(id: SubjectId, facts: Facts, rest: Omit<Subject, 'subject' | 'facts'>): Subject {
  return { subject: id, facts, ...rest };
}
