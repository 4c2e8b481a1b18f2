import { z } from 'zod';
import type { StoreConfiguration } from '../../model/configuration.js';
import { openLive } from '../../stores/index.js';
import type { LiveSession } from '../../stores/live.js';
import { targetOf } from '../../stores/shared/target.js';
import { loadSql } from '../../stores/sql/load.js';
import { StoreLost, type OpenContext } from '../../stores/store.js';

/** One connection a store, opened when it is first asked for, and anew where it was lost. */
export class Sessions {
  readonly #stores: ReadonlyMap<string, StoreConfiguration>;
  readonly #context: OpenContext;
  readonly #open = new Map<string, Promise<LiveSession>>();
  /** Also those that were lost: what they cost counts, and closing releases what they hold. */
  readonly #all: LiveSession[] = [];

  constructor(stores: readonly StoreConfiguration[], context: OpenContext) {
    this.#stores = new Map(stores.map((store) => [store.name, store]));
    this.#context = context;
  }

  /** @throws ConnectError where there is no connection, Error for a store that the configuration does not name */
  readonly open = (name: string): Promise<LiveSession> => {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const opened = this.#begin(name);
    this.#open.set(name, opened);
    // What failed may work the next time.
    opened.catch(() => this.#forget(name, opened));
    return opened;
  };

  async close(): Promise<void> {
    await Promise.allSettled(this.#open.values());
    await Promise.all(this.#all.map((session) => session.close()));
  }

  async #begin(name: string): Promise<LiveSession> {
    const store = this.#stores.get(name);
    if (store === undefined || store.url === null) throw new UnknownStore(name);
    const session = await openLive(store.engine, targetOf(store), this.#context);
    this.#all.push(session);
    const opened = this.#open.get(name);
    return noticing(session, () => opened !== undefined && this.#forget(name, opened));
  }

  #forget(name: string, opened: Promise<LiveSession>): void {
    if (this.#open.get(name) === opened) this.#open.delete(name);
  }
}

/** A pair names a store that the configuration does not. */
export class UnknownStore extends Error {
  override readonly name = 'UnknownStore';

  constructor(store: string) {
    super(`${store}: the configuration names no such store, or gives no connection for it`);
  }
}

/** The same session, which tells when it is lost. */
function noticing(session: LiveSession, onLost: () => void): LiveSession {
  const noticed = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof StoreLost) onLost();
      throw error;
    }
  };
  const { estimate } = session;
  return {
    store: session.store,
    engine: session.engine,
    version_num: session.version_num,
    identity: () => session.identity(),
    asOf: () => session.asOf(),
    query: (row, sql, bounds) => noticed(session.query(row, sql, bounds)),
    ...(estimate === undefined ? {} : { estimate: (sql, bounds) => noticed(estimate.call(session, sql, bounds)) }),
    cost: () => session.cost(),
    close: () => session.close(),
  };
}

/** Which store may be scanned in the place of which, by their names. */
export interface Replicas {
  of: ReadonlyMap<string, string>;
  /** What kept a replica from being taken, in words. */
  notes: string[];
}

const systemRow = z.object({ system_identifier: z.string() });

/**
 * Replicas of the given stores: those that the configuration calls so, are standbys, and have the system identifier of the
 * primary and its database.
 * @throws the reason of an abort
 */
export async function replicasOf(names: ReadonlySet<string>, stores: readonly StoreConfiguration[], sessions: Pick<Sessions, 'open'>, signal: AbortSignal): Promise<Replicas> {
  const of = new Map<string, string>();
  const notes: string[] = [];
  const candidates = stores.filter(({ role, engine }) => role === 'replica' && engine === 'postgres');
  for (const { name, engine, role } of stores) {
    if (!names.has(name) || engine !== 'postgres' || role !== 'operational' || candidates.length === 0) continue;
    const own = await systemOf(name, sessions, signal);
    if (typeof own === 'string') continue;
    for (const candidate of candidates) {
      const other = await systemOf(candidate.name, sessions, signal);
      if (typeof other === 'string') notes.push(`${candidate.name} is not read in the place of ${name}: ${other}`);
      else if (other.system === own.system && other.database === own.database && other.inRecovery && !of.has(name)) of.set(name, candidate.name);
    }
  }
  return { of, notes: [...new Set(notes)] };
}

async function systemOf(name: string, sessions: Pick<Sessions, 'open'>, signal: AbortSignal): Promise<{ system: string; database: string; inRecovery: boolean } | string> {
  try {
    const session = await sessions.open(name);
    const [row] = await session.query(systemRow, loadSql('postgres', 'system_identifier', session.version_num));
    const { database, inRecovery } = session.identity();
    return row === undefined ? 'it does not tell its system identifier' : { system: row.system_identifier, database, inRecovery };
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}
