import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LiveConfiguration, TimedPair } from '../../src/model/configuration.js';
import type { ReconciliationPayload } from '../../src/probes/reconciliation.js';
import { ago, dayAgo, pair, passesOf, settings, Warehouse } from '../reconcile/shop.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

let server: TestServer;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startServer(bundledServer());
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.run(['drop schema if exists shop cascade', 'drop schema if exists analytics cascade', 'create schema shop']);
  warehouse = new Warehouse();
  await warehouse.run('create schema analytics');
  return () => warehouse.remove();
});

async function onePass(live: LiveConfiguration, target: Warehouse | string = warehouse, user?: string): Promise<ReconciliationPayload['pairs'][number]> {
  const passes = await passesOf(server, target, live, user);
  try {
    const [first] = (await passes.pass()).pairs;
    if (first === undefined) throw new Error('no pair');
    return first;
  } finally {
    await passes.close();
  }
}

type Pass = Awaited<ReturnType<typeof onePass>>;
const differing = ({ periods }: Pass) => periods.filter(({ equal }) => !equal);
const ofDay = ({ periods }: Pass, days: number) => periods.find(({ period }) => period === dayAgo(days).slice(0, 10));

/** Every type on both sides, the same values: sums that doubles would lose, NULLs, and the hours of a change to summer time. */
async function everyType(time: string, duckTime: string): Promise<void> {
  await server.run([
    `create table shop.payments (id bigint primary key, paid_at ${time}, price numeric(12,2), huge numeric(38,10), loose numeric, cents bigint, pieces int, rate double precision, weight real, fee money, gone boolean, gone_at timestamptz)`,
    `insert into shop.payments select g, (timestamptz '${dayAgo(4, '00:00:00')}+00' + g * interval '7 minutes') at time zone 'UTC', g / 100.0, 1234567890123456789012.0000000001 + g, g / 8.0,
       9007199254740993 + g, g % 5, g / 3.0, g / 7.0, (g / 100.0)::numeric::money, g % 50 = 0, case when g % 60 = 0 then now() end from generate_series(1, 800) g`,
    'update shop.payments set price = null, rate = null, cents = null where id % 9 = 0',
    "update shop.payments set price = -price where id % 4 = 0",
  ]);
  await warehouse.run(
    `create table analytics.payments (id bigint, paid_at ${duckTime}, price decimal(12,2), huge decimal(38,10), loose decimal(18,6), cents bigint, pieces integer, rate double, weight float, fee decimal(12,2), gone boolean, gone_at timestamptz)`,
    `insert into analytics.payments select g, (timestamp '${dayAgo(4, '00:00:00')}' + to_minutes(7 * g))::${duckTime === 'TIMESTAMPTZ' ? 'timestamp' : duckTime}, null, 1234567890123456789012.0000000001::decimal(38,10) + g, g / 8.0,
       9007199254740993 + g, g % 5, null, null, (g / 100.0)::decimal(12,2), g % 50 = 0, case when g % 60 = 0 then now() end from range(1, 801) t(g)`,
    'update analytics.payments set price = (id / 100.0)::decimal(12,2), rate = id / 3.0, weight = (id / 7.0)::float',
    'update analytics.payments set price = null, rate = null, cents = null where id % 9 = 0',
    'update analytics.payments set price = -price where id % 4 = 0',
  );
}

function payments(overrides: Partial<TimedPair> = {}): TimedPair {
  const columns = ['price', 'huge', 'loose', 'cents', 'pieces', 'rate', 'weight', 'fee'];
  return pair({
    name: 'payments',
    source: { store: 'production', relation: 'shop.payments', query: null, time_column: 'paid_at', deleted_column: 'gone' },
    target: { store: 'warehouse', relation: 'analytics.payments', query: null, time_column: 'paid_at', deleted_column: 'gone' },
    sums: columns.map((column) => ({ source: column, target: column })),
    ...overrides,
  });
}

describe('equal data', () => {
  test.each([
    ['timestamptz', 'TIMESTAMP'],
    ['timestamp(3)', 'TIMESTAMP_NS'],
    ['date', 'DATE'],
    ['timestamptz', 'DATE'],
  ])('is found equal on %s and %s, in every type of number', async (time, duckTime) => {
    await everyType(time, duckTime);
    const result = await onePass(settings([payments()]));
    expect(result.unread).toBeNull();
    expect(differing(result)).toEqual([]);
    expect(result.periods.filter(({ judged }) => judged === 'whole').length).toBeGreaterThanOrEqual(3);
    expect(result.periods.reduce((sum, { source_rows }) => sum + source_rows, 0)).toBeGreaterThan(700);
    expect(ofDay(result, 2)?.sums.map(({ column, equal }) => [column, equal])).toEqual(payments().sums.map(({ source }) => [source, true]));
  });

  test('is cut into the same days on both sides where the zone of the role puts its clocks forward and back', async () => {
    const start = Date.parse(`${dayAgo(366, '00:00:00').replace(' ', 'T')}Z`) / 1000;
    await server.run([
      "alter role postgres set timezone = 'Europe/Berlin'",
      'create table shop.orders (placed_at timestamptz primary key, amount numeric(10,2))',
      `insert into shop.orders select at, 1 from generate_series(to_timestamp(${start}), now(), interval '30 minutes') at`,
    ]);
    await warehouse.run(
      'create table analytics.orders (placed_at timestamp, amount decimal(10,2))',
      `insert into analytics.orders select make_timestamp((${start} + 1800 * g)::bigint * 1000000), 1 from range(0, 367 * 48) t(g) where ${start} + 1800 * g <= ${Date.now() / 1000}`,
    );
    const result = await onePass(settings([pair({ periods: 366 })]));
    await server.run('alter role postgres reset timezone');
    expect(result.unread).toBeNull();
    expect(differing(result)).toEqual([]);
    expect(result.periods).toHaveLength(367);
    expect(new Set(result.periods.slice(0, -1).map(({ source_rows }) => source_rows))).toEqual(new Set([48]));
  });

  test('is found equal from PostgreSQL to PostgreSQL, without deleted rows', async () => {
    await everyType('timestamptz', 'TIMESTAMP');
    await server.run([
      'create schema analytics',
      'create table analytics.payments as select id, paid_at::timestamp, price, huge, loose, cents, pieces, rate, weight, fee, gone_at from shop.payments',
      'update analytics.payments set gone_at = now() where id % 50 = 0',
      'update analytics.payments set gone_at = null where id % 50 <> 0',
    ]);
    const target = { store: 'warehouse', relation: 'analytics.payments', query: null, time_column: 'paid_at', deleted_column: 'gone_at' };
    const result = await onePass(settings([payments({ target })]), server.url());
    expect(result.unread).toBeNull();
    expect(differing(result)).toEqual([]);
    await server.run('update analytics.payments set gone_at = null where id = 150');
    expect(differing(await onePass(settings([payments({ target })]), server.url()))).toMatchObject([{ source_rows: expect.any(Number) }]);
  });
});

/** Three orders an hour over four days, the same on both sides. */
async function orders(): Promise<void> {
  await server.run([
    'create table shop.orders (id bigint primary key, placed_at timestamptz not null, amount numeric(12,2))',
    `insert into shop.orders select g, timestamptz '${dayAgo(4, '00:00:00')}+00' + g * interval '20 minutes', 10 + g / 100.0 from generate_series(0, 72 * 3 + 150) g where timestamptz '${dayAgo(4, '00:00:00')}+00' + g * interval '20 minutes' < now()`,
  ]);
  await warehouse.run(
    'create table analytics.orders (id bigint, placed_at timestamptz, amount decimal(12,2))',
    `insert into analytics.orders select g, to_timestamp(epoch(timestamp '${dayAgo(4, '00:00:00')}') + g * 1200), (10 + g / 100.0)::decimal(12,2) from range(0, 72 * 3 + 151) t(g) where epoch(timestamp '${dayAgo(4, '00:00:00')}') + g * 1200 < ${Date.now() / 1000}`,
  );
}
const onDay = (days: number, count: number) => `id in (select id from analytics.orders where placed_at >= '${dayAgo(days, '00:00:00')}+00'::timestamptz order by placed_at limit ${count})`;

describe('a fault', () => {
  test('of each kind is seen in its period and in no other', async () => {
    await orders();
    await warehouse.run(
      `delete from analytics.orders where ${onDay(4, 2)}`,
      `insert into analytics.orders select * from analytics.orders where ${onDay(3, 3)}`,
      `update analytics.orders set amount = amount + 0.01 where ${onDay(2, 1)}`,
    );
    const result = await onePass(settings([pair()]));
    expect(differing(result).map(({ source_rows, target_rows }) => target_rows - source_rows)).toEqual([-2, 3, 0]);
    const changed = ofDay(result, 2);
    expect(changed?.sums).toEqual([{ column: 'amount', equal: false, gap_ratio: expect.any(Number), rounding: false }]);
    expect(changed?.sums[0]?.gap_ratio).toBeLessThan(0.0001);
  });

  test('of a cent disappears within a tolerance', async () => {
    await orders();
    await warehouse.run(`update analytics.orders set amount = amount + 0.01 where ${onDay(2, 1)}`);
    expect(differing(await onePass(settings([pair({ tolerance_ratio: 0.001 })])))).toEqual([]);
  });

  test('that only rounds is told from one that changes', async () => {
    await orders();
    await server.run(['alter table shop.orders alter amount type numeric(14,4)', 'update shop.orders set amount = amount + 0.0049 where id % 3 = 0']);
    const [first] = differing(await onePass(settings([pair()])));
    expect(first?.sums[0]).toMatchObject({ equal: false, rounding: true });
    await warehouse.run(`update analytics.orders set amount = amount + 1 where ${onDay(2, 1)}`);
    expect(ofDay(await onePass(settings([pair()])), 2)?.sums[0]).toMatchObject({ equal: false, rounding: false });
  });

  test('above the watermark is late, not lost', async () => {
    await orders();
    await warehouse.run(
      'create schema control',
      'create table control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz)',
      `insert into control.data_product_watermark values ('orders', '${dayAgo(1, '09:30:00')}+00')`,
      `delete from analytics.orders where placed_at >= '${dayAgo(1, '09:30:00')}+00'::timestamptz`,
    );
    const result = await onePass(settings([pair({ product: 'orders' })]));
    expect(result).toMatchObject({ unread: null, watermark_from: 'product', as_of: Date.parse(`${dayAgo(1, '09:00:00').replace(' ', 'T')}Z`) / 1000 });
    expect(differing(result).map(({ judged }) => judged).filter((judged) => judged !== 'none')).toEqual([]);
    expect(result.periods.map(({ judged }) => judged)).toEqual(['whole', 'whole', 'whole', 'part', 'none']);
    expect(ofDay(result, 1)?.late_rows).toBe((24 - 9.5) * 3 - 0.5);
  });

  test('leaves no sum in what is told, and digests that nobody can try out', async () => {
    await orders();
    await server.run("insert into shop.orders values (100000, now() - interval '2 days', 8675309.42)");
    const text = JSON.stringify(await onePass(settings([pair()])));
    expect(text).not.toMatch(/8675309|867530/);
    const digests = [...text.matchAll(/_digest":"([^"]+)"/g)].map(([, digest]) => digest);
    expect(digests.length).toBeGreaterThan(8);
    expect(digests.filter((digest) => !/^[0-9a-f]{24}$/.test(digest ?? ''))).toEqual([]);
  });
});

test('a loader that keeps the warehouse open for writing is neither waited for nor kept out', async () => {
  await orders();
  const loader = spawn(process.execPath, ['--input-type=module', '-e', LOADER, warehouse.path], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(loader.stdout, 'data');
    const result = await onePass(settings([pair()]));
    expect(result.unread).toBeNull();
    // What the loader has committed to its log is seen.
    expect(differing(result).map(({ source_rows, target_rows }) => target_rows - source_rows)).toEqual([-1]);
    loader.stdin.write('again\n');
    const [answer] = await once(loader.stdout, 'data');
    expect(String(answer)).toBe('committed\n');
  } finally {
    loader.kill();
    await once(loader, 'exit');
  }
});

/** Deletes an order at the beginning and another one when it is told to, with the file open all the time. */
const LOADER = `
  import { DuckDBInstance } from '@duckdb/node-api';
  const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
  const commit = async (id) => { await connection.run('delete from analytics.orders where id = ' + id); process.stdout.write('committed\\n'); };
  process.stdin.on('data', () => commit(81));
  await commit(80);
`;

describe('digests', () => {
  test('stay while a side stays, and move with it', async () => {
    await orders();
    const passes = await passesOf(server, warehouse, settings([pair()]));
    const look = async () => (await passes.pass()).pairs[0];
    const first = await look();
    const second = await look();
    expect(second?.periods.map(({ source_digest, target_digest }) => [source_digest, target_digest])).toEqual(first?.periods.map(({ source_digest, target_digest }) => [source_digest, target_digest]));
    expect(second?.source_read_at).toBeGreaterThan(first?.source_read_at ?? Infinity);
    await server.run(`update shop.orders set amount = amount + 5 where id = 80`);
    const third = await look();
    await passes.close();
    const moved = third?.periods.filter(({ source_digest }, index) => source_digest !== first?.periods[index]?.source_digest);
    expect(moved).toHaveLength(1);
    expect(moved).toMatchObject([{ equal: false }]);
  });
});

describe('production is spared', () => {
  test('a large relation without an index on its time is refused with the statement that helps', async () => {
    await orders();
    // The planner goes by what it believes of the relation's size.
    await server.run([
      "create table shop.order_archive (placed_at timestamptz, amount numeric(12,2), note text)",
      "insert into shop.order_archive select timestamptz '2019-01-01' + g * interval '1 second', 1, repeat('n', 700) from generate_series(1, 30000) g",
      'analyze shop.order_archive',
      'alter role postgres set seq_page_cost = 200',
    ]);
    const archive = pair({ source: { ...pair().source, relation: 'shop.order_archive' } });
    const refused = await onePass(settings([archive]));
    expect(refused.unread).toMatchInlineSnapshot(
      `"production: shop.order_archive is not read: without an index on placed_at every pass would scan all of it. CREATE INDEX CONCURRENTLY ON "shop"."order_archive" ("placed_at");"`,
    );
    expect(refused.periods).toEqual([]);
    await server.run('alter role postgres reset seq_page_cost');
  });

  test('a large relation with an index is read in pieces, some periods at each pass', async () => {
    await server.run([
      'create table shop.orders (id bigint, placed_at timestamptz not null, amount numeric(12,2))',
      `insert into shop.orders select g, timestamptz '${dayAgo(4, '00:00:00')}+00' + g * interval '0.5 second', 1 from generate_series(0, 690000) g`,
      'create index on shop.orders (placed_at)',
      'vacuum analyze shop.orders',
      // What a statement costs then, all that the planner sees is dear.
      'alter role postgres set cpu_tuple_cost = 0.5',
    ]);
    await warehouse.run('create table analytics.orders as select 1::bigint as id, to_timestamp(0) as placed_at, 1::decimal(12,2) as amount');
    const passes = await passesOf(server, warehouse, settings([pair()]));
    const [first] = (await passes.pass()).pairs;
    const { queries } = passes.source.cost();
    await passes.close();
    await server.run('alter role postgres reset cpu_tuple_cost');
    expect(first?.unread).toBeNull();
    // One statement would have read it all.
    expect(queries).toBeGreaterThan(10);
    expect((first?.periods.length ?? 0) + (first?.unread_periods.length ?? 0)).toBe(5);
    expect(first?.periods.find(({ period }) => period === dayAgo(1).slice(0, 10))?.source_rows).toBeGreaterThan(0);
    expect(first?.periods.find(({ period }) => period === dayAgo(2).slice(0, 10))?.source_rows ?? 172_800).toBe(172_800);
  });
});

describe('what cannot be compared is said', () => {
  const unreadOf = async (live: LiveConfiguration, user?: string) => (await onePass(live, warehouse, user)).unread;
  const withSource = (overrides: Partial<TimedPair['source']>, more: Partial<TimedPair> = {}) => settings([pair({ source: { ...pair().source, ...overrides }, ...more })]);
  const withTarget = (overrides: Partial<TimedPair['target']>, more: Partial<TimedPair> = {}) => settings([pair({ target: { ...pair().target, ...overrides }, ...more })]);

  test('in one line that names side, cause and next step', async () => {
    await orders();
    await server.run(['alter table shop.orders add status text', "create table shop.parcels (sent_on date)"]);
    const said = {
      'no relation': await unreadOf(withSource({ relation: 'shop.order' })),
      'no relation in the warehouse': await unreadOf(withTarget({ relation: 'Analytics.orders' })),
      'no time column': await unreadOf(withSource({ time_column: 'placed' })),
      'no sum column': await unreadOf(withTarget({}, { sums: [{ source: 'amount', target: 'amuont' }] })),
      'no number': await unreadOf(withSource({}, { sums: [{ source: 'status', target: 'amount' }] })),
      'no time': await unreadOf(withTarget({ time_column: 'id' })),
      'no flag': await unreadOf(withSource({ deleted_column: 'status' })),
      'days by hour': await unreadOf(withSource({ relation: 'shop.parcels', time_column: 'sent_on' }, { period: 'hour', sums: [] })),
      'no control table': await unreadOf(settings([pair({ product: 'orders' })])),
    };
    expect(said).toMatchInlineSnapshot(`
      {
        "days by hour": "production: shop.parcels: sent_on holds days, and the pair is compared by hour. Set period: day, or name a column with a time.",
        "no control table": "warehouse has no table of watermarks. Name it as control.watermarks in tidemark.yaml.",
        "no flag": "production: shop.orders: column status is of type text, not a boolean or a time. Name another column in tidemark.yaml, or compare views that cast it.",
        "no number": "production: shop.orders: column status is of type text, not a number. Name another column in tidemark.yaml, or compare views that cast it.",
        "no relation": "production: shop.order does not exist. Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.",
        "no relation in the warehouse": "warehouse: Analytics.orders does not exist. Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.",
        "no sum column": "warehouse: analytics.orders has no column amuont; did you mean 'amount'? Correct the name in tidemark.yaml, letters by case.",
        "no time": "warehouse: analytics.orders: column id is of type BIGINT, not a time or a date. Name another column in tidemark.yaml, or compare views that cast it.",
        "no time column": "production: shop.orders has no column placed. Correct the name in tidemark.yaml, letters by case.",
      }
    `);
  });

  test('where a right is missing', async () => {
    await orders();
    await server.run(['drop role if exists watcher', "create role watcher login password 'watcher'", 'grant usage on schema shop to watcher']);
    const [without] = [await unreadOf(settings([pair()]), 'watcher')];
    await server.run(['grant select on shop.orders to watcher', 'alter table shop.orders enable row level security', 'create policy own on shop.orders using (id < 10)']);
    const hidden = await unreadOf(settings([pair()]), 'watcher');
    // What the message says mends it.
    await server.run('create policy all_rows on shop.orders for select to watcher using (true)');
    expect(await unreadOf(settings([pair()]), 'watcher')).toBeNull();
    await server.run('create policy not_deleted on shop.orders as restrictive for select using (id > 3)');
    expect(await unreadOf(settings([pair()]), 'watcher')).toBe(hidden);
    expect({ without, hidden }).toMatchInlineSnapshot(`
      {
        "hidden": "production: shop.orders hides rows from tidemark by row-level security, so its counts would be too small. Let a role that sees all rows do the reconciliation (BYPASSRLS, or a policy with USING (true) for it).",
        "without": "production: shop.orders may not be read: permission denied for table orders. GRANT USAGE on its schema and SELECT on it to watcher.",
      }
    `);
  });

  test('where the watermark that is configured is not there', async () => {
    await orders();
    await warehouse.run(
      'create schema control',
      'create table control.loads (product varchar, loaded_up_to timestamptz, batch integer)',
      "insert into control.loads values ('refunds', now(), 1), ('orders', null, 1)",
    );
    const control = { watermarks: 'control.loads', pipelineRuns: null, columns: { data_product_name: 'product', source_high_watermark: 'loaded_up_to' } };
    const said = {
      'no row': await unreadOf(settings([pair({ product: 'parcels' })], { control })),
      'no value': await unreadOf(settings([pair({ product: 'orders' })], { control })),
      'no time': await unreadOf(settings([pair({ product: 'refunds' })], { control: { ...control, columns: { ...control.columns, source_high_watermark: 'batch' } } })),
      'no column': await unreadOf(settings([pair({ product: 'refunds' })], { control: { ...control, columns: {} } })),
    };
    expect(said).toMatchInlineSnapshot(`
      {
        "no column": "warehouse: control.loads has no column source_high_watermark for the watermark. Name relation and column of the watermark in tidemark.yaml.",
        "no row": "warehouse: control.loads tells no watermark: it has no row for parcels. Correct the pair's product in tidemark.yaml, or let the loader write its watermark.",
        "no time": "warehouse: control.loads: the watermark batch is of type INTEGER, not a time. Name a column that holds a time.",
        "no value": "warehouse: control.loads tells no watermark: the watermark of orders is empty. Correct the pair's product in tidemark.yaml, or let the loader write its watermark.",
      }
    `);
    expect(await unreadOf(settings([pair({ product: 'refunds' })], { control }))).toBeNull();
  });

  test('where the warehouse has gone, and only that pair suffers', async () => {
    await orders();
    await server.run(['create schema analytics', 'create table analytics.orders as select * from shop.orders']);
    const lost = pair({ name: 'orders lost', target: { ...pair().target, store: 'warehouse' } });
    const same = pair({ name: 'orders here', target: { ...pair().target, store: 'production' } });
    const passes = await passesOf(server, warehouse, settings([lost, same]));
    warehouse.remove();
    const result = await passes.pass().finally(() => passes.close());
    expect(result.pairs[0]?.unread).toContain('warehouse: analytics.orders cannot be opened: there is no such file');
    expect(result.pairs[1]).toMatchObject({ name: 'orders here', unread: null });
  });

  test('where a sum exceeds what the engine can hold, without the values', async () => {
    await orders();
    await warehouse.run('alter table analytics.orders alter amount type decimal(38,0)', "update analytics.orders set amount = 99999999999999999999999999999999999998");
    expect(await unreadOf(settings([pair()]))).toMatchInlineSnapshot(`"warehouse: analytics.orders cannot be read: a sum is out of range (38 digits in DuckDB). Run the count and the sums of this pair by hand to see the whole message."`);
  });

  test('names that look like SQL stay names', async () => {
    const hostile = 'orders"; drop table shop.orders; --\u001b[2J';
    await orders();
    expect(await unreadOf(withSource({ relation: `shop.${hostile.replace('.', '')}` }))).toMatch(/^production: shop\.orders"; drop table shoporders; -- does not exist/);
    await server.run(`create view shop."it's {{relation}} ""here""" as select * from shop.orders`);
    const result = await onePass(settings([pair({ source: { ...pair().source, relation: `shop.it's {{relation}} "here"` } })]));
    expect(result.unread).toBeNull();
    expect(differing(result)).toEqual([]);
  });
});

test('a time above now is no watermark', async () => {
  await orders();
  await warehouse.run("insert into analytics.orders values (999999, now() + interval 30 days, 1)");
  const result = await onePass(settings([pair()]));
  expect(result.watermark_from).toBe('newest-row');
  expect(result.target_watermark_at).toBeLessThanOrEqual(result.source_read_at);
  expect(ago(0).slice(0, 10)).toBe(result.periods.at(-1)?.period);
});
