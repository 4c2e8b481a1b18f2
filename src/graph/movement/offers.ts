import type { Publication, Relation } from '../../model/catalog.js';
import { relationKey } from '../../sql/schema-index.js';
import type { Resolution } from '../../sql/resolution.js';
import type { Slot } from '../../sql/scope.js';
import { mergedByName } from '../../sql/slots.js';
import type { Access, StoreBoundary } from '../boundary.js';
import type { StatementReader } from '../statement-reader.js';
import type { Offer } from './fit.js';
import { shownFilter } from './row-filter.js';
import { compare } from './way.js';

/** A relation that may be copied as it is. */
export interface OfferedRelation {
  kind: 'relation';
  store: string;
  key: string;
  relation: Relation;
  isContract: boolean;
  /** By which publication its rows leave; null for none. */
  published: { name: string; columns: string[] | null; rowFilter: string | null } | null;
}

/** What a loader asks of one store, by the relations that it reads. */
export interface OfferedQuery {
  kind: 'query';
  store: string;
  /** The relations that it names, sorted. */
  keys: string[];
  by: string;
  slots: Slot[];
  uses: Resolution['uses'];
}

export type Offered = OfferedRelation | OfferedQuery;

/** Tools that carry data; what they ask of a store lands elsewhere. */
const LOADING_TOOLS: ReadonlySet<string> = new Set(['airflow']);

/** What leaves a store that is no warehouse: its relations, and what loaders ask of it. */
export function offersOf(boundary: StoreBoundary, reader: StatementReader): Offer<Offered>[] {
  return [...offeredRelations(boundary), ...offeredQueries(boundary, reader)];
}

function offeredRelations({ store, zones }: StoreBoundary): Offer<Offered>[] {
  const published = publishedIn(store.catalog.publications);
  return store.catalog.relations.flatMap((relation): Offer<Offered>[] => {
    const key = relationKey(relation);
    const isContract = zones.get(key)?.zone === 'contract';
    // A view that is no contract is what its tables are.
    if (relation.kind === 'partition' || (relation.kind === 'view' && !isContract)) return [];
    const { schema, name, columns } = relation;
    const what: OfferedRelation = { kind: 'relation', store: store.name, key, relation, isContract, published: published(key) };
    const own = what.published?.columns ?? columns.map((column) => column.name);
    return [{ schema, name, columns: new Set(own.map((column) => column.toLowerCase())), what }];
  });
}

function publishedIn(publications: readonly Publication[]): (key: string) => OfferedRelation['published'] {
  const tables = new Map<string, NonNullable<OfferedRelation['published']>>();
  for (const { name, tables: own } of publications) {
    for (const { schema, relation, columns, rowFilter } of own) {
      const key = relationKey({ schema, name: relation });
      const known = tables.get(key);
      // Of several publications the one that gives more counts.
      if (known && (known.columns === null || (columns !== null && columns.length <= known.columns.length))) continue;
      tables.set(key, { name, columns, rowFilter: rowFilter === null ? null : shownFilter(rowFilter) });
    }
  }
  const all = publications.find(({ allTables }) => allTables);
  return (key) => (all ? { name: all.name, columns: null, rowFilter: null } : (tables.get(key) ?? null));
}

function offeredQueries({ store, accesses }: StoreBoundary, reader: StatementReader): Offer<Offered>[] {
  const asked = new Map<string, OfferedQuery>();
  const done = new Set<string>();
  for (const access of accesses) {
    const { text, consumer } = access;
    if (!loads(access) || done.has(`${consumer.name}\n${text}`)) continue;
    done.add(`${consumer.name}\n${text}`);
    for (const { resolution } of reader.read(text, null).parts) {
      if (resolution.outputs.length === 0 || resolution.writes.size > 0) continue;
      const keys = [...resolution.direct.keys()].sort(compare);
      const key = `${consumer.name}\n${keys.join('\n')}`;
      const known = asked.get(key);
      const slots = mergedByName([...(known?.slots ?? []), ...resolution.outputs]);
      asked.set(key, { kind: 'query', store: store.name, keys, by: consumer.name, slots, uses: [...(known?.uses ?? []), ...resolution.uses] });
    }
  }
  return [...asked.values()].flatMap((what) =>
    what.keys.flatMap((key): Offer<Offered>[] => {
      const relation = reader.index.get(key);
      const columns = new Set(what.slots.map(({ name }) => name.toLowerCase()));
      return relation ? [{ schema: relation.schema, name: relation.name, columns, what }] : [];
    }),
  );
}

function loads({ part, consumer, query }: Access): boolean {
  if (part === null || part.resolution.direct.size === 0) return false;
  return consumer.role_purpose === 'loader' || (query !== null && LOADING_TOOLS.has(query.kind));
}
