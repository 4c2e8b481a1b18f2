import type { Engine } from '../model/store.js';
import type { LiveSession } from './live.js';
import type { OpenContext, Store, StoreEngine, StoreTarget } from './store.js';

/** A driver is loaded only where a store of its engine is opened. */
const engines: Record<Engine, () => Promise<{ engine: StoreEngine }>> = {
  duckdb: () => import('./duckdb.js'),
  postgres: () => import('./postgres.js'),
};

/** The engines that stores may name, sorted. */
export const engineIds = Object.keys(engines).sort();

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
