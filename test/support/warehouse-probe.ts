import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { DataProductConfiguration, LiveConfiguration } from '../../src/model/configuration.js';
import type { Engine, StoreRole } from '../../src/model/store.js';
import type { ProbeTarget, StoreProbe } from '../../src/probes/probe.js';
import { openLive, openStore } from '../../src/stores/index.js';
import type { LiveSession } from '../../src/stores/live.js';
import { noContext } from './store-context.js';

/** A warehouse as a probe gets it: its session, and its catalogue as it was when the watch began. */
export interface Warehouse {
  session: LiveSession;
  target: ProbeTarget;
  /** Runs statements as its owner, as a loader would, and opens a new session that sees them. */
  change(...sql: string[]): Promise<void>;
  close(): Promise<void>;
}

export interface WarehouseOptions {
  role?: StoreRole;
  settings?: Partial<LiveConfiguration>;
  catalog?: 'as it is' | 'unread';
}

/** A DuckDB file that these statements make. */
export async function duckdbWarehouse(sql: readonly string[], options: WarehouseOptions = {}): Promise<Warehouse> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-warehouse-'));
  const path = join(folder, 'warehouse.duckdb');
  const change = async (...statements: string[]): Promise<void> => {
    const instance = await DuckDBInstance.create(path);
    try {
      const connection = await instance.connect();
      try {
        await connection.run("SET TimeZone = 'UTC'");
        for (const statement of statements) await connection.run(statement);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  };
  const opened = await change(...sql)
    .then(() => open('duckdb', path, options))
    .catch((error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
  const warehouse: Warehouse = {
    ...opened,
    change: async (...statements) => {
      await change(...statements);
      await warehouse.session.close();
      warehouse.session = await openLive('duckdb', { name: 'warehouse', url: path }, noContext);
    },
    close: async () => {
      await warehouse.session.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return warehouse;
}

export async function open(engine: Engine, url: string, options: WarehouseOptions): Promise<Pick<Warehouse, 'session' | 'target'>> {
  const store = await openStore(engine, { name: 'warehouse', url }, noContext);
  const { value } = await store.catalog();
  await store.close();
  const target: ProbeTarget = {
    store: 'warehouse',
    role: options.role ?? 'warehouse',
    engine,
    settings: { ...defaultLive, ...options.settings },
    catalog: options.catalog === 'unread' ? null : value,
  };
  return { target, session: await openLive(engine, { name: 'warehouse', url }, noContext) };
}

/** One run of a probe; `create` is called anew each time unless a made one is given. */
export function look<P>(probe: StoreProbe<P>, { session, target }: Pick<Warehouse, 'session' | 'target'>, options: { now?: number; made?: ReturnType<StoreProbe<P>['create']> } = {}): Promise<P> {
  const now = options.now ?? Date.now() / 1000;
  const run = options.made ?? probe.create(target);
  return run({ session, sessionOf: () => Promise.reject(new Error('there is one store only')), signal: new AbortController().signal, now: () => now });
}

export function dataProduct(given: Partial<DataProductConfiguration> & { name: string }): DataProductConfiguration {
  return {
    store: null,
    relation: null,
    watermark: null,
    objective: null,
    provisional_seconds: null,
    time_column: null,
    event_id_column: null,
    stream: null,
    owner: null,
    ...given,
  };
}

/** Epoch seconds of an ISO time. */
export function at(iso: string): number {
  return Date.parse(iso) / 1000;
}
