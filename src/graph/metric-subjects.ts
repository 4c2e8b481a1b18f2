import type { Subject } from '../facts/subjects.js';
import type { Parse } from '../sql/parse/postgres.js';
import type { StoreBoundary } from './boundary.js';

export function metricSubjects(_boundary: StoreBoundary, _parse: Parse): Subject[] {
  return [];
}
