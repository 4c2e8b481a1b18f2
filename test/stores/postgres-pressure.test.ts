import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionLooks } from '../../src/model/pressure.js';
import { engine } from '../../src/stores/postgres.js';
import { StoreLost, type Pressure, type Reading } from '../../src/stores/store.js';
import { loadCasework } from '../support/casework-catalog.js';
import { bundledServer, installedServers, startServer, type TestServer } from '../support/postgres.js';
import { PRIMARY, startStandby } from '../support/standby.js';
import { noContext } from '../support/store-context.js';

const PASSWORDS = { tidemark: 'spring tide', bare: 'neap tide' };

async function pressure(server: Pick<TestServer, 'url'>, role: keyof typeof PASSWORDS = 'tidemark'): Promise<Reading<Pressure>> {
  const store = await engine.open({ name: 'production', url: server.url('casework', role, PASSWORDS[role]) }, noContext);
  try {
    return (await store.pressure?.()) ?? { value: {}, gaps: [] };
  } finally {
    await store.close();
  }
}

async function sessions(server: TestServer): Promise<SessionLooks> {
  const { value, gaps } = await pressure(server);
  expect(gaps).toEqual([]);
  return value.sessionLooks ?? { looks: 0, seconds: 0, sessions: [], holders: [] };
}

async function client(server: TestServer, application: string, ...statements: string[]): Promise<pg.Client> {
  const one = new pg.Client({ connectionString: server.url('casework'), application_name: application });
  one.on('error', () => undefined);
  await one.connect();
  for (const statement of statements) await one.query(statement);
  return one;
}

/** Until a session of the application waits for a lock. */
async function waiting(server: TestServer, application: string): Promise<void> {
  const watcher = await client(server, 'test');
  for (let found = 0; found === 0; ) {
    const { rows } = await watcher.query("select from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'", [application]);
    found = rows.length;
  }
  await watcher.end();
}

describe.each(installedServers())('PostgreSQL $major', (binaries) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(binaries, { settings: { max_prepared_transactions: '2', wal_level: 'logical' } });
    await loadCasework(server);
  });
  afterAll(() => server.stop());

  it('counts what was read from and written to each table, and how large it is', async () => {
    await server.run(
      [
        'create table app.note (note_id int primary key, words text) with (fillfactor = 50)',
        "insert into app.note select g, 'late' from generate_series(1, 100) g",
        'update app.note set words = words where note_id <= 10',
        'delete from app.note where note_id > 95',
        'select * from app.note',
        'select * from app.note where note_id = 7',
        'vacuum app.note',
        'create table app.untouched (at date)',
      ],
      'casework',
    );
    const note = async (): Promise<unknown> => {
      const { relationStatistics } = (await pressure(server)).value;
      const found = relationStatistics?.find(({ name }) => name === 'note');
      return found && { ...found, sequentialScans: Math.min(found.sequentialScans, 1), indexScans: Math.min(found.indexScans, 1) };
    };
    // Before 15 a collector process gets the counters over a socket, later.
    await expect.poll(note, { timeout: 20_000 }).toMatchObject({
      schema: 'app', sequentialScans: 1, indexScans: 1, rowsInserted: 100, rowsUpdated: 10, rowsUpdatedInPlace: 10, rowsDeleted: 5, rowsLive: expect.any(Number), rowsDead: expect.any(Number),
      heap_bytes: 16_384, lastVacuumAt: expect.stringMatching(/^20\d\d-.*Z$/),
    });
    const { relationStatistics } = (await pressure(server)).value;
    expect(relationStatistics?.map(({ name }) => name)).toEqual(['case_file', 'note', 'officer', 'transition_2026', 'untouched', 'open_cases']);
    expect(relationStatistics?.find(({ name }) => name === 'untouched')).toMatchObject({ sequentialScans: 0, rowsInserted: 0, lastVacuumAt: null, heap_bytes: null });
    expect(relationStatistics?.find(({ name }) => name === 'case_file')?.heap_bytes).toBeGreaterThan(3_000 * 50);
  });

  it('counts what the database does, and no conflicts on a primary', async () => {
    const { databaseStatistics } = (await pressure(server)).value;
    expect(databaseStatistics).toMatchObject({ deadlocks: 0, temp_bytes: 0, conflicts: null });
    expect(databaseStatistics?.blocksHit).toBeGreaterThan(1_000);
    // Also where nobody ever reset them.
    const { since } = databaseStatistics ?? {};
    expect(since).toMatch(/^20\d\d-.*Z$/);
    await server.run('select pg_stat_reset()', 'casework');
    await expect.poll(async () => String((await pressure(server)).value.databaseStatistics?.since) > String(since), { timeout: 20_000 }).toBe(true);
  });

  it('sees who waits for whom, who is idle in a transaction, and who holds vacuum back', async () => {
    const migration = await client(server, 'flyway', 'begin', 'lock table app.officer in access exclusive mode');
    const report = await client(server, 'Metabase', 'begin isolation level repeatable read', 'select count(*) from app.case_file');
    for (let transaction = 0; transaction < 5; transaction++) await server.run("insert into app.transition values (timestamptz '2026-03-01' + random() * interval '20 days', 1)", 'casework');
    const dashboard = await client(server, 'Grafana');
    const blocked = dashboard.query('select count(*) from app.officer').catch(() => undefined);
    await waiting(server, 'Grafana');
    const { sessions: seen, looks, seconds, holders } = await sessions(server);
    await migration.end();
    await report.end();
    await blocked;
    await dashboard.end();
    expect({ looks, seconds, holders }).toEqual({ looks: 1, seconds: 0, holders: [] });
    const number = binaries.major >= 14 ? expect.stringMatching(/^-?\d+$/) : null;
    expect(seen.map(({ application, state }) => [application, state])).toEqual([['Grafana', 'active'], ['Metabase', 'idle in transaction'], ['flyway', 'idle in transaction']]);
    const [grafana, metabase, holder] = seen;
    // It waits while the server analyses it, before it has a number.
    expect(grafana).toMatchObject({ role: 'postgres', queryId: null, looks: 1, lockWaits: 1, statement_seconds: expect.any(Number) });
    expect(grafana?.lockWait_seconds === null).toBe(binaries.major < 14);
    expect(grafana?.blockedBy).toEqual([{ role: 'postgres', application: 'flyway', state: 'idle in transaction', queryId: number, looks: 1 }]);
    expect(metabase).toMatchObject({ queryId: number, statement_seconds: null, lockWaits: 0, lockWait_seconds: null, blockedBy: [] });
    expect(metabase?.horizon_transactions).toBeGreaterThanOrEqual(5);
    expect(holder?.transaction_seconds).not.toBeNull();
    expect(JSON.stringify(seen)).not.toMatch(/select|127\.0\.0\.1|lock table/);
  });

  it('blames no VACUUM for holding vacuum back', async () => {
    const vacuum = await client(server, 'nightly vacuum', 'set vacuum_cost_delay = 100', 'set vacuum_cost_limit = 1');
    const running = vacuum.query('vacuum app.case_file').catch(() => undefined);
    const seen = async (): Promise<unknown> => (await sessions(server)).sessions.filter(({ application }) => application === 'nightly vacuum').map(({ horizon_transactions }) => horizon_transactions);
    await expect.poll(seen, { timeout: 20_000 }).toEqual([null]);
    await server.run("select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'nightly vacuum'");
    await running;
    await vacuum.end();
  });

  it('leaves out who is quick, idle, in another database or tidemark itself', async () => {
    const others = [await client(server, 'case-api'), await client(server, 'tidemark', 'begin', 'select txid_current()')];
    const elsewhere = new pg.Client({ connectionString: server.url('postgres'), application_name: 'archive-job' });
    await elsewhere.connect();
    await elsewhere.query('begin isolation level repeatable read');
    await elsewhere.query('select 1');
    const { sessions: seen } = await sessions(server);
    for (const one of [...others, elsewhere]) await one.end();
    expect(seen).toEqual([]);
  });

  it('names a prepared transaction and slots, and tells a slot that holds back the system catalogues only', async () => {
    await server.run("select pg_create_logical_replication_slot('warehouse', 'pgoutput')", 'casework');
    await server.run(['begin', 'create table app.half_done (case_id int)', "prepare transaction 'nightly close of the books'"], 'casework');
    const { holders } = await sessions(server);
    await server.run(["rollback prepared 'nightly close of the books'", "select pg_drop_replication_slot('warehouse')"], 'casework');
    expect(holders).toEqual([
      { kind: 'prepared transaction', name: 'nightly close of the books', transactions: expect.any(Number), age_seconds: expect.any(Number) },
      { kind: 'replication slot', name: 'warehouse', transactions: expect.any(Number), age_seconds: null, catalogOnly: true },
    ]);
    expect(holders[0]?.transactions).toBeGreaterThan(0);
  });

  it('sees a prepared transaction that holds a lock', async () => {
    await server.run(['begin', 'lock table app.officer in access exclusive mode', "prepare transaction 'forgotten'"], 'casework');
    const dashboard = await client(server, 'Grafana');
    const blocked = dashboard.query('select count(*) from app.officer').catch(() => undefined);
    await waiting(server, 'Grafana');
    const { sessions: seen } = await sessions(server);
    await server.run("rollback prepared 'forgotten'", 'casework');
    await blocked;
    await dashboard.end();
    expect(seen.map(({ application, blockedBy }) => [application, blockedBy])).toEqual([
      ['Grafana', [{ role: '', application: 'prepared transaction', state: 'other', queryId: null, looks: 1 }]],
    ]);
  });

  it('without rights: counts tables, and says that the sessions of others stay unseen', async () => {
    const { value, gaps } = await pressure(server, 'bare');
    expect(value.relationStatistics?.length).toBeGreaterThan(4);
    expect(value.databaseStatistics?.blocksHit).toBeGreaterThan(0);
    expect(value.sessionLooks).toBeUndefined();
    expect(gaps).toEqual([
      {
        subject: 'production',
        missing: 'sessions of other roles: long transactions, locks waited for, what holds vacuum back',
        cause: 'bare is not a member of pg_read_all_stats',
        remedy: 'GRANT pg_monitor TO bare;',
        severity: 'partial',
      },
    ]);
  });
});

describe('a server in trouble', () => {
  it('costs the part that may not be read, and no other', async () => {
    const server = await startServer(bundledServer());
    try {
      await loadCasework(server);
      await server.run('revoke select on pg_stat_database from public', 'casework');
      await server.run('revoke execute on function pg_stat_get_dead_tuples(oid) from public', 'casework');
      const { value, gaps } = await pressure(server);
      expect(Object.keys(value)).toEqual(['sessionLooks']);
      expect(gaps.map(({ missing, cause, remedy }) => [missing, cause, remedy])).toEqual([
        ['counters of tables', 'permission denied for function pg_stat_get_dead_tuples', 'GRANT pg_monitor TO tidemark;'],
        ['counters of the database', 'permission denied for view pg_stat_database', 'GRANT pg_monitor TO tidemark;'],
      ]);
    } finally {
      await server.stop();
    }
  });

  it('that dies half-way keeps what was read, and states the loss', async () => {
    const server = await startServer(bundledServer());
    try {
      await loadCasework(server);
      const store = await engine.open({ name: 'production', url: server.url('casework', 'tidemark', 'spring tide') }, noContext);
      const watcher = await client(server, 'test');
      // Nobody can connect from here on: the lock is on what the view is made of, too.
      const maintenance = await client(server, 'maintenance', 'begin', 'lock table pg_catalog.pg_stat_database in access exclusive mode');
      const reading = store.pressure?.();
      while ((await watcher.query('select from pg_locks where not granted')).rows.length === 0);
      server.kill();
      const { value, gaps } = (await reading) ?? { value: {}, gaps: [] };
      for (const one of [maintenance, watcher]) await one.end().catch(() => undefined);
      expect(value.relationStatistics?.length).toBeGreaterThan(3);
      expect(gaps.map(({ missing, severity }) => [missing, severity])).toEqual([['counters of the database, sessions of other roles: long transactions, locks waited for, what holds vacuum back', 'blind']]);
      await expect(store.pressure?.()).rejects.toBeInstanceOf(StoreLost);
      await store.close();
    } finally {
      await server.stop();
    }
  });
});

describe('a standby', () => {
  it('counts what replay cancelled there, and holds back vacuum on its primary while it is asked to', async () => {
    const server = await startServer(bundledServer(), PRIMARY);
    try {
      await loadCasework(server);
      const standby = await startStandby(bundledServer(), server, 'reports', 'reports');
      try {
        const there = (await pressure(standby)).value;
        expect(there.databaseStatistics?.conflicts).toEqual({ tablespace: 0, lock: 0, snapshot: 0, bufferPin: 0, deadlock: 0 });
        expect(there.sessionLooks).toMatchObject({ looks: 1, holders: [] });
        const report = new pg.Client({ connectionString: standby.url('casework'), application_name: 'Metabase' });
        await report.connect();
        await report.query('begin isolation level repeatable read');
        await report.query('select count(*) from app.case_file');
        expect((await pressure(standby)).value.sessionLooks?.sessions.map(({ application, state }) => [application, state])).toEqual([['Metabase', 'idle in transaction']]);
        await server.run("insert into app.transition values ('2026-03-01', 1)", 'casework');
        const slot = async (): Promise<unknown> => (await pressure(server)).value.sessionLooks?.holders;
        await expect.poll(slot, { timeout: 20_000 }).toMatchObject([{ kind: 'replication slot', name: 'reports', age_seconds: null }]);
        await report.end();
      } finally {
        await standby.stop();
      }
    } finally {
      await server.stop();
    }
  });
});
