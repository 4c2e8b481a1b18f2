import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statementsOf } from '../../../src/reconcile/keys/plan.js';
import { unchangedSince, writeMark } from '../../../src/reconcile/keys/unchanged.js';
import { PairProblem } from '../../../src/reconcile/problem.js';
import { describe as describeSource, relationFacts } from '../../../src/stores/index.js';
import type { ReconcilePair } from '../../../src/model/configuration.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { Comparison, ordersPair, side, told, WarehouseFile } from './orders.js';

let server: TestServer;
const file = new WarehouseFile();
let comparison: Comparison;

const pairOf = (name: string, overrides: Partial<ReconcilePair> = {}) => ordersPair({ name, source: side(`shop.${name}`), target: side(`analytics.${name}`), ...overrides });

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run([
    'create schema shop',
    "create type shop.stage as enum ('open', 'closed')",
    'create table shop.cases (id bigint primary key, reference text not null unique, stage shop.stage, fee numeric(10,4), secret text, geometry point, internal_note text, opened_at timestamptz, "Reason" text)',
    "insert into shop.cases select i, 'C-' || i, 'open', i, 's', '(1,2)', 'n', '2026-01-01', 'r' from generate_series(1, 500) i",
    'create table shop.measurements (taken_at date not null, id bigint not null, value integer, primary key (taken_at, id)) partition by range (taken_at)',
    ...[1, 2, 3].map((month) => `create table shop.measurements_${month} partition of shop.measurements for values from ('2026-0${month}-01') to ('2026-0${month + 1}-01')`),
    "insert into shop.measurements select date '2026-01-01' + i % 90, i, i from generate_series(1, 3000) i",
    'create table shop.documents (id bigint primary key, body text)',
    "insert into shop.documents values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')",
    'create table shop.loose (body text)',
    'create table shop.guarded (id bigint primary key); alter table shop.guarded enable row level security; create policy own on shop.guarded using (id < 3)',
    "create role auditor login password 'p'; grant usage on schema shop to auditor; grant select on all tables in schema shop to auditor",
    'analyze',
  ]);
  await file.run(
    'create schema analytics',
    'create table analytics.cases (ID bigint, REFERENCE varchar, STAGE varchar, FEE decimal(10,2), secret varchar, geometry varchar, opened_at timestamp, reason varchar, _airbyte_extracted_at timestamp, margin integer)',
    "insert into analytics.cases select i, 'C-' || i, 'open', i, 's', '', '2026-01-01', 'r', now()::timestamp, 1 from range(1, 501) s (i)",
    'create table analytics.measurements (taken_at date, id bigint, value integer)',
    "insert into analytics.measurements select date '2026-01-01' + (i % 90)::integer, i, i from range(1, 3001) s (i)",
    'update analytics.measurements set value = 0 where id = 2000',
    'create table analytics.documents (id bigint, body varchar, __deleted varchar, __lsn bigint)',
    "insert into analytics.documents values (1, 'a', 'false', 1), (2, 'b', 'true', 1), (3, 'c', null, 1), (4, 'd', 'false', 1), (5, 'x', 'false', 1), (6, 'gone', 'true', 1)",
    'create table analytics.loose (body varchar)',
  );
  comparison = await Comparison.open(server.url(), file.path);
});

afterAll(async () => {
  await comparison?.close();
  file.remove();
  await server?.stop();
});

describe('a plan', () => {
  test('takes the key of the source and every column that both have, and says why others are not compared', async () => {
    const plan = await comparison.plan(pairOf('cases', { except: ['secret'] }));
    expect({ key: plan.key.map(({ source, target }) => `${source} = ${target}`), order: plan.order, unique: plan.unique }).toEqual({ key: ['id = ID'], order: 'range', unique: true });
    expect(plan.columns.map(({ source, target, text }) => `${source} = ${target}: ${text}`)).toMatchInlineSnapshot(`
      [
        "reference = REFERENCE: text",
        "stage = STAGE: text",
        "fee = FEE: numeric with 2 decimals",
        "geometry = geometry: text",
        "opened_at = opened_at: timestamp to the microsecond",
        "Reason = reason: text",
      ]
    `);
    expect(plan.leftOut).toMatchInlineSnapshot(`
      [
        {
          "because": "the configuration leaves it out",
          "column": "secret",
        },
        {
          "because": "warehouse does not have it",
          "column": "internal_note",
        },
        {
          "because": "Airbyte adds it",
          "column": "_airbyte_extracted_at",
        },
        {
          "because": "only warehouse has it",
          "column": "margin",
        },
      ]
    `);
    expect(plan.source).toMatchObject({ indexed: true, kind: 'table', rows_expected: 500, scan: { by: 'pages', array: false } });
    expect(plan.target).toMatchObject({ scan: { by: 'whole' }, rows_expected: 500 });
  });

  test('explains itself by the statements that it would run, which run', async () => {
    const plan = await comparison.plan(pairOf('cases', { columns: [{ source: 'fee', target: 'FEE', decimals: 0 }] }));
    const statements = statementsOf(plan);
    expect(statements.map(({ store, purpose }) => `${store}: ${purpose}`)).toMatchInlineSnapshot(`
      [
        "warehouse: how the keys are spread",
        "warehouse: count and digest by group of keys",
        "warehouse: the same by finer groups, where groups differ",
        "warehouse: count and digest by key, where finer groups differ",
        "warehouse: digests of the columns of keys that differ",
        "production: load of the server, before chunks",
        "production: count and digest by group of keys, by pieces of 7 pages",
        "production: the same by finer groups, where groups differ",
        "production: count and digest by key, where finer groups differ",
        "production: digests of the columns of keys that differ",
        "production: clock, after the last row",
      ]
    `);
    expect(statements.at(-2)?.sql).toMatchInlineSnapshot(`"/* tidemark reconcile */ select coalesce(t."id"::text, E'\\x1f0') as "key_1", count(*)::text as "row_count", coalesce(sum(('x' || substr(md5(coalesce(t."id"::text, E'\\x1f0') || E'\\x1f,' || coalesce(round(t."fee"::numeric, 0)::text, E'\\x1f0')), 1, 15))::bit(60)::bigint), 0)::text as "row_digest", coalesce(sum(('x' || substr(md5(coalesce(round(t."fee"::numeric, 0)::text, E'\\x1f0')), 1, 15))::bit(60)::bigint), 0)::text as "column_1", max(t.xmin::text) as "version" from "shop"."cases" as t where t."id" in ('0'::bigint) group by 1"`);
    const { z } = await import('zod');
    for (const { store, sql } of statements) await (store === 'production' ? comparison.source : comparison.target).query(z.looseObject({}), sql);
  });

  test('reads a partitioned table by pages of all its parts', async () => {
    const plan = await comparison.plan(pairOf('measurements'));
    expect(plan.order).toBe('digest');
    expect(plan.source.scan.by).toBe('pages');
    const result = await comparison.compare(pairOf('measurements'));
    expect(result.rows).toEqual({ source: 3000, target: 3000 });
    expect(told(plan, result)).toEqual(['changed 20474/2000 value']);
  });

  test('leaves out rows that a loader marked as deleted, and says so', async () => {
    const pair = pairOf('documents');
    const plan = await comparison.plan(pair);
    expect(plan.target.deleted).toEqual({ column: '__deleted', by: 'text', convention: 'Debezium' });
    expect(plan.notes).toEqual(['rows that Debezium marks as deleted (__deleted) are left out']);
    expect(plan.leftOut).toEqual([{ column: '__lsn', because: 'Debezium adds it' }]);
    expect(told(plan, await comparison.compare(pair))).toEqual(['changed 5 body', 'missing 2']);
  });
});

describe('a pair that cannot be compared', () => {
  const problem = async (pair: ReconcilePair, by = comparison): Promise<string> => {
    const error: unknown = await by.plan(pair).catch((caught: unknown) => caught);
    return error instanceof PairProblem ? `${error.message} -> ${error.nextStep}` : String(error);
  };

  test('is told with the next step', async () => {
    expect([
      await problem(pairOf('invoices')),
      await problem(pairOf('loose')),
      await problem(pairOf('documents', { key: [{ source: 'number', target: 'id' }] })),
      (await problem(pairOf('cases', { key: [{ source: 'opened_at', target: 'REFERENCE' }] }))).replace(/(compared: ).*( -> )/, '$1…$2'),
      await problem(pairOf('documents', { source: side('shop.documents', { deleted_column: 'boddy' }) })),
      await problem(pairOf('weights', { source: side('shop.weights', { query: 'select 0.5::float8 as id' }), target: side('analytics.weights', { query: 'select 0.5::double as id' }), key: [{ source: 'id', target: 'id' }] })),
      await problem(pairOf('documents', { source: side('shop.broken', { query: 'select id from shop.nowhere' }) })),
    ]).toMatchInlineSnapshot(`
      [
        "production: shop.invoices does not exist -> Correct the pair's relation in tidemark.yaml; it is schema.name, letters by case.",
        "production: shop.loose has no primary key, so nothing tells its rows apart -> Name the columns that tell rows apart as \`key\` of the pair in tidemark.yaml.",
        "production: shop.documents has no column number -> Correct the name in tidemark.yaml, letters by case.",
        "production: shop.cases: the key opened_at cannot be compared: … -> Name another key in tidemark.yaml, or compare views that cast it.",
        "production: shop.documents has no column boddy; did you mean 'body'? -> Correct the name in tidemark.yaml, letters by case.",
        "production: shop.weights: the key id is floating point to ten significant digits, which names no row exactly -> Name another key in tidemark.yaml.",
        "production: shop.broken cannot be read: a relation behind it is missing (SQLSTATE 42P01) -> Run the count and the sums of this pair by hand to see the whole message.",
      ]
    `);
  });

  test('is one whose rows are hidden from tidemark', async () => {
    await file.run('create table if not exists analytics.guarded (id bigint)');
    const auditor = await Comparison.open(server.url('postgres', 'auditor', 'p'), file.path);
    try {
      expect(await problem(pairOf('guarded'), auditor)).toMatchInlineSnapshot(`"production: shop.guarded hides rows from tidemark by row-level security, so keys would seem to be missing -> Let a role that sees all rows do the reconciliation (BYPASSRLS, or a policy with USING (true) for it)."`);
    } finally {
      await auditor.close();
    }
  });
});

test('a query is described without being run', async () => {
  const query = "select id, fee, stage, opened_at::date as day, 1 / (id - id) as never from shop.cases; ";
  const described = await describeSource(comparison.source, { query });
  expect(described?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['id bigint', 'fee numeric', 'stage shop.stage', 'day date', 'never bigint']);
  const other = await describeSource(comparison.target, { query: 'select id, fee, error(reason) as never from analytics.cases -- all' });
  expect(other?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['ID BIGINT', 'FEE DECIMAL(10,2)', 'never INTEGER']);
});

test('facts of relations come without a scan, and of what is not known there are none', async () => {
  const names = [{ schema: 'shop', name: 'measurements' }, { schema: 'shop', name: 'nowhere' }];
  expect(await relationFacts(comparison.source, names)).toEqual([expect.objectContaining({ name: 'measurements', rows: 3000, rowsExact: false, modified_at: null })]);
  expect(await relationFacts(comparison.target, [{ schema: 'analytics', name: 'measurements' }])).toEqual([{ schema: 'analytics', name: 'measurements', rows: 3000, rowsExact: false, bytes: null, modified_at: null }]);
});

test('a table that was not written to since is known by its mark', async () => {
  const mark = () => writeMark(side('shop.documents'), comparison.source);
  const before = await mark();
  expect(unchangedSince({ source: before, target: 't' }, { source: await mark(), target: 't' })).toBe(true);
  await server.run(["update shop.documents set body = body where id = 1", 'select pg_stat_force_next_flush()']);
  expect(unchangedSince({ source: before, target: 't' }, { source: await mark(), target: 't' })).toBe(false);
  expect(unchangedSince({ source: null, target: null }, { source: null, target: null })).toBe(false);
});
