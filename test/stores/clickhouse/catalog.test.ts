import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Relation } from '../../../src/model/catalog.js';
import { describe as describeSource, openLive, openStore, relationFacts } from '../../../src/stores/index.js';
import type { LiveSession } from '../../../src/stores/live.js';
import type { Store } from '../../../src/stores/store.js';
import { startClickHouse, type ClickHouseServer } from '../../support/clickhouse.js';
import { noContext } from '../../support/store-context.js';

let server: ClickHouseServer;
const opened: { close(): Promise<void> }[] = [];
const HOSTILE = "Robert'); DROP TABLE `x`; -- \\ \u001b[31m";
const quote = (name: string): string => `\`${name.replace(/[\\`]/g, '\\$&')}\``;

beforeAll(async () => {
  server = await startClickHouse({ rowFilters: { 'shop.customer': "region = 'north'" }, users: { blind: { denied: ['system.row_policies', 'system.query_log'] } }, cluster: true });
  await server.run(
    'create database shop',
    `create table shop.orders (order_id UInt64, \`customer id\` LowCardinality(Nullable(String)) comment 'of the shop', amount Decimal(12, 2) default 0,
      status Enum8('open' = 1, 'buyer\\'s choice' = 2), placed_on Date materialized today(), label String alias concat('no ', toString(order_id)), draft String ephemeral 'x', version UInt32)
      engine = ReplacingMergeTree(version) partition by order_id % 2 order by (order_id) ttl toDate('2030-01-01') + toIntervalDay(version) comment 'all orders'`,
    "insert into shop.orders (order_id, `customer id`, amount, version) select number, toString(number), 1.5, 1 from numbers(1000)",
    "insert into shop.orders (order_id, `customer id`, amount, version) select number, toString(number), 2.5, 2 from numbers(10)",
    'create table shop.customer (customer_id UInt64, region String) engine = MergeTree order by customer_id',
    "insert into shop.customer select number, if(number < 3, 'north', 'south') from numbers(8)",
    'create view shop.customers_by_region as select region, count() as customers from shop.customer group by region',
    'create view shop.open_orders as select order_id from shop.orders where amount > 1',
    'create table shop.daily (day Date, orders UInt64) engine = SummingMergeTree order by day',
    'create materialized view shop.daily_feed to shop.daily as select toDate(\'2026-01-01\') as day, 1 as orders from shop.orders',
    'create table shop.orders_everywhere as shop.orders engine = Distributed(warehouse, shop, orders, rand())',
    'create table shop.queue (line String) engine = Memory',
    'create table shop.event (at DateTime, kind String) engine = MergeTree order by (toDate(at), kind)',
    'create table shop.narrow (a UInt64, b String) engine = MergeTree order by a settings min_bytes_for_wide_part = 0',
    "insert into shop.narrow select number, repeat('x', 100) from numbers(100000)",
    `create table shop.${quote(HOSTILE)} (${quote(HOSTILE)} UInt8) engine = MergeTree order by ${quote(HOSTILE)}`,
  );
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(() => server.stop());

async function session(user?: string): Promise<LiveSession> {
  const live = await openLive('clickhouse', { name: 'warehouse', url: server.url('shop', user) }, noContext);
  opened.push(live);
  return live;
}

async function store(user?: string): Promise<Store> {
  const found = await openStore('clickhouse', { name: 'warehouse', url: server.url('shop', user) }, noContext);
  opened.push(found);
  return found;
}

describe('the catalogue of ClickHouse', () => {
  it('has relations with what their engine means, and columns with their types, defaults and comments', async () => {
    const { value, gaps } = await (await store()).catalog();
    expect(gaps).toEqual([]);
    const relation = (name: string): Relation | undefined => value.relations.find((each) => each.name === name);
    expect(value.relations.map(({ schema, name, kind }) => `${schema}.${name} ${kind}`).filter((line) => !line.includes('DROP'))).toEqual([
      'shop.customer table', 'shop.customers_by_region view', 'shop.daily table', 'shop.daily_feed materialized_view', 'shop.event table', 'shop.narrow table', 'shop.open_orders view', 'shop.orders table',
      'shop.orders_everywhere foreign_table', 'shop.queue table',
    ]);
    expect(relation('orders')).toMatchObject({ comment: 'all orders', rows: 1010, options: ['engine=ReplacingMergeTree', 'order_by=(order_id)', 'partition_by=order_id % 2', "ttl=toDate('2030-01-01') + toIntervalDay(version)"] });
    expect(relation('orders')?.columns).toEqual([
      { name: 'order_id', type: 'UInt64', nullable: false, comment: null, label: null, enumValues: null },
      { name: 'customer id', type: 'LowCardinality(Nullable(String))', nullable: true, comment: 'of the shop', label: null, enumValues: null },
      { name: 'amount', type: 'Decimal(12, 2)', nullable: false, comment: null, label: null, enumValues: null, default: '0' },
      { name: 'status', type: 'Enum8', nullable: false, comment: null, label: null, enumValues: ['open', "buyer's choice"] },
      { name: 'placed_on', type: 'Date', nullable: false, comment: null, label: null, enumValues: null, generated: 'today()' },
      { name: 'label', type: 'String', nullable: false, comment: null, label: null, enumValues: null, generated: "concat('no ', toString(order_id))" },
      { name: 'version', type: 'UInt32', nullable: false, comment: null, label: null, enumValues: null },
    ]);
    expect(relation('open_orders')?.definition).toBe('SELECT order_id FROM shop.orders WHERE amount > 1');
    expect(relation('daily_feed')?.definition).toBe("SELECT toDate('2026-01-01') AS day, 1 AS orders FROM shop.orders");
    expect(relation('customer')?.rowSecurity).toBe(true);
    expect(value.policies).toMatchObject([{ schema: 'shop', relation: 'customer', using: "region = 'north'" }]);
    expect(value.indexes.find((index) => index.relation === 'event')?.columns).toEqual([null]);
    expect(value.indexes.every(({ unique, primary }) => !unique && !primary)).toBe(true);
  });

  it('says what a user may not see, with the grant', async () => {
    const { gaps } = await (await store('blind')).catalog();
    expect(gaps).toMatchInlineSnapshot(`
      [
        {
          "cause": "blind: Not enough privileges. To execute this query, it's necessary to have the grant SELECT ON system.row_policies (ACCESS_DENIED)",
          "missing": "row policies",
          "remedy": "GRANT SHOW ROW POLICIES ON *.* TO default;",
          "severity": "partial",
          "subject": "warehouse",
        },
      ]
    `);
  });
});

describe('describing what ClickHouse has', () => {
  it('tells how each row is seen once, also through what stands before the table', async () => {
    const live = await session();
    const suffixes = await Promise.all(['orders', 'orders_everywhere', 'daily_feed', 'customer', 'open_orders'].map(async (name) => [name, (await describeSource(live, { schema: 'shop', name }))?.suffix]));
    expect(Object.fromEntries(suffixes)).toEqual({ orders: ' final', orders_everywhere: ' final', daily_feed: ' final', customer: '', open_orders: '' });
    const rows = await server.rows('select count() as n from shop.orders final');
    expect(rows).toEqual([{ n: 1000 }]);
  });

  it('has no key that the engine holds: a sorting key is noted, one of expressions is none', async () => {
    const live = await session();
    expect((await describeSource(live, { schema: 'shop', name: 'orders' }))?.keys).toEqual([{ columns: ['order_id'], enforced: false }]);
    expect((await describeSource(live, { schema: 'shop', name: 'event' }))?.keys).toEqual([]);
    expect((await describeSource(live, { schema: 'shop', name: 'open_orders' }))?.keys).toEqual([]);
  });

  it('sees that rows are hidden, without a grant on the policies', async () => {
    const live = await session('blind');
    expect(await describeSource(live, { schema: 'shop', name: 'customer' })).toEqual({
      kind: 'table',
      columns: [{ name: 'customer_id', type: 'UInt64', nullable: false }, { name: 'region', type: 'String', nullable: false }],
      keys: [{ columns: ['customer_id'], enforced: false }],
      hidesRows: true,
      suffix: '',
    });
    expect((await describeSource(live, { schema: 'shop', name: 'customers_by_region' }))?.hidesRows).toBe(true);
    expect((await describeSource(live, { schema: 'shop', name: 'event' }))?.hidesRows).toBe(false);
    expect((await describeSource(live, { schema: 'shop', name: 'open_orders' }))?.hidesRows).toBe(false);
  });

  it('describes a query, a relation of the session’s database, a hostile name and none', async () => {
    const live = await session();
    expect(await describeSource(live, { query: 'select order_id, sum(amount) as total from shop.orders group by order_id -- by order\n;' })).toMatchObject({
      kind: 'query', columns: [{ name: 'order_id', type: 'UInt64', nullable: true }, { name: 'total', type: 'Decimal(38, 2)', nullable: true }], keys: [],
    });
    expect((await describeSource(live, { schema: '', name: 'event' }))?.columns).toHaveLength(2);
    expect((await describeSource(live, { schema: 'shop', name: HOSTILE }))?.keys).toEqual([{ columns: [HOSTILE], enforced: false }]);
    expect(await describeSource(live, { schema: 'shop', name: "x' OR '1' = '1" })).toBeNull();
  });
});

describe('what ClickHouse knows without a scan', () => {
  it('has rows, bytes and the last change, and says which are exact', async () => {
    const live = await session();
    const names = ['orders', 'customer', 'open_orders', 'event', 'gone'].map((name) => ({ schema: 'shop', name }));
    const before = await relationFacts(live, names);
    expect(before.map(({ name, rows, rowsExact }) => ({ name, rows, rowsExact })).toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'customer', rows: 8, rowsExact: true },
      { name: 'event', rows: 0, rowsExact: true },
      { name: 'orders', rows: 1010, rowsExact: false },
    ]);
    const changed = before.find(({ name }) => name === 'customer')?.modified_at ?? 0;
    expect(Math.abs(changed - Date.now() / 1000)).toBeLessThan(120);
    await server.run('delete from shop.customer where customer_id = 7 settings lightweight_deletes_sync = 2');
    const [after] = await relationFacts(live, [{ schema: 'shop', name: 'customer' }]);
    expect(after?.rowsExact).toBe(false);
    expect(await relationFacts(live, [])).toEqual([]);
  });

  it('estimates a statement by the parts, granules and columns that it would read', async () => {
    const live = await session();
    const [narrow, wide, first] = [await live.estimate?.('SELECT sum(a) FROM shop.narrow'), await live.estimate?.('SELECT * FROM shop.narrow'), await live.estimate?.('SELECT * FROM shop.narrow WHERE a < 10')];
    expect(narrow).toEqual({ rows: 100_000, bytes: 800_000, isUpperBound: true });
    expect(wide).toMatchObject({ rows: 100_000, isUpperBound: true });
    expect(wide?.bytes).toBeGreaterThan(10_000_000);
    expect(first?.rows).toBe(8192);
    expect(first?.bytes).toBeLessThan(1_000_000);
    // Of compact parts no size by column is kept.
    expect((await live.estimate?.('SELECT region FROM shop.customer'))?.bytes).toBeGreaterThan(0);
    expect(await live.estimate?.('SELECT 1')).toEqual({ rows: null, bytes: null, isUpperBound: false });
    expect((await live.estimate?.('SELECT a FROM shop.narrow CROSS JOIN numbers(5) AS n'))?.isUpperBound).toBe(false);
  });
});

describe('the history of queries', () => {
  it('has texts by user and application with what they read, without tidemark’s own, and says that a replica is missing', async () => {
    await server.runAs('Metabase/v0.50', 'select count() from shop.orders where order_id = 7 and version > 0', { database: 'shop' });
    await server.runAs('Metabase/v0.50', 'select count() from shop.orders where order_id = 8 and version > 0', { database: 'shop' });
    await server.runAs('Grafana/11', 'select count() from shop.orders where order_id = 9 and version > 0', { database: 'shop' });
    await server.runAs('Grafana/11', 'select nothing from shop.gone', { database: 'shop' }).catch(() => undefined);
    await server.runAs('dbt', 'select 1', { database: 'shop', log_comment: 'tidemark' });
    const { value, gaps } = await (await store()).statements();
    expect(value.statements.map(({ role, database, calls, failures, rows }) => ({ role, database, calls, failures, rows }))).toEqual([
      { role: 'default', database: 'shop', calls: 3, failures: 0, rows: 3 },
      { role: 'default', database: 'shop', calls: 0, failures: 1, rows: 0 },
    ]);
    expect(value.statements.find(({ calls }) => calls === 3)?.scanned_bytes).toBeGreaterThan(0);
    expect(value.statements.map(({ text }) => text).join('\n')).not.toMatch(/query_log|system\./);
    expect(value.activity?.map(({ application, seen }) => ({ application, seen })).toSorted((a, b) => b.seen - a.seen || (a.application < b.application ? -1 : 1))).toEqual([
      { application: 'Metabase/v0.50', seen: 2 }, { application: 'Grafana/11', seen: 1 }, { application: 'Grafana/11', seen: 1 },
    ]);
    expect(Date.parse(value.window?.until ?? '') - Date.parse(value.window?.since ?? '')).toBeLessThan(120_000);
    expect(gaps.map(({ missing, remedy }) => ({ missing, remedy }))).toEqual([{ missing: 'the history of queries on the other replicas', remedy: 'Are all replicas of the cluster up?' }]);
  });

  it('says what is needed where it may not be read, and where there is none', async () => {
    const { value, gaps } = await (await store('blind')).statements();
    expect(value).toEqual({ statements: [], own: [], window: null });
    await server.run('drop table system.query_log');
    const none = await (await store()).statements();
    expect(none.value).toEqual({ statements: [], own: [], window: null });
    expect([...gaps, ...none.gaps]).toMatchInlineSnapshot(`
      [
        {
          "cause": "blind: Not enough privileges. To execute this query, it's necessary to have the grant SELECT ON system.query_log (ACCESS_DENIED)",
          "missing": "the history of queries: who runs what, and what it costs",
          "remedy": "GRANT SELECT ON system.query_log TO default;",
          "severity": "partial",
          "subject": "warehouse",
        },
        {
          "cause": "system.query_log is not there, or this user may not see it",
          "missing": "the history of queries: who runs what, and what it costs",
          "remedy": "GRANT SELECT ON system.query_log TO default; Where the server keeps none: log_queries = 1, and <query_log> in its configuration.",
          "severity": "partial",
          "subject": "warehouse",
        },
      ]
    `);
  });
});
