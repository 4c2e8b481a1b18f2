import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparePass } from '../../../src/reconcile/keys/pass.js';
import type { CheckpointFile } from '../../../src/reconcile/keys/types.js';
import type { Pace } from '../../../src/reconcile/pace/index.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { Comparison, DUCKDB_COLUMNS, duckdbRows, ORDERS_COLUMNS, ordersPair, postgresRows, side, told, WarehouseFile } from './orders.js';

const ROWS = 30_000;

let server: TestServer;
const file = new WarehouseFile();
let comparison: Comparison;

async function fill(name: string, ids: (series: (from: number, to: number) => string) => string, columns = ORDERS_COLUMNS): Promise<void> {
  await server.run([`create table shop.${name} (${columns})`, `insert into shop.${name} ${postgresRows(ids((from, to) => `select i from generate_series(${from}::bigint, ${to}) s (i)`))}`, `analyze shop.${name}`]);
  await file.run(`create table analytics.${name} (${DUCKDB_COLUMNS})`, `insert into analytics.${name} ${duckdbRows(ids((from, to) => `select i from range(${from}::bigint, ${to} + 1) s (i)`))}`);
}

/** As a loader does between two looks. */
async function load(...statements: string[]): Promise<void> {
  await file.run(...statements);
  await comparison.refresh();
}

const pairOf = (name: string, overrides = {}) => ordersPair({ name, source: side(`shop.${name}`), target: side(`analytics.${name}`), ...overrides });

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run('create schema shop');
  await file.run('create schema analytics');
  await fill('orders', (series) => series(1, ROWS));
  comparison = await Comparison.open(server.url(), file.path);
});

afterAll(async () => {
  await comparison?.close();
  file.remove();
  await server?.stop();
});

test('equal tables are equal, in one pass', async () => {
  const result = await comparison.compare(pairOf('orders'));
  expect(result).toMatchObject({ rows: { source: ROWS, target: ROWS }, buckets: { compared: 4, differing: 0 }, differing: [], more: 0, resumed: false });
});

test('rows that are moved while they are read do not differ, and are counted once', async () => {
  await server.run(['create table shop.moving as select * from shop.orders', 'alter table shop.moving add primary key (id)', 'analyze shop.moving']);
  const pair = pairOf('moving', { target: side('analytics.orders') });
  const moved: Promise<void>[] = [];
  const progress = ({ step }: { step: string }): void => {
    if (step === 'source' && moved.length < 3) moved.push(server.run(`update shop.moving set amount = amount where id % 3 = ${moved.length}`));
  };
  const result = await comparison.compare(pair, { progress });
  await Promise.all(moved);
  expect(moved.length).toBe(3);
  expect(result).toMatchObject({ rows: { source: ROWS, target: ROWS }, differing: [], more: 0 });
});

describe('ten planted differences', () => {
  const EXPECTED = ['changed 10000 amount', 'changed 15000 note', 'changed 20000 rate', 'changed 25000 created_at', 'extra -5', 'extra 30001', 'extra 900000000', 'missing 1', 'missing 15500', 'missing 30000'];

  beforeAll(() =>
    load(
      'create table analytics.planted as from analytics.orders',
      'delete from analytics.planted where id in (1, 15500, 30000)',
      `insert into analytics.planted ${duckdbRows('select unnest([-5::bigint, 30001, 900000000]) as i')}`,
      'update analytics.planted set amount = amount + 0.01 where id = 10000',
      "update analytics.planted set note = note || ' ' where id = 15000",
      'update analytics.planted set rate = rate + 0.00001 where id = 20000',
      'update analytics.planted set created_at = created_at + to_microseconds(1) where id = 25000',
    ),
  );

  test('are found, with their columns', async () => {
    const pair = pairOf('orders', { target: side('analytics.planted') });
    const result = await comparison.compare(pair);
    expect(told(await comparison.plan(pair), result)).toEqual(EXPECTED);
    expect(result.rows).toEqual({ source: ROWS, target: ROWS });
  });

  test('are found by groups of digests too, where the key is no integer', async () => {
    const pair = pairOf('orders', { target: side('analytics.planted'), key: [{ source: 'tenant', target: 'tenant' }, { source: 'id', target: 'id' }] });
    const result = await comparison.compare(pair);
    const plan = await comparison.plan(pair);
    expect(plan.order).toBe('digest');
    expect(told(plan, result).map((line) => line.replace(/[0-9a-f-]{36}\//, '')).sort()).toEqual(EXPECTED);
  });

  test('are found from a query and by a view', async () => {
    await server.run('create view shop.open_orders as select * from shop.orders where id < 22500');
    const target = side('analytics.open_orders', { query: 'select * from analytics.planted where id < 22500;' });
    const result = await comparison.compare(pairOf('orders', { source: side('shop.open_orders'), target, key: [{ source: 'id', target: 'id' }] }));
    expect(result.differing.map(({ key }) => key[0]).sort()).toEqual(['-5', '1', '10000', '15000', '15500', '20000']);
    const turned = pairOf('orders', { source: side('shop.some', { query: 'select id, amount from shop.orders where id <= 10000 -- open' }), target: side('analytics.planted', { query: 'select id, amount from analytics.planted where id <= 10000' }), key: [{ source: 'id', target: 'id' }] });
    expect((await comparison.compare(turned)).differing.map(({ key }) => key[0]).sort()).toEqual(['-5', '1', '10000']);
  });
});

describe('keys as they come', () => {
  test('with gaps, below zero and at both ends of 64 bits', async () => {
    const extremes = ['-9223372036854775808', '-9223372036854775807', '-4611686018427387904', '9223372036854775806', '9223372036854775807'];
    await fill('sparse', (series) => `select i * 1000000007 - 10000000000000 as i from (${series(1, 10_000)}) as spread (i) union all ${series(1, 10_000)}`);
    for (const [run, schema] of [[(sql: string) => server.run(sql), 'shop'], [(sql: string) => load(sql), 'analytics']] as const) {
      for (const id of extremes) await run(`insert into ${schema}.sparse (id, tenant, customer_id, status, amount, paid, created_at, updated_at) values ('${id}', '00000000-0000-0000-0000-000000000000', 1, 'new', 1, true, '2026-01-01', '2026-01-01')`);
    }
    const equal = await comparison.compare(pairOf('sparse'));
    expect(equal).toMatchObject({ differing: [], buckets: { differing: 0 }, rows: { source: 20_005, target: 20_005 } });
    expect(equal.chunks).toBeLessThan(60);
    await load(`update analytics.sparse set status = 'lost' where id in (${extremes.join(', ')}, 17, 1000000007 * 5::bigint - 10000000000000)`);
    const result = await comparison.compare(pairOf('sparse'));
    expect(result.differing.map(({ key }) => key[0]).sort()).toEqual([...extremes, '17', '-9994999999965'].sort());
  });

  test('in ranges, with one look for a gap, as views of large tables are read', async () => {
    const plan = await comparison.plan(pairOf('sparse'));
    plan.source.scan = { by: 'keys' };
    const kept: unknown[] = [];
    let time = 0;
    const checkpoint = { load: () => Promise.resolve(null), save: (saved: unknown) => Promise.resolve(void kept.push(JSON.stringify(saved))) };
    const result = await comparePass(plan, comparison.context({ checkpoint, now: () => (time += 3) }));
    expect(result.rows).toEqual({ source: 20_005, target: 20_005 });
    expect(result.differing.map(({ key }) => key[0])).toContain('17');
    expect(result.differing).toHaveLength(7);
    expect(result.chunks).toBeLessThan(120);
    // Where it goes on is a round number and no key.
    const positions = kept.flatMap((text) => [...String(text).matchAll(/"key":"(-?\d+)"/g)].map(([, position = '']) => BigInt(position) % 1024n));
    expect(positions.length).toBeGreaterThan(5);
    expect(new Set(positions)).toEqual(new Set([0n]));
  });

  test('of text, whatever stands in it', async () => {
    const values = "('a'), ('A'), ('ä'), (U&'a\\0308'), ('it''s'), ('a\\b'), (U&'x\\001fy'), ('10'), ('9'), (' padded '), ('')".replaceAll('\\b', '\\b');
    await server.run(['create table shop.codes (code text primary key, n integer)', `insert into shop.codes select code, 1 from (values ${values}) v (code)`]);
    const same = values.replace("U&'a\\0308'", "'a' || chr(776)").replace("U&'x\\001fy'", "'x' || chr(31) || 'y'");
    await load('create table analytics.codes (code varchar, n integer)', `insert into analytics.codes select code, 1 from (values ${same}) v (code)`);
    expect(await comparison.compare(pairOf('codes'))).toMatchObject({ differing: [], rows: { source: 11, target: 11 } });
    await load('update analytics.codes set n = 2');
    const { differing } = await comparison.compare(pairOf('codes'));
    expect(differing).toHaveLength(11);
    expect(differing.every(({ source, target }) => source?.rows === 1 && target?.rows === 1)).toBe(true);
  });

  test('that are not unique, or missing, are counted', async () => {
    await server.run(['create table shop.events (id bigint, kind text)', "insert into shop.events values (1, 'a'), (1, 'a'), (2, 'b'), (null, 'c'), (null, 'd')"]);
    await load('create table analytics.events (id bigint, kind varchar)', "insert into analytics.events values (1, 'a'), (2, 'b'), (2, 'b'), (null, 'c')");
    const pair = pairOf('events', { key: [{ source: 'id', target: 'id' }] });
    const plan = await comparison.plan(pair);
    expect(plan.unique).toBe(false);
    expect(told(plan, await comparison.compare(pair))).toEqual(['copies \u001f0 2:1', 'copies 1 2:1', 'copies 2 1:2']);
  });
});

describe('when nearly everything differs', () => {
  test('an empty target is told by numbers, at a bounded cost', async () => {
    await load(`create table analytics.emptied (${DUCKDB_COLUMNS})`);
    const result = await comparison.compare(pairOf('orders', { target: side('analytics.emptied') }), { keys_max: 500 });
    expect(result.differing).toHaveLength(500);
    expect(result.differing.length + result.more).toBe(ROWS);
    expect(result.chunks).toBeLessThan(80);
  });

  test('the column that differs everywhere is named', async () => {
    await load('create table analytics.shifted as from analytics.orders', "update analytics.shifted set created_at = created_at + interval '2 hours'");
    const result = await comparison.compare(pairOf('orders', { target: side('analytics.shifted') }), { keys_max: 200 });
    expect(result.columns_everywhere).toEqual(['created_at']);
    expect(result.differing).toHaveLength(200);
    expect(result.differing.length + result.more_about).toBe(ROWS);
  });
});

describe('a run that is stopped', () => {
  class Kept implements CheckpointFile {
    text = 'null';
    saves = 0;
    load(): Promise<unknown> {
      return Promise.resolve(JSON.parse(this.text));
    }
    save(checkpoint: unknown): Promise<void> {
      this.saves++;
      this.text = JSON.stringify(checkpoint);
      return Promise.resolve();
    }
  }

  test('after any chunk goes on where it was, to the same answer', async () => {
    const pair = pairOf('orders', { target: side('analytics.planted') });
    const plan = await comparison.plan(pair);
    const whole = await comparison.compare(pair);
    const kept = new Kept();
    let stops = 0;
    let time = 0;
    // Each run does a few chunks and is stopped; time passes fast enough for every chunk to be kept.
    for (let run = 0; run < 100; run++) {
      const stop = new AbortController();
      let left = 3;
      const context = comparison.context({ signal: stop.signal, checkpoint: kept, now: () => (time += 1.5), progress: ({ step }) => { if (step !== 'keys' && --left === 0) stop.abort(new Error('killed')); } });
      try {
        const result = await comparePass(plan, context);
        expect(result.differing).toEqual(whole.differing);
        expect(result).toMatchObject({ rows: whole.rows, buckets: whole.buckets, resumed: true });
        break;
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
        stops++;
      }
    }
    expect(stops).toBeGreaterThan(2);
    expect(kept.text).toBe('null');
    expect(kept.saves).toBeGreaterThan(5);
  });

  test.each<[string, (text: string) => string]>([
    ['not a checkpoint at all', () => '{"version":1,"target":{"unit":"0x"}}'],
    ['of a table that was rewritten since', (text) => text],
    ['two days old', (text) => text.replace(/"saved_at":[\d.]+/, '"saved_at":1')],
  ])('begins anew where what was kept is %s', async (what, change) => {
    await server.run(['create table if not exists shop.rewritten as select * from shop.orders where id < 9000', 'alter table shop.rewritten add primary key (id)'].slice(what.startsWith('not') ? 0 : 2));
    const pair = pairOf('rewritten', { target: side('analytics.orders', { query: 'select * from analytics.orders where id < 9000' }) });
    const kept = new Kept();
    const stop = new AbortController();
    const progress = ({ step }: { step: string }): void => { if (step === 'source') stop.abort(new Error('killed')); };
    const now = (): number => 1_000_000 + Math.random();
    await expect(comparePass(await comparison.plan(pair), comparison.context({ signal: stop.signal, checkpoint: kept, progress, now }))).rejects.toThrow('killed');
    kept.text = change(kept.text);
    if (what.includes('rewritten')) await server.run('vacuum full shop.rewritten');
    const result = await comparePass(await comparison.plan(pair), comparison.context({ checkpoint: kept, now }));
    expect(result).toMatchObject({ resumed: false, differing: [], rows: { source: 8999, target: 8999 } });
  });
});

test('a chunk that the load of the store keeps waiting is told while it waits', async () => {
  const base = comparison.context();
  let paused: string | null = null;
  const because: (string | null)[] = [];
  const pace: Pace = {
    target_ms: 100,
    get paused_because() {
      return paused;
    },
    async chunk(run) {
      if (because.length === 0) {
        paused = '9 sessions wait for locks';
        await new Promise((resolve) => setTimeout(resolve, 1_300));
        paused = null;
      }
      return { value: await run(500), took_ms: 1 };
    },
  };
  await comparison.compare(pairOf('orders'), { ...base, pace, progress: ({ step, paused_because }) => void (step === 'source' && because.push(paused_because)) });
  expect(because.slice(0, 2)).toEqual(['9 sessions wait for locks', null]);
});
