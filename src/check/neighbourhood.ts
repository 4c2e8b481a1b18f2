import { zoneOf } from '../graph/zone.js';
import { dashboardSiblings } from './dashboard-siblings.js';
import type { Configuration } from '../model/configuration.js';
import type { CollectedQuery } from '../model/query.js';
import type { Snapshot, StoreSnapshot } from '../model/snapshot.js';
import { sharesConcept } from './same-concept.js';
import { NamedRelations, textsOf } from './touched.js';

/** Both sides of a change, reduced to what the change can have to do with. */
export interface Neighbourhood {
  before: Snapshot;
  after: Snapshot;
  /** Names of touched relations and functions, in lower case. */
  touched: ReadonlySet<string>;
  /** How many statements of the statistics are read. */
  statements: number;
}

export interface NeighbourhoodInput {
  before: Snapshot;
  after: Snapshot;
  changed: { before: readonly CollectedQuery[]; after: readonly CollectedQuery[] };
  /** Other texts that change: migrations, and names of relations of which something was declared. */
  texts: readonly string[];
  configuration: Configuration;
}

/** A text that may write, whatever comments stand before it. */
const WRITES = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:insert|update|delete|merge|create|copy|with|select\b[\s\S]*\binto)\b/i;
/** What brings rows from elsewhere, and not parameters. */
const BRINGS = /\b(?:select|using|from)\b/i;
const WRITES_BY_KEY = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:insert|update|delete|merge)\b/i;
/** So many tell whether a role writes at all, seldom or often (see `graph/role-purpose.ts`). */
const WRITES_OF_ROLE = 6;
const LOADS = /\b(?:loader|etl|elt|dbt|airbyte|fivetran|debezium|peerdb|cdc|replicator|replication|ingest|extract|hightouch|census|retl)\b/i;

/**
 * The part of both snapshots by which what changed is judged as the whole would judge it: every catalogue and counter, the changed
 * queries, all that mention a relation which these mention (through views both ways), all that fills such a relation from others, and
 * what is compared with the changed queries by its title. Both sides get the same statements, so that they differ by the change alone.
 */
export function neighbourhoodOf({ before, after, changed, texts, configuration }: NeighbourhoodInput): Neighbourhood {
  const { stores } = after;
  const queries = [...new Map([...before.queries, ...after.queries].map((query) => [query, textsOf(query)]))];
  const names = new NamedRelations(stores, after.queries);
  const own = [...changed.before, ...changed.after];
  const seeds = new Set([...own.flatMap(textsOf), ...texts].flatMap((text) => [...names.of(text)]));
  const touched = names.withViews(names.withSources(seeds));
  const mentioned = new Map(queries.map(([query, all]) => [query, union(all.map((text) => names.of(text)))]));
  const ofStatement = new Map<string, ReadonlySet<string>>();
  for (const { statements } of stores) for (const { text } of statements) if (text !== null && !ofStatement.has(text)) ofStatement.set(text, names.of(text));

  const filling = upstream(touched, names, mentioned, ofStatement);
  const isAlike = sharesConcept(own, own.flatMap(textsOf).flatMap((text) => [...names.of(text)]));
  const files = new Set(own.flatMap(({ kind, origin }) => (kind === 'appcode' ? [origin.file] : [])));
  const changedIds = new Set(own.map(({ id }) => id));
  const isNear = (query: CollectedQuery): boolean =>
    changedIds.has(query.id) || filling.queries.has(query) || intersects(mentioned.get(query) ?? NOTHING, touched) ||
    isAlike(query) || files.has(query.origin.file) || query.kind === 'airflow';
  const near = new Set(queries.flatMap(([query]) => (isNear(query) ? [query] : [])));
  for (const sibling of dashboardSiblings(queries.map(([query]) => query), near)) near.add(sibling);
  const loaded = loadedNames(stores, touched, configuration);
  const chosen = new Set(filling.statements);
  for (const [text, mentions] of ofStatement) if (intersects(mentions, touched) || (intersects(mentions, loaded) && WRITES.test(text))) chosen.add(text);
  for (const store of stores) for (const text of tellingOfRoles(store, ofStatement, stores.length > 1, configuration)) chosen.add(text);
  const looksAt = (text: string): boolean => chosen.has(text);
  const reduced = (side: Snapshot): Snapshot => ({
    ...side,
    queries: side.queries.filter((query) => near.has(query)),
    stores: side.stores.map((store) => ({ ...store, looksAt })),
  });
  return { before: reduced(before), after: reduced(after), touched, statements: chosen.size };
}

/** What fills touched relations from others, at any depth, so that it is known what their columns hold. */
function upstream(
  touched: ReadonlySet<string>, names: NamedRelations, mentioned: ReadonlyMap<CollectedQuery, ReadonlySet<string>>, ofStatement: ReadonlyMap<string, ReadonlySet<string>>,
): { queries: Set<CollectedQuery>; statements: Set<string> } {
  const models = [...mentioned].filter(([{ builds }]) => builds !== undefined);
  const writers = [...ofStatement].filter(([text]) => WRITES.test(text) && BRINGS.test(text));
  const found = { queries: new Set<CollectedQuery>(), statements: new Set<string>() };
  let reached = new Set(touched);
  for (let size = -1; size !== reached.size; ) {
    size = reached.size;
    const next = new Set(reached);
    for (const [query, mentions] of models) {
      if (found.queries.has(query) || !reached.has(query.builds?.name.toLowerCase() ?? '')) continue;
      found.queries.add(query);
      for (const name of mentions) next.add(name);
    }
    for (const [text, mentions] of writers) {
      if (found.statements.has(text) || !intersects(mentions, reached)) continue;
      found.statements.add(text);
      for (const name of mentions) next.add(name);
    }
    reached = names.withSources(next);
  }
  return found;
}

/**
 * Names in schemas of operational stores whose zone is a guess that writes of the application decide (see
 * `graph/warehouse-authority.ts`), where a touched relation is among them.
 */
function loadedNames(stores: readonly StoreSnapshot[], touched: ReadonlySet<string>, configuration: Configuration): Set<string> {
  const names = new Set<string>();
  for (const store of stores) {
    if (store.role === 'warehouse') continue;
    const doubted = store.catalog.relations.filter((relation) => touched.has(relation.name.toLowerCase()) && isLoadedByGuess(zoneOf(relation, store, configuration)));
    const schemas = new Set(doubted.map(({ schema }) => schema));
    for (const { schema, name } of store.catalog.relations) if (schemas.has(schema)) names.add(name.toLowerCase());
  }
  return names;
}

function isLoadedByGuess({ zone, guessed }: ReturnType<typeof zoneOf>): boolean {
  return guessed && (zone === 'mart' || zone === 'semantic' || zone === 'raw');
}

/** Statements that tell what a role is for: some writes, one that reads a relation, and all of a loader where rows may go from store to store. */
function tellingOfRoles({ statements }: StoreSnapshot, ofStatement: ReadonlyMap<string, ReadonlySet<string>>, severalStores: boolean, { consumers }: Configuration): Set<string> {
  const telling = new Set<string>();
  const writes = new Map<string, number>();
  const reads = new Set<string>();
  const loaders = new Set(consumers.flatMap(({ match, purpose }) => (purpose === 'loader' && match.role !== undefined ? [match.role] : [])));
  for (const { role, text } of statements) {
    if (text === null) continue;
    if (severalStores && (loaders.has(role) || LOADS.test(role.replaceAll('_', ' ')))) telling.add(text);
    const written = writes.get(role) ?? 0;
    if (written < WRITES_OF_ROLE && WRITES_BY_KEY.test(text)) {
      telling.add(text);
      writes.set(role, written + 1);
    } else if (!reads.has(role) && (ofStatement.get(text)?.size ?? 0) > 0) {
      telling.add(text);
      reads.add(role);
    }
  }
  return telling;
}

const NOTHING: ReadonlySet<string> = new Set();

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [only, ...others] = sets;
  if (only !== undefined && others.length === 0) return only;
  const all = new Set<string>();
  for (const set of sets) for (const name of set) all.add(name);
  return all;
}

function intersects(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const name of some) if (others.has(name)) return true;
  return false;
}
