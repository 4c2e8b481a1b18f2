import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReconcilePair } from '../../../src/model/configuration.js';
import { explainPair, reconcilePair } from '../../../src/reconcile/run.js';
import { startClickHouse, type ClickHouseServer } from '../../support/clickhouse.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { orders } from '../judge/made-up.js';
import { context, Stores } from './context.js';

let server: TestServer;
let clickhouse: ClickHouseServer;
let stores: Stores;

beforeAll(async () => {
  server = await startServer(bundledServer());
  clickhouse = await startClickHouse();
  // The same hour for both, whatever the time of day is.
  const today = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000).toISOString().slice(0, 10);
  await server.run(['create schema shop', 'create table shop.orders (reference text primary key, amount numeric(12,2), placed_at timestamptz)', `insert into shop.orders select 'o' || g, g * 1.25, timestamptz '${today} 00:00:00+00' - g * interval '1 hour' from generate_series(1, 90) as g`]);
  await clickhouse.run(
    'create database raw',
    "create table raw.orders (reference String, amount Decimal(12,2), placed_at DateTime64(6, 'UTC')) engine = MergeTree order by reference",
    `insert into raw.orders select concat('o', toString(number + 1)), toDecimal64((number + 1) * 1.25, 2), toDateTime64('${today} 00:00:00', 6, 'UTC') - toIntervalHour(number + 1) from numbers(90) where number not in (30, 31)`,
  );
  stores = new Stores({ production: server.url(), warehouse: clickhouse.url() });
});

afterAll(async () => {
  await stores?.close();
  await clickhouse?.stop();
  await server?.stop();
});

const pair: ReconcilePair = orders({ key: [{ source: 'reference', target: 'reference' }], sums: [{ source: 'amount', target: 'amount' }], periods: 3 });

test('counts and sums by period are read in ClickHouse too, and shown before', async () => {
  const report = await reconcilePair(pair, context(stores, { level: 'counts' }));
  expect(report.state).toBe('differs');
  expect(report.periods.map(({ source_rows, target_rows, equal, late, sums }) => ({ source_rows, target_rows, equal, late, sums }))).toEqual([
    { source_rows: 24, target_rows: 24, equal: true, late: false, sums: [] },
    { source_rows: 24, target_rows: 22, equal: false, late: false, sums: ['amount'] },
    { source_rows: 23, target_rows: 23, equal: true, late: false, sums: [] },
    { source_rows: 0, target_rows: 0, equal: true, late: true, sums: [] },
  ]);
  const texts = await explainPair(pair, context(stores));
  expect(texts.filter(({ purpose }) => purpose === 'counts and sums by day').map(({ store, sql }) => [store, /"?(raw|shop)"?\."?orders/.exec(sql)?.[1]])).toEqual([['warehouse', 'raw'], ['production', 'shop']]);
});

test('a key that is no UTF-8 is never counted as equal', async () => {
  const byKey = { ...pair, source: { ...pair.source, time_column: null }, target: { ...pair.target, time_column: null } };
  await clickhouse.run("insert into raw.orders select concat('o', toString(number + 1)), toDecimal64((number + 1) * 1.25, 2), (select max(placed_at) from raw.orders) from numbers(90) where number in (30, 31)", "insert into raw.orders values (unhex('FFFEFD'), 9, now64(6))");
  const report = await reconcilePair({ ...byKey, columns: [{ source: 'amount', target: 'amount', decimals: null }] }, context(stores, { confirm_seconds_max: 0 }));
  expect(report).toMatchObject({ state: 'undetermined', target: { rows: 91 }, differences: [] });
  expect(report.notes[0]).toBe('one key that differs is no UTF-8, so what it is could not be looked at');
});
