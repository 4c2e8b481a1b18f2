import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultLive } from '../../../src/config/live-defaults.js';
import type { ReconcilePair } from '../../../src/model/configuration.js';
import type { PairReport } from '../../../src/model/reconciliation.js';
import type { ReconcileContext } from '../../../src/reconcile/context.js';
import { explainPair, reconcilePair } from '../../../src/reconcile/run.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { orders } from '../judge/made-up.js';
import { WarehouseFile } from '../keys/orders.js';
import { context, Kept, Stores } from './context.js';

/** Order 3 as it was an hour before its last change. */
const STALE = "update raw.orders set status = 'open', updated_at = updated_at - interval '1 hour' where id = 3";
/** Sixty orders of March, none changed since. */
const ROWS = "select g, g + 0.25, 'paid', timestamptz '2026-03-01 00:00:00+00' + g * interval '1 hour', timestamptz '2026-03-01 00:00:00+00' + g * interval '1 hour', null::timestamptz";

let server: TestServer;
let warehouse: WarehouseFile;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run('create database shop');
});

afterEach(() => warehouse.remove());

beforeEach(async () => {
  await server.run(
    ['drop schema if exists shop cascade', 'create schema shop', 'create table shop.orders (id bigint primary key, amount numeric(12,2), status text, placed_at timestamptz, updated_at timestamptz, gone_at timestamptz)', `insert into shop.orders ${ROWS} from generate_series(1, 60) as g`],
    'shop',
  );
  warehouse = new WarehouseFile();
  await warehouse.run(
    'create schema raw',
    'create schema analytics_control',
    'create table raw.orders (id bigint, amount decimal(12,2), status varchar, placed_at timestamptz, updated_at timestamptz, gone_at timestamptz, _ab_cdc_lsn varchar)',
    `insert into raw.orders select *, '0/1' from (${ROWS.replace('g * interval', 'g::integer * interval')} from range(1, 61) as r (g))`,
    'create table analytics_control.data_product_watermark (data_product_name varchar, source_high_watermark timestamptz)',
    "insert into analytics_control.data_product_watermark values ('orders', now() - interval '10 hours')",
  );
});

afterAll(() => server?.stop());

const byKey = { source: { ...orders().source, time_column: null }, target: { ...orders().target, time_column: null }, except: ['gone_at'] };
const byTime = orders({ ...byKey, product: 'orders', watermark: { kind: 'time', source: 'updated_at', target: 'updated_at' } });
const byProduct = orders({ ...byKey, product: 'orders' });

/** A run as the command line makes one: sessions of its own. */
async function run(pair: ReconcilePair, overrides: Partial<ReconcileContext> = {}, urls: Record<string, string> = {}): Promise<PairReport> {
  const stores = new Stores({ production: server.url('shop'), warehouse: warehouse.path, ...urls });
  try {
    return await reconcilePair(pair, context(stores, { confirm_seconds_max: 0, ...overrides }));
  } finally {
    await stores.close();
  }
}

const production = (statement: string): Promise<void> => server.run(statement, 'shop');
const applied = (moment: string): Promise<void> => warehouse.run(`update analytics_control.data_product_watermark set source_high_watermark = ${moment}`);
const told = ({ differences }: PairReport): string[] => differences.map(({ kind, standing, key, confirmed_by }) => `${standing} ${kind} ${key?.join('/') ?? ''}${confirmed_by === null ? '' : ` by ${confirmed_by}`}`);

describe('a pair', () => {
  test('that is equal is equal, however far behind the warehouse is', async () => {
    const report = await run(byTime);
    expect(report).toMatchObject({ state: 'equal', key: ['id'], source: { rows: 60, role: 'operational' }, target: { rows: 60, engine: 'duckdb' }, notes: [], next_step: null, differences: [] });
    expect(report.columns.map(({ source }) => source)).toEqual(['amount', 'status', 'placed_at', 'updated_at']);
    expect(report.source.cost.queries).toBeGreaterThan(2);
  });

  test('loaded at night tells what was changed since from what was lost before', async () => {
    await production("update shop.orders set status = 'sent', updated_at = now() where id in (7, 8)");
    await production("insert into shop.orders values (99, 1, 'new', now(), now())");
    await warehouse.run(STALE, 'delete from raw.orders where id = 4');
    // The same time of change on both sides: whatever wrote it without a new time may be on its way.
    await production("update shop.orders set status = 'mended by hand' where id = 6");
    const report = await run(byTime);
    expect(told(report)).toEqual(['confirmed changed 3 by unchanged', 'confirmed missing 4 by unchanged', 'candidate changed 6', 'late changed 7', 'late changed 8', 'late missing 99']);
    expect(report.state).toBe('differs');
    expect(report.notes.slice(1)).toEqual([expect.stringMatching(/^3 rows of production were changed after 20.* UTC, which is as far as the warehouse has come: they are on their way$/)]);
    expect(report.next_step).toBe('tidemark fix reload orders prints the statements that repair it.');
  });

  test('without any watermark leaves a difference open and says what would tell', async () => {
    await production('delete from shop.orders where id = 5');
    const report = await run(orders({ ...byKey, target: { ...byKey.target, relation: 'raw.plain' } }), {}, {}).catch((error: unknown) => error);
    expect(report).toMatchObject({ state: 'undetermined' });
    await warehouse.run('create view raw.plain as select id, amount, status, placed_at, updated_at from raw.orders');
    const open = await run(orders({ ...byKey, target: { ...byKey.target, relation: 'raw.plain' } }));
    expect(open.state).toBe('unconfirmed');
    expect(told(open)).toEqual(['candidate extra 5']);
    expect(open.notes).toContain('1 difference is not confirmed: nothing tells how far the warehouse has come');
    expect(open.next_step).toMatchInlineSnapshot(`"Name a watermark for orders in tidemark.yaml (a product, or the column that tells a row's last change), or run again after the next load."`);
  });

  test('is judged by what an earlier run saw, and its file holds no key', async () => {
    await production('delete from shop.orders where id = 57');
    const memory = new Kept();
    expect(told(await run(byTime, { memory }))).toEqual(['candidate extra 57']);
    await applied("now() + interval '20 seconds'");
    // A watermark of the future was not set by the source's clock.
    const ahead = await run(byTime, { memory });
    expect(told(ahead)).toEqual(['candidate extra 57']);
    expect(ahead.notes).toContainEqual(expect.stringMatching(/^the watermark of orders is (19|20) s ahead of the clock of production, so another clock set it, and nothing is confirmed by it$/));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await applied('now()');
    expect(told(await run(byTime, { memory }))).toEqual(['confirmed extra 57 by watermark']);
    const file = memory.files.get('orders') ?? '';
    expect(file).toContain('"by":"watermark"');
    expect(file).not.toMatch(/\b57\b/);
    await warehouse.run('delete from raw.orders where id = 57');
    expect(await run(byTime, { memory })).toMatchObject({ state: 'equal' });
    expect(JSON.parse(memory.files.get('orders') ?? '')).toMatchObject({ entries: [], checkpoint: null });
  });

  test('waits for the watermark while there is time', async () => {
    await warehouse.run("update raw.orders set status = 'open' where id = 3");
    const loading = new Promise((resolve) => setTimeout(resolve, 3_000)).then(() => applied('now()'));
    const report = await run(byProduct, { confirm_seconds_max: 10 });
    await loading;
    expect(told(report)).toEqual(['confirmed changed 3 by watermark']);
  });

  test('whose loader keeps positions in the log is judged by them', async () => {
    await warehouse.run("update raw.orders set status = 'open' where id = 3", 'delete from raw.orders where id = 4');
    await production('delete from shop.orders where id = 5');
    const memory = new Kept();
    const pair = orders(byKey);
    const first = await run(pair, { memory });
    expect(first.watermark).toMatchObject({ from: 'column', kind: 'lsn', position: '0/1' });
    expect(told(first)).toEqual(['candidate changed 3', 'candidate missing 4', 'candidate deleted 5']);
    // 0/9… is before 0/10…: positions are no texts.
    await warehouse.run("update raw.orders set _ab_cdc_lsn = 'FF/9' where id = 9", "update raw.orders set _ab_cdc_lsn = '0/FFFFFFFF' where id = 10");
    const second = await run(pair, { memory });
    expect(second.watermark.position).toBe('FF/9');
    expect(told(second)).toEqual(['confirmed changed 3 by watermark', 'confirmed missing 4 by watermark', 'candidate deleted 5']);
  });

  test('knows a row that the source marks as deleted', async () => {
    await production("update shop.orders set gone_at = now(), updated_at = now() where id = 5");
    const pair = { ...byTime, source: { ...byTime.source, deleted_column: 'gone_at' } };
    expect(told(await run(pair))).toEqual(['candidate deleted 5']);
  });

  test('tells a cut decimal from a changed one', async () => {
    await production('alter table shop.orders alter column amount type numeric(12,4)');
    await production('update shop.orders set amount = id + 0.2567, updated_at = placed_at');
    await warehouse.run('update raw.orders set amount = id + 0.25 where id <= 3', 'update raw.orders set amount = id + 0.26 where id > 3', 'update raw.orders set amount = id + 0.24 where id = 60');
    expect(told(await run(byTime))).toEqual(['candidate rounding 1', 'candidate rounding 2', 'candidate rounding 3', 'candidate changed 60']);
  });

  test('is read from a replica where there is one, and its differences on the primary', async () => {
    await warehouse.run(STALE);
    const report = await run(byTime, { replicaOf: () => 'replica' }, { replica: server.url('shop') });
    expect(report.source).toMatchObject({ store: 'production', read_from: 'replica' });
    expect(told(report)).toEqual(['confirmed changed 3 by unchanged']);
    const without = await run(byTime, { replicaOf: () => 'replica' }, { replica: 'postgres://postgres@127.0.0.1:1/shop' });
    expect(without.source.read_from).toBeNull();
    expect(without.notes.join('\n')).toMatch(/replica cannot be opened: .*, so production was read itself/);
  });

  test('is counted by period alone where that is asked for', async () => {
    await warehouse.run("update raw.orders set status = 'open' where id = 3");
    const timed = orders({ product: 'orders', period: 'month', periods: 12, except: ['gone_at'] });
    const report = await run(timed, { level: 'counts' });
    expect(report).toMatchObject({ state: 'equal', buckets: null, differences: [] });
    expect(report.periods.find(({ period }) => period === '2026-03')).toMatchObject({ source_rows: 60, target_rows: 60, equal: true });
    expect((await run(timed)).state).toBe('unconfirmed');
  });

  test('is planned once more where a column is dropped meanwhile', async () => {
    let isDropped = false;
    const progress: ReconcileContext['progress'] = ({ step }) => {
      if (step === 'watermark') isDropped = true;
    };
    const now = () => Date.now() / 1000;
    const stores = new Stores({ production: server.url('shop'), warehouse: warehouse.path });
    const source = await stores.open('production');
    const query = source.query.bind(source);
    source.query = async (row, sql, bounds) => {
      if (isDropped && /group by/.test(sql)) {
        isDropped = false;
        await production('alter table shop.orders drop column status');
      }
      return query(row, sql, bounds);
    };
    const report = await reconcilePair(byTime, context(stores, { confirm_seconds_max: 0, progress, now }));
    await stores.close();
    expect(report).toMatchObject({ state: 'equal', notes: ['a definition was changed while it was compared, so it was begun anew'] });
    expect(report.columns.map(({ source: name }) => name)).toEqual(['amount', 'placed_at', 'updated_at']);
  });
});

test('a pair that nobody wrote to since it was equal is not read again', async () => {
  const memory = new Kept();
  const urls = { warehouse: server.url('shop') };
  await production("create table shop.copied (like shop.orders including all); insert into shop.copied select * from shop.orders");
  const pair = orders({ ...byKey, target: { ...byKey.target, relation: 'shop.copied' } });
  expect(await run(pair, { memory }, urls)).toMatchObject({ state: 'equal', buckets: { differing: 0 } });
  const again = await run(pair, { memory }, urls);
  expect(again).toMatchObject({ state: 'equal', buckets: null, source: { rows: 60 }, target: { rows: 60 } });
  expect(again.notes[0]).toMatch(/^neither side was written to since 20\S+ \S+ UTC, when they were equal, so rows were not read again$/);
  await production("update shop.copied set status = 'open' where id = 3");
  expect(told(await run(pair, { memory }, urls))).toEqual(['candidate changed 3']);
  expect(told(await run(pair, { memory }, urls))).toEqual(['candidate changed 3']);
});

describe('what cannot be done', () => {
  test.each<[string, ReconcilePair, string[]]>([
    ['a relation that is not there', orders({ ...byKey, source: { ...byKey.source, relation: 'shop.order' } }), ['production: shop.order does not exist', "Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case."]],
    ['a product without a watermark', { ...byTime, product: 'refunds' }, ['warehouse: analytics_control.data_product_watermark tells no watermark: it has no row for refunds', "Correct the pair's product in tidemark.yaml, or let the loader write its watermark."]],
    [
      'a watermark column that is not there',
      { ...byTime, product: null, watermark: { kind: 'lsn', source: null, target: 'lsn' } },
      ['warehouse: raw.orders has no column lsn for the watermark', "Correct the pair's watermark in tidemark.yaml, letters by case."],
    ],
    [
      'a watermark column of another type',
      { ...byTime, product: null, watermark: { kind: 'version', source: 'id', target: 'status' } },
      ['warehouse: raw.orders: the watermark status is of type VARCHAR, which is not an integer', "Name another column for the pair's watermark in tidemark.yaml, or another kind."],
    ],
  ])('is one clear line: %s', async (_, pair, lines) => {
    const report = await run(pair);
    expect(report.state).toBe('undetermined');
    expect([...report.notes, report.next_step]).toEqual(lines);
  });

  test('a server that goes away ends that pair with its name', async () => {
    const stores = new Stores({ production: server.url('shop'), warehouse: warehouse.path });
    const source = await stores.open('production');
    const query = source.query.bind(source);
    source.query = async (row, sql, bounds) => {
      if (/group by/.test(sql)) await server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tidemark%'", 'shop');
      return query(row, sql, bounds);
    };
    const report = await reconcilePair(byTime, context(stores));
    await stores.close();
    expect(report.state).toBe('undetermined');
    expect(report.notes[0]).toMatch(/^production: the connection was lost: /);
  });

  test('an abort rejects with its reason', async () => {
    const controller = new AbortController();
    controller.abort(new Error('the user left'));
    await expect(run(byTime, { signal: controller.signal })).rejects.toThrow('the user left');
  });

  test('a state folder that cannot be written costs only that', async () => {
    await warehouse.run(STALE);
    const memory = { load: () => Promise.reject(new Error('no')), save: () => Promise.reject(new Error('read-only')) };
    const report = await run(byTime, { memory });
    expect(told(report)).toEqual(['confirmed changed 3 by unchanged']);
    expect(report.notes).toEqual(['what was seen could not be kept for the next run: the state folder cannot be written']);
  });
});

test('every text that it would run can be shown before', async () => {
  const stores = new Stores({ production: server.url('shop'), warehouse: warehouse.path });
  const texts = await explainPair(orders(byKey), context(stores, { settings: defaultLive }));
  await stores.close();
  expect([...new Set(texts.map(({ store, purpose }) => `${store}: ${purpose}`))]).toEqual(expect.arrayContaining(['production: the clock of the source', 'production: the end of the log', 'warehouse: how far the target is']));
});
