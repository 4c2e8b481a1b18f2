import { beforeAll, describe, expect, test } from 'vitest';
import { type Classification, classify } from '../../../src/facts/workload/classify.js';
import { extract as extractCost } from '../../../src/facts/cost.js';
import type { Catalog } from '../../../src/model/catalog.js';
import type { StatementStatistics } from '../../../src/model/statement.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../../src/sql/parse/postgres/ddl.js';
import { lineageContext, resolveStatement } from '../../../src/sql/lineage.js';
import { SchemaIndex } from '../../../src/sql/schema-index.js';
import { shapeOf } from '../../../src/sql/shape.js';
import { statistics } from '../../support/estate.js';

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
  reporting_work_mem_bytes_max: 256 * 2 ** 20, reporting_parallel_workers_max: 1, growth_days: 180, unused_days: 90, scan_bytes_per_call_max: 10 * 2 ** 30, repeated_scan_bytes_max: 2 ** 40, scan_share_max: 0.25,
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

function verdict(sql: string, bytesPerCall: number | null = null, more: Partial<StatementStatistics> = {}): Classification {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  const resolution = resolveStatement(statement, lineageContext(index, parse, { searchPath: ['app'] }));
  const cost = bytesPerCall === null ? null : extractCost([statistics(sql, { calls: 1, sharedBlocksHit: bytesPerCall / 8192, sharedBlocksRead: 0, ...more })], { blocks: 1, execution_ms: 1, temp_bytes: 0, block_bytes: 8192 });
  return classify({ statement, shape: shapeOf(statement), resolution, index, thresholds: THRESHOLDS, text: sql, cost, rhythm: null, sender: null });
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

describe('what PostgreSQL does with a text decides', () => {
  test.each([
    ['a step that is computed in full first', 'WITH spent AS MATERIALIZED (SELECT case_id, count(*) AS n FROM app.task GROUP BY case_id) SELECT n FROM spent WHERE case_id = $1', 'analytical'],
    ['the same, inlined', 'WITH spent AS (SELECT case_id, count(*) AS n FROM app.task GROUP BY case_id) SELECT n FROM spent WHERE case_id = $1', 'operational'],
    ['a step that is read twice, inlined by its own word', 'WITH t AS NOT MATERIALIZED (SELECT case_id, count(*) AS n FROM app.task GROUP BY case_id) SELECT a.n FROM t a JOIN t b ON b.case_id = a.case_id WHERE a.case_id = $1 AND b.case_id = $2', 'operational'],
    ['a recursion that leaps along an index', 'WITH RECURSIVE s AS ((SELECT case_id FROM app.task ORDER BY case_id LIMIT 1) UNION ALL SELECT (SELECT k.case_id FROM app.task k WHERE k.case_id > s.case_id ORDER BY k.case_id LIMIT 1) FROM s WHERE s.case_id IS NOT NULL) SELECT case_id FROM s', 'operational'],
    ['the largest by what no index begins with', 'SELECT * FROM app.task ORDER BY due_at DESC LIMIT 10', 'analytical'],
    ['the next page by what no index begins with', 'SELECT * FROM app.task WHERE due_at < $1 ORDER BY due_at DESC LIMIT 10', 'operational'],
    ['the newest along an index', 'SELECT * FROM app.task ORDER BY task_id DESC LIMIT 10', 'operational'],
    ['the first of a join of which nothing is keyed', 'SELECT k.state FROM app.task k JOIN app.case_file c USING (case_id) ORDER BY c.opened_at LIMIT 20', 'analytical'],
    ['some rows by chance', 'SELECT * FROM app.task ORDER BY random() LIMIT 5', 'analytical'],
    ['a text in all rows', "SELECT case_id FROM app.case_file WHERE status ILIKE '%' || $1 || '%'", 'analytical'],
    ['a driver that writes its own placeholders', 'SELECT status FROM app.case_file WHERE case_id = %(case_id)s', 'operational'],
  ])('%s', (_name, sql, expected) => {
    expect(verdict(sql).class).toBe(expected);
  });

  test.each([
    ['analytical', 'SELECT count(*) FROM app.case_file WHERE opened_at::date = $1', 'a cast that no index holds'],
    ['operational', 'SELECT count(*) FROM app.task WHERE case_id::bigint = $1', 'a cast to the type that the column has'],
    ['operational', 'SELECT status FROM app.case_file WHERE case_number::varchar(40) = $1', 'one text as another'],
    ['analytical', 'SELECT ARRAY(SELECT case_id FROM app.case_file)', 'rows gathered into one value'],
    ['operational', 'SELECT ARRAY(SELECT task_id FROM app.task WHERE case_id = $1)', 'few rows gathered into one value'],
    ['analytical', 'EXPLAIN (ANALYZE, BUFFERS) SELECT status, count(*) FROM app.case_file GROUP BY status', 'what EXPLAIN runs'],
    ['operational', 'EXPLAIN (ANALYZE off) SELECT status, count(*) FROM app.case_file GROUP BY status', 'what EXPLAIN does not run'],
    ['operational', 'SELECT status, count(*) FROM app.case_file WHERE 1 = 0 GROUP BY status', 'a condition that fits no row'],
    ['operational', 'CREATE TABLE app.copy AS SELECT status, count(*) FROM app.case_file GROUP BY status WITH NO DATA', 'a table that is filled with nothing'],
  ])('%s: %s', (expected, sql, what) => {
    expect(verdict(sql).class, what).toBe(expected);
  });

  test('a cast that no index holds is no key', () => {
    expect(verdict('SELECT * FROM app.case_file WHERE case_id::text = $1').reasons.join('; ')).not.toContain('key');
  });

  test('a function of a column is no key where no index holds it', () => {
    expect(verdict('SELECT case_id FROM app.case_file WHERE lower(case_number) = lower($1)')).toMatchObject({ class: 'operational', confidence: 0.55, reasons: ['compares a column of app.case_file with a value, though no index begins with it'] });
  });

  test('the evidence names the index, and what is only taken for a key', () => {
    expect(verdict('SELECT k.state, c.status FROM app.task k JOIN app.case_file c USING (case_id) WHERE k.case_id = $1').reasons).toEqual(['reaches app.case_file by key, app.task by an index on case_id']);
    expect(verdict('SELECT plate FROM fleet.van WHERE van_id = $1').reasons).toEqual(['reaches fleet.van by van_id, which reads like a key']);
  });
});

describe('what it costs has the last word', () => {
  test('an aggregate that touches little is not called analytical', () => {
    expect(verdict("SELECT count(*) FROM app.case_file WHERE status = 'REOPENED'", 40 * 8192)).toMatchObject({
      class: 'mixed',
      confidence: 0.6,
      reasons: ['aggregates app.case_file without a key (count)', 'but 40 blocks a call (320 KiB)'],
    });
  });

  test('a few blocks of a large table are the way to a key, whatever the text looks like', () => {
    expect(verdict("SELECT count(*) FROM app.case_file WHERE status = 'REOPENED'", 4 * 8192).class).toBe('operational');
  });

  test('a key that costs a table is said, and is no report', () => {
    expect(verdict('SELECT * FROM app.case_file WHERE case_id = $1', 50_000 * 8192)).toEqual({
      class: 'mixed',
      confidence: 0.6,
      reasons: ['50,000 blocks a call (391 MiB)', 'reaches app.case_file by key', 'a key does not cost as much: its plan does not use it, or it carries dead rows'],
    });
  });

  test('an export of a few rows and blocks is not sure to be one', () => {
    const few = verdict('COPY app.case_file TO STDOUT', 40 * 8192, { rows: 10 });
    expect(few).toMatchObject({ class: 'mixed', reasons: ['takes the rows of app.case_file out of the database', 'but 40 blocks a call (320 KiB)'] });
    expect(verdict('COPY app.case_file TO STDOUT', 400_000_000, { rows: 2_000_000 })).toMatchObject({ class: 'analytical', confidence: 0.89 });
  });

  test('what it writes in WAL and spills to disk stands in the evidence, and does not make a write a report', () => {
    expect(verdict('INSERT INTO app.task (case_id, state) VALUES ($1, $2)', 60_000 * 8192, { wal_bytes: 900 * 2 ** 20 }).class).toBe('operational');
    const spilt = verdict('SELECT status, count(*) FROM app.case_file GROUP BY status', 40_000 * 8192, { tempBlocksWritten: 30_000 });
    expect(spilt.class).toBe('analytical');
    expect(spilt.reasons.at(-1)).toBe('234 MiB of temporary files a call');
  });

  test('a page that touches a gigabyte is analytical', () => {
    expect(verdict('SELECT * FROM app.case_file WHERE status = $1 ORDER BY opened_at LIMIT 50', 1024 ** 3).class).toBe('analytical');
  });

  test('a page that gives many rows is none', () => {
    expect(verdict('SELECT * FROM app.case_file WHERE status = $1 ORDER BY opened_at LIMIT $2', 9 * 2 ** 20, { rows: 200_000 })).toMatchObject({ class: 'analytical', reasons: [expect.stringContaining('gives 200,000 rows a call'), expect.anything(), expect.anything()] });
  });

  test('reasons are words that a DBA would use', () => {
    expect(verdict('SELECT status, count(*) FROM app.case_file WHERE opened_at > $1 GROUP BY status', 17_101 * 8192).reasons).toEqual([
      'aggregates app.case_file without a key (count)', 'groups the rows of app.case_file', '17,101 blocks a call (134 MiB), 35 % of app.case_file',
    ]);
  });

  test('counters that the server does not keep say nothing', () => {
    const sure = verdict('SELECT * FROM app.case_file WHERE case_id = $1', 4 * 8192, { wal_bytes: null, parallelWorkers: null, planning_ms: null });
    expect(sure).toMatchObject({ class: 'operational', confidence: 0.99, reasons: ['reaches app.case_file by key'] });
  });
});

describe('what nothing decides is mixed', () => {
  test('an aggregate over an indexed column of which nobody knows how many rows one value has, when it costs something', () => {
    const count = 'SELECT count(*) FROM app.event WHERE tenant_id = $1';
    expect(verdict(count, 40 * 8192).class).toBe('operational');
    expect(verdict(count, 9 * 2 ** 20)).toMatchObject({
      class: 'mixed',
      confidence: 0.5,
      reasons: ['aggregates the rows behind one value of app.event.tenant_id, and nothing tells how many those are', '1,152 blocks a call (9 MiB)'],
    });
    expect(verdict(count, 200 * 2 ** 20).class).toBe('analytical');
  });

  test('an aggregate below one key stays operational at the same cost', () => {
    expect(verdict('SELECT count(*) FROM app.task WHERE case_id = $1', 9 * 2 ** 20).class).toBe('operational');
  });

  test('a lookup by a column without an index, with what is joined to it', () => {
    expect(verdict('SELECT k.state FROM app.task k JOIN app.case_file c ON c.case_id = k.case_id WHERE c.status = $1')).toMatchObject({
      class: 'mixed',
      confidence: 0.5,
      reasons: ['compares a column of app.case_file with a value, though no index begins with it, and joins app.task'],
    });
  });
});

describe('relations that the catalogue does not know', () => {
  test('are judged by what is computed over them', () => {
    expect(verdict('SELECT region, count(*) FROM elsewhere.ledger GROUP BY region')).toMatchObject({ class: 'analytical', reasons: ['aggregates elsewhere.ledger without a key (count)', 'groups the rows of elsewhere.ledger'] });
  });

  test('are reached by what reads like a key, and not by a status', () => {
    expect(verdict('SELECT sum(amount) FROM elsewhere.ledger WHERE account_id = $1')).toMatchObject({ class: 'operational', reasons: [expect.stringContaining('elsewhere.ledger.account_id'), expect.stringContaining('reads like a key')] });
    expect(verdict('SELECT sum(amount) FROM elsewhere.ledger WHERE status = $1').class).toBe('analytical');
  });

  test('their names decide nothing', () => {
    expect(verdict('SELECT * FROM elsewhere.events_olap WHERE id = $1').class).toBe('operational');
    expect(verdict('SELECT day, sum(total) FROM elsewhere.orders GROUP BY day').class).toBe('analytical');
  });
});

test('what no text tells stays unknown, and says why', () => {
  expect(verdict('CALL app.close_month()')).toMatchObject({ class: 'unknown', confidence: 0, reasons: ['runs a procedure'] });
  expect(verdict('FETCH 100 FROM c')).toMatchObject({ class: 'unknown', reasons: ['takes rows of a cursor that was declared elsewhere'] });
});
