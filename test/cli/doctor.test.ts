import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startPooler } from '../support/pooler.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';
import { build, tidemark, type Ended } from './tidemark.js';

const PASSWORD = 's3cr3t-of-the-doctor';
const versions = installedServers().filter(({ major }) => major === 15 || major === 18);

const folders: string[] = [];
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-doctor-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

const report = z.object({
  schemaVersion: z.literal(1),
  tidemark: z.string(),
  totals: z.object({ ok: z.number(), warning: z.number(), notAvailable: z.number() }),
  cost: z.object({ elapsed_ms: z.number(), queries: z.number(), received_bytes: z.number() }),
  subjects: z.array(
    z.object({
      kind: z.enum(['configuration', 'store', 'source']),
      name: z.string(),
      description: z.string(),
      engine: z.string().nullable(),
      role: z.string().nullable(),
      checks: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          state: z.enum(['ok', 'warning', 'not available']),
          seen: z.string(),
          lost: z.string().nullable(),
          remedy: z.object({ text: z.string(), sql: z.array(z.string()), restart: z.boolean(), by: z.string().nullable() }).nullable(),
          needed: z.boolean(),
        }),
      ),
      cost: z.object({ elapsed_ms: z.number() }).loose().nullable(),
      roleSql: z.object({ role: z.string(), sql: z.string(), wanted: z.boolean().nullable() }).nullable(),
    }),
  ),
});
type Report = z.infer<typeof report>;

function parsed({ stdout }: Ended): Report {
  return report.parse(JSON.parse(stdout));
}

/** States of one subject by id. */
function states({ subjects }: Report, name: string): Record<string, string> {
  return Object.fromEntries((subjects.find((subject) => subject.name === name)?.checks ?? []).map(({ id, state }) => [id, state]));
}

function checkOf({ subjects }: Report, name: string, id: string): Report['subjects'][number]['checks'][number] | undefined {
  return subjects.find((subject) => subject.name === name)?.checks.find((check) => check.id === id);
}

beforeAll(build, 120_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(versions)('on PostgreSQL $major', (binaries) => {
  let server: TestServer;

  const configuration = (user: string): string => `
stores:
  - { name: production, role: operational, engine: postgres, url: "${server.url('casework', user)}" }
reconcile:
  - name: cases
    source: { store: production, relation: app.case_file, time_column: opened_at }
    target: { store: production, relation: 'app.Case "copy', time_column: at }
    sums: [{ source: fee, target: fee }]
`;
  const doctor = (user: string, args: string[] = ['--format', 'json'], password = PASSWORD): Promise<Ended> =>
    tidemark(['doctor', ...args], { cwd: folderWith({ 'tidemark.yaml': configuration(user) }), env: { PGPASSWORD: password, COLUMNS: '120' } });

  beforeAll(async () => {
    server = await startServer(binaries);
    await server.run('create database casework');
    await server.run(
      [
        'create schema app',
        'create table app.case_file (case_id int primary key, opened_at timestamptz, fee numeric(10,2))',
        'create table app."Case ""copy" (case_id int, at timestamptz, fee numeric)',
        'alter table app."Case ""copy" enable row level security',
        `create role consultant login password '${PASSWORD}'`,
        `create role application login password '${PASSWORD}'`,
        'grant usage on schema app to application',
        'grant select, insert, update on app.case_file to application',
      ],
      'casework',
    );
  }, 120_000);
  afterAll(() => server.stop());

  test('a superuser sees everything, is warned, and gets SQL that is enough and no more', async () => {
    const first = await doctor('postgres', ['--sql']);
    expect(first.code).toBe(0);
    await server.run(first.stdout, 'casework');
    await server.run(`alter role tidemark_ro password '${PASSWORD}'`);
    const ended = await doctor('tidemark_ro');
    expect(ended.stderr).toBe('');
    const found = parsed(ended);
    expect(found.totals).toMatchObject({ warning: 0, notAvailable: 0 });
    expect(ended.code).toBe(0);
    expect(states(found, 'production')).toMatchObject({ statements: 'ok', 'statement-texts': 'ok', sampling: 'ok', 'wal-directory': 'ok', 'relation:app.case_file': 'ok', 'relation:app.Case "copy': 'ok' });
    expect(found.subjects.find(({ name }) => name === 'production')?.roleSql?.wanted).toBe(false);
    expect(found.cost.queries).toBeGreaterThan(10);
    // Run once more it changes nothing and fails nowhere.
    const again = await doctor('tidemark_ro', ['--sql']);
    await server.run(again.stdout, 'casework');
  }, 60_000);

  test('the role may nothing but look', async () => {
    await expect(server.run(['set role tidemark_ro', 'insert into app.case_file values (1)'], 'casework')).rejects.toThrow(/permission denied/);
    await expect(server.run(['set role tidemark_ro', 'create table app.mine (a int)'], 'casework')).rejects.toThrow(/permission denied/);
  });

  test('the role of an application: warned of what it may write, and the SQL is for a role of its own', async () => {
    const found = parsed(await doctor('application'));
    expect(checkOf(found, 'production', 'role')?.seen).toBe('application may write to 1 table, app.case_file for one: sessions of tidemark refuse to, a leaked password would not');
    expect(found.subjects[1]?.roleSql).toMatchObject({ role: 'tidemark_ro', wanted: true });
  });

  test('a role without any right: what is lost line by line, each with the SQL that mends it', async () => {
    const ended = await doctor('consultant');
    expect(ended.code).toBe(3);
    const found = parsed(ended);
    const missing = found.subjects.flatMap(({ checks }) => checks).filter(({ state }) => state === 'not available');
    expect(missing.map(({ id, remedy }) => `${id} ${remedy?.sql.join(' ')}`)).toEqual([
      'statement-texts GRANT pg_monitor TO consultant;',
      'sampling GRANT pg_monitor TO consultant;',
      'sessions GRANT pg_monitor TO consultant;',
      'wal-directory GRANT pg_monitor TO consultant;',
      'relation:app.Case "copy GRANT USAGE ON SCHEMA app TO consultant; GRANT SELECT ON app."Case ""copy" TO consultant; CREATE POLICY consultant_reads_all ON app."Case ""copy" FOR SELECT TO consultant USING (true);',
      'relation:app.case_file GRANT USAGE ON SCHEMA app TO consultant; GRANT SELECT ON app.case_file TO consultant;',
    ]);
    // What is printed mends it.
    await server.run(missing.flatMap(({ remedy }) => remedy?.sql ?? []), 'casework');
    const mended = await doctor('consultant');
    expect(parsed(mended).subjects.flatMap(({ checks }) => checks).filter(({ state }) => state === 'not available')).toEqual([]);
    expect(mended.code).toBe(0);
  }, 60_000);

  test('limits of its own hide those of the server from a role: told, and mended by what is printed', async () => {
    await server.run(["alter role tidemark_ro set statement_timeout = '30s'", "alter role tidemark_ro in database casework set lock_timeout = '1s'"]);
    const found = parsed(await doctor('tidemark_ro'));
    const check = checkOf(found, 'production', 'server-defaults');
    expect(check).toMatchObject({ state: 'warning', seen: 'lock_timeout, statement_timeout: tidemark_ro has its own, which hide them; tidemark sets its own bounds anyway' });
    const { stdout } = await doctor('tidemark_ro', ['--sql']);
    expect(stdout).toContain('ALTER ROLE tidemark_ro IN DATABASE casework RESET lock_timeout;');
    await server.run(stdout, 'casework');
    expect(checkOf(parsed(await doctor('tidemark_ro')), 'production', 'server-defaults')?.state).toBe('ok');
    const url = new URL(server.url('casework', 'tidemark_ro'));
    const audited = await tidemark(['audit', '--postgres', url.href, '--format', 'json'], { cwd: folderWith({}), env: { PGPASSWORD: PASSWORD } });
    expect(audited.stdout).not.toContain('defaults of other roles');
  }, 60_000);

  test('an extension of an older version, and none', async () => {
    await server.run(['drop extension pg_stat_statements', "create extension pg_stat_statements version '1.8'"], 'casework');
    const old = parsed(await doctor('tidemark_ro'));
    expect(checkOf(old, 'production', 'statement-version')).toMatchObject({ state: 'warning', remedy: { sql: ['ALTER EXTENSION pg_stat_statements UPDATE;'] } });
    expect(checkOf(old, 'production', 'statements')?.state).toBe('ok');
    await server.run('drop extension pg_stat_statements', 'casework');
    const none = await doctor('tidemark_ro');
    expect(none.code).toBe(3);
    expect(checkOf(parsed(none), 'production', 'statements')).toMatchObject({ state: 'not available', remedy: { sql: ['CREATE EXTENSION pg_stat_statements;'] } });
    await server.run('create extension pg_stat_statements', 'casework');
  }, 60_000);

  test.each(['drop', 'refuse'] as const)('through a pooler that would %s settings the guards hold, with a word on it', async (options) => {
    const pooler = await startPooler(server.port, options);
    try {
      const cwd = folderWith({});
      const ended = await tidemark(['doctor', '--postgres', `postgresql://tidemark_ro@127.0.0.1:${pooler.port}/casework`, '--format', 'json'], { cwd, env: { PGPASSWORD: PASSWORD } });
      expect(checkOf(parsed(ended), 'casework', 'session-guards')).toMatchObject({ state: 'warning', seen: 'a pooler drops settings of the connection; each transaction brings them along instead' });
      expect(ended.code).toBe(0);
    } finally {
      await pooler.stop();
    }
  }, 30_000);

  test('what goes wrong with a connection is one line with the next step, and costs that store only', async () => {
    const yaml = `
stores:
  - { name: production, role: operational, engine: postgres, url: "${server.url('casework', 'tidemark_ro')}" }
  - { name: nowhere, role: replica, engine: postgres, url: "postgresql://tidemark_ro@127.0.0.1:1/casework" }
  - { name: unknown, role: replica, engine: postgres, url: "postgresql://tidemark_ro@no-such-host.invalid/casework" }
  - { name: missing, role: replica, engine: postgres, url: "${server.url('no_such_database', 'tidemark_ro')}" }
  - { name: encrypted, role: replica, engine: postgres, url: "${server.url('casework', 'tidemark_ro')}?sslmode=require" }
  - { name: nobody, role: replica, engine: postgres, url: "${server.url('casework', 'nobody')}" }
  - { name: unset, role: replica, engine: postgres, url: "postgresql://tidemark_ro:\${env:NOT_SET_ANYWHERE}@127.0.0.1/casework" }
`;
    const ended = await tidemark(['doctor', '--format', 'json'], { cwd: folderWith({ 'tidemark.yaml': yaml }), env: { PGPASSWORD: PASSWORD } });
    expect(ended.code).toBe(3);
    const found = parsed(ended);
    const line = (name: string): string => {
      const check = checkOf(found, name, 'connection');
      return `${check?.state}: ${check?.seen} → ${check?.remedy?.text}`.replaceAll(String(server.port), 'PORT');
    };
    expect(['nowhere', 'unknown', 'missing', 'encrypted', 'nobody', 'unset'].map(line)).toMatchInlineSnapshot(`
      [
        "not available: 127.0.0.1:1/casework: nothing listens there (ECONNREFUSED) → Start the server, or correct host and port.",
        "not available: no-such-host.invalid:5432/casework: the host name does not resolve (ENOTFOUND) → Correct the host name, or look at DNS and VPN.",
        "not available: 127.0.0.1:PORT/no_such_database: database "no_such_database" does not exist (3D000) → Correct the database name.",
        "not available: 127.0.0.1:PORT/casework: the server does not support TLS → Set sslmode=prefer, or ssl = on in the server.",
        "not available: 127.0.0.1:PORT/casework: password authentication failed for user "nobody" (28P01) → Correct the password of nobody in PGPASSWORD, ~/.pgpass or the URL.",
        "not available: NOT_SET_ANYWHERE is not set → Set NOT_SET_ANYWHERE in the environment.",
      ]
    `);
    expect(states(found, 'production')['statements']).toBe('ok');
  }, 60_000);

  test('no secret is printed, in no form', async () => {
    const cwd = folderWith({ 'tidemark.yaml': `stores:\n  - { name: production, role: operational, engine: postgres, url: "postgresql://consultant:\${env:DB_PASSWORD}@127.0.0.1:${server.port}/casework" }\n` });
    const env = { DB_PASSWORD: `${PASSWORD}-wrong` };
    const all = await Promise.all([[], ['--format', 'json'], ['--sql'], ['--debug']].map((args) => tidemark(['doctor', ...args], { cwd, env })));
    for (const { stdout, stderr, code } of all) {
      expect(`${stdout}${stderr}`).not.toContain(PASSWORD);
      expect(code).toBe(3);
    }
  }, 60_000);
});

describe('a DuckDB file', () => {
  let folder: string;
  let loader: ChildProcess | null = null;

  beforeAll(async () => {
    folder = folderWith({ 'notes.duckdb': 'no database at all', 'tidemark.yaml': '' });
    const instance = await DuckDBInstance.create(path.join(folder, 'warehouse.duckdb'));
    const connection = await instance.connect();
    await connection.run('create schema analytics; create table analytics.fact_case (case_id int, opened_at timestamp);');
    connection.closeSync();
    instance.closeSync();
  });
  afterAll(async () => {
    if (loader === null) return;
    const exit = once(loader, 'exit');
    loader.stdin?.write('done\n');
    await exit;
  });

  const doctor = (file: string): Promise<Ended> => tidemark(['doctor', '--duckdb', file, '--format', 'json'], { cwd: folder });

  test('is read, and control tables that are not there are told', async () => {
    const ended = await doctor('warehouse.duckdb');
    expect(states(parsed(ended), 'warehouse')).toEqual({ file: 'ok', writer: 'ok', catalogue: 'ok', 'control-tables': 'warning' });
    expect(ended.code).toBe(0);
  });

  test('with a loader at work is read through a copy, and the loader goes on', async () => {
    const script = `
      import { DuckDBInstance } from '@duckdb/node-api';
      const instance = await DuckDBInstance.create(process.argv[1]);
      const connection = await instance.connect();
      await connection.run("insert into analytics.fact_case values (1, '2026-06-01')");
      console.log('loaded');
      process.stdin.once('data', () => { connection.closeSync(); instance.closeSync(); process.exit(0); });`;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    loader = spawn(process.execPath, ['--input-type=module', '-e', script, path.join(folder, 'warehouse.duckdb')], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    await once(loader.stdout ?? loader, 'data');
    const ended = await doctor('warehouse.duckdb');
    expect(ended.code).toBe(0);
    expect(checkOf(parsed(ended), 'warehouse', 'writer')?.seen).toMatch(/^a write-ahead log of .*: a loader has it open, or was cut off; read through a copy, log included$/);
  });

  test('where no copy can be made is read itself, with what that means for a watch', async () => {
    const cwd = folderWith({});
    const instance = await DuckDBInstance.create(path.join(cwd, 'quiet.duckdb'));
    instance.closeSync();
    const ended = await tidemark(['doctor', '--duckdb', 'quiet.duckdb', '--format', 'json'], { cwd, env: { TMPDIR: '/no-such-folder' } });
    expect(checkOf(parsed(ended), 'quiet', 'writer')).toMatchObject({ state: 'warning', remedy: { text: 'Set TMPDIR to a folder that can be written to, or run tidemark when the loader has closed it.' } });
    expect(ended.code).toBe(0);
  });

  test('that is none, and none at all', async () => {
    const none = await doctor('notes.duckdb');
    expect(none.code).toBe(3);
    expect(checkOf(parsed(none), 'notes', 'connection')?.seen).toMatch(/notes\.duckdb: it is not a DuckDB database file$/);
    expect(checkOf(parsed(await doctor('gone.duckdb')), 'gone', 'connection')?.seen).toMatch(/gone\.duckdb: there is no such file$/);
  });
});

describe('usage', () => {
  test('with nothing to look at says how to name a store, and that SQL is there all the same', async () => {
    const cwd = folderWith({ '.git/HEAD': '' });
    const ended = await tidemark(['doctor'], { cwd });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatchInlineSnapshot(`
      "tidemark: there is nothing to look at: no tidemark.yaml in this folder or above it
        name a store or dashboards, as in --postgres postgresql://audit_ro@db.example/casework --dashboards exports/
        or write a tidemark.yaml; tidemark schema prints what it may hold
        tidemark doctor --sql prints a role that may look at any database, before there is anything else
      "
    `);
    const sql = await tidemark(['doctor', '--sql'], { cwd });
    expect(sql.code).toBe(0);
    expect(sql.stdout).toContain('GRANT CONNECT ON DATABASE :"DBNAME" TO tidemark_ro;');
  });

  test.each([
    [['--format', 'sarif'], "doctor has no format 'sarif'"],
    [['--sql', '--format', 'json'], '--sql prints SQL, which has no other format'],
    [['--role', '', '--sql'], '--role is no name of a role'],
    [['--store', 'productoin'], "there is no store 'productoin'; did you mean 'production'?"],
    [['--sql'], 'the SQL is for one database, and there are 2 stores with roles'],
    [['--sql', '--store', 'warehouse'], 'there is no store with roles: a DuckDB file has none'],
  ])('%s is refused', async (args, message) => {
    const yaml = 'stores:\n  - { name: production, role: operational, engine: postgres, url: "postgresql://a@127.0.0.1:1/x" }\n  - { name: other, role: replica, engine: postgres, url: "postgresql://a@127.0.0.1:1/y" }\n  - { name: warehouse, role: warehouse, engine: duckdb, url: w.duckdb }\n';
    const ended = await tidemark(['doctor', ...args], { cwd: folderWith({ 'tidemark.yaml': yaml }) });
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(2);
  });

  test('a variable that is not set costs the store that needs it, wherever it stands in the address', async () => {
    const yaml = 'stores:\n  - { name: production, role: operational, engine: postgres, url: "postgresql://a@127.0.0.1:${env:PORT_NOT_SET}/${env:NAME_NOT_SET}" }\n';
    const ended = await tidemark(['doctor', '--format', 'json'], { cwd: folderWith({ 'tidemark.yaml': yaml }) });
    expect(checkOf(parsed(ended), 'production', 'connection')?.seen).toBe('NAME_NOT_SET and PORT_NOT_SET are not set');
  });

  test('sources and files that the configuration names are looked at', async () => {
    const cwd = folderWith({
      'tidemark.yaml': 'sources:\n  - path: exports\n  - path: gone\n  - { tool: metabase, url: "https://127.0.0.1:1", token: "${env:METABASE_NOT_SET}" }\ndbt: [target]\n',
      'exports/open-cases.sql': '-- owner: Reporting\nSELECT count(*) FROM app.case_file;\n',
    });
    const ended = await tidemark(['doctor', '--format', 'json'], { cwd });
    expect(ended.code).toBe(3);
    const found = parsed(ended);
    expect(found.subjects.map(({ name, checks }) => [name, checks.map(({ id, state, seen }) => `${id} ${state}: ${seen.replace(cwd, 'FOLDER').replace(/git|[\d.]+:/g, '…')}`)])).toMatchInlineSnapshot(`
      [
        [
          "configuration",
          [
            "file ok: 0 stores, 3 sources, 0 data products, 0 pairs to reconcile",
            "environment warning: not set: METABASE_NOT_SET",
            "path not available: FOLDER/target does not exist or may not be read",
            "git ok: … names who wrote what nobody owns",
          ],
        ],
        [
          "exports",
          [
            "files ok: 1 file, 1 query (sql-files 1)",
          ],
        ],
        [
          "gone",
          [
            "files not available: the path does not exist",
          ],
        ],
        [
          "https://127.0.0.1:1",
          [
            "tool not available: METABASE_NOT_SET is not set",
          ],
        ],
      ]
    `);
  });
});
