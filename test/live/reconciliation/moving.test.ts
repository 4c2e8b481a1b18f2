import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ReconciliationTracker } from '../../../src/live/reconciliation/tracker.js';
import type { ReconciliationView } from '../../../src/model/live.js';
import { pair, passesOf, settings, Warehouse } from '../../reconcile/shop.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { good } from '../samples.js';

const HOURS = 30;
const ROWS = 3_000;
/** Rows of the last twenty minutes. */
const NEWEST = 40;
const LAG_MS = 1_500;
const RUN_MS = 14_000;
const SETTLE_MS_MAX = 60_000;
const PASS_EVERY_MS = 700;

let server: TestServer;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startServer(bundledServer(), { settings: { wal_level: 'logical' } });
  await server.run([
    'create schema shop',
    'create table shop.orders (id bigserial primary key, placed_at timestamptz not null, amount numeric(12,2) not null)',
    `insert into shop.orders (placed_at, amount) select now() - g * interval '${(HOURS * 3600) / ROWS} seconds', g % 1000 + 0.25 from generate_series(1, ${ROWS}) g`,
    "select pg_create_logical_replication_slot('loader', 'test_decoding')",
  ]);
  warehouse = new Warehouse();
});
afterAll(async () => {
  warehouse.remove();
  await server.stop();
});

const change = z.object({ data: z.string() });
const order = z.object({ id: z.string(), placed_at: z.string(), amount: z.string() });

type Fault = 'drop-insert' | 'drop-update' | 'drop-delete' | 'double-insert';

/** Applies commits in their order, late, in batches; leaves out or doubles what it is told to. */
class Loader {
  readonly faults: { fault: Fault; id: string }[] = [];
  readonly #wanted: Fault[] = [];
  #pending: { at_ms: number; changes: string[] }[] = [];
  #stopped = false;

  constructor(private readonly client: pg.Client) {}

  break(fault: Fault): void {
    this.#wanted.push(fault);
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const until = Date.now() - LAG_MS;
      await this.#fetch();
      const due = this.#pending.filter(({ at_ms }) => at_ms <= until);
      this.#pending = this.#pending.filter(({ at_ms }) => at_ms > until);
      // Everything of before `until` has been fetched, an idle source included.
      const statements = due.flatMap(({ changes }) => changes.flatMap((text) => this.#statements(text)));
      await warehouse.run('begin', ...statements, `update control.data_product_watermark set source_high_watermark = to_timestamp(${until / 1000})`, 'commit');
      await pause(250);
    }
  }

  async #fetch(): Promise<void> {
    const { rows } = await this.client.query("select data from pg_logical_slot_get_changes('loader', null, null, 'include-timestamp', '1')");
    let changes: string[] = [];
    for (const { data } of z.array(change).parse(rows)) {
      if (data.startsWith('BEGIN')) changes = [];
      else if (data.startsWith('COMMIT')) this.#pending.push({ at_ms: Date.parse((/\(at (.*)\)/.exec(data)?.[1] ?? '').replace(' ', 'T').replace('+00', 'Z')), changes });
      else changes.push(data);
    }
  }

  #statements(text: string): string[] {
    const kind = / (INSERT|UPDATE|DELETE):/.exec(text)?.[1] ?? '';
    const id = /id\[bigint\]:(-?\d+)/.exec(text)?.[1] ?? '';
    const fault = this.#take(kind, id);
    if (fault?.startsWith('drop')) return [];
    const remove = `delete from analytics.orders where id = ${id}`;
    if (kind === 'DELETE') return [remove];
    const placed = /placed_at\[timestamp with time zone\]:'([^']*)'/.exec(text)?.[1] ?? '';
    const amount = /amount\[numeric\]:([\d.]+)/.exec(text)?.[1] ?? '';
    const insert = `insert into analytics.orders values (${id}, '${placed}'::timestamptz, ${amount})`;
    return [remove, insert, ...(fault === 'double-insert' ? [insert] : [])];
  }

  #take(kind: string, id: string): Fault | undefined {
    const at = this.#wanted.findIndex((fault) => fault.endsWith(kind.toLowerCase()));
    // Another change of the same row would mend what the first one broke, and the newest rows lie above the cut.
    if (at < 0 || Number(id) > ROWS || Math.abs(Number(id)) < NEWEST || this.faults.some((fault) => fault.id === id)) return undefined;
    const [fault] = this.#wanted.splice(at, 1);
    if (fault !== undefined) this.faults.push({ fault, id });
    return fault;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Old orders change while new ones come; each old one at most once, so that what breaks stays broken. */
async function work(client: pg.Client, until_ms: number): Promise<void> {
  for (let step = 1; Date.now() < until_ms; step++) {
    await client.query('insert into shop.orders (placed_at, amount) values (clock_timestamp(), $1)', [step]);
    if (step % 3 === 0) await client.query('update shop.orders set amount = amount + 7 where id = $1', [(step * 7) % ROWS]);
    if (step % 11 === 0) await client.query('delete from shop.orders where id = $1', [(step * 13 + 5) % ROWS]);
    // Orders that were placed long ago and are entered now, under a number of the old ones that was never given.
    if (step % 5 === 0) await client.query("insert into shop.orders (id, placed_at, amount) values ($1, now() - $2 * interval '1 hour', 3)", [-step, 2 + (step % 20)]);
    await pause(20);
  }
}

async function truth(): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  const { rows } = await client.query("select id::text, to_char(placed_at at time zone 'UTC', 'YYYY-MM-DD HH24:00') as placed_at, amount::text from shop.orders");
  await client.end();
  const instance = await DuckDBInstance.create(warehouse.path);
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll("select id::varchar as id, strftime(make_timestamp(epoch_us(placed_at)), '%Y-%m-%d %H:00') as placed_at, amount::varchar as amount from analytics.orders");
  const target = z.array(order).parse(reader.getRowObjectsJson()).map(({ id, placed_at, amount }) => `${placed_at} ${id} ${amount}`);
  connection.closeSync();
  instance.closeSync();
  const source = z.array(order).parse(rows).map(({ id, placed_at, amount }) => `${placed_at} ${id} ${amount}`);
  const apart = [...source.filter((row) => !target.includes(row)), ...target.filter((row, index) => !source.includes(row) || target.indexOf(row) !== index)];
  return new Set(apart.map((row) => row.slice(0, 16)));
}

const confirmed = (view: ReconciliationView | undefined) => new Set((view?.periods ?? []).filter(({ state }) => state === 'confirmed').map(({ period }) => period));

describe('while production works and the loader is behind', () => {
  test('nothing is confirmed that is only late, and each fault that stays is', { timeout: 120_000 }, async () => {
    await warehouse.run(
      'create schema analytics',
      'create schema control',
      'create table control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz)',
      "insert into control.data_product_watermark values ('orders', to_timestamp(0))",
      'create table analytics.orders (id bigint, placed_at timestamptz, amount decimal(12,2))',
    );
    const clients = await Promise.all([0, 1].map(async () => {
      const client = new pg.Client({ connectionString: server.url() });
      await client.connect();
      return client;
    }));
    const [worker, decoder] = clients;
    if (!worker || !decoder) throw new Error('no clients');
    const copied = z.array(order).parse((await worker.query('select id::text, placed_at::text, amount::text from shop.orders')).rows);
    await warehouse.run(`insert into analytics.orders values ${copied.map(({ id, placed_at, amount }) => `(${id}, '${placed_at}'::timestamptz, ${amount})`).join(', ')}`);

    const live = settings([pair({ period: 'hour', periods: HOURS + 2, product: 'orders' })]);
    const passes = await passesOf(server, warehouse, live);
    const tracker = new ReconciliationTracker(live);
    const loader = new Loader(decoder);
    const started = Date.now();
    const working = work(worker, started + RUN_MS);
    const loading = loader.run();
    const everConfirmed = new Set<string>();
    let [inFlight, broken, settled] = [0, false, false];
    let view: ReconciliationView | undefined;
    while (!settled && Date.now() < started + RUN_MS + SETTLE_MS_MAX) {
      // The first half without faults: whatever is confirmed then is wrong.
      if (!broken && Date.now() > started + RUN_MS / 2) {
        expect(everConfirmed.size).toBe(0);
        for (const fault of ['drop-insert', 'drop-update', 'drop-delete', 'double-insert', 'drop-update'] as const) loader.break(fault);
        broken = true;
      }
      const sample = good('reconciliation', { at: Date.now() / 1000, pace_seconds: 1 }, await passes.pass());
      tracker.accept(sample);
      view = tracker.view(sample.at)[0];
      const [pass] = sample.payload?.pairs ?? [];
      expect(pass?.unread).toBeNull();
      const candidates = (view?.periods ?? []).filter(({ state }) => state === 'candidate').length;
      inFlight += candidates;
      for (const period of confirmed(view)) everConfirmed.add(period);
      settled = candidates === 0 && (pass?.target_watermark_at ?? 0) * 1000 > started + RUN_MS + 1000;
      await pause(PASS_EVERY_MS);
    }
    loader.stop();
    await Promise.all([working, loading]);
    await passes.close();
    for (const client of clients) await client.end();

    // Without what is in flight the test would show nothing.
    expect(inFlight).toBeGreaterThan(20);
    expect(loader.faults).toHaveLength(5);
    const wrong = await truth();
    expect(wrong.size).toBeGreaterThan(0);
    expect([...confirmed(view)].sort()).toEqual([...wrong].sort());
    expect([...everConfirmed].sort()).toEqual([...wrong].sort());
    expect(view?.state).toBe('breach');
  });
});
