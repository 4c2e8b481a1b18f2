import { extractCard } from '../facts/consumer.js';
import { extract as extractCost, totalsOf } from '../facts/cost.js';
import { type StatementFacts, extract as extractStatement, extractUnparsed } from '../facts/statement.js';
import { type Access, type StoreBoundary, readQuery } from '../graph/boundary.js';
import { storeOf } from '../graph/connection.js';
import { consumerName } from '../graph/consumer-name.js';
import { ownerOf } from '../graph/owner.js';
import type { ReadPart, ReadText, StatementReader } from '../graph/statement-reader.js';
import type { Configuration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import type { StoreSnapshot } from '../model/snapshot.js';
import type { StoreRole } from '../model/store.js';
import type { StoreWorkload, WorkloadStatement } from '../model/workload.js';
import { emptyCatalog } from '../sql/catalog.js';
import type { Dialect } from '../sql/dialect.js';
import { storeWorkload } from './store-workload.js';

/** Queries of one store that was not looked at, all in one dialect. */
export interface QueriesOfStore {
  /** Of the configuration; empty where none is known. */
  store: string;
  role: StoreRole;
  dialect: Dialect;
  queries: CollectedQuery[];
}

/**
 * Groups queries by the store that they lead to, without looking at one, and by dialect. What nobody can open any more, and what runs on no
 * store, is left out.
 */
export function queriesByStore(queries: readonly CollectedQuery[], configuration: Configuration, dialectOf: (query: CollectedQuery) => Dialect): QueriesOfStore[] {
  const groups = new Map<string, QueriesOfStore>();
  for (const query of queries) {
    if (query.lifecycle === 'archived') continue;
    const { name, nowhere } = storeOf(query, [], configuration);
    if (nowhere) continue;
    const dialect = dialectOf(query);
    const store = name ?? '';
    const key = `${store}\n${dialect.id}`;
    const role = configuration.stores.find((one) => one.name === store)?.role ?? 'operational';
    const group = groups.get(key) ?? { store, role, dialect, queries: [] };
    group.queries.push(query);
    groups.set(key, group);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

/** What the statements of dashboards are by their shape alone, without a store to ask. Pure. */
export function workloadOfQueries({ store, role, dialect, queries }: QueriesOfStore, reader: StatementReader, configuration: Configuration, choose?: (statement: WorkloadStatement) => boolean): StoreWorkload {
  const unseen: StoreSnapshot = {
    name: store, role, engine: 'postgres', version: '', database: '', inRecovery: false, catalog: emptyCatalog(),
    statements: [], statementWindow: null, cost: { elapsed_ms: 0, queries: 0, received_bytes: 0 },
  };
  const boundary: StoreBoundary = {
    store: unseen, reader, zones: new Map(), totals: NO_TOTALS, roles: new Map(), activity: new Map(), readRows: [],
    accesses: queries.flatMap((query) => accessesOf(query, reader, configuration)),
  };
  return { ...storeWorkload({ boundary, choose }), engine: dialect.id };
}

const NO_TOTALS = totalsOf([], 8192);

function accessesOf(query: CollectedQuery, reader: StatementReader, configuration: Configuration): Access[] {
  const name = consumerName(query);
  const consumer = extractCard({ query, name, owner: ownerOf(query, name, configuration), role: null, seen: false, last_used_days: Number.NaN });
  const access = (read: ReadText, part: ReadPart | null, statement: StatementFacts): Access => ({ query, consumer, statement, cost: extractCost([], NO_TOTALS), text: read.text, part, rows: [], links: [], doubtful: [], rhythm: null });
  const sender = { role: '', purpose: 'unknown', applications: [], card: name, tool: query.kind } as const;
  const done = new Set<string>();
  return readQuery(query, reader).variants.flatMap((read): Access[] => {
    if (read.parts.length === 0) return [access(read, null, extractUnparsed(read.text))];
    return read.parts.flatMap((part): Access[] => {
      if (done.has(part.fingerprint)) return [];
      done.add(part.fingerprint);
      const { status } = read;
      return [access(read, part, extractStatement({ ...part, text: read.text, status, index: reader.index, thresholds: configuration.thresholds, cost: null, rhythm: null, sender, isInternal: () => false }))];
    });
  });
}
