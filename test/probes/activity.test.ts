import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { probe as activity } from '../../src/probes/activity.js';
import { probe as statements } from '../../src/probes/statements.js';
import { probe as throughput } from '../../src/probes/throughput.js';
import type { LiveSession } from '../../src/probes/probe.js';
import { runsOf, openProduction } from '../support/live-session.js';
import { installedServers, startServer, type TestServer } from '../support/postgres.js';

const password = 'spring tide';

async function connect(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  // Servers are stopped under it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe.each(installedServers())('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  let officer: pg.Client;
  let monitor: LiveSession;
  let stranger: LiveSession;

  beforeAll(async () => {
    server = await startServer(binaries, { settings: { track_activities: 'on' } });
    await server.run([
      'create schema statistics',
      'create extension pg_stat_statements schema statistics',
      'grant usage on schema statistics to public',
      'create table case_file (case_id int primary key, status text not null)',
      "insert into case_file select n, 'OPEN' from generate_series(1, 200) n",
      `create role case_app login password '${password}'`,
      'grant select, update on case_file to case_app',
      `create role tidemark login password '${password}'`,
      'grant pg_monitor to tidemark',
      `create role stranger login password '${password}'`,
    ]);
    officer = await connect(server.url('postgres', 'case_app', password), 'casework');
    monitor = await openProduction(server.url('postgres', 'tidemark', password));
    stranger = await openProduction(server.url('postgres', 'stranger', password));
  });

  afterAll(async () => {
    await officer.end();
    await monitor.close();
    await stranger.close();
    await server.stop();
  });

  it('bounds the session itself, read-only and in time', async () => {
    const row = z.object({ name: z.string(), setting: z.string() });
    const found = await monitor.query(
      row,
      `select name, setting from pg_settings where source = 'client' and name not in ('application_name', 'client_encoding', 'DateStyle', 'IntervalStyle', 'TimeZone', 'extra_float_digits', 'search_path') order by name`,
    );
    expect(Object.fromEntries(found.map(({ name, setting }) => [name, setting]))).toEqual({
      client_min_messages: 'warning',
      default_transaction_read_only: 'on',
      idle_in_transaction_session_timeout: '5000',
      ...(binaries.major >= 14 ? { idle_session_timeout: '600000' } : {}),
      jit: 'off',
      lock_timeout: '200',
      max_parallel_workers_per_gather: '0',
      statement_timeout: '2000',
      ...(binaries.major >= 17 ? { transaction_timeout: '10000' } : {}),
    });
    expect(monitor.version_num).toBeGreaterThanOrEqual(binaries.major * 10_000);
    expect(monitor.asOf()).toBeNull();
  });

  it('gives a statement more time than the session where it is asked for, and not a transaction of ten seconds only', async () => {
    const row = z.object({ statement: z.string(), transaction: z.string().nullable() });
    const sql = "select current_setting('statement_timeout') as statement, current_setting('transaction_timeout', true) as transaction";
    expect(await monitor.query(row, sql, { deadline_ms: 30_000 })).toEqual([
      { statement: '30s', transaction: binaries.major >= 17 ? '0' : null },
    ]);
    expect(await monitor.query(row, sql)).toEqual([{ statement: '2s', transaction: binaries.major >= 17 ? '10s' : null }]);
  });

  it('activity tells who keeps a transaction open, and who waits for a lock', async () => {
    await officer.query("begin; update case_file set status = 'CLOSED' where case_id = 7");
    const waiting = await connect(server.url('postgres', 'case_app', password), 'closing run');
    const blocked = waiting.query("update case_file set status = 'CLOSED' where case_id = 7");
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const seen = await runsOf(activity, monitor)();
    const unseen = await runsOf(activity, stranger)();
    await officer.query('rollback');
    await blocked;
    await waiting.end();

    expect(seen).toMatchObject({ sees_all: true, connections_max: 100, idle_in_transaction: 1, lock_waiters: 1, active: 1 });
    // The two, the two sessions of ours, and nobody else.
    expect(seen.connections).toBe(4);
    expect(seen.oldest_xmin_age).not.toBeNull();
    const holder = seen.transactions.find(({ session_state }) => session_state === 'idle in transaction');
    expect(holder).toMatchObject({ role: 'case_app', application_name: 'casework', writes: true, holds_xmin: true });
    expect(holder?.age_seconds).toBeGreaterThan(1);
    expect(holder?.state_age_seconds).toBeGreaterThan(1);
    expect(holder?.state_age_seconds).toBeLessThanOrEqual(holder?.age_seconds ?? 0);
    expect(seen.transactions.find(({ application_name }) => application_name === 'closing run')?.query_id ?? null).toEqual(
      binaries.major >= 14 ? expect.stringMatching(/^-?\d+$/) : null,
    );

    // It may count connections, sees nobody's state, and says so instead of calling it calm.
    expect(unseen).toMatchObject({ sees_all: false, connections: 4, active: 0, lock_waiters: 0, oldest_xmin_age: null, transactions: [] });
  });

  it('throughput counts what the database does, for every role', async () => {
    const run = runsOf(throughput, stranger);
    const before = await run();
    await officer.query("update case_file set status = 'REOPENED' where case_id <= 50");
    await officer.query('select pg_sleep(1.2)');
    // Up to 14 a session hands its counters over when it next ends a transaction, at most twice a second.
    await officer.query('select 1');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const after = await run();
    expect(after.rows_changed - before.rows_changed).toBe(50);
    expect(after.commits).toBeGreaterThan(before.commits);
    expect(after.rollbacks).toBeGreaterThanOrEqual(before.rollbacks);
    expect(after.server_time).toBeGreaterThan(before.server_time);
  });

  it('statements tells what has run since the last look, with masked texts, and nothing of tidemark', async () => {
    const run = runsOf(statements, monitor);
    const first = await run();
    expect(first).toMatchObject({ first: true, over_seconds: 0, work: [], reset: false });
    for (let call = 0; call < 3; call++) await officer.query("select count(*) as open_cases from case_file where status = 'OPEN'");
    // So many that their texts are read at once.
    for (let column = 1; column <= 20; column++) await officer.query(`select ${Array(column).fill('1').join(', ')}`);
    const second = await run();
    const [work] = second.work.filter(({ role, calls }) => role === 'case_app' && calls === 3);
    expect(work).toMatchObject({ toplevel: true, rows: 3, entered: true, restarted: false });
    expect(work?.execution_ms).toBeGreaterThan(0);
    expect(work?.shared_blocks).toBeGreaterThan(0);
    expect(second.texts.find(({ query_id }) => query_id === work?.query_id)).toEqual({
      role: 'case_app',
      query_id: work?.query_id,
      toplevel: true,
      text: 'select count(*) as open_cases from case_file where status = $1',
    });
    expect(second.own_ms).toBeGreaterThan(0);
    expect(second.work.map(({ role }) => role)).not.toContain('tidemark');
    expect(second.over_seconds).toBeGreaterThan(0);
    expect(second.entries).toBeGreaterThan(3);
    expect(second.entries_max).toBe(5000);
    expect(second.evictions).toBe(binaries.major >= 14 ? 0 : null);

    await officer.query("select count(*) as open_cases from case_file where status = 'OPEN'");
    const third = await run();
    expect(third.work.find(({ query_id }) => query_id === work?.query_id)).toMatchObject({ calls: 1, entered: false });
    expect(third.texts).toEqual([]);
  });

  it('statements keeps calls and times of hidden statements, one sum for each role', async () => {
    const run = runsOf(statements, stranger);
    await run();
    await officer.query('select min(case_id) from case_file');
    await officer.query('select max(case_id) from case_file');
    const { work, texts, own_ms } = await run();
    expect(work.filter(({ role }) => role === 'case_app')).toMatchObject([{ role: 'case_app', query_id: null, calls: 2, entered: false }]);
    expect(texts.map(({ role }) => role)).not.toContain('case_app');
    expect(own_ms).toBeGreaterThan(0);
  });

  it('statements tells a reset of everything from one of a single statement', async () => {
    const counted = 'select count(*) as closed_cases from case_file';
    const run = runsOf(statements, monitor);
    for (let call = 0; call < 5; call++) await officer.query(counted);
    await run();
    const ids = await server_ids(server, 'closed_cases');
    await server.run(`select statistics.pg_stat_statements_reset(0, 0, ${ids})`);
    for (let call = 0; call < 2; call++) await officer.query(counted);
    const single = await run();
    expect(single.reset).toBe(false);
    expect(single.work.find(({ query_id }) => query_id === ids)).toMatchObject({ calls: 2, restarted: true, entered: false });

    await server.run('select statistics.pg_stat_statements_reset()');
    for (let call = 0; call < 4; call++) await officer.query(counted);
    const whole = await run();
    // Before 14 the server does not tell when it was: only a time that went down gives it away, and these calls are quick.
    expect(whole.reset).toBe(binaries.major >= 14);
    expect(binaries.major >= 14 ? [4] : [2, 4]).toContain(whole.work.find(({ query_id }) => query_id === ids)?.calls);

    await officer.query(counted);
    const after = await run();
    expect(after.reset).toBe(false);
    expect(after.work.find(({ query_id }) => query_id === ids)).toMatchObject({ calls: 1, restarted: false });
  });
});

async function server_ids(server: TestServer, word: string): Promise<string> {
  const client = await connect(server.url(), 'test');
  const found = await client.query({ text: `select queryid::text from statistics.pg_stat_statements where query like '%as ${word}%' and query not like '%queryid%'`, rowMode: 'array' });
  const ended = once(client, 'end');
  await client.end();
  await ended;
  return z.array(z.tuple([z.string()])).parse(found.rows)[0]?.[0] ?? '';
}
