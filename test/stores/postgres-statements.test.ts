import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gap } from '../../src/model/snapshot.js';
import { engine } from '../../src/stores/postgres.js';
import type { Reading, StatementReading } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

async function statements(server: TestServer, database: string): Promise<Reading<StatementReading>> {
  const store = await engine.open({ name: 'production', url: server.url(database, 'tidemark', 'spring tide') }, noContext);
  try {
    return await store.statements();
  } finally {
    await store.close();
  }
}

const ROLES = ["create role tidemark login password 'spring tide'", 'grant pg_monitor to tidemark', 'create role casework_app'];
const asGap = (missing: string, cause: string, remedy: string): Gap => ({ subject: 'production', missing, cause, remedy, severity: 'partial' });

describe('pg_stat_statements on a server that has it', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer());
    await server.run(ROLES);
    for (const database of ['casework', 'archive', 'legacy']) await server.run(`create database ${database}`);
    await server.run(['create extension pg_stat_statements', 'create table case_file (case_id int, note text)', 'grant all on case_file to casework_app'], 'casework');
    await server.run(['create schema extensions', "create extension pg_stat_statements schema extensions version '1.7'"], 'legacy');
    await server.run('grant usage on schema extensions to public', 'legacy');
  });
  afterAll(() => server.stop());

  it('says that the extension is missing in this database, and how to create it', async () => {
    const { value, gaps } = await statements(server, 'archive');
    expect(value).toEqual({ statements: [], window: null });
    expect(gaps).toEqual([
      asGap('all statement statistics', 'the extension pg_stat_statements is not installed in this database', 'CREATE EXTENSION pg_stat_statements;'),
    ]);
  });

  it('reads an old version of the extension in another schema', async () => {
    await server.run('select 1 as case_id, 2 as officer_id', 'legacy');
    const { value, gaps } = await statements(server, 'legacy');
    expect(gaps).toEqual([]);
    expect(value.statements.filter((s) => s.text === 'select $1 as case_id, $2 as officer_id')).toEqual([
      expect.objectContaining({ role: 'postgres', calls: 1, rows: 1, planning_ms: null, wal_bytes: null, toplevel: true }),
    ]);
    expect(value.window).toMatchObject({ since: null, evictions: null, entries_max: 5000 });
  });

  it('names the grant where the schema of the extension is closed', async () => {
    await server.run('revoke usage on schema extensions from public', 'legacy');
    const { value, gaps } = await statements(server, 'legacy');
    await server.run('grant usage on schema extensions to public', 'legacy');
    expect(value.window).toBeNull();
    expect(gaps).toEqual([
      asGap(
        'all statement statistics',
        'the extension is in schema extensions, which tidemark may not use',
        'GRANT USAGE ON SCHEMA extensions TO tidemark;',
      ),
    ]);
  });

  it('says when nothing is tracked', async () => {
    await server.run("alter database casework set pg_stat_statements.track = 'none'");
    const { gaps } = await statements(server, 'casework');
    await server.run('alter database casework reset pg_stat_statements.track');
    expect(gaps).toEqual([
      asGap(
        'statements since pg_stat_statements.track was set to none',
        'nothing is tracked',
        "ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf();",
      ),
    ]);
  });

  it('knows the planning time only where it is tracked', async () => {
    await server.run(['set pg_stat_statements.track_planning = on', 'select note from case_file'], 'casework');
    await server.run('alter database casework set pg_stat_statements.track_planning = on');
    const { value } = await statements(server, 'casework');
    await server.run('alter database casework reset pg_stat_statements.track_planning');
    expect(value.statements.find((s) => s.text === 'select note from case_file')?.planning_ms).toBeGreaterThan(0);
  });

  it('takes texts with escape sequences, of a megabyte and with deep nesting as they are, cut at a known length', async () => {
    await server.run(
      [
        'set role casework_app',
        'select case_id as "\u001b[31mred\u001b[0m" from case_file',
        `select ${'('.repeat(2_000)}case_id + case_id${')'.repeat(2_000)} from case_file`,
        `select case_id from case_file where note in ('late') /* ${'x'.repeat(1_000_000)} */`,
      ],
      'casework',
    );
    const { value, gaps } = await statements(server, 'casework');
    expect(gaps).toEqual([]);
    const named = (start: string): unknown[] =>
      value.statements.filter((s) => s.text?.startsWith(start)).map((s) => [s.role, s.textState, s.text?.length]);
    expect(named('select case_id as "\u001b[31mred\u001b[0m" from')).toEqual([['casework_app', 'full', 47]]);
    expect(named('select ((((')).toEqual([['casework_app', 'full', 4_039]]);
    expect(named('select case_id from case_file where note in ($1')).toEqual([['casework_app', 'truncated', 262_144]]);
  });

  it('names a role that is gone by its number', async () => {
    await server.run(['create role seconded', 'grant all on case_file to seconded'], 'casework');
    await server.run(['set role seconded', 'delete from case_file where case_id = 0'], 'casework');
    await server.run(['revoke all on case_file from seconded', 'drop role seconded'], 'casework');
    const { value } = await statements(server, 'casework');
    const orphan = value.statements.filter((s) => s.text?.startsWith('delete from case_file'));
    expect(orphan.map((s) => s.role)).toEqual([expect.stringMatching(/^dropped role \d+$/)]);
  });

  it('tells lost texts from hidden ones', async () => {
    rmSync(join(server.dataFolder, 'pg_stat_tmp/pgss_query_texts.stat'));
    const { value, gaps } = await statements(server, 'casework');
    expect(gaps).toEqual([]);
    expect(value.statements.length).toBeGreaterThan(0);
    expect(new Set(value.statements.map((s) => `${s.textState} ${s.text} ${s.queryId === null}`))).toEqual(new Set(['lost null false']));
  });
});

describe('pg_stat_statements on a server that has not loaded it', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer(), { settings: { shared_preload_libraries: "'auto_explain'" } });
    await server.run([...ROLES, 'create role bare login', 'create database casework', 'create database archive']);
    await server.run('create extension pg_stat_statements', 'casework');
  });
  afterAll(() => server.stop());

  it('keeps the libraries that are loaded in the remedy', async () => {
    expect((await statements(server, 'archive')).gaps).toEqual([
      asGap(
        'all statement statistics',
        'the extension pg_stat_statements is neither installed in this database nor loaded by the server',
        "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements'; Restart the server, then: CREATE EXTENSION pg_stat_statements;",
      ),
    ]);
    expect((await statements(server, 'casework')).gaps).toEqual([
      asGap(
        'all statement statistics',
        'the extension pg_stat_statements is installed but not loaded by the server',
        "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'pg_stat_statements'; Restart the server.",
      ),
    ]);
  });

  it('does not guess them without the right to see them', async () => {
    await server.run('revoke pg_monitor from tidemark');
    const { gaps } = await statements(server, 'casework');
    await server.run('grant pg_monitor to tidemark');
    expect(gaps.map((gap) => gap.remedy)).toEqual([
      'Add pg_stat_statements to shared_preload_libraries (SHOW shared_preload_libraries; shows what it holds now). Restart the server.',
    ]);
  });
});
