import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gap } from '../../src/model/snapshot.js';
import { engine } from '../../src/stores/postgres.js';
import { knownTextKey, type KnownStatements, type Reading, type StatementReading } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

async function statements(server: TestServer, database: string, known?: KnownStatements): Promise<Reading<StatementReading>> {
  const store = await engine.open({ name: 'production', url: server.url(database, 'tidemark', 'spring tide') }, noContext);
  try {
    return await store.statements(known);
  } finally {
    await store.close();
  }
}

function knownOf({ value }: Reading<StatementReading>): KnownStatements {
  const texts = new Map(value.statements.flatMap(({ role, queryId, toplevel, text, textState: state }) => (queryId === null ? [] : [[knownTextKey({ role, queryId, toplevel }), { role, toplevel, text, state }] as const])));
  return { texts, own: new Set(value.own) };
}

function textsOf({ value }: Reading<StatementReading>): string[] {
  return value.statements.filter(({ text }) => text?.includes('bytes_before') !== true).map(({ role, textState, text }) => `${role} ${textState} ${text}`);
}

async function one(server: TestServer, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url('casework') });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: string }>(sql);
    return rows[0]?.n ?? '';
  } finally {
    await client.end();
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
    expect(value).toEqual({ statements: [], own: [], window: null });
    expect(gaps).toEqual([
      asGap('all statement statistics', 'the extension pg_stat_statements is not installed in this database', 'CREATE EXTENSION pg_stat_statements;'),
    ]);
  });

  it('reads an old version of the extension in another schema', async () => {
    await server.run('select 1 as case_id, 2 as officer_id', 'legacy');
    const { value, gaps } = await statements(server, 'legacy');
    expect(gaps).toEqual([]);
    expect(value.statements.filter((s) => s.text === 'select $1 as case_id, $2 as officer_id')).toEqual([
      expect.objectContaining({ role: 'postgres', calls: 1, rows: 1, planning_ms: null, wal_bytes: null, toplevel: true, jit_ms: null, parallelWorkers: null, since: null }),
    ]);
    const [one] = value.statements.filter((s) => s.text === 'select $1 as case_id, $2 as officer_id');
    expect(one?.longest_ms).toBe(one?.execution_ms);
    expect(one?.deviation_ms).toBe(0);
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

  it('keeps everything but the window where only that may not be asked for, and names the grant', async () => {
    await server.run('revoke execute on function pg_stat_statements_info() from public', 'casework');
    const { value, gaps } = await statements(server, 'casework');
    await server.run('grant execute on function pg_stat_statements_info() to public', 'casework');
    expect(value.statements.length).toBeGreaterThan(0);
    expect(value.window).toMatchObject({ since: null, evictions: null, entries_max: 5000 });
    expect(gaps).toEqual([
      asGap(
        'since when statements are counted, and how many were pushed out',
        'tidemark may not call public.pg_stat_statements_info()',
        'GRANT EXECUTE ON FUNCTION public.pg_stat_statements_info() TO tidemark;',
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

  it('says when exports and cursors are not tracked', async () => {
    await server.run('alter database casework set pg_stat_statements.track_utility = off');
    const { value, gaps } = await statements(server, 'casework');
    await server.run('alter database casework reset pg_stat_statements.track_utility');
    expect(value.window).toMatchObject({ tracked: 'top', tracksUtility: false });
    expect(gaps).toEqual([
      asGap(
        'exports by COPY, cursors and other utility statements',
        'pg_stat_statements.track_utility is off',
        'ALTER SYSTEM SET pg_stat_statements.track_utility = on; SELECT pg_reload_conf();',
      ),
    ]);
  });

  it('reads the counters that each version of the extension has, whatever the server', async () => {
    const counted = async (version: string): Promise<unknown> => {
      await server.run([`drop extension pg_stat_statements`, `create extension pg_stat_statements schema extensions version '${version}'`], 'legacy');
      await server.run('select 3 as case_id, 4 as officer_id, 5 as fee', 'legacy');
      const { value, gaps } = await statements(server, 'legacy');
      expect(gaps).toEqual([]);
      const entry = value.statements.find((s) => s.text?.endsWith('as fee'));
      return [version, entry?.jit_ms, entry?.parallelWorkers, entry?.since === null ? null : typeof entry?.since, typeof entry?.longest_ms, entry?.sharedBlocksDirtied];
    };
    expect([await counted('1.8'), await counted('1.9'), await counted('1.10'), await counted('1.11'), await counted('1.12')]).toEqual([
      ['1.8', null, null, null, 'number', 0],
      ['1.9', null, null, null, 'number', 0],
      ['1.10', 0, null, null, 'number', 0],
      ['1.11', 0, null, 'string', 'number', 0],
      ['1.12', 0, 0, 'string', 'number', 0],
    ]);
  });

  it('keeps the longest run, its deviation, and since when an entry counts', async () => {
    const before = new Date();
    await server.run(['set role casework_app', 'select pg_sleep(0.02)', 'select pg_sleep(0.06)'], 'casework');
    const { value } = await statements(server, 'casework');
    const slept = value.statements.find((s) => s.text === 'select pg_sleep($1)');
    expect(slept?.longest_ms).toBeGreaterThanOrEqual(60);
    expect(slept?.longest_ms).toBeLessThan(slept?.execution_ms ?? 0);
    // Of two runs it is half of their difference.
    expect(slept?.deviation_ms).toBeCloseTo((slept?.longest_ms ?? 0) - (slept?.execution_ms ?? 0) / 2, 3);
    expect(new Date(slept?.since ?? 0).getTime()).toBeGreaterThanOrEqual(before.getTime() - 1);
    const { until, startedAt, since } = value.window ?? {};
    expect([startedAt, since, slept?.since, until].map((time) => new Date(time ?? 0).toISOString() === time)).toEqual([true, true, true, true]);
    expect(new Date(until ?? 0).getTime()).toBeGreaterThanOrEqual(new Date(slept?.since ?? 0).getTime());
    expect(new Date(startedAt ?? 0).getTime()).toBeLessThan(before.getTime());
  });

  it('reads no text where an earlier look knows all of them', async () => {
    await server.run(['set role casework_app', 'select note from case_file where case_id = 11'], 'casework');
    const reads = "select coalesce(sum(s.calls), 0)::text as n from pg_stat_statements s where s.query like '%bytes_before%' and s.query not like '%coalesce(sum%'";
    await one(server, reads);
    const first = await statements(server, 'casework');
    const known = knownOf(first);
    const before = await one(server, reads);
    const second = await statements(server, 'casework', known);
    expect(await one(server, reads)).toBe(before);
    expect(textsOf(second)).toEqual(textsOf(first));
    expect(second.value.statements.filter(({ role }) => role === 'tidemark')).toEqual([]);
    expect(second.gaps).toEqual([]);

    await server.run(['set role casework_app', 'select note, case_id from case_file where case_id = 12'], 'casework');
    const third = await statements(server, 'casework', known);
    expect(await one(server, reads)).not.toBe(before);
    const unseen = textsOf(third).filter((text) => !textsOf(first).includes(text));
    // What this test itself has asked is new too.
    expect(unseen).toContain('casework_app full select note, case_id from case_file where case_id = $1');
    expect(unseen.filter((text) => text.startsWith('casework_app'))).toHaveLength(1);
  });

  it('takes what is new under its role for its own only where nobody else uses the role', async () => {
    const known = knownOf(await statements(server, 'casework'));
    const application = new pg.Client({ connectionString: server.url('casework', 'tidemark', 'spring tide'), application_name: 'case-api' });
    await application.connect();
    try {
      await application.query('select 1 as of_an_application');
      const { value } = await statements(server, 'casework', known);
      expect(value.statements.filter(({ role }) => role === 'tidemark').map(({ text }) => text)).toEqual(['select $1 as of_an_application']);
    } finally {
      await application.end();
    }
  });

  it('tells the first part of texts that are too many, whole those that take the most time, and how many they are', async () => {
    await server.run('select pg_stat_statements_reset()', 'casework');
    const client = new pg.Client({ connectionString: server.url('casework') });
    await client.connect();
    const columns = Array.from({ length: 9 }, (_, bit) => `c${bit}`);
    await client.query(`create table long_text (case_id int, ${columns.map((name) => `${name} int`).join(', ')})`);
    for (let number = 0; number < 400; number++) {
      const chosen = columns.filter((_, bit) => (number >> bit) & 1);
      // The last is the heaviest.
      const work = number === 399 ? ', pg_sleep(0.05)' : '';
      await client.query(`select ${['case_id', ...chosen].join(', ')}${work} from (select from pg_sleep(0)) x left join long_text on true where c0 is null /* ${'ä'.repeat(100_000)} */`);
    }
    await client.end();
    const { value, gaps } = await statements(server, 'casework');
    const of = value.statements.filter(({ text }) => text?.startsWith('select case_id'));
    const cut = of.filter(({ textState }) => textState === 'truncated');
    expect(cut.length).toBeGreaterThan(20);
    expect(new Set(cut.map(({ text }) => text?.length))).toEqual(new Set([2_000]));
    expect(of.filter(({ textState }) => textState === 'full').every(({ text }) => (text?.length ?? 0) > 100_000)).toBe(true);
    expect(of.find(({ text }) => text?.includes('pg_sleep($'))?.textState).toBe('full');
    expect(gaps.map(({ missing, cause, remedy }) => [missing.replace(/\d+ of \d+/, 'N of M').replace(/(less than 1|\d+) %/, 'P %'), cause, remedy])).toEqual([
      ['statement texts beyond the first 2000 characters: N of M statements with P % of the execution time', 'all texts together are longer than 64 MB', 'Lower pg_stat_statements.max, or reset the statistics once.'],
    ]);
    await server.run('select pg_stat_statements_reset()', 'casework');
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

  it('tells lost texts from hidden ones, also where the server writes on in the file that it lost', async () => {
    rmSync(join(server.dataFolder, 'pg_stat_tmp/pgss_query_texts.stat'));
    const look = async (): Promise<void> => {
      const { value, gaps } = await statements(server, 'casework');
      const lost = value.statements.filter(({ textState }) => textState === 'lost');
      expect(lost.length).toBeGreaterThan(10);
      expect(new Set(lost.map((s) => `${s.textState} ${s.text} ${s.queryId === null}`))).toEqual(new Set(['lost null false']));
      expect(gaps.map(({ missing, ...gap }) => ({ ...gap, missing: missing.replace(/\d+/g, 'N') }))).toEqual([
        asGap(
          'statement texts: N of N statements with N % of the execution time',
          'the server has lost them: its file of texts was damaged, removed or had grown too large',
          'Whoever owns the statistics may begin them anew, which sets every counter to 0: SELECT public.pg_stat_statements_reset();',
        ),
      ]);
    };
    await look();
    await server.run('select count(*) as written_behind_the_hole from case_file', 'casework');
    await look();
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
