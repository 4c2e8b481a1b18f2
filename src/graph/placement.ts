import type { Configuration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import type { Gap, Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { storeOf } from './connection.js';

/** Where the queries of a snapshot run. */
export interface Placement {
  byStore: Map<StoreSnapshot, CollectedQuery[]>;
  /** No store is known for them. */
  unplaced: CollectedQuery[];
  /** Their store could not be looked at, or they run on none: on extracts, on results of others. */
  waiting: CollectedQuery[];
  guesses: string[];
}

/** Every query with the store that it runs on, as far as the configuration and the stores tell. */
export function placeQueries(snapshot: Snapshot, configuration: Configuration): Placement {
  const byStore = new Map<StoreSnapshot, CollectedQuery[]>();
  const unplaced: CollectedQuery[] = [];
  const waiting: CollectedQuery[] = [];
  const guesses = new Set<string>();
  for (const query of snapshot.queries) {
    // What nobody can open any more reads nothing.
    if (query.lifecycle === 'archived') continue;
    const { store, guess, waits, nowhere } = storeOf(query, snapshot.stores, configuration);
    if (guess !== null && !waits) guesses.add(guess);
    if (waits || nowhere) waiting.push(query);
    else if (store === null) unplaced.push(query);
    else append(byStore, store, query);
  }
  return { byStore, unplaced, waiting, guesses: [...guesses].sort() };
}

/** Queries on a connection that leads to no collected store: named, with the line of configuration that mends it. */
export function unplacedGaps(unplaced: readonly CollectedQuery[]): Gap[] {
  const byConnection = new Map<string, CollectedQuery[]>();
  for (const query of unplaced) {
    const connection = query.connection?.name ?? query.connection?.id ?? 'no connection';
    const key = `${query.kind}: ${connection}`;
    append(byConnection, key, query);
  }
  return [...byConnection].sort(([a], [b]) => (a < b ? -1 : 1)).map(([subject, queries]) => ({
    subject,
    missing: `the judgement of ${queries.length} ${queries.length === 1 ? 'query' : 'queries'}`,
    cause: 'no configured store has this connection',
    remedy: `add to a store in tidemark.yaml:  match: [{ tool: ${queries[0]?.kind ?? ''}, name: ${JSON.stringify(queries[0]?.connection?.name ?? '')} }]`,
    severity: 'partial',
  }));
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
