import type { CorrectionFacts } from '../../facts/correction.js';
import type { StoreFacts } from '../../facts/store.js';
import type { Subject } from '../../facts/subjects.js';
import { unknownFacts } from '../../facts/schema.js';
import { schema } from '../../facts/correction.js';
import type { StoreBoundary } from '../../graph/boundary.js';
import { backdated } from './backdated.js';
import { deletedReversals } from './deleted-reversals.js';
import { merged } from './merged.js';
import { correctingWrites, type SentWrite } from './writes.js';

/** Writes to one table that correct it in one way. */
export interface Correction {
  kind: 'reversal-deleted' | 'backdated' | 'merged';
  relation: string;
  columns: string[];
  writes: readonly SentWrite[];
  loaders?: string[];
  referenced?: string;
}

/**
 * Of the six kinds of corrections (Part 066 §16) the three that statements show: reversals by DELETE, times of events set back, and
 * duplicates merged without a trace. Names overwritten under history are judged where a dashboard reads them; erasure is
 * asked of the rows (`tidemark reconcile`, `privacy`); a taxonomy without versions is judged by the design of its table.
 */
export function correctionSubjects(facts: ReadonlyMap<StoreBoundary, StoreFacts>): Subject[] {
  return [...facts].flatMap(([boundary, store]) => {
    if (boundary.store.role !== 'operational') return [];
    const writes = correctingWrites(boundary);
    const found = [...deletedReversals(boundary, writes), ...backdated(boundary, writes), ...merged(boundary, writes)];
    return found.map((one): Subject => ({
      subject: 'correction', facts: { correction: factsOf(one), store }, locations: [], consumer: '', owner: ownerOf(one, boundary), store: boundary.store.name, relation: one.relation,
    }));
  });
}

function factsOf({ kind, relation, columns, writes, loaders = [], referenced = '' }: Correction): CorrectionFacts {
  return {
    ...unknownFacts(schema), kind, relation, columns, loaders, referenced,
    roles: [...new Set(writes.map(({ role }) => role))].sort(), statements: writes.length, calls: writes.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** Who sends it, where all that send it are of one owner. */
function ownerOf({ writes }: Correction, { roles }: StoreBoundary): string | null {
  const owners = new Set(writes.map(({ role }) => roles.get(role)?.owner ?? null));
  const [only, another] = owners;
  return another === undefined ? (only ?? null) : null;
}
