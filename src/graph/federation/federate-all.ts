import type { Configuration } from '../../model/configuration.js';
import type { CollectedQuery } from '../../model/query.js';
import type { Snapshot, StoreSnapshot } from '../../model/snapshot.js';
import { type Dialect, dialectOfEngine } from '../../sql/dialect.js';
import type { Parsers } from '../../sql/parse/parsers.js';
import { dialectOfQuery } from '../connection.js';
import type { PlacedQuery } from '../placed-query.js';
import type { Placement } from '../placement.js';
import { federate } from './federate.js';

/** Queries by the dialect that their connections name. */
export function byDialect(queries: readonly CollectedQuery[]): Map<Dialect, CollectedQuery[]> {
  const groups = new Map<Dialect, CollectedQuery[]>();
  for (const query of queries) append(groups, dialectOfQuery(query), query);
  return groups;
}

export interface FederatedQueries {
  byStore: Map<StoreSnapshot, PlacedQuery[]>;
  guesses: string[];
  seenThrough: Map<CollectedQuery, Set<string>>;
}

/** What queries send to stores other than their own. */
export function federateAll(byStore: Placement['byStore'], elsewhere: readonly CollectedQuery[], { stores }: Snapshot, configuration: Configuration, parsers: Pick<Parsers, 'parse'>): FederatedQueries {
  const groups = [
    ...stores.map((store) => ({ from: store, queries: byStore.get(store) ?? [], dialect: dialectOfEngine(store.engine) })),
    ...[...byDialect(elsewhere)].map(([dialect, queries]) => ({ from: null, queries, dialect })),
  ];
  const all: FederatedQueries = { byStore: new Map(), guesses: [], seenThrough: new Map() };
  for (const { from, queries, dialect } of groups) {
    const { placed, guesses, seenThrough } = federate({ queries, from, stores, configuration, dialect: dialect.id, parse: parsers.parse(dialect) });
    for (const { store, query } of placed) append(all.byStore, store, query);
    for (const [query, functions] of seenThrough) all.seenThrough.set(query, functions);
    all.guesses.push(...guesses);
  }
  return { ...all, guesses: [...new Set(all.guesses)].sort() };
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
