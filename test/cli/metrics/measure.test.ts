import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measured, type AskedStore } from '../../../src/cli/metrics/measuring.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { MetricClaim, MetricGroup } from '../../../src/model/metric-report.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { openLive, openStore } from '../../../src/stores/index.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { claim, openCases } from './support/casework-metrics.js';

const CASEWORK = [
  'CREATE SCHEMA app',
  'CREATE TABLE app.case_file (id bigint PRIMARY KEY, status text NOT NULL, closed_at timestamptz, officer text, fee numeric(10,2))',
  `INSERT INTO app.case_file SELECT n, (ARRAY['OPEN','CLOSED','CANCELLED','DUPLICATE','IN_REVIEW'])[n % 5 + 1], CASE WHEN n % 5 = 1 THEN now() END, 'Officer ' || n, n / 3.0 FROM generate_series(1, 5000) n`,
  'CREATE TABLE app.sealed (id bigint)',
  "CREATE ROLE auditor LOGIN PASSWORD 'harbour'",
  'GRANT pg_read_all_stats TO auditor',
  'GRANT USAGE ON SCHEMA app TO auditor',
  'GRANT SELECT ON app.case_file TO auditor',
  "CREATE FUNCTION app.note(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
];

let folder = '';
let server: TestServer;
let parsers: Parsers;
let production: AskedStore;
let warehouse: AskedStore;
const context = { environment: {}, homeDirectory: null };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-measure-'));
  parsers = await createParsers();
  server = await startServer(bundledServer());
  await server.run(CASEWORK);
  production = await asked('production', 'postgres', server.url('postgres', 'auditor', 'harbour'));
  const file = path.join(folder, 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run("CREATE SCHEMA mart; CREATE TABLE mart.order_line AS SELECT range AS id, range * 1.5 AS net_amount, 'buyer ' || range AS buyer FROM range(1000); CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
  warehouse = await asked('warehouse', 'duckdb', file);
}, 90_000);

afterAll(async () => {
  await parsers.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function asked(name: string, engine: 'postgres' | 'duckdb', url: string): Promise<AskedStore> {
  const store = await openStore(engine, { name, url }, context);
  const catalog: Catalog = (await store.catalog()).value;
  await store.close();
  return { name, engine, catalog, open: () => openLive(engine, { name, url }, context) };
}

/** A group of which each definition is one text. */
function groupOf(texts: readonly string[], store = 'production', relation = 'app.case_file', given: Partial<MetricClaim> = {}): MetricGroup {
  return {
    ...openCases, store, relation,
    members: texts.map((sql, index) => claim({ title: `Card ${index}`, store, relations: [relation], sql, ...given })),
    definitions: texts.map((sql, index) => ({ members: [index], sql, words: sql, unreadable: null })),
    pairs: [],
  };
}

async function measure(group: MetricGroup, stores: readonly AskedStore[] = [production, warehouse]): Promise<MetricGroup> {
  const [answer] = await measured([group], { stores, parsers, signal: new AbortController().signal, onProgress: () => undefined });
  if (answer === undefined) throw new Error('no group came back');
  return answer;
}

async function values(texts: readonly string[], ...rest: [string, string] | []): Promise<unknown[]> {
  return (await measure(groupOf(texts, ...rest))).members.map(({ value }) => value);
}

/** As a claim of which only the definition has a text. */
function withoutSql(claim: MetricClaim): MetricClaim {
  const { sql: _text, ...rest } = claim;
  return rest;
}

describe("today's values", () => {
  test('are those that the cards show, and the rows that part them', async () => {
    const answer = await measure({ ...openCases, members: openCases.members.map(withoutSql) });
    expect(answer.members.map(({ value }) => value)).toEqual([4000, 4000, 4000, 2000, 2000].map((number) => ({ text: String(number), rows: 1 })));
    expect(answer.pairs.map(({ first, second, today }) => [first, second, today])).toEqual([
      [0, 1, undefined], [0, 2, { rows: 2000 }], [0, 3, { rows: 2000 }], [1, 2, undefined], [1, 3, undefined], [2, 3, { rows: 0 }],
    ]);
  });

  test('are numbers, truths and moments as the engine writes them', async () => {
    expect(await values(['SELECT sum(fee), count(*) FILTER (WHERE closed_at IS NULL) FROM app.case_file', 'SELECT avg(fee) FROM app.case_file WHERE id < 0', 'SELECT max(closed_at) IS NOT NULL AS any_closed, min(closed_at)::date = current_date FROM app.case_file', 'SELECT count(*) FROM case_file HAVING count(*) > 9999999'])).toEqual([
      { text: '4167500.00, 4000', rows: 1 }, { text: 'NULL', rows: 1 }, { text: 'true, true', rows: 1 }, { text: 'no row', rows: 0 },
    ]);
  });

  test('come from a DuckDB file too', async () => {
    expect(await values(['SELECT sum(net_amount) FROM mart.order_line', 'SELECT count(*), max(id) FROM mart.order_line WHERE id > 10', 'SELECT count(*) FROM order_line', 'SELECT max(buyer) FROM mart.order_line'], 'warehouse', 'mart.order_line')).toEqual([
      { text: '749250.0', rows: 1 }, { text: '989, 999', rows: 1 }, { error: 'not run: its names without a schema are of mart, and in DuckDB they are looked up in main' }, { error: 'not shown: it gives a text, which may be the value of a row' },
    ]);
  });

  test('are asked for once where several cards show one text', async () => {
    const group = groupOf(['SELECT count(*) FROM app.case_file', 'SELECT count(*) FROM app.case_file']);
    const stages: string[] = [];
    await measured([group], { stores: [production], parsers, signal: new AbortController().signal, onProgress: (text) => void stages.push(text) });
    expect(stages).toHaveLength(1);
  });

  test('are taken in the time zone that the card is read in', async () => {
    const sql = "SELECT count(*) FROM app.case_file WHERE '2024-01-01 00:30:00'::timestamptz < '2024-01-01 00:00:00+00'::timestamptz";
    const [utc, jakarta] = [await measure(groupOf([sql])), await measure(groupOf([sql], 'production', 'app.case_file', { timeZone: 'Asia/Jakarta' }))];
    expect([utc.members[0]?.value, jakarta.members[0]?.value]).toEqual([{ text: '0', rows: 1 }, { text: '5000', rows: 1 }]);
  });
});

describe('what is not run', () => {
  test('gives rows, or may do more than read', async () => {
    const texts = [
      'SELECT officer FROM app.case_file', 'SELECT officer, count(*) FROM app.case_file GROUP BY officer', 'SELECT max(officer) FROM app.case_file', 'SELECT string_agg(officer, $$,$$) FROM app.case_file',
      "SELECT count(*) || (SELECT officer FROM app.case_file LIMIT 1) FROM app.case_file", 'SELECT count(*) FROM app.case_file, pg_sleep(60)', "SELECT count(*) FROM app.case_file WHERE app.note(officer) = 1",
      'SELECT count(*) FROM app.case_file; DROP TABLE app.case_file', 'WITH gone AS (DELETE FROM app.case_file RETURNING 1) SELECT count(*) FROM gone', "SELECT count(*) FROM app.case_file) AS x; COMMIT; SET default_transaction_read_only = off; --",
      'SELECT count(*) FROM app.case_file FOR UPDATE', "SELECT count(*) FROM app.case_file WHERE officer = 'tm#email#71160252fc55'", "SELECT count(*) FROM app.case_file WHERE officer = '\\'; --'", 'SELECT count(*) FROM elsewhere', 'SELECT count(*) FROM app.case_file WHERE id = $1',
      'SELECT count(*) OVER () FROM app.case_file', 'SELECT FROM', 'SELECT count(*) FROM app.case_file UNION SELECT id FROM app.case_file', 'SELECT count(DISTINCT pg_read_file(officer)) FROM app.case_file', '',
    ];
    const answers = await values(texts);
    expect(texts.map((sql, index) => `${sql.slice(0, 70)} → ${JSON.stringify(answers[index])}`)).toMatchInlineSnapshot(`
      [
        "SELECT officer FROM app.case_file → {"error":"not run: it would give rows that are no aggregates"}",
        "SELECT officer, count(*) FROM app.case_file GROUP BY officer → {"error":"not run: it gives a row for each group, and its breakdown could not be taken away"}",
        "SELECT max(officer) FROM app.case_file → {"error":"not shown: it gives a text, which may be the value of a row"}",
        "SELECT string_agg(officer, $$,$$) FROM app.case_file → {"error":"not run: it calls string_agg(), which may give values of rows or do more than compute"}",
        "SELECT count(*) || (SELECT officer FROM app.case_file LIMIT 1) FROM ap → {"error":"not run: it shows what a query within it gives, which may be a value of a row"}",
        "SELECT count(*) FROM app.case_file, pg_sleep(60) → {"error":"not run: it reads from a function that may do more than compute"}",
        "SELECT count(*) FROM app.case_file WHERE app.note(officer) = 1 → {"error":"not run: it calls app.note(), which may give values of rows or do more than compute"}",
        "SELECT count(*) FROM app.case_file; DROP TABLE app.case_file → {"error":"not run: it is more than one statement"}",
        "WITH gone AS (DELETE FROM app.case_file RETURNING 1) SELECT count(*) F → {"error":"not run: it changes rows"}",
        "SELECT count(*) FROM app.case_file) AS x; COMMIT; SET default_transact → {"error":"not run: it is more than one statement"}",
        "SELECT count(*) FROM app.case_file FOR UPDATE → {"error":"not run: it locks rows"}",
        "SELECT count(*) FROM app.case_file WHERE officer = 'tm#email#71160252f → {"error":"not run: its text holds personal data or a secret that tidemark keeps as a hash only"}",
        "SELECT count(*) FROM app.case_file WHERE officer = '\\'; --' → {"error":"not run: its text holds an escaped quote, which servers read in two ways"}",
        "SELECT count(*) FROM elsewhere → {"error":"not run: its store has no elsewhere where it would be looked up"}",
        "SELECT count(*) FROM app.case_file WHERE id = $1 → {"error":"not run: it has a parameter, of which the value is not known"}",
        "SELECT count(*) OVER () FROM app.case_file → {"error":"not run: it would give rows that are no aggregates"}",
        "SELECT FROM → {"error":"not run: it is no query"}",
        "SELECT count(*) FROM app.case_file UNION SELECT id FROM app.case_file → {"error":"not run: it combines several queries, of which nothing says that they give one number"}",
        "SELECT count(DISTINCT pg_read_file(officer)) FROM app.case_file → {"error":"not run: it calls pg_read_file(), which may give values of rows or do more than compute"}",
        " → {"error":"its measure could not be taken out of its query"}",
      ]
    `);
  });

  test('is what fails: it costs that definition only', async () => {
    const group = groupOf(['SELECT count(*) FROM app.sealed', 'SELECT count(1 / (id - id)) FROM app.case_file', 'SELECT sum(officer::int) FROM app.case_file', 'SELECT count(*) FROM app.case_file']);
    expect((await measure(group)).members.map(({ value }) => value)).toMatchInlineSnapshot(`
      [
        {
          "error": "production: this definition may not look: permission denied for table sealed. GRANT SELECT ON sealed TO auditor;",
        },
        {
          "error": "production: this definition failed: a value in the data cannot be read as what it should be (22012)",
        },
        {
          "error": "production: this definition failed: a value in the data cannot be read as what it should be (22P02)",
        },
        {
          "rows": 1,
          "text": "5000",
        },
      ]
    `);
  });

  test('is on a store that does not answer, or that was not looked at', async () => {
    const gone: AskedStore = { ...production, open: () => openLive('postgres', { name: 'production', url: 'postgresql://auditor@127.0.0.1:1/postgres' }, context) };
    const refused = await measure(groupOf(['SELECT count(*) FROM app.case_file']), [gone]);
    expect(refused.members[0]?.value).toEqual({ error: expect.stringMatching(/^production: cannot open 127\.0\.0\.1:1\/postgres: .*\. /) });
    const unseen = await measure({ ...openCases, members: openCases.members.map(withoutSql) }, [warehouse]);
    expect(unseen.members[0]?.value).toEqual({ error: 'its store was not looked at' });
    expect(unseen.pairs.find(({ first, second }) => first === 0 && second === 2)?.today).toEqual({ error: 'its store was not looked at' });
  });

  test('is what takes too long, and all that comes after the time of a store is used up', async () => {
    const texts = ['SELECT count(*) FROM generate_series(1, 3000000000)', 'SELECT count(*) FROM app.case_file', 'SELECT count(*) FROM app.case_file WHERE id > 1'];
    const [answer] = await measured([groupOf(texts)], { stores: [production], parsers, signal: new AbortController().signal, onProgress: () => undefined, limits: { deadline_ms: 400, budget_ms: 300 }, wait: () => Promise.resolve() });
    expect(answer?.members.map(({ value }) => value)).toEqual([
      { error: 'production: this definition got no answer within 0.4 s' },
      { error: 'not run: what measuring may take of a store (0.3 s) is used up' },
      { error: 'not run: what measuring may take of a store (0.3 s) is used up' },
    ]);
  });

  test('is everything while the store is under pressure that lasts', async () => {
    const clients = Array.from({ length: 6 }, () => new pg.Client({ connectionString: server.url() }));
    for (const client of clients) await client.connect();
    const [holder, ...waiters] = clients;
    await holder?.query('BEGIN; LOCK TABLE app.sealed IN ACCESS EXCLUSIVE MODE');
    const waiting = waiters.map((client) => client.query('SELECT count(*) FROM app.sealed'));
    const waits: number[] = [];
    const [answer] = await measured([groupOf(['SELECT count(*) FROM app.case_file'])], { stores: [production], parsers, signal: new AbortController().signal, onProgress: () => undefined, wait: (ms) => Promise.resolve(void waits.push(ms)) });
    await holder?.query('ROLLBACK');
    await Promise.all(waiting);
    for (const client of clients) await client.end();
    expect(answer?.members[0]?.value).toEqual({ error: 'not run: the store is under pressure: lock waiters 5' });
    expect(waits).toEqual([10_500, 10_500]);
  });

  test('runs read-only, and leaves no connection behind', async () => {
    await values(['SELECT count(*) FROM app.case_file']);
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    const { rows } = await client.query<{ rows: string; sessions: string }>("SELECT (SELECT count(*) FROM app.case_file) AS rows, count(*) AS sessions FROM pg_stat_activity WHERE application_name = 'tidemark'");
    await client.end();
    expect(rows).toEqual([{ rows: '5000', sessions: '0' }]);
  });
});
