import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleValues, type Sampling } from '../../src/evidence/sample/read.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { opened, warehouseFile, type OpenedStore } from './estate.js';

/** A case file whose columns are named so that nothing but their values says what they hold. */
const COLUMNS = 'n integer, c1 text, c2 varchar(40), c3 text, c4 text, c5 bigint, c6 date, c7 text, c8 char(40), note text';
const ROWS = `SELECT g AS n, 'person' || g || '@example.org' AS c1, '+46 70-' || lpad((1740000 + g)::varchar, 7, '0') AS c2,
  CASE WHEN g % 10 = 0 THEN NULL ELSE 'DE89370400440532013000' END AS c3, '203.0.113.' || (g % 250)::varchar AS c4, 4111111111111111 AS c5,
  CAST('1960-01-01' AS date) + CAST(g % 9000 AS int) AS c6, 'Order ' || g::varchar AS c7, '12345678Z' AS c8, 'line one' || chr(10) || 'see person@example.org' AS note`;

let server: TestServer;
let warehouse: Awaited<ReturnType<typeof warehouseFile>>;
let production: OpenedStore;
let analytics: OpenedStore;
let sampling: Sampling;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run([
    'CREATE SCHEMA app; CREATE SCHEMA "odd ""schema"',
    `CREATE TABLE app.case_contact (${COLUMNS})`,
    `INSERT INTO app.case_contact ${ROWS} FROM generate_series(1, 60000) g`,
    'CREATE VIEW app.v_contact AS SELECT c1 AS contact FROM app.case_contact',
    'CREATE TABLE "odd ""schema"."Table; drop" ("a ""b" text)',
    `INSERT INTO "odd ""schema"."Table; drop" SELECT 'x' || g || '@example.net' FROM generate_series(1, 30) g`,
    'CREATE TABLE app.emptied (c1 text); INSERT INTO app.emptied SELECT g::text FROM generate_series(1, 50000) g; ANALYZE app.emptied; DELETE FROM app.emptied',
    "CREATE TABLE app.sealed (c1 text); INSERT INTO app.sealed VALUES ('hidden@example.org')",
    "CREATE TABLE app.login (user_name text, pw text); INSERT INTO app.login SELECT 'u' || g, '$2b$12$EixZaYVK1fsbw1ZfbX3OXe' FROM generate_series(1, 30) g",
    `CREATE TABLE app.wide (${Array.from({ length: 60 }, (_, at) => `w${at} text`).join(', ')})`,
    `INSERT INTO app.wide (w59) SELECT 'p' || g || '@example.org' FROM generate_series(1, 40) g`,
    'ANALYZE', "CREATE ROLE tidemark LOGIN PASSWORD 'harbour' IN ROLE pg_monitor",
    'GRANT USAGE ON SCHEMA app, "odd ""schema" TO tidemark; GRANT SELECT ON ALL TABLES IN SCHEMA app, "odd ""schema" TO tidemark; REVOKE ALL ON app.sealed FROM tidemark',
  ]);
  warehouse = await warehouseFile([`CREATE SCHEMA raw`, `CREATE TABLE raw.contact (${COLUMNS})`, `INSERT INTO raw.contact ${ROWS} FROM range(1, 60001) r(g)`, 'CREATE VIEW raw.v AS SELECT c1 FROM raw.contact']);
  production = await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour'));
  analytics = await opened('duckdb', 'warehouse', warehouse.path);
  sampling = await sampleValues([production, analytics], { rows: 1000, isSecret: (_, column) => column === 'app.login.pw', onProgress: () => undefined });
});

afterAll(async () => {
  await Promise.all([production, analytics].map((store) => store?.session.close()));
  warehouse?.remove();
  await server?.stop();
});

function share(store: string, column: string, kind: string): number | undefined {
  const found = sampling.columns.find((one) => one.store === store && `${one.schema}.${one.table}.${one.column}` === column);
  return found?.evidence.find((evidence) => evidence.kind === kind)?.share;
}

describe.each([['production', 'app.case_contact'], ['warehouse', 'raw.contact']])('values of %s', (store, table) => {
  test.each([
    ['c1', 'email', 1], ['c2', 'phone', 1], ['c3', 'iban', 1], ['c4', 'ip_address', 1], ['c5', 'payment_card', 1], ['c6', 'date_of_birth', 1], ['c8', 'national_id', 1],
    ['c7', 'email', 0], ['c7', 'phone', 0], ['note', 'email', 0], ['c1', 'iban', 0],
  ])('%s as %s: %d', (column, kind, expected) => {
    expect(share(store, `${table}.${column}`, kind)).toBe(expected);
  });

  test('are a bounded part, and are counted without those that are null', () => {
    const found = sampling.columns.find((one) => one.store === store && one.column === 'c3');
    expect(found?.evidence[0]?.values).toBeGreaterThan(800);
    expect(found?.evidence[0]?.values).toBeLessThan(1000);
    expect(found?.evidence[0]?.distinctShare).toBeLessThan(0.01);
  });
});

describe('sampling', () => {
  test('takes views, odd names, wide relations, and tables that have shrunk since they were analysed', () => {
    expect(share('production', 'app.v_contact.contact', 'email')).toBe(1);
    expect(share('warehouse', 'raw.v.c1', 'email')).toBe(1);
    expect(share('production', 'odd "schema.Table; drop.a "b', 'email')).toBe(1);
    expect(share('production', 'app.wide.w59', 'email')).toBe(1);
    expect(sampling.columns.filter(({ table }) => table === 'emptied')).toEqual([]);
  });

  test('never looks into a column that holds a secret', () => {
    expect(sampling.secrets).toBe(1);
    expect(sampling.columns.find(({ column }) => column === 'pw')).toBeUndefined();
    expect(production.sent.filter((sql) => /"pw"/.test(sql))).toEqual([]);
  });

  test('tells of a relation that may not be read, with the grant, and goes on', () => {
    expect(sampling.gaps).toEqual([
      { subject: 'production', missing: 'what the values of app.sealed are', cause: 'permission denied for table sealed', remedy: 'GRANT SELECT ON app.sealed TO tidemark;', severity: 'partial' },
    ]);
  });

  test('brings back numbers and nothing else', () => {
    for (const store of [production, analytics]) {
      const answers = store.received.filter((answer) => !answer.includes('QUERY PLAN'));
      expect(answers.length).toBeGreaterThan(1);
      expect(answers.filter((answer) => !/^[[\]{},":\d]*$/.test(answer.replaceAll('row_count', '').replaceAll('counts', '')))).toEqual([]);
    }
    expect(JSON.stringify(sampling)).not.toMatch(/@example|DE8937|\+46/);
  });

  test('reads a part of a large table only', () => {
    const sql = production.sent.find((text) => text.startsWith('select') && text.includes('"case_contact"'));
    expect(sql).toMatch(/tablesample system \(\d+\.\d{5}\) repeatable \(7\) limit 1000/);
    expect(production.sent.find((text) => text.startsWith('select') && text.includes('"v_contact"'))).not.toContain('tablesample');
  });

  test('says that nothing more can be asked of a lost store in one line', async () => {
    const lost = await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour'));
    await server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidemark' AND usename = 'tidemark'");
    const { gaps, columns } = await sampleValues([lost], { rows: 100, isSecret: () => false, onProgress: () => undefined });
    await lost.session.close();
    expect(columns).toEqual([]);
    expect(gaps.map(({ severity }) => severity)).toContain('blind');
    expect(gaps.length).toBeLessThanOrEqual(2);
    production = await opened('postgres', 'production', server.url('postgres', 'tidemark', 'harbour'));
  });
});
