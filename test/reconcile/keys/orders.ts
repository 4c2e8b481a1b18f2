import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ReconcilePair } from '../../../src/model/configuration.js';
import { comparePass } from '../../../src/reconcile/keys/pass.js';
import { planPair } from '../../../src/reconcile/keys/plan.js';
import type { PairPlan, PassContext, PassResult } from '../../../src/reconcile/keys/types.js';
import { createPace } from '../../../src/reconcile/pace/index.js';
import { openLive } from '../../../src/stores/index.js';
import type { LiveSession } from '../../../src/stores/live.js';
import { openProduction } from '../../support/live-session.js';
import { noContext } from '../../support/store-context.js';

/** A pair of the shop's orders by key; what a test speaks of is overridden. */
export function ordersPair(overrides: Partial<ReconcilePair> = {}): ReconcilePair {
  return {
    name: 'orders',
    source: { store: 'production', relation: 'shop.orders', query: null, time_column: null, deleted_column: null },
    target: { store: 'warehouse', relation: 'analytics.orders', query: null, time_column: null, deleted_column: null },
    period: 'day',
    periods: 4,
    sums: [],
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

export const side = (relation: string, overrides: Partial<ReconcilePair['source']> = {}): ReconcilePair['source'] => ({
  store: relation.startsWith('shop') ? 'production' : 'warehouse', relation, query: null, time_column: null, deleted_column: null, ...overrides,
});

export const ORDERS_COLUMNS = 'id bigint primary key, tenant uuid not null, customer_id integer not null, status text not null, amount numeric(12,2) not null, rate double precision, paid boolean not null, note text, payload bytea, created_at timestamptz not null, updated_at timestamptz not null';

/** The same rows by the same arithmetic in both engines, for ids that a query `g (i)` gives. */
export function postgresRows(ids: string): string {
  return `select i, md5(i::text)::uuid, i % 5003, (array['new', 'paid', 'sent', 'Größe'])[abs(i % 4) + 1], (i % 100000)::numeric / 100, case when i % 11 <> 0 then i * 0.001 end, i % 2 = 0,
    case when i % 7 <> 0 then 'order ' || i end, decode(md5(i::text), 'hex'), timestamptz '2026-01-01 00:00:00+00' + i % 10000000 * interval '1.000001 seconds', timestamptz '2026-06-01 00:00:00+00' + i % 10000000 * interval '1 millisecond' from (${ids}) as g (i)`;
}

export function duckdbRows(ids: string): string {
  return `select i, md5(i::varchar)::uuid, i % 5003, (['new', 'paid', 'sent', 'Größe'])[abs(i % 4) + 1], ((i % 100000)::decimal(18,2) / 100)::decimal(12,2), case when i % 11 <> 0 then i * 0.001 end, i % 2 = 0,
    case when i % 7 <> 0 then 'order ' || i end, unhex(md5(i::varchar)), timestamptz '2026-01-01 00:00:00+00' + to_microseconds(i % 10000000 * 1000001), timestamptz '2026-06-01 00:00:00+00' + to_milliseconds(i % 10000000) from (${ids}) as g (i)`;
}

export const DUCKDB_COLUMNS = 'id bigint, tenant uuid, customer_id integer, status varchar, amount decimal(12,2), rate double, paid boolean, note varchar, payload blob, created_at timestamptz, updated_at timestamptz';

/** A warehouse file that a loader writes to: open, write, close. */
export class WarehouseFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tidemark-test-keys-'));
  readonly path = join(this.#folder, 'warehouse.duckdb');

  async run(...statements: string[]): Promise<void> {
    const instance = await DuckDBInstance.create(this.path);
    try {
      const connection = await instance.connect();
      for (const statement of ["set timezone = 'UTC'", ...statements]) await connection.run(statement);
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function openWarehouse(url: string): Promise<LiveSession> {
  return openLive('duckdb', { name: 'warehouse', url }, noContext);
}

/** Both sessions of a comparison, and passes over it. */
export class Comparison {
  private constructor(
    readonly source: LiveSession,
    public target: LiveSession,
    private readonly path: string,
  ) {}

  static async open(url: string, path: string): Promise<Comparison> {
    return new Comparison(await openProduction(url), await openWarehouse(path), path);
  }

  /** After the warehouse was written to: a session looks at a copy that it keeps for a while. */
  async refresh(): Promise<void> {
    await this.target.close();
    this.target = await openWarehouse(this.path);
  }

  plan(pair: ReconcilePair): Promise<PairPlan> {
    return planPair(pair, { source: this.source, target: this.target });
  }

  context(overrides: Partial<PassContext> = {}): PassContext {
    const signal = overrides.signal ?? new AbortController().signal;
    const now = (): number => Date.now() / 1000;
    const pace = createPace(this.source, { target_ms: 100, duty: 1, signal, now, wait: () => Promise.resolve() });
    return { sessions: { source: this.source, target: this.target }, pace, signal, now, checkpoint: null, keys_max: 10_000, ...overrides };
  }

  async compare(pair: ReconcilePair, overrides: Partial<PassContext> = {}): Promise<PassResult> {
    return comparePass(await this.plan(pair), this.context(overrides));
  }

  async close(): Promise<void> {
    await this.source.close();
    await this.target.close();
  }
}

/** What differs, as `missing 17`, `extra 5`, `changed 9 amount` or `copies 3 2:1`, sorted. */
export function told(plan: Pick<PairPlan, 'columns'>, { differing }: Pick<PassResult, 'differing'>): string[] {
  return differing
    .map(({ key, source, target }) => {
      const name = key.join('/');
      if (source === null || target === null) return `${source === null ? 'extra' : 'missing'} ${name}`;
      if (source.rows !== target.rows) return `copies ${name} ${source.rows}:${target.rows}`;
      return `changed ${name} ${plan.columns.filter((_, at) => source.columns[at] !== target.columns[at]).map((column) => column.source).join(',')}`;
    })
    .sort();
}
