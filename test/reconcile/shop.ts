import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { LiveConfiguration, ReconcilePair, TimedPair } from '../../src/model/configuration.js';
import { probe, type ReconciliationPayload } from '../../src/probes/reconciliation.js';
import { openLive } from '../../src/stores/index.js';
import type { LiveSession } from '../../src/stores/live.js';
import type { TestServer } from '../support/postgres.js';

/** A pair of the shop; what a test speaks of is overridden. */
export function pair(overrides: Partial<TimedPair> = {}): TimedPair {
  return {
    name: 'orders',
    source: { store: 'production', relation: 'shop.orders', query: null, time_column: 'placed_at', deleted_column: null },
    target: { store: 'warehouse', relation: 'analytics.orders', query: null, time_column: 'placed_at', deleted_column: null },
    period: 'day',
    periods: 4,
    sums: [{ source: 'amount', target: 'amount' }],
    tolerance_ratio: 0,
    product: null,
    provisional_seconds: null,
    key: null,
    columns: null,
    except: [],
    watermark: null,
    every_seconds: null,
    ...overrides,
  };
}

export function settings(pairs: ReconcilePair[], overrides: Partial<LiveConfiguration> = {}): LiveConfiguration {
  return { ...defaultLive, reconcile: pairs, ...overrides };
}

/** A warehouse file that is written to as a loader does: open, write, close. */
export class Warehouse {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-test-warehouse-'));
  readonly path = join(this.#folder, 'warehouse.duckdb');

  async run(...statements: string[]): Promise<void> {
    const instance = await DuckDBInstance.create(this.path);
    try {
      const connection = await instance.connect();
      try {
        for (const statement of statements) await connection.run(statement);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface Passes {
  /** One run of the probe. */
  pass(): Promise<ReconciliationPayload>;
  source: LiveSession;
  close(): Promise<void>;
}

const CONTEXT = { environment: {}, homeDirectory: null };

/** The probe on real stores, as the schedule runs it. `target` is a DuckDB file or a connection URL. */
export async function passesOf(server: TestServer, target: Warehouse | string, live: LiveConfiguration, user?: string): Promise<Passes> {
  const url = user === undefined ? server.url() : server.url('postgres', user, user);
  const source = await openLive('postgres', { name: 'production', url }, CONTEXT);
  const others = new Map<string, LiveSession>();
  const sessionOf = async (store: string): Promise<LiveSession> => {
    const known = others.get(store);
    if (known) return known;
    const opened =
      store !== 'production' && target instanceof Warehouse
        ? await openLive('duckdb', { name: store, url: target.path }, CONTEXT)
        : await openLive('postgres', { name: store, url: typeof target === 'string' ? target : server.url() }, CONTEXT);
    others.set(store, opened);
    return opened;
  };
  const run = probe.create({ store: 'production', role: 'operational', engine: 'postgres', settings: live, catalog: null });
  const input = { session: source, sessionOf, signal: new AbortController().signal, now: () => Date.now() / 1000 };
  return {
    source,
    async pass() {
      return probe.payload.parse(await run(input));
    },
    async close() {
      await source.close();
      for (const session of others.values()) await session.close();
    },
  };
}

/** `YYYY-MM-DD hh:mm:ss` in UTC, so many seconds before now. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** A moment of the day that lies so many days back, in UTC. */
export function dayAgo(days: number, time = '12:00:00'): string {
  return `${ago(days * 86_400).slice(0, 10)} ${time}`;
}
