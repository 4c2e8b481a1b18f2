import { beforeAll, describe, expect, test } from 'vitest';
import { type Classification, classify } from '../../src/facts/workload-class.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { reachOf } from '../../src/sql/reach.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';
import { shapeOf } from '../../src/sql/shape.js';

const DDL = `
  CREATE TABLE app.tenant (tenant_id bigint PRIMARY KEY, name text);
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, case_number text UNIQUE, tenant_id bigint REFERENCES app.tenant, status text, opened_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, state text, due_at timestamptz);
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, unit text);
  CREATE TABLE app.event (tenant_id bigint, event_no bigint, payload text, PRIMARY KEY (tenant_id, event_no));
  CREATE INDEX ON app.case_file (tenant_id);
  CREATE INDEX ON app.task (case_id);
  CREATE VIEW integration.v_case_v1 AS SELECT case_id, status, opened_at FROM app.case_file;
`;

const SIZES: Record<string, [rows: number, size_bytes: number]> = {
  tenant: [20, 40_000], case_file: [2_000_000, 400_000_000], task: [5_000_000, 900_000_000], officer: [60, 64_000], event: [9_000_000, 2_000_000_000],
};

const THRESHOLDS = {
  analytical_bytes_per_call: 64 * 1024 * 1024, bounded_bytes_per_call: 1024 * 1024, privacy_confidence: 0.7,
  statement_timeout_seconds_max: 120, idle_in_transaction_timeout_seconds_max: 60, lock_timeout_seconds_max: 30, reporting_transaction_seconds_max: 300, reporting_temp_bytes_max: 20 * 2 ** 30,
  reporting_work_mem_bytes_max: 256 * 2 ** 20, reporting_parallel_workers_max: 1, growth_days: 180, unused_days: 90,
};

let index: SchemaIndex;
let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
  const catalog: Catalog = await catalogFromDdl(DDL);
  for (const relation of catalog.relations) {
    const size = SIZES[relation.name];
    if (size) [relation.rows, relation.size_bytes] = size;
  }
  index = new SchemaIndex(catalog);
});

function verdict(sql: string, bytesPerCall: number | null = null): Classification {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  const resolution = resolveStatement(statement, lineageContext(index, parse, { searchPath: ['app'] }));
  return classify({ statement, shape: shapeOf(statement), resolution, reach: reachOf(resolution.block, index), index, thresholds: THRESHOLDS, bytesPerCall });
}

describe('operational, whatever it looks like', () => {
  test.each([
    ['a row by key', 'SELECT * FROM app.case_file WHERE case_id = $1'],
    ['a row by another unique key', 'SELECT status FROM app.case_file WHERE case_number = $1'],
    ['an aggregate below one key', "SELECT count(*), max(due_at) FROM app.task WHERE case_id = $1"],
    ['a grouped aggregate below one key', 'SELECT state, count(*) FROM app.task WHERE case_id = $1 GROUP BY state'],
    ['a list of keys', 'SELECT * FROM app.case_file WHERE case_id = ANY($1)'],
    ['a list of keys, squashed by the server', 'SELECT * FROM app.case_file WHERE case_id IN ($1 /*, ... */)'],
    ['a key of two columns', 'SELECT payload FROM app.event WHERE tenant_id = $1 AND event_no = $2'],
    ['many tables joined from one key', 'SELECT * FROM app.case_file c JOIN app.tenant t ON t.tenant_id = c.tenant_id LEFT JOIN app.task k ON k.case_id = c.case_id WHERE c.case_number = $1'],
    ['a key that the wrapper of a tool hides', 'SELECT source.status FROM (SELECT * FROM app.case_file) AS source WHERE source.case_id = $1'],
    ['a key through a contract view', 'SELECT * FROM integration.v_case_v1 WHERE case_id = $1'],
    ['polling a queue', "SELECT * FROM app.task WHERE state = 'READY' ORDER BY due_at LIMIT 10 FOR UPDATE SKIP LOCKED"],
    ['a page by keyset', 'SELECT * FROM app.case_file WHERE opened_at < $1 ORDER BY opened_at DESC LIMIT $2'],
    ['a probe for existence', "SELECT EXISTS (SELECT 1 FROM app.task WHERE state = 'LATE')"],
    ['the check of a foreign key', 'SELECT $2 FROM ONLY "app"."case_file" x WHERE "case_id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'],
    ['an insert', 'INSERT INTO app.task (case_id, state) VALUES ($1, $2) RETURNING task_id'],
    ['a batch upsert', 'INSERT INTO app.officer (officer_id, unit) SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT (officer_id) DO UPDATE SET unit = excluded.unit'],
    ['an update by key', 'UPDATE app.case_file SET status = $1 WHERE case_id = $2'],
    ['an aggregate over a table of a few pages', 'SELECT unit, count(*) FROM app.officer GROUP BY unit'],
    ['a tree from one key', 'WITH RECURSIVE tree AS (SELECT case_id FROM app.case_file WHERE case_id = $1 UNION ALL SELECT t.case_id FROM tree JOIN app.task t ON t.case_id = tree.case_id) SELECT * FROM tree'],
    ['a queue that chooses its rows in a sub-query', "SELECT * FROM app.task WHERE task_id IN (WITH ready AS (SELECT task_id FROM app.task WHERE state = 'READY' ORDER BY due_at LIMIT 1000) SELECT task_id FROM ready WHERE pg_try_advisory_lock(task_id) LIMIT 1) ORDER BY due_at"],
    ['a setting', "SET statement_timeout = '5s'"],
  ])('%s', (_name, sql) => {
    expect(verdict(sql).class).toBe('operational');
  });
});

describe('analytical, whatever it looks like', () => {
  test.each([
    ['a monthly count', "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file WHERE opened_at >= now() - interval '3 years' GROUP BY 1"],
    ['a count over a range', "SELECT count(*) FROM app.case_file WHERE status <> 'CLOSED'"],
    ['an aggregate over one tenant of twenty', 'SELECT status, count(*) FROM app.case_file WHERE tenant_id = $1 GROUP BY status'],
    ['a window over a table', 'SELECT case_id, rank() OVER (PARTITION BY tenant_id ORDER BY opened_at) FROM app.case_file'],
    ['distinct values', 'SELECT DISTINCT status FROM app.case_file'],
    ['a whole table without a group', 'SELECT * FROM app.case_file'],
    ['an export', 'COPY (SELECT * FROM app.case_file) TO STDOUT'],
    ['a cursor over a table', 'DECLARE c CURSOR FOR SELECT * FROM app.task'],
    ['an aggregate in a common table, with a page on top', 'WITH m AS (SELECT tenant_id, count(*) n FROM app.case_file GROUP BY 1) SELECT * FROM m ORDER BY n DESC LIMIT 10'],
    ['an aggregate joined from a small table', 'SELECT t.name, count(*) FROM app.tenant t JOIN app.case_file c USING (tenant_id) GROUP BY 1'],
    ['a tree of everything', 'WITH RECURSIVE tree AS (SELECT case_id FROM app.case_file UNION ALL SELECT t.case_id FROM tree JOIN app.task t USING (case_id)) SELECT count(*) FROM tree'],
    ['a key in one branch only', 'SELECT count(*) FROM app.task WHERE task_id = 1 UNION ALL SELECT count(*) FROM app.task'],
    ['a key under OR', "SELECT count(*) FROM app.case_file WHERE case_id = 1 OR status = 'OPEN'"],
    ['a sub-query without a limit', "SELECT * FROM app.task WHERE case_id IN (SELECT case_id FROM app.case_file WHERE opened_at > now() - interval '1 year')"],
    ['a join of which no table is compared', 'SELECT k.state, c.status FROM app.task k JOIN app.case_file c ON c.case_id = k.case_id'],
    ['a join beside which a table stands alone', "SELECT k.state FROM app.task k CROSS JOIN app.event e WHERE k.state = 'LATE'"],
    ['a comparison with a function of the key', "SELECT count(*) FROM app.case_file WHERE case_id + 0 = 5"],
  ])('%s', (_name, sql) => {
    const { class: workload, confidence } = verdict(sql);
    expect(workload).toBe('analytical');
    expect(confidence).toBeGreaterThanOrEqual(0.7);
  });
});

describe('what it costs has the last word', () => {
  test('an aggregate that touches little is not called analytical', () => {
    expect(verdict("SELECT count(*) FROM app.case_file WHERE status = 'REOPENED'", 40 * 8192)).toEqual({
      class: 'mixed',
      confidence: 0.6,
      reasons: ['aggregates app.case_file without a key (count)', 'but touches 320 KiB of blocks a call'],
    });
  });

  test('a page that touches a gigabyte is', () => {
    expect(verdict('SELECT * FROM app.case_file WHERE status = $1 ORDER BY opened_at LIMIT 50', 1024 ** 3).class).toBe('analytical');
  });

  test('reasons are words that a DBA would use', () => {
    expect(verdict("SELECT status, count(*) FROM app.case_file WHERE opened_at > $1 GROUP BY status", 133 * 1024 * 1024).reasons).toEqual([
      'aggregates app.case_file without a key (count)', 'groups the rows of app.case_file', 'touches 133 MiB of blocks a call',
    ]);
  });
});

describe('what nothing decides is mixed', () => {
  test('an aggregate over an indexed column of which nobody knows how many rows one value has, when it costs something', () => {
    const count = 'SELECT count(*) FROM app.event WHERE tenant_id = $1';
    expect(verdict(count, 40 * 8192)).toMatchObject({ class: 'operational', reasons: ['reaches app.event by key or index'] });
    expect(verdict(count, 9 * 2 ** 20)).toEqual({
      class: 'mixed',
      confidence: 0.5,
      reasons: ['aggregates the rows behind one value of app.event.tenant_id, and nothing tells how many those are', 'touches 9 MiB of blocks a call'],
    });
    expect(verdict(count, 200 * 2 ** 20).class).toBe('analytical');
  });

  test('an aggregate below one key stays operational at the same cost', () => {
    expect(verdict('SELECT count(*) FROM app.task WHERE case_id = $1', 9 * 2 ** 20).class).toBe('operational');
  });

  test('a lookup by a column without an index, with what is joined to it', () => {
    expect(verdict("SELECT k.state FROM app.task k JOIN app.case_file c ON c.case_id = k.case_id WHERE c.status = $1")).toEqual({
      class: 'mixed',
      confidence: 0.5,
      reasons: ['compares a column of app.case_file with a value, though no index begins with it, and joins app.task'],
    });
  });
});

test('relations that the catalogue does not know leave the class unknown', () => {
  expect(verdict('SELECT count(*) FROM elsewhere.ledger')).toEqual({
    class: 'unknown', confidence: 0, reasons: ['reads relations that the catalogue does not know: elsewhere.ledger'],
  });
});
