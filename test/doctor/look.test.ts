import { afterAll, beforeAll, expect, test } from 'vitest';
import { examineStore } from '../../src/doctor/examine.js';
import { valueOf } from '../../src/doctor/facts.js';
import { lookAtPostgres, type LookOptions } from '../../src/doctor/look-postgres.js';
import { roleSqlUnseen } from '../../src/doctor/role-sql.js';
import { bundledServer, installedServers, startServer, type TestServer } from '../support/postgres.js';
import { PRIMARY, startStandby } from '../support/standby.js';
import { noContext } from '../support/store-context.js';
import { configured, PRODUCTION } from './facts.js';

const servers: TestServer[] = [];

beforeAll(async () => {
  for (const binaries of installedServers()) servers.push(await startServer(binaries));
}, 180_000);
afterAll(async () => {
  for (const server of servers) await server.stop();
});

const options = (changes: Partial<LookOptions> = {}): LookOptions => ({ configuration: configured([PRODUCTION]), context: noContext, now: () => Date.now() / 1000, elapsed: () => performance.now(), role: null, ...changes });

test('every version answers every question', async () => {
  expect(servers.length).toBeGreaterThan(0);
  for (const server of servers) {
    await server.run(['create extension pg_stat_statements', 'create table case_file (case_id int primary key)']);
    const control = { watermarks: 'public.case_file', pipelineRuns: null, columns: {} };
    const warehouse = { ...PRODUCTION, role: 'warehouse' as const, url: server.url() };
    const seen = await lookAtPostgres(warehouse, options({ configuration: configured([warehouse], { control }) }));
    const unread = Object.entries(seen).filter(([, part]) => typeof part === 'object' && part !== null && 'unread' in part);
    expect({ major: server.major, unread }).toEqual({ major: server.major, unread: [] });
    expect(valueOf(seen.relations)?.map(({ schema, name, selects }) => ({ schema, name, selects }))).toEqual([{ schema: 'public', name: 'case_file', selects: true }]);
    expect(valueOf(seen.texts)?.bytes).toBeGreaterThan(100);
  }
}, 60_000);

test('a managed service is known by its marks', async () => {
  const server = servers.at(-1);
  if (server === undefined) throw new Error('no server');
  await server.run(['create role rds_superuser']);
  const { hosting } = await lookAtPostgres({ ...PRODUCTION, url: server.url() }, options());
  await server.run(['drop role rds_superuser']);
  expect(hosting.name).toBe('Amazon RDS');
});

test('a standby answers every question too, and tells of its link', async () => {
  const binaries = bundledServer();
  const primary = await startServer(binaries, PRIMARY);
  try {
    const standby = await startStandby(binaries, primary, 'reports', 'reports');
    try {
      const replica = { ...PRODUCTION, role: 'replica' as const, url: standby.url() };
      const seen = await lookAtPostgres(replica, options());
      expect(Object.entries(seen).filter(([, part]) => typeof part === 'object' && part !== null && 'unread' in part)).toEqual([]);
      const { checks } = await examineStore({ store: replica, unset: [] }, options());
      expect(checks.find(({ id }) => id === 'standby')?.seen).toBe('hot_standby_feedback on, max_standby_streaming_delay 30000 ms; receiving');
      expect(checks.find(({ id }) => id === 'store-role')).toBeUndefined();
    } finally {
      await standby.stop();
    }
  } finally {
    await primary.stop();
  }
}, 60_000);

test('a server that dies half-way costs what was not asked before, in one line', async () => {
  const server = servers[0];
  if (server === undefined) throw new Error('no server');
  let asked = 0;
  // The clock is read around the question for the server's own time, so that the end comes between two questions.
  const now = (): number => {
    if (++asked === 2) server.kill();
    return Date.now() / 1000;
  };
  const store = { ...PRODUCTION, url: server.url() };
  const { checks } = await examineStore({ store, unset: [] }, options({ now }));
  // How many questions a dying server still answers is not ours to say; sampling is never there before 14.
  const lost = checks.filter(({ state, needed }) => state === 'not available' && needed);
  expect(lost.map(({ id, lost: what, remedy }) => [id, what, remedy?.text])).toEqual([['connection', 'what was not asked before', 'Run it again when the server is back.']]);
  expect(checks.find(({ id }) => id === 'version')?.state).toBe('ok');
}, 30_000);

test('the SQL means the relations that it was made for, whatever they are called', async () => {
  const server = servers.at(-1);
  if (server === undefined) throw new Error('no server');
  const names = ['order', 'Case "file"', "O'Brien", 'red\u001B[31m', 'two\nlines', 'back\\slash', 'a;b -- c', 'Gebühr', 'x\u202Ey', '$1'];
  for (const name of names) await server.run(`create table "${name.replaceAll('"', '""')}" (opened_at timestamptz)`);
  const needs = names.map((name) => ({ schema: 'public', name, columns: [], purposes: ['reconciliation of cases'], required: true }));
  const { sql } = roleSqlUnseen('Reader "of" cases', 'postgres', needs);
  // oxlint-disable-next-line no-control-regex
  expect(sql).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
  await server.run(sql);
  const readable = names.map((name) => `if not has_table_privilege('Reader "of" cases', $n$"${name.replaceAll('"', '""')}"$n$, 'select') then raise 'one is not readable'; end if;`);
  await server.run(`do $$ begin ${readable.join(' ')} end $$`);
}, 30_000);

test('an abort ends it, and is no finding', async () => {
  const server = servers.at(-1);
  if (server === undefined) throw new Error('no server');
  const controller = new AbortController();
  const now = (): number => {
    controller.abort(new Error('stopped'));
    return 0;
  };
  const store = { ...PRODUCTION, url: server.url() };
  await expect(examineStore({ store, unset: [] }, options({ now, context: { ...noContext, signal: controller.signal } }))).rejects.toThrow('stopped');
});
