import { defaultLive } from '../../../src/config/live-defaults.js';
import type { PairMemoryFile } from '../../../src/reconcile/judge/memory.js';
import type { ReconcileContext, ReconcileMemory } from '../../../src/reconcile/context.js';
import { openLive } from '../../../src/stores/index.js';
import type { LiveSession } from '../../../src/stores/live.js';
import { noContext } from '../../support/store-context.js';

/** What a state folder keeps, in memory. */
export class Kept implements ReconcileMemory {
  readonly files = new Map<string, string>();

  load(pair: string): Promise<unknown> {
    const text = this.files.get(pair);
    const content: unknown = text === undefined ? null : JSON.parse(text);
    return Promise.resolve(content);
  }

  save(pair: string, memory: PairMemoryFile): Promise<void> {
    this.files.set(pair, JSON.stringify(memory));
    return Promise.resolve();
  }
}

/** Sessions as the command line opens them: one a store, for all pairs of a run. */
export class Stores {
  readonly #open = new Map<string, Promise<LiveSession>>();

  constructor(private readonly urls: Readonly<Record<string, string>>) {}

  open(store: string): Promise<LiveSession> {
    const known = this.#open.get(store) ?? openLive(this.engineOf(store), { name: store, url: this.urls[store] ?? '' }, noContext);
    this.#open.set(store, known);
    return known;
  }

  engineOf(store: string): 'postgres' | 'clickhouse' | 'duckdb' {
    if (this.urls[store]?.startsWith('clickhouse:') === true) return 'clickhouse';
    return this.urls[store]?.startsWith('postgres:') === true ? 'postgres' : 'duckdb';
  }

  async close(): Promise<void> {
    for (const session of this.#open.values()) await (await session.catch(() => null))?.close();
    this.#open.clear();
  }
}

export function context(stores: Stores, overrides: Partial<ReconcileContext> = {}): ReconcileContext {
  const { signal } = new AbortController();
  return {
    open: (store) => stores.open(store),
    roleOf: (store) => (store === 'warehouse' ? 'warehouse' : store === 'replica' ? 'replica' : 'operational'),
    engineOf: (store) => stores.engineOf(store),
    replicaOf: () => null,
    settings: defaultLive,
    duty: 1,
    chunk_ms: 100,
    confirm_seconds_max: 5,
    list_max: 100,
    memory: null,
    secret: new Uint8Array(32).fill(1),
    signal,
    now: () => Date.now() / 1000,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    ...overrides,
  };
}
