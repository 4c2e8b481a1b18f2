import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparePass } from '../../../src/reconcile/keys/pass.js';
import { planPair } from '../../../src/reconcile/keys/plan.js';
import { PairProblem } from '../../../src/reconcile/problem.js';
import { createPace } from '../../../src/reconcile/pace/index.js';
import { openLive } from '../../../src/stores/index.js';
import type { LiveSession } from '../../../src/stores/live.js';
import { openProduction } from '../../support/live-session.js';
import { startOldClickHouse } from '../../support/clickhouse-18.js';
import { startClickHouse, type ClickHouseServer } from '../../support/clickhouse.js';
import { installedServers, startServer, type TestServer } from '../../support/postgres.js';
import { noContext } from '../../support/store-context.js';
import { ORDERS_COLUMNS, ordersPair, postgresRows, side, told } from './orders.js';

/** The oldest that is there: it has no range scan over pages. */
const [oldest] = installedServers();

let server: TestServer;
let source: LiveSession;
let clickhouse: ClickHouseServer | null = null;

const now = (): number => Date.now() / 1000;
const signal = new AbortController().signal;
const pair = (relation: string) => ordersPair({ source: side('shop.orders'), target: side(relation) });

beforeAll(async () => {
  if (oldest === undefined) throw new Error('no server');
  server = await startServer(oldest);
  const rows = (name: string): string[] => [`create table ${name} (${ORDERS_COLUMNS})`, `insert into ${name} ${postgresRows('select i from generate_series(1::bigint, 9000) s (i)')}`];
  await server.run(['create schema shop', 'create schema analytics', ...rows('shop.orders'), ...rows('analytics.orders'), 'delete from shop.orders where id % 3 = 0', 'delete from analytics.orders where id % 3 = 0', 'analyze']);
  await server.run(["update analytics.orders set amount = 0 where id = 4000", 'delete from analytics.orders where id in (8, 8999)', "create role clerk login password 'p'; grant usage on schema shop to clerk; grant select (id, amount, status) on shop.orders to clerk"]);
  source = await openProduction(server.url());
});

afterAll(async () => {
  await source?.close();
  await server?.stop();
  await clickhouse?.stop();
});

async function compared(target: LiveSession, relation: string) {
  const plan = await planPair(pair(relation), { source, target });
  const pace = createPace(source, { target_ms: 100, duty: 1, signal, now, wait: () => Promise.resolve() });
  const result = await comparePass(plan, { sessions: { source, target }, pace, signal, now, checkpoint: null, keys_max: 100 });
  return { plan, result, differences: told(plan, result) };
}

describe('the oldest PostgreSQL', () => {
  test('is read page by page, and compared with another PostgreSQL', async () => {
    const target = await openLive('postgres', { name: 'warehouse', url: server.url() }, noContext);
    try {
      const { plan, differences, result } = await compared(target, 'analytics.orders');
      expect(plan.source.scan).toMatchObject({ by: 'pages', array: (oldest?.major ?? 0) < 14 });
      expect(result.rows).toEqual({ source: 6000, target: 5998 });
      expect(differences).toEqual(['changed 4000 amount', 'missing 8', 'missing 8999']);
    } finally {
      await target.close();
    }
  });

  test('is read by its key where only some columns may be read', async () => {
    const clerk = await openProduction(server.url('postgres', 'clerk', 'p'));
    const target = await openLive('postgres', { name: 'warehouse', url: server.url() }, noContext);
    try {
      const some = { ...pair('analytics.orders'), columns: [{ source: 'amount', target: 'amount', decimals: null }] };
      const plan = await planPair(some, { source: clerk, target });
      expect(plan.source.scan.by).not.toBe('pages');
      const pace = createPace(clerk, { target_ms: 100, duty: 1, signal, now, wait: () => Promise.resolve() });
      const result = await comparePass(plan, { sessions: { source: clerk, target }, pace, signal, now, checkpoint: null, keys_max: 100 });
      expect(told(plan, result)).toEqual(['changed 4000 amount', 'missing 8', 'missing 8999']);
    } finally {
      await clerk.close();
      await target.close();
    }
  });
});

describe('ClickHouse', () => {
  test('is compared, its replaced and deleted rows left out', async () => {
    clickhouse = await startClickHouse();
    const columns = 'id Int64, status String, amount Decimal(12,2), _peerdb_version UInt64, _peerdb_is_deleted UInt8';
    const row = (condition: string, amount: string, version: number, deleted: number): string =>
      `insert into analytics.orders select i, ['new', 'paid', 'sent', 'Größe'][i % 4 + 1], ${amount}, ${version}, ${deleted} from (select toInt64(number + 1) as i from numbers(9000)) where i % 3 != 0 and ${condition}`;
    await clickhouse.run(
      'create database analytics',
      `create table analytics.orders (${columns}) engine = ReplacingMergeTree(_peerdb_version) order by id`,
      row('1', "toDecimal64('0.5', 2)", 1, 0),
      row('i != 4000', 'toDecimal64(i % 100000, 2) / 100', 2, 0),
      row('i in (8, 8999)', 'toDecimal64(0, 2)', 3, 1),
    );
    const target = await openLive('clickhouse', { name: 'warehouse', url: clickhouse.url() }, noContext);
    try {
      const { plan, differences } = await compared(target, 'analytics.orders');
      expect(plan.target).toMatchObject({ deleted: { convention: 'PeerDB', by: 'nonzero' }, scan: { by: 'whole' } });
      expect(plan.columns.map((column) => column.source)).toEqual(['status', 'amount']);
      expect(differences).toEqual(['changed 4000 amount', 'missing 8', 'missing 8999']);
      await clickhouse.run('truncate table analytics.orders');
      expect((await compared(target, 'analytics.orders')).result).toMatchObject({ rows: { target: 0 }, more: 5900 });
    } finally {
      await target.close();
    }
  });

  test('has keys that are no UTF-8 counted as such, and relations of a thousand columns compared', async () => {
    const columns = Array.from({ length: 1500 }, (_, at) => `c${at}`);
    await server.run(['create table shop.person (email text primary key, age integer)', "insert into shop.person select 'p' || g, g from generate_series(1, 20) g"]);
    await server.run([`create table shop.survey (id integer primary key, ${columns.map((name) => `${name} integer`).join(', ')})`, `insert into shop.survey select g, ${columns.map((_, at) => `g + ${at}`).join(', ')} from generate_series(1, 3) g`]);
    await clickhouse?.run(
      'create table analytics.person engine = MergeTree order by email as select concat(\'p\', toString(number + 1)) as email, toInt32(number + 1) as age from numbers(20)',
      "insert into analytics.person values (unhex('FFFEFD'), 9), ('later', 7)",
      `create table analytics.survey engine = MergeTree order by id as select toInt32(number + 1) as id, ${columns.map((name, at) => `toInt32(number + ${at + 1} + ${at === 1400 ? '(number = 1)' : '0'}) as ${name}`).join(', ')} from numbers(3)`,
    );
    const target = await openLive('clickhouse', { name: 'warehouse', url: clickhouse?.url() ?? '' }, noContext);
    try {
      const plan = await planPair(ordersPair({ source: side('shop.person'), target: side('analytics.person') }), { source, target });
      const pace = createPace(source, { target_ms: 100, duty: 1, signal, now, wait: () => Promise.resolve() });
      const context = { sessions: { source, target }, pace, signal, now, checkpoint: null, keys_max: 100 };
      const people = await comparePass(plan, context);
      expect(people).toMatchObject({ unreadable: 1, differing: [{ source: null, target: { rows: 1 } }] });
      const survey = await planPair(ordersPair({ source: side('shop.survey'), target: side('analytics.survey') }), { source, target });
      expect(told(survey, await comparePass(survey, context))).toEqual(['changed 2 c1400']);
    } finally {
      await target.close();
    }
  });

  test('refuses a scan that is larger than the configuration allows, in one line', async () => {
    clickhouse ??= await startClickHouse();
    await clickhouse.run('create database if not exists big', 'create table big.orders (id Int64, status String) engine = MergeTree order by id', "insert into big.orders select number, 'new' from numbers(200000)");
    const target = await openLive('clickhouse', { name: 'warehouse', url: clickhouse.url(), scan_bytes_max: 1000 }, noContext);
    try {
      const error: unknown = await compared(target, 'big.orders').catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(PairProblem);
      expect(String(error)).toMatch(/^PairProblem: warehouse: big\.orders is not read: a statement was not run: it would read .+, and scan_max allows 1,000 B$/);
    } finally {
      await target.close();
    }
  });

  test('of a version that lacks functions for digests is told so', async () => {
    const old = await startOldClickHouse();
    try {
      await old.run('create database analytics', 'create table analytics.orders (id Int64, status String) engine = MergeTree order by id');
      const target = await openLive('clickhouse', { name: 'warehouse', url: old.url() }, noContext);
      try {
        await expect(planPair(pair('analytics.orders'), { source, target })).rejects.toThrow(/^warehouse: analytics\.orders: version 18\.[\d.]+ lacks functions that digests need; 23\.3 or later has them$/);
      } finally {
        await target.close();
      }
    } finally {
      await old.stop();
    }
  });
});
