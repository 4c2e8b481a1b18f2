import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';
import { tidemarkHere } from '../in-process.js';

const PASSWORD = 'harbour';
let server: TestServer;
let folder = '';

/** Runs of enforcement on PostgreSQL, and the same rows in a DuckDB warehouse. */
beforeAll(async () => {
  server = await startServer(bundledServer());
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-test-report-run-'));
  const rows = "SELECT g::int AS case_id, '2026-01-01'::date + (g % 120)::int AS closed_on, 'd' || (g % 5) AS district, (g * 1.25)::numeric(12,2) AS fine, timestamptz '2026-06-01 00:00:00+00' AS loaded_at";
  await server.run([
    'CREATE SCHEMA mart', 'CREATE SCHEMA analytics_control', `CREATE TABLE mart.closed_case AS ${rows} FROM generate_series(1, 600) g`,
    'CREATE TABLE analytics_control.data_product_watermark (data_product_name text PRIMARY KEY, source_high_watermark timestamptz)',
    "INSERT INTO analytics_control.data_product_watermark VALUES ('closed_case', '2026-06-01 00:00:00+00'), ('invoices', '2026-05-01 00:00:00+00')",
    `CREATE ROLE auditor LOGIN PASSWORD '${PASSWORD}'`, 'GRANT USAGE ON SCHEMA mart, analytics_control TO auditor; GRANT SELECT ON ALL TABLES IN SCHEMA mart, analytics_control TO auditor',
    `CREATE ROLE recorder LOGIN PASSWORD '${PASSWORD}'`, 'GRANT USAGE ON SCHEMA analytics_control TO recorder',
  ]);
  const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run(`CREATE SCHEMA mart; CREATE TABLE mart.closed_case AS ${rows.replaceAll('numeric', 'decimal')} FROM range(1, 601) r(g)`);
  connection.closeSync();
  instance.closeSync();
  writeFileSync(path.join(folder, 'tidemark.yaml'), `stores:
  - { name: production, role: operational, engine: postgres, url: "\${env:PRODUCTION_URL}" }
  - { name: warehouse, role: warehouse, engine: duckdb, url: warehouse.duckdb }
`);
  writeFileSync(path.join(folder, 'enforcement.sql'), "SELECT date_trunc('month', closed_on)::date AS month, district, count(*) AS closed, sum(fine) AS fines\nFROM mart.closed_case WHERE closed_on >= :from AND loaded_at <= :watermark GROUP BY 1, 2 ORDER BY 1, 2;\n");
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
});

function run(...args: string[]) {
  const env = { PRODUCTION_URL: `postgres://auditor:${PASSWORD}@127.0.0.1:${server.port}/postgres`, RECORDER_URL: `postgres://recorder:${PASSWORD}@127.0.0.1:${server.port}/postgres`, TZ: 'UTC', LANG: 'C.UTF-8', USER: 'Ada', XDG_STATE_HOME: path.join(folder, 'state') };
  return tidemarkHere(['report-run', ...args], { cwd: folder, env });
}

const record = (...args: string[]) => run('record', 'enforcement', '--query', 'enforcement.sql', '--store', 'production', '--parameters', 'from=2026-02-01', '--references', 'taxonomy=2026.2', '--report-version', '2026-06', ...args);
const idOf = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? '';

test('a run is recorded, gives the same, is approved by somebody else, and differs by its month once history is changed', async () => {
  const recorded = await record('--bucket', 'month');
  expect(recorded.stderr).toBe('');
  expect(recorded.stdout.replaceAll(/tm1:[0-9a-f]{64}/g, 'HASH').replaceAll(/[0-9a-f-]{36}/g, 'ID').replaceAll(/, \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, ', NOW').replaceAll(/to [0-9a-f]{16}/g, 'to HEAD')).toBe(`enforcement 2026-06 on production: SUCCEEDED
  rows     15
  hash     HASH
  parts    3 by month
  sources  closed_case 2026-06-01 00:00:00+00
  held to  2026-06-01 00:00:00+00
  run      ID by Ada, NOW, time zone UTC
  kept in  report-runs.ndjson, chained to HEAD
`);
  const id = idOf(recorded.stdout);
  const same = await run('verify', 'enforcement');
  expect([same.code, same.stdout.split('\n')[0]]).toEqual([0, `● enforcement 2026-06 (run ${id.slice(0, 8)}, SUCCEEDED) gives the same result`]);
  // What arrives above the watermark is not seen.
  await server.run(["INSERT INTO mart.closed_case VALUES (9001, '2026-03-05', 'd1', 10, '2026-06-20 00:00:00+00')"]);
  expect((await run('verify', id)).code).toBe(0);

  expect(await run('approve', id, '--by', ' ada')).toMatchObject({ code: 1, stdout: `run ${id.slice(0, 8)} of enforcement 2026-06 is not approved: ada ran it: a report is approved by somebody\nelse than who ran it\n` });
  expect(await run('revoke', id, '--by', 'Grace', '--reason', 'too early')).toMatchObject({ code: 1 });
  expect((await run('approve', id, '--by', 'Grace', '--note', 'board of July')).code).toBe(0);

  await server.run(["UPDATE mart.closed_case SET fine = fine + 1 WHERE case_id = 61", "DELETE FROM mart.closed_case WHERE case_id = 95"]);
  const differs = await run('verify', id.slice(0, 8), '--format', 'json');
  expect(differs.code).toBe(1);
  expect(JSON.parse(differs.stdout)).toMatchObject({ outcome: 'differs', comparison: { heldBy: 'watermark', rowsThen: '15', rowsNow: '15', buckets: [{ label: '2026-03-01', then: '5', now: '5' }, { label: '2026-04-01', then: '5', now: '5' }] } });
  expect((await run('verify', id)).stdout).toContain('month 2026-03-01 is the first part that differs: 5 rows then and now, with other values');
  expect((await run('revoke', id, '--by', 'Grace', '--reason', 'restated in July')).code).toBe(0);
  const listed = await run('list');
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toContain('was revoked by Grace: restated in July');

  await server.run(['ALTER TABLE mart.closed_case RENAME COLUMN fine TO fine_eur']);
  const gone = await run('verify', id);
  await server.run(['ALTER TABLE mart.closed_case RENAME COLUMN fine_eur TO fine']);
  expect(gone.code).toBe(1);
  expect(gone.stdout).toContain('cannot be made again');
});

test('rows on two engines give one hash, and another order of rows the same', async () => {
  const sql = (order: string) => `select case_id, closed_on, district, fine, loaded_at from mart.closed_case where case_id between 200 and 300 order by case_id ${order}`;
  const [production, warehouse] = [await run('record', 'cases', '--sql', sql('asc'), '--store', 'production', '--format', 'json', '--to', 'two.ndjson'), await run('record', 'cases', '--sql', sql('desc'), '--store', 'warehouse', '--format', 'json', '--to', 'two.ndjson')];
  const hashes = [production, warehouse].map(({ stdout }) => JSON.parse(stdout).run.result);
  expect(hashes[0]).toEqual({ rows: '101', hash: expect.stringMatching(/^tm1:[0-9a-f]{64}$/), buckets: [] });
  // PostgreSQL tells no scale of a query's columns, so that forms differ while the rows do not.
  expect(hashes.map(({ rows }) => rows)).toEqual(['101', '101']);
  expect((await run('verify', 'cases', '--to', 'two.ndjson')).code).toBe(0);
});

test('the table of the article: the SQL is printed, written by a role that was named, and runs are verified from it', async () => {
  const printed = await record('--print-sql');
  expect(printed.code).toBe(0);
  expect(printed.stdout).toMatch(/^-- enforcement 2026-06 on production: SUCCEEDED\n(?:-- .*\n)+CREATE SCHEMA IF NOT EXISTS analytics_control;\nCREATE TABLE IF NOT EXISTS analytics_control\.report_run \(/);
  // What is printed runs as it is.
  await server.run(printed.stdout.split(/;\n/).filter((statement) => statement.trim() !== ''));
  await server.run(['GRANT SELECT ON analytics_control.report_run TO auditor', 'GRANT SELECT, INSERT, UPDATE ON analytics_control.report_run TO recorder']);
  const own = await record('--write-to', '${env:PRODUCTION_URL}');
  expect(own).toMatchObject({ code: 2, stderr: expect.stringContaining('--write-to is the connection by which production is looked at') });
  const written = await record('--write-to', '${env:RECORDER_URL}', '--bucket', 'month');
  expect(written).toMatchObject({ code: 0, stderr: '' });
  const id = idOf(written.stdout);
  expect((await run('verify', id, '--from', 'production')).code).toBe(0);
  const listed = await run('list', '--from', 'production', '--format', 'json');
  expect(JSON.parse(listed.stdout).runs.map(({ status }: { status: string }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  const update = await run('approve', id, '--from', 'production', '--by', 'Grace');
  expect(update.stdout).toContain(`UPDATE "analytics_control"."report_run" SET status = 'APPROVED', approved_by = 'Grace', approved_at = CAST('`);
  expect((await run('approve', id, '--from', 'production', '--by', 'Grace', '--write-to', '${env:RECORDER_URL}')).code).toBe(0);
  expect(await run('approve', id, '--from', 'production', '--by', 'Mary')).toMatchObject({ code: 1, stdout: expect.stringContaining('it is approved already, by Grace') });
  await server.run(['REVOKE INSERT ON analytics_control.report_run FROM recorder']);
  const refused = await record('--write-to', '${env:RECORDER_URL}');
  expect(refused.code).toBe(3);
  expect(refused.stdout).toContain('INSERT INTO');
  expect(`${refused.stdout}${refused.stderr}`).not.toContain(PASSWORD);
});

test('the table of a DuckDB warehouse is written, read and approved alike', async () => {
  const args = ['months', '--sql', "select district, count(*) as n from mart.closed_case where closed_on >= :from group by 1", '--store', 'warehouse', '--parameters', 'from=2026-03-01', '--bucket', 'district'];
  const printed = await run('record', ...args, '--print-sql');
  const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run(printed.stdout);
  // A row that somebody else may write is not run.
  await connection.run("INSERT INTO analytics_control.report_run BY NAME SELECT * REPLACE (uuid() AS report_run_id, 'evil' AS report_name, CAST(replace(CAST(parameters AS varchar), 'select district', 'delete from x; select district') AS json) AS parameters) FROM analytics_control.report_run");
  connection.closeSync();
  instance.closeSync();
  expect(await run('record', ...args, '--write-to', 'warehouse.duckdb')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('verify', 'months', '--from', 'warehouse')).toMatchObject({ code: 0, stderr: '' });
  expect(await run('verify', 'evil', '--from', 'warehouse')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/more than one statement|could not be read/) });
  expect((await run('approve', 'months', '--from', 'warehouse', '--by', 'Grace', '--write-to', 'warehouse.duckdb')).code).toBe(0);
  expect((await run('revoke', 'months', '--from', 'warehouse', '--by', 'Grace', '--reason', 'late cases', '--write-to', 'warehouse.duckdb')).code).toBe(0);
  expect(JSON.parse((await run('list', 'mon*', '--from', 'warehouse', '--format', 'json')).stdout).runs.map(({ status }: { status: string }) => status)).toEqual(['REVOKED', 'SUCCEEDED']);
});

test('a query that cannot give the same twice is told, and refused where that is asked', async () => {
  const sql = 'select case_id, now() as at from mart.closed_case limit 5';
  const told = await run('record', 'loose', '--sql', sql, '--store', 'warehouse', '--to', 'loose.ndjson');
  expect(told.code).toBe(0);
  expect(told.stdout).toContain('note: not reproducible by construction: LIMIT without ORDER BY takes whichever rows come first');
  expect(await run('record', 'loose', '--sql', sql, '--store', 'production', '--strict')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('now() is another moment each time') });
  const again = await run('verify', 'loose', '--to', 'loose.ndjson');
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('it could not be held to a watermark: rows that arrived since may be the difference');
});

test.each<[string[], string]>([
  [['--sql', 'delete from mart.closed_case'], 'the query is no SELECT'],
  [['--sql', 'select 1 as a; select 2 as b'], 'the query is more than one statement'],
  [['--sql', 'with gone as (delete from mart.closed_case returning 1) select count(*) as n from gone'], 'the query changes rows'],
  [['--sql', 'select * from mart.closed_case where closed_on > :from'], 'the query has no value for :from'],
  [['--sql', 'select 1 as a', '--parameters', 'month=2026-06'], 'the query has no parameter :month'],
  [['--sql', "select count(*) as n from mart.closed_case where district = 'ada@example.org'"], 'the query holds personal data or a secret (email)'],
  [['--sql', 'select 1 as a', '--query', 'enforcement.sql'], '--query'],
  [[], 'the query is missing'],
  [['--query', 'nowhere.sql'], 'nowhere.sql does not exist'],
  [['--sql', 'select 1 as a', '--write-to', 'postgres://x:secretpw@h/db'], '--write-to carries a password'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run('record', 'refused', '--store', 'production', '--to', 'refused.ndjson', ...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('secretpw');
});

test('the time zone of the session is fixed, and what may not be read is told with the right that is missing', async () => {
  const sql = "select date_trunc('day', loaded_at)::text as day, count(*) as n from closed_case group by 1";
  const at = (zone: string) => run('record', `days ${zone}`, '--sql', sql, '--search-path', 'mart', '--zone', zone, '--store', 'production', '--to', 'zone.ndjson', '--format', 'json');
  const [utc, tokyo] = [JSON.parse((await at('UTC')).stdout).run.result.hash, JSON.parse((await at('Asia/Tokyo')).stdout).run.result.hash];
  expect(utc).not.toBe(tokyo);
  expect((await run('verify', 'days Asia/Tokyo', '--to', 'zone.ndjson')).code).toBe(0);
  await server.run(['CREATE TABLE mart.hidden AS SELECT 1 AS n']);
  const hidden = await run('record', 'hidden', '--sql', 'select n from mart.hidden', '--store', 'production', '--to', 'zone.ndjson');
  expect([hidden.code, hidden.stdout]).toEqual([3, expect.stringContaining('GRANT SELECT ON')]);
});

test('a query that fails is kept as FAILED, without a value of a row', async () => {
  const failed = await run('record', 'broken', '--sql', "select (district || '!')::int as n from mart.closed_case", '--store', 'production', '--to', 'broken.ndjson');
  expect(failed.code).toBe(3);
  expect(failed.stdout).toContain('broken');
  expect(`${failed.stdout}${readFileSync(path.join(folder, 'broken.ndjson'), 'utf8')}`).not.toMatch(/d\d!/);
  expect(await run('verify', 'broken', '--to', 'broken.ndjson')).toMatchObject({ code: 2, stderr: expect.stringContaining('its status is FAILED') });
  const twice = await run('record', 'twice', '--sql', 'select a.case_id, b.case_id from mart.closed_case a join mart.closed_case b using (case_id)', '--store', 'production', '--to', 'broken.ndjson');
  expect(twice).toMatchObject({ code: 3, stdout: expect.stringContaining('two columns of the result have one name') });
});

test('a parameter that is personal data is kept as a keyed hash, and asked for again', async () => {
  const recorded = await run('record', 'access', '--sql', 'select count(*) as n from mart.closed_case where district <> :person', '--store', 'production', '--parameters', 'person=ada@example.org', '--to', 'person.ndjson');
  expect(recorded.code).toBe(0);
  expect(`${recorded.stdout}${readFileSync(path.join(folder, 'person.ndjson'), 'utf8')}`).not.toContain('example.org');
  expect(await run('verify', 'access', '--to', 'person.ndjson')).toMatchObject({ code: 2, stderr: expect.stringContaining('give it again: --parameters person=…') });
  expect(await run('verify', 'access', '--to', 'person.ndjson', '--parameters', 'person=bob@example.org')).toMatchObject({ code: 2, stderr: expect.stringContaining('is another than the one that was recorded') });
  expect((await run('verify', 'access', '--to', 'person.ndjson', '--parameters', 'person=ada@example.org')).code).toBe(0);
});

test('a file that was changed is told and no longer believed', async () => {
  const file = path.join(folder, 'changed.ndjson');
  const { stdout } = await record('--to', 'changed.ndjson');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"rows":"15"', '"rows":"16"'));
  for (const args of [['verify', 'enforcement'], ['approve', 'enforcement', '--by', 'Grace'], ['list']]) {
    const ended = await run(...args, '--to', 'changed.ndjson');
    expect([ended.code, ended.stdout.replaceAll(/\s+/g, ' ')]).toEqual([1, expect.stringContaining('changed.ndjson: line 2 was changed after it was written')]);
  }
  expect(await record('--to', 'changed.ndjson')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('nothing was recorded: changed.ndjson: line 2 was changed') });
  // Lines that are gone from the end are seen by a hash that was kept.
  const head = JSON.parse(text.trim().split('\n').at(-1) ?? '').hash;
  writeFileSync(file, `${text.split('\n')[0]}\n`);
  expect((await run('list', '--to', 'changed.ndjson')).stdout).toContain('has no end: it is running, or its process was ended');
  expect((await run('list', '--to', 'changed.ndjson', '--head', head)).code).toBe(1);
  expect(idOf(stdout)).not.toBe('');
});

test('rubbish in the file costs its lines only', async () => {
  const file = path.join(folder, 'rubbish.ndjson');
  await record('--to', 'rubbish.ndjson');
  appendFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.alloc(10 * 2 ** 20, 0x61), Buffer.from('\n{"event":"run')]));
  const listed = await run('list', '--to', 'rubbish.ndjson', '--format', 'json');
  expect(listed.code).toBe(1);
  expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ status: 'SUCCEEDED' }], broken: ['rubbish.ndjson: line 3 is no text', 'rubbish.ndjson: line 4 is no text'], notes: ['rubbish.ndjson: line 5 is cut off: a process was ended while it wrote'] });
});

test('names from anywhere are harmless on the screen', async () => {
  const recorded = await run('record', 'a\u001b]0;x\u0007b\u202ec', '--sql', 'select 1 as one', '--store', 'production', '--to', 'hostile.ndjson', '--executed-by', 'Eve\u001b[2J');
  expect(recorded.code).toBe(0);
  // eslint-disable-next-line no-control-regex
  expect(`${recorded.stdout}${(await run('list', '--to', 'hostile.ndjson')).stdout}`).not.toMatch(/[\u001b\u202e]/);
});

test('runs that append at the same time wait for each other', async () => {
  const sql = 'select count(*) as n from mart.closed_case';
  const all = await Promise.all(Array.from({ length: 4 }, (_unused, at) => run('record', `side ${at}`, '--sql', sql, '--store', 'production', '--to', 'side.ndjson')));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const listed = JSON.parse((await run('list', '--to', 'side.ndjson', '--format', 'json')).stdout);
  expect([listed.runs.length, listed.broken, listed.notes]).toEqual([4, [], []]);
});

test('a lock of a process that is gone is taken, one of a living process is waited for', async () => {
  writeFileSync(path.join(folder, 'side.ndjson.lock'), `${JSON.stringify({ pid: 4_194_000, host: (await import('node:os')).hostname() })}\n`);
  expect((await run('record', 'after', '--sql', 'select 1 as n', '--store', 'production', '--to', 'side.ndjson')).code).toBe(0);
});

test('what cannot be written or reached is told with the next step', async () => {
  mkdirSync(path.join(folder, 'closed'));
  chmodSync(path.join(folder, 'closed'), 0o555);
  writeFileSync(path.join(folder, 'plain'), '');
  const below = await run('record', 'x', '--sql', 'select 1 as n', '--store', 'production', '--to', 'plain/runs.ndjson');
  expect(below).toMatchObject({ code: 2, stdout: '' });
  expect((await run('list', '--to', 'closed')).stderr).toContain('closed is no file');
  expect(await run('record', 'x', '--sql', 'select 1 as n', '--store', 'elsewhere')).toMatchObject({ code: 2, stderr: expect.stringContaining("there is no store 'elsewhere'") });
  const wrong = await tidemarkHere(['report-run', 'verify', 'enforcement'], { cwd: folder, env: { PRODUCTION_URL: `postgres://auditor:wrong@127.0.0.1:${server.port}/postgres`, TZ: 'UTC' } });
  expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('production: cannot open')]);
});
