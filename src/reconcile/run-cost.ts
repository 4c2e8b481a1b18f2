import type { CollectionCost } from '../model/snapshot.js';
import type { LiveSession } from '../stores/live.js';

/** A session with what it had cost before the run. */
export interface Metered {
  session: LiveSession;
  before: CollectionCost;
}

/** What a run cost over several sessions. */
export function costOf(metered: readonly Metered[]): CollectionCost {
  const sum: CollectionCost = { elapsed_ms: 0, queries: 0, received_bytes: 0 };
  for (const { session, before } of metered) {
    const { elapsed_ms, queries, received_bytes } = session.cost();
    sum.elapsed_ms += elapsed_ms - before.elapsed_ms;
    sum.queries += queries - before.queries;
    sum.received_bytes += received_bytes - before.received_bytes;
  }
  return sum;
}
