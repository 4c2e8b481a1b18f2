import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScratchError, type ScratchEngine, type ScratchSpace } from '../../src/model/scratch-engine.js';
import { scratchEngine } from '../../src/scratch/index.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';

/** Schemas and queries are texts of others: none reaches the machine, and none stops the engine. */

const engines: Record<'pglite' | 'duckdb', ScratchEngine> = { pglite: scratchEngine('pglite'), duckdb: scratchEngine('duckdb') };

afterAll(async () => {
  await engines.pglite.close();
  await engines.duckdb.close();
});

async function outcome(kind: 'pglite' | 'duckdb', work: (space: ScratchSpace) => Promise<unknown>): Promise<unknown> {
  const space = await engines[kind].open();
  try {
    return await work(space).catch((error: unknown) => {
      if (error instanceof ScratchError) return error.message;
      throw error;
    });
  } finally {
    await space.close();
  }
}

async function isUsable(kind: 'pglite' | 'duckdb'): Promise<boolean> {
  const answer = await outcome(kind, async (space) => (await space.rows('select 1')).rows);
  return JSON.stringify(answer) === '[["1"]]';
}

const TARGET = '/tmp/tidemark-hostile-statement';

describe('PGlite', () => {
  test.each([
    ['a program', `copy (select 1) to program 'touch ${TARGET}'`],
    ['a program that is read', `create table answer (line text); copy answer from program 'touch ${TARGET}'`],
    ['a file', `copy (select 1) to '${TARGET}'`],
    ['a large object', `select lo_export(lo_from_bytea(0, 'x'), '${TARGET}')`],
  ])('writes %s in its own world only', async (_, sql) => {
    await outcome('pglite', (space) => space.run(sql));
    expect(existsSync(TARGET)).toBe(false);
    expect(await isUsable('pglite')).toBe(true);
  });

  test('reads no file of the machine', async () => {
    expect(await outcome('pglite', (space) => space.rows("select pg_read_file('/etc/passwd')"))).toBe('could not open file "/etc/passwd" for reading: No such file or directory');
    expect(await outcome('pglite', (space) => space.run("create table passwd (line text); copy passwd from '/etc/passwd'"))).toBe('could not open file "/etc/passwd" for reading: No such file or directory');
  });

  test.each(['commit', 'rollback', 'commit and chain; select 1', 'rollback to tidemark_call; rollback'])('is started anew after `%s`', async (sql) => {
    await outcome('pglite', (space) => space.run(`create schema app; create table app.case_file (case_id int)`).then(() => space.run(sql)));
    expect(await outcome('pglite', async (space) => (await space.rows("select count(*) from pg_namespace where nspname = 'app'")).rows)).toEqual([['0']]);
  });

  test('is started anew after a first call that ends the transaction and begins another', async () => {
    await outcome('pglite', (space) => space.run('create schema app; commit and chain'));
    expect(await outcome('pglite', async (space) => (await space.rows("select count(*) from pg_namespace where nspname = 'app'")).rows)).toEqual([['0']]);
  });

  test('survives texts that are nested or repeated without end', async () => {
    const deep = `select ${'('.repeat(50_000)}1${')'.repeat(50_000)}`;
    expect(typeof (await outcome('pglite', (space) => space.rows(deep)))).toBe('string');
    const recursive = "create function f(n int) returns int language sql as 'select 1'; create or replace function f(n int) returns int language sql as 'select f(n + 1)'; select f(1)";
    expect(typeof (await outcome('pglite', (space) => space.run(recursive)))).toBe('string');
    expect(await isUsable('pglite')).toBe(true);
  });

  test('takes no more memory than it may', async () => {
    const bomb = "select length(string_agg(repeat('x', 100000000) || n, '')) from generate_series(1, 40) n";
    expect(await outcome('pglite', (space) => space.rows(bomb))).toBe('out of memory');
    expect(await isUsable('pglite')).toBe(true);
  });

  test('is cut off in a CHECK that never ends', async () => {
    const ddl = "create function slow(n int) returns boolean language plpgsql as 'begin loop null; end loop; end'; create table case_file (case_id int check (slow(case_id)))";
    const told = await outcome('pglite', async (space) => {
      await space.run(ddl);
      space.limit(300);
      await space.insert({ schema: 'public', name: 'case_file' }, [{ name: 'case_id', type: 'integer' }], [['1']]);
    });
    expect(told).toBe('no answer within 0.3 seconds');
    expect(await isUsable('pglite')).toBe(true);
  });
});

describe('DuckDB', () => {
  test.each([
    ["select * from read_csv('/etc/passwd')", 'Permission Error: Cannot access file "/etc/passwd" - file system operations are disabled by configuration'],
    [`copy (select 1) to '${TARGET}'`, `Permission Error: Cannot access file "${TARGET}" - file system operations are disabled by configuration`],
    [`attach '${TARGET}' as other`, `Permission Error: Cannot access file "${TARGET}" - file system operations are disabled by configuration`],
    ["set memory_limit = '100GB'", 'Invalid Input Error: Cannot change configuration option "memory_limit" - the configuration has been locked'],
    ['set enable_external_access = true', 'Invalid Input Error: Cannot change configuration option "enable_external_access" - the configuration has been locked'],
  ])('refuses `%s`', async (sql, message) => {
    expect(await outcome('duckdb', (space) => space.run(sql))).toBe(message);
    expect(existsSync(TARGET)).toBe(false);
  });

  test('goes on after a value that needs more memory than it has', async () => {
    const told = await outcome('duckdb', (space) => {
      space.limit(3_000);
      return space.rows("select list(repeat('x', 100000000) || n) from range(40) t(n)");
    });
    expect(told).toMatch(/Out of Memory|no answer within/);
    expect(await isUsable('duckdb')).toBe(true);
  });
});

describe('a scratch server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer(bundledServer());
    await server.run(["create role maker login createdb password 'x'", "create role guest login password 'x'", "create database empty", "create database used", "grant create on database empty to guest"]);
    await server.run(['grant create on schema public to guest'], 'empty');
    await server.run(['create schema app', 'create table app.case_file (case_id int)'], 'used');
  });

  afterAll(async () => {
    await server.stop();
  });

  async function told(url: string): Promise<string> {
    const engine = scratchEngine({ url });
    try {
      const space = await engine.open();
      await space.run('create table case_file (case_id int)');
      await space.close();
      return engine.label;
    } catch (error) {
      if (error instanceof ScratchError) return error.message;
      throw error;
    } finally {
      await engine.close();
    }
  }

  async function databases(): Promise<string> {
    const engine = scratchEngine({ url: server.url('empty', 'guest', 'x') });
    const space = await engine.open();
    const { rows } = await space.rows('select datname from pg_database order by 1');
    await space.close();
    await engine.close();
    return rows.flat().join(' ');
  }

  test('gets a database of its own, which is gone afterwards', async () => {
    expect(await told(server.url('used', 'maker', 'x'))).toMatch(/^PostgreSQL 18[.\d\w]* \(scratch server\)$/);
    expect(await databases()).toBe('empty postgres template0 template1 used');
  });

  test('is used in an empty database where its role may make none', async () => {
    expect(await told(server.url('empty', 'guest', 'x'))).toMatch(/^PostgreSQL 18/);
    expect(await told(server.url('empty', 'guest', 'x'))).toMatch(/^PostgreSQL 18/);
  });

  test('is refused with the next step where it holds something, or where its role could reach the machine', async () => {
    expect(await told(server.url('used', 'guest', 'x'))).toMatchInlineSnapshot(`"the database used of the scratch server is not empty, and its role may not create another: give the role CREATEDB, or name an empty database"`);
    expect(await told(server.url('empty'))).toMatchInlineSnapshot(`"the scratch server is connected to as a superuser, or as a role that reaches the files of its machine: queries of dashboards run there, so name a role without such rights"`);
    expect(await told(server.url('empty', 'guest', 'wrong'))).toMatchInlineSnapshot(`"the scratch server cannot be connected to: password authentication failed for user "guest""`);
    expect(await told('nonsense')).toMatchInlineSnapshot(`"the scratch server cannot be connected to: its URL cannot be read"`);
  });
});
