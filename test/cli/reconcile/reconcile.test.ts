import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as fix from '../../../src/cli/commands/fix.js';
import * as command from '../../../src/cli/commands/reconcile.js';
import { readJournal } from '../../../src/live/journal/reader.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { tidemark } from '../tidemark.js';
import { inProcess, type InProcess, type Ran } from './in-process.js';

let server: TestServer;
let folder = '';
const warehouse = (): string => path.join(folder, 'warehouse.duckdb');

const ORDERS = `select i as order_id, i % 97 as customer_id, (i * 37 % 9000)::bigint as total_minor, timestamptz '2026-11-01 00:00:00+00' + i * interval '1 minute' as placed_at,
  timestamptz '2026-11-01 00:00:00+00' + i * interval '1 minute' as updated_at, case when i % 7 = 0 then null else 'leave at door ' || i end as note from generate_series(1, 3000) g(i)`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-reconcile-'));
  server = await startServer(bundledServer(), {});
  await server.run(["create role recon_ro login password 'tide-and-ebb'", 'create database shop']);
  await server.run(
    [
      'create schema shop',
      `create table shop.orders as ${ORDERS}`,
      'alter table shop.orders add primary key (order_id)',
      'create table shop.payment (payment_id bigint primary key, amount numeric(12,2), iban text)',
      "insert into shop.payment select i, i, 'GB' || i from generate_series(1, 200) g(i)",
      'create table shop.refund (refund_id uuid primary key, amount numeric(12,2))',
      'create table shop.basket (basket_id text, sku text, quantity integer)',
      "insert into shop.basket values ('a', 'tea', 1), ('a', null, 2), (null, 'tea', 3)",
      'create table shop.leaflet (leaflet_id integer primary key, body text)',
      "insert into shop.leaflet values (1, repeat('tide ', 2000000)), (2, 'ebb')",
      'create table shop."order "";line" ("line\nid" integer primary key, "qu\'ant\u001b[31mity" integer)',
      'insert into shop."order "";line" values (1, 4), (2, 5)',
      'grant usage on schema shop to recon_ro',
      'grant select on all tables in schema shop to recon_ro',
      'revoke select on shop.payment from recon_ro',
      'grant select (payment_id, amount) on shop.payment to recon_ro',
    ],
    'shop',
  );
  await load(
    'create schema raw',
    `create table raw.orders as ${ORDERS.replaceAll('g(i)', 't(i)')}`,
    'create table raw.payment as select i as payment_id, i::decimal(12,2) as amount, \'GB\' || i as iban from generate_series(1, 200) t(i)',
    'create table raw.refund (refund_id uuid, amount decimal(12,2))',
    "create table raw.basket as select * from (values ('a', 'tea', 1), ('a', null, 2), (null, 'tea', 3)) t(basket_id, sku, quantity)",
    "create table raw.leaflet as select 1 as leaflet_id, repeat('tide ', 2000000) as body union all select 2, 'ebb'",
    'create table raw.order_line ("line\nid" integer, "qu\'ant\u001b[31mity" integer)',
    'insert into raw.order_line values (1, 4), (2, 6)',
    'create table raw.empty_orders as select * from raw.orders where false',
  );
  configure();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function load(...statements: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(warehouse());
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
}

function configure(): void {
  const pairs = [
    '{ name: orders, source: { store: production, relation: shop.orders, time_column: placed_at }, target: { store: warehouse, relation: raw.orders, time_column: placed_at }, key: order_id, watermark: updated_at }',
    '{ name: payments, source: { store: production, relation: shop.payment }, target: { store: warehouse, relation: raw.payment } }',
    '{ name: refunds, source: { store: production, relation: shop.refund }, target: { store: warehouse, relation: raw.refund } }',
    '{ name: lost, source: { store: production, relation: shop.orders }, target: { store: warehouse, relation: raw.order_lost } }',
  ];
  writeFileSync(
    path.join(folder, 'tidemark.yaml'),
    ['stores:', `  - { name: production, role: operational, engine: postgres, url: "${server.url('shop', 'recon_ro', 'tide-and-ebb')}" }`.replace('tide-and-ebb', '${env:SHOP_PASSWORD}'), `  - { name: warehouse, role: warehouse, engine: duckdb, url: ${warehouse()} }`, 'reconcile:', ...pairs.map((pair) => `  - ${pair}`), ''].join('\n'),
  );
}

function run(args: readonly string[], options: Partial<InProcess> = {}): Promise<Ran> {
  return inProcess('reconcile', command, args, { directory: folder, homeDirectory: folder, ...options, environment: { SHOP_PASSWORD: 'tide-and-ebb', ...options.environment } });
}

const json = z.object({
  pairs: z.array(z.object({
    name: z.string(), state: z.string(), key: z.array(z.string()), counts: z.array(z.object({ kind: z.string(), standing: z.string(), keys: z.number() })),
    differences: z.array(z.object({ kind: z.string(), key: z.array(z.string()).nullable(), key_digest: z.string(), columns: z.array(z.string()) })), notes: z.array(z.string()), next_step: z.string().nullable(),
    left_out: z.array(z.object({ column: z.string(), because: z.string() })),
  })),
});

async function answer(args: readonly string[], options: Partial<InProcess> = {}) {
  const ran = await run([...args, '--format', 'json', '--unpaced'], options);
  return { ...ran, pairs: json.parse(JSON.parse(ran.stdout)).pairs };
}


/** Files of the state folder, by name. */
function stateFiles(): Record<string, string> {
  const base = path.join(folder, '.local/state/tidemark');
  const [system = ''] = readdirSync(base);
  const kept = path.join(base, system, 'reconcile');
  return Object.fromEntries(readdirSync(kept).map((name) => [name, path.join(kept, name)]));
}

describe('tidemark reconcile', () => {
  test('of equal tables says so, ends with 0 and keeps only what no other user may read', async () => {
    const { stdout, stderr, code } = await run(['orders', 'refunds', '--unpaced', '--wait', '0']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain('All 2 pairs are equal.');
    expect(stdout).toContain('● orders: equal: 3,000 rows on both sides');
    expect(stdout).toContain('● refunds: equal: 0 rows on both sides');
    const files = stateFiles();
    expect(Object.keys(files).map((name) => name.replace(/-[0-9a-f]{12}/, '')).sort()).toEqual(['key-secret', 'orders.json', 'refunds.json']);
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('costs only the pair that cannot be compared, and says why and what to do', async () => {
    const { pairs, code } = await answer(['orders', 'payments', 'lost', '--wait', '0']);
    expect(code).toBe(3);
    expect(pairs.map(({ name, state, notes, next_step }) => [name, state, notes, next_step])).toEqual([
      ['orders', 'equal', [], null],
      ['payments', 'undetermined', ['production: shop.payment may not be read: permission denied for table payment'], 'GRANT USAGE on its schema and SELECT on it to recon_ro.'],
      ['lost', 'undetermined', ['warehouse: raw.order_lost does not exist'], "Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case."],
    ]);
  });

  test('compares what a role may read, where the rest is left out', async () => {
    const { pairs, code } = await answer(['--pair', 'production:shop.payment=warehouse:raw.payment', '--except', 'iban', '--wait', '0']);
    expect(code).toBe(0);
    expect(pairs[0]).toMatchObject({ name: 'payment', state: 'equal', key: ['payment_id'] });
    expect(pairs[0]?.left_out.map(({ column }) => column)).toEqual(['iban']);
  });

  test('without a key says which is needed, and takes one with NULLs', async () => {
    const pair = ['--pair', 'production:shop.basket=warehouse:raw.basket', '--wait', '0'];
    const without = await answer(pair);
    expect(without.pairs[0]?.notes).toEqual(['production: shop.basket has no primary key, so nothing tells its rows apart']);
    const { pairs, code } = await answer([...pair, '--key', 'basket_id,sku']);
    expect(code).toBe(0);
    expect(pairs[0]).toMatchObject({ state: 'equal', key: ['basket_id', 'sku'] });
  });

  test('reads texts of 10 MB where they are', async () => {
    const { pairs, code } = await answer(['--pair', 'production:shop.leaflet=warehouse:raw.leaflet', '--wait', '0']);
    expect({ code, state: pairs[0]?.state }).toEqual({ code: 0, state: 'equal' });
  });

  test('of names with quotes, line breaks and escape sequences lets none through', async () => {
    const pair = ['--pair', 'production:"shop.order "";line"=warehouse:raw.order_line', '--unpaced', '--wait', '0'];
    const { stdout, code } = await run(pair, { terminal: 80 });
    expect(code).toBe(3);
    expect(stdout).toContain("1 key differs of 2, not confirmed: 1 changed (qu'antity)");
    expect(stdout).toMatch(/changed +2 +qu'antity +candidate/);
    // oxlint-disable-next-line no-control-regex
    expect(stdout.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    const explained = await run([...pair, '--explain']);
    // oxlint-disable-next-line no-control-regex
    expect(explained.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  test('compares a store with itself', async () => {
    const { pairs, code } = await answer(['--pair', 'production:shop.orders=production:shop.orders', '--wait', '0']);
    expect({ code, state: pairs[0]?.state }).toEqual({ code: 0, state: 'equal' });
  });

  test('of an empty target says how much is missing, and lists as many as asked', async () => {
    const { stdout, code } = await run(['--pair', 'production:shop.orders=warehouse:raw.empty_orders', '--unpaced', '--wait', '0', '--limit', '2']);
    expect(code).toBe(3);
    expect(stdout).toContain('◌ orders: 3,000 keys differ of 3,000, not confirmed: 3,000 missing');
    expect(stdout).toContain('… and 2,998 more; --limit all lists them');
  });

  test('with a wrong password names the role, never the password', async () => {
    const { stdout, stderr, code } = await run(['orders'], { environment: { SHOP_PASSWORD: 'neap-and-spring' } });
    expect({ stderr, code }).toEqual({ stderr: '', code: 3 });
    expect(stdout).toContain('password authentication failed for user "recon_ro"');
    expect(stdout).not.toContain('neap-and-spring');
  });

  test.each([
    [['order'], "tidemark: no pair is called 'order'; did you mean 'orders'?\n  pairs: orders, payments, refunds, lost\n"],
    [['pay*', 'x*'], "tidemark: no pair matches 'x*'\n  pairs: orders, payments, refunds, lost\n"],
    [['--key', 'order_id'], 'tidemark: --key is for a pair of --pair\n  a pair of tidemark.yaml has its own key:\n'],
    [['--pair', 'prod:shop.orders=warehouse:raw.orders'], "tidemark: --pair names a store 'prod' that is not there\n  stores: production, warehouse\n"],
    [['--pair', 'productoin:shop.orders=warehouse:raw.orders'], "tidemark: --pair names a store 'productoin' that is not there; did you mean 'production'?\n  stores: production, warehouse\n"],
    [['--pair', 'production:shop.orders'], "tidemark: --pair takes SOURCE=TARGET, not 'production:shop.orders'\n  as in --pair production:shop.orders=warehouse:raw.orders\n"],
    [['--pair', 'production:orders=warehouse:raw.orders'], "tidemark: --pair names a relation as schema.name, not 'orders'\n  as in --pair production:shop.orders=warehouse:raw.orders\n"],
    [['orders', '--replica'], 'tidemark: --replica: production, the source of orders, has no replica in the configuration\n  add it to stores: with role: replica, a standby of the same server, or leave --replica out\n'],
    [['orders', '--suggest'], 'tidemark: --suggest looks for pairs that have no name yet\n  leave the names out\n'],
  ])('refuses %j', async (args, message) => {
    const { stdout, stderr, code } = await run(args);
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: message, code: 2 });
  });

  test('--explain prints the SQL of every store and changes nothing', async () => {
    const { stdout, code } = await run(['orders', '--explain', '--format', 'ndjson']);
    expect(code).toBe(0);
    const records = stdout.trimEnd().split('\n').map((line) => z.object({ type: z.literal('statement'), pair: z.literal('orders'), store: z.string(), purpose: z.string(), sql: z.string() }).parse(JSON.parse(line)));
    expect(new Set(records.map(({ store }) => store))).toEqual(new Set(['production', 'warehouse']));
    expect(records.some(({ sql }) => sql.includes('md5('))).toBe(true);
    expect(records.filter(({ sql }) => /\b(insert|update|delete|create|drop)\b/i.test(sql))).toEqual([]);
  });

  test('--suggest proposes pairs that the configuration takes as they are', async () => {
    // The product as built: what reads definitions and statements takes longer to compile than to run.
    const { stdout, code } = await tidemark(['reconcile', '--suggest'], { cwd: folder, env: { HOME: folder, SHOP_PASSWORD: 'tide-and-ebb' } });
    expect(code).toBe(0);
    const proposed = readFileSync(path.join(folder, 'tidemark.yaml'), 'utf8').replace(/reconcile:[^]*/, stdout);
    const elsewhere = path.join(folder, 'proposed');
    mkdirSync(elsewhere);
    writeFileSync(path.join(elsewhere, 'tidemark.yaml'), proposed);
    const { pairs } = await answer(['order*', '--wait', '0', '--no-state'], { directory: elsewhere });
    expect(pairs.map(({ name, state, counts }) => [name, state, counts])).toEqual([['order ";line', 'unconfirmed', [{ kind: 'changed', standing: 'candidate', keys: 1 }]]]);
  });

  test('two at once: the second says so and keeps nothing', async () => {
    const both = await Promise.all([run(['orders', '--unpaced', '--wait', '0']), run(['orders', '--unpaced', '--wait', '0'])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const told = both.map(({ stderr }) => stderr).filter((stderr) => stderr !== '');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^orders is being compared by another tidemark too \(process \d+ on .*\): this run keeps nothing of it\n$/);
    expect(Object.keys(stateFiles()).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('stopped by Ctrl-C says what it did, and the same command goes on', async () => {
    const { stdout, stderr, code } = await run(['orders', 'refunds', '--wait', '0'], { onStart: (interrupt) => setTimeout(interrupt, 150) });
    expect(stderr).toBe('stopping; what is compared so far is kept, and the same command goes on from there. Ctrl-C again ends at once\n');
    expect(code).toBe(3);
    expect(stdout).toContain('it was stopped before this pair was done');
    expect((await run(['orders', 'refunds', '--unpaced', '--wait', '0'])).code).toBe(0);
  });
});

describe('what differs', () => {
  beforeAll(async () => {
    await load(
      'delete from raw.orders where order_id = 17',
      'update raw.orders set total_minor = 1 where order_id = 99',
      "insert into raw.orders select 99999, 1, 1, placed_at, updated_at, note from raw.orders where order_id = 5",
    );
    // As a change of later shows that the warehouse has all that came before.
    const later = "insert into {} values (100000, 1, 1, timestamptz '2026-11-22 10:00:00+00', now() + interval '1 minute', '')";
    await server.run(later.replace('{}', 'shop.orders').replace("now() + interval '1 minute'", "timestamptz '2026-11-22 10:00:00+00'"), 'shop');
    await load(later.replace('{}', 'raw.orders').replace("now() + interval '1 minute'", "timestamptz '2026-11-22 10:00:00+00'"), 'alter table raw.orders add column checked_by varchar', "update raw.orders set checked_by = 'auditor' where order_id = 99");
  });

  test('is told with its keys on a terminal, and as digests to a program', async () => {
    const seen = await run(['orders', '--unpaced', '--wait', '0'], { terminal: 120 });
    expect(seen.code).toBe(1);
    expect(seen.stdout.replace(/\u001b\[\d+m/g, '')).toMatch(/missing +17 +confirmed/);
    expect(seen.stdout.replace(/\u001b\[\d+m/g, '')).toMatch(/changed +99 +total_minor +confirmed/);
    const { pairs, code } = await answer(['orders', '--wait', '0']);
    expect(code).toBe(1);
    expect(pairs[0]?.state).toBe('differs');
    expect(pairs[0]?.differences.every(({ key, key_digest }) => key === null && /^[0-9a-f]{16,}$/.test(key_digest))).toBe(true);
    const shown = await answer(['orders', '--wait', '0', '--show-keys']);
    expect(shown.pairs[0]?.differences.map(({ key }) => key)).toEqual(expect.arrayContaining([['17'], ['99'], ['99999']]));
    for (const file of Object.values(stateFiles())) expect(readFileSync(file, 'utf8')).not.toMatch(/\b(99999|leave at door)\b/);
  });

  test('stands in the journal that a watch and a replay read, as digests', async () => {
    const kept: string[] = [];
    for await (const sample of await readJournal(path.dirname(path.dirname(Object.values(stateFiles())[0] ?? '')))) {
      if (sample.probe === 'keys') kept.push(JSON.stringify(sample.payload?.pairs[0]));
    }
    expect(kept.length).toBeGreaterThanOrEqual(3);
    expect(kept.at(-1)).toMatch(/"name":"orders".*"state":"differs".*"kind":"missing"/);
    expect(kept.join('\n')).not.toMatch(/\b99999\b|leave at door/);
  });

  test('fix reload prints statements that make both sides equal', async () => {
    const reload = async (args: readonly string[], options: Partial<InProcess> = {}) => inProcess('fix', fix, ['reload', 'orders', '--unpaced', '--wait', '0', ...args], { directory: folder, homeDirectory: folder, environment: { SHOP_PASSWORD: 'tide-and-ebb' }, ...options });
    const hidden = await reload([]);
    expect(hidden.stdout).not.toMatch(/'17'|'99'/);
    expect(hidden.stdout).toContain('keys are values of rows');
    const { stdout } = await reload(['--show-keys', '--format', 'json']);
    const script = z.object({ statements: z.array(z.string()) });
    const { pairs } = z.object({ pairs: z.array(z.object({ reload: z.object({ scope: z.literal('keys'), source: script, target: script }) })) }).parse(JSON.parse(stdout));
    const mending = pairs[0]?.reload;
    const file = path.join(server.dataFolder, 'orders.csv');
    for (const sql of mending?.source.statements ?? []) await server.run(sql.replace('TO STDOUT', `TO '${file}'`), 'shop');
    // One session, as a person would have.
    await load(...(mending?.target.statements ?? []).map((sql) => sql.replaceAll("'orders.csv'", `'${file}'`)), 'delete from raw.orders where order_id = 99999');
    expect((await answer(['orders', '--wait', '0'])).pairs[0]?.state).toBe('equal');
    // What nothing fills is not lost of a row that was there.
    await load("select case when list(checked_by order by order_id) is distinct from [null, 'auditor'] then error('another checked_by') end from raw.orders where order_id in (17, 99)");
  });
});

describe('a server that is killed half-way', () => {
  test('costs its pairs, with one line that names it', async () => {
    const under = run(['orders', 'refunds', '--wait', '0', '--chunk-time', '5ms', '--duty', '1%', '--format', 'json']);
    setTimeout(() => server.kill(), 250);
    const { stdout, code } = await under;
    await server.restart();
    expect(code).toBe(3);
    const { pairs } = json.parse(JSON.parse(stdout));
    expect(pairs.map(({ state }) => state)).toContain('undetermined');
    for (const { state, notes } of pairs) if (state === 'undetermined') expect(notes.join(' ')).toMatch(/production/);
    expect((await answer(['orders', '--wait', '0'])).pairs[0]?.state).toBe('equal');
  });
});
