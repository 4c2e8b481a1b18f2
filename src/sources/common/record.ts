import type { CollectedQuery, Origin, Problem } from '../../model/query.js';

/** The record of something that has no text to read: only where it stands and why are known. `known` says what else is. */
export function problemRecord(kind: string, id: string, origin: Origin, problem: Problem, known: Partial<CollectedQuery> = {}): CollectedQuery {
  return {
    id, kind, origin,
    role: 'query', sqlKind: 'statement', title: null, description: null, container: null, owners: [], connection: null, raw: '', reconstructed: false, variants: [],
    isPublic: false, lifecycle: 'active', usage: null, schedule: null,
    problems: [problem],
    ...known,
  };
}
