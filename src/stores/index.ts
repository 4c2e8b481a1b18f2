import type { Engine } from '../model/store.js';
import type { DescribedRelation, DescribedSource, RelationFacts, RelationName } from './description.js';
import type { LiveBounds, LiveSession } from './live.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** A driver is loaded only where a store of its engine is opened. */
const engines: Record<Engine, () => Promise<{ engine: StoreEngine }>> = {
  bigquery: () => import('./bigquery.js'),
  clickhouse: () => import('./clickhouse.js'),
  databricks: () => import('./databricks.js'),
  duckdb: () => import('./duckdb.js'),
  postgres: () => import('./postgres.js'),
  redshift: () => import('./redshift.js'),
  snowflake: () => import('./snowflake.js'),
  trino: () => import('./trino.js'),
};

/** The engines that stores may name, sorted. */
export const engineIds = (Object.keys(engines) as Engine[]).sort();

/**
 * Opens a store of the given engine.
 * @throws ConnectError when there is no connection.
 */
export async function openStore(id: Engine, target: StoreTarget, context: OpenContext): Promise<Store> {
  const { engine } = await engines[id]();
  return engine.open(target, context);
}

/**
 * Opens a store of the given engine for many small looks, on one connection.
 * @throws ConnectError when there is no connection.
 */
export async function openLive(id: Engine, target: StoreTarget, context: OpenContext): Promise<LiveSession> {
  const { engine } = await engines[id]();
  return engine.watch(target, context);
}

/** `describe` of the engine behind a session. */
export async function describe(session: LiveSession, source: DescribedSource, bounds?: LiveBounds): Promise<DescribedRelation | null> {
  const { engine } = await engines[session.engine]();
  return engine.describe(session, source, bounds);
}

/** `relationFacts` of the engine behind a session. */
export async function relationFacts(session: LiveSession, relations: readonly RelationName[], bounds?: LiveBounds): Promise<RelationFacts[]> {
  const { engine } = await engines[session.engine]();
  return engine.relationFacts(session, relations, bounds);
}
