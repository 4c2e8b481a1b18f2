import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparePass } from '../../src/reconcile/keys/pass.js';
import { planPair } from '../../src/reconcile/keys/plan.js';
import { createPace } from '../../src/reconcile/pace/index.js';
import { openLive } from '../../src/stores/index.js';
import type { LiveSession } from '../../src/stores/live.js';
import { ORDERS_COLUMNS, ordersPair, postgresRows, side, told } from '../reconcile/keys/orders.js';
import { openProduction } from '../support/live-session.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { startRedshift, type Redshift } from '../support/redshift.js';
import { noContext } from '../support/store-context.js';

const ROWS = 6_000;

let server: TestServer;
let redshift: Redshift;
let source: LiveSession;
let target: LiveSession;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run([
    'create schema shop; create schema analytics',
    `create table shop.orders (${ORDERS_COLUMNS})`,
    `insert into shop.orders ${postgresRows(`select i from generate_series(1::bigint, ${ROWS}) s (i)`)}`,
    // Redshift has no uuid: loaders keep it as a text.
    'create table analytics.orders (id bigint not null primary key, tenant varchar(36), customer_id integer, status varchar(20), amount numeric(12,2), rate double precision, paid boolean, note varchar(200), created_at timestamptz, updated_at timestamptz)',
    'insert into analytics.orders select id, tenant::text, customer_id, status, amount, rate, paid, note, created_at, updated_at from shop.orders',
    'analyze',
  ]);
  redshift = await startRedshift(server);
  source = await openProduction(server.url());
  target = await openLive('redshift', { name: 'warehouse', url: `redshift://postgres@127.0.0.1:${redshift.port}/postgres?sslmode=disable`, credentials: { password: 'none is asked' } }, noContext);
});

afterAll(async () => {
  await source?.close();
  await target?.close();
  await redshift?.stop();
  await server?.stop();
});

async function compared(): Promise<{ lines: string[]; rows: { source: number; target: number }; leftOut: string[]; columns: string[] }> {
  const pair = ordersPair({ source: side('shop.orders'), target: side('analytics.orders') });
  const plan = await planPair(pair, { source, target });
  const now = (): number => Date.now() / 1000;
  const { signal } = new AbortController();
  const pace = createPace(source, { target_ms: 100, duty: 1, signal, now, wait: () => Promise.resolve() });
  const result = await comparePass(plan, { sessions: { source, target }, pace, signal, now, checkpoint: null, keys_max: 100 });
  return { lines: told(plan, result), rows: result.rows, leftOut: plan.leftOut.map(({ column }) => column), columns: plan.columns.map((column) => column.source) };
}

it('compares with PostgreSQL to the key, by statements that Redshift knows', async () => {
  expect(await compared()).toEqual({ lines: [], rows: { source: ROWS, target: ROWS }, leftOut: ['payload'], columns: ['tenant', 'customer_id', 'status', 'amount', 'rate', 'paid', 'note', 'created_at', 'updated_at'] });
  await server.run([
    'delete from analytics.orders where id in (7, 5999)',
    "insert into analytics.orders (id, status) values (6001, 'new')",
    'update analytics.orders set amount = amount + 0.01 where id = 100',
    'update analytics.orders set note = null where id = 200',
    "update analytics.orders set created_at = created_at + interval '1 microsecond' where id = 300",
    'update analytics.orders set paid = not paid, rate = rate + 0.5 where id = 400',
  ]);
  expect((await compared()).lines).toEqual(['changed 100 amount', 'changed 200 note', 'changed 300 created_at', 'changed 400 rate,paid', 'extra 6001', 'missing 5999', 'missing 7']);
  expect(redshift.texts.filter((text) => text.includes('strtol')).every((text) => text.startsWith('begin transaction read only'))).toBe(true);
});
