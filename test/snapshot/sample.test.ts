import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { type SampleOptions, type StoreSample, sampleStores } from '../../src/snapshot/sample.js';
import { loadCasework } from '../support/casework-catalog.js';
import { configuration } from '../support/estate.js';
import { type TestServer, bundledServer, installedServers, startServer } from '../support/postgres.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await loadCasework(server);
}, 60_000);
afterAll(() => server.stop());

const production = (url = server.url('casework', 'tidemark', 'spring tide')): StoreConfiguration => ({ name: 'production', role: 'operational', engine: 'postgres', url, match: [] });

async function sample(options: Partial<SampleOptions> = {}, stores = [production()]): Promise<StoreSample[]> {
  return sampleStores({ configuration: configuration({ stores }), environment: {}, homeDirectory: null, seconds: 2, interval_ms: 100, ...options });
}

/** A client of a tool that waits within one statement while `work` runs. */
async function whileRunning<T>(application: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server.url('casework'), application_name: application });
  await client.connect();
  const running = client.query("select count(*), pg_sleep(4) from app.case_file where status = 'OPEN'").catch(() => undefined);
  try {
    await pause(200);
    return await work();
  } finally {
    const killer = new pg.Client({ connectionString: server.url('casework') });
    await killer.connect();
    await killer.query('select pg_cancel_backend(pid) from pg_stat_activity where application_name = $1', [application]);
    await killer.end();
    await running;
    await client.end();
  }
}

describe('sampling who runs what', () => {
  test('sees the number of a statement, its role and its application, and counts what it costs', async () => {
    const [seen] = await whileRunning('Metabase v0.57.4 [6f0b7c1e]', () => sample());
    expect(seen?.gaps).toEqual([]);
    expect(seen?.activity).toEqual([{ queryId: expect.stringMatching(/^-?\d+$/), role: 'postgres', application: 'Metabase v0.57.4 [6f0b7c1e]', seen: seen?.sampling.samples }]);
    expect(seen?.sampling.samples).toBeGreaterThan(3);
    expect(seen?.sampling.elapsed_ms).toBeGreaterThan(0);
    expect(seen?.cost.queries).toBeGreaterThan(seen?.sampling.samples ?? 0);
  });

  test('sees short statements by when they began, of idle sessions too', async () => {
    const client = new pg.Client({ connectionString: server.url('casework'), application_name: 'case-api' });
    await client.connect();
    const before = Date.now();
    // Over before the first look: its session is idle then.
    await client.query('select case_number from app.case_file where case_id = 7');
    const sampling = sample({ seconds: 2 });
    await pause(900);
    await client.query('select case_number from app.case_file where case_id = 8');
    const [seen] = await sampling;
    await client.end();
    const after = Date.now();
    expect(seen?.activity.filter(({ application }) => application === 'case-api')).toEqual([]);
    const starts = seen?.starts.filter(({ application }) => application === 'case-api') ?? [];
    expect(starts).toEqual([{ queryId: expect.stringMatching(/^-?\d+$/), role: 'postgres', application: 'case-api', startedAt_ms: expect.any(Array) }]);
    const [first, second, ...more] = starts[0]?.startedAt_ms ?? [];
    expect(more).toEqual([]);
    expect(first).toBeGreaterThanOrEqual(before - 1);
    expect(second).toBeGreaterThan((first ?? 0) + 500);
    expect(second).toBeLessThanOrEqual(after + 1);
  });

  test('keeps the newest 256 moments of one statement', async () => {
    const over = new AbortController();
    let runs = 0;
    const work = async (): Promise<void> => {
      const client = new pg.Client({ connectionString: server.url('casework'), application_name: 'queue-worker' });
      await client.connect();
      for (; !over.signal.aborted; runs++) await client.query('select officer_id from app.officer where officer_id = 7');
      await client.end();
    };
    const workers = Array.from({ length: 8 }, work);
    const [seen] = await sample({ seconds: 3, interval_ms: 1 });
    over.abort();
    await Promise.all(workers);
    const moments = seen?.starts.find(({ application }) => application === 'queue-worker')?.startedAt_ms ?? [];
    expect(runs).toBeGreaterThan(256);
    expect(moments).toHaveLength(256);
    expect(moments).toEqual([...new Set(moments)].toSorted((a, b) => a - b));
  });

  test('gathers who waits for whom over all looks', async () => {
    const clients = await Promise.all(['flyway', 'Grafana', 'Metabase'].map(async (application) => {
      const client = new pg.Client({ connectionString: server.url('casework'), application_name: application });
      await client.connect();
      return client;
    }));
    const [migration, ...dashboards] = clients;
    await migration?.query('begin');
    await migration?.query('lock table app.officer in access exclusive mode');
    const blocked = dashboards.map((client) => client.query('select count(*) from app.officer'));
    await pause(200);
    const [seen] = await sample({ seconds: 2, sessions_interval_ms: 300 });
    await migration?.query('rollback');
    await Promise.all(blocked);
    for (const client of clients) await client.end();
    const looks = seen?.sessionLooks;
    expect(looks?.looks).toBeGreaterThan(3);
    expect(looks?.seconds).toBeGreaterThan(1);
    const grafana = looks?.sessions.find(({ application, lockWaits }) => application === 'Grafana' && lockWaits > 0);
    expect(grafana).toMatchObject({ role: 'postgres', state: 'active', looks: looks?.looks, lockWaits: looks?.looks });
    expect(grafana?.lockWait_seconds).toBeGreaterThan(1);
    expect(grafana?.blockedBy).toEqual([{ role: 'postgres', application: 'flyway', state: 'idle in transaction', queryId: expect.any(String), looks: looks?.looks }]);
    expect(looks?.sessions.find(({ application }) => application === 'flyway')?.transaction_seconds).toBeGreaterThan(1);
    const snapshot = await collectSnapshot({ configuration: configuration({ stores: [production()] }), read: { queries: [], sources: [], gaps: [] }, samples: seen ? [seen] : [], environment: {}, homeDirectory: null });
    expect(snapshot.stores[0]?.sessionLooks).toEqual(looks);
    expect(snapshot.stores[0]?.starts).toEqual(seen?.starts);
  });

  test('is part of the snapshot, with the cost and without any text or address of a person', async () => {
    const samples = await whileRunning('psql ines.okafor@regulator.example', () => sample({ seconds: 1 }));
    const snapshot = await collectSnapshot({ configuration: configuration({ stores: [production()] }), read: { queries: [], sources: [], gaps: [] }, samples, environment: {}, homeDirectory: null });
    const [store] = snapshot.stores;
    expect(store?.activity).toHaveLength(1);
    expect(store?.activity?.[0]?.application).not.toContain('ines');
    expect(store?.sampling).toEqual(samples[0]?.sampling);
    expect(store?.cost.queries).toBeGreaterThan(samples[0]?.cost.queries ?? 0);
    const entry = store?.statements.find(({ queryId }) => queryId === store.activity?.[0]?.queryId);
    expect(JSON.stringify([store?.activity, store?.starts, store?.sessionLooks])).not.toMatch(/OPEN|select|ines/);
    expect(store?.starts?.map(({ application }) => application)).toContain(store?.activity?.[0]?.application);
    expect(store?.sessionLooks?.sessions.map(({ application }) => application)).toEqual([store?.activity?.[0]?.application]);
    expect(entry === undefined || entry.role === 'postgres').toBe(true);
    expect(store?.address).toEqual({ host: '127.0.0.1', port: server.port });
    expect(store?.systemIdentifier).toMatch(/^\d{10,20}$/);
  });

  test('stops when it is told to, and keeps what it has', async () => {
    const stop = new AbortController();
    const [seen] = await whileRunning('Grafana', async () => {
      setTimeout(() => stop.abort(), 700);
      return sample({ seconds: 600, stop: stop.signal });
    });
    expect(seen?.activity.map(({ application }) => application)).toEqual(['Grafana']);
    expect(seen?.sampling.seconds).toBeLessThan(60);
  });

  test('ends with the run', async () => {
    const run = new AbortController();
    setTimeout(() => run.abort(new Error('ended by SIGTERM')), 300);
    await expect(sample({ seconds: 600, signal: run.signal })).rejects.toThrow('ended by SIGTERM');
  });

  test('names what keeps it from seeing, and the setting that mends it', async () => {
    await server.run(["alter system set compute_query_id = 'off'", 'select pg_reload_conf()']);
    await pause(300);
    const [off] = await sample({ seconds: 1 });
    await server.run(["alter system reset compute_query_id", 'select pg_reload_conf()']);
    await pause(300);
    await server.run("create role passerby login password 'pass by'", 'casework');
    const [blind] = await sample({ seconds: 1 }, [production(server.url('casework', 'passerby', 'pass by'))]);
    expect([off, blind].map((seen) => seen?.gaps.map(({ missing, cause, remedy }) => `${missing}: ${cause} → ${remedy}`))).toMatchInlineSnapshot(`
      [
        [
          "who runs which statement (sampling): compute_query_id is off → ALTER SYSTEM SET compute_query_id = 'on'; SELECT pg_reload_conf();",
        ],
        [
          "who runs which statement (sampling): passerby is not a member of pg_read_all_stats → GRANT pg_monitor TO passerby;",
        ],
      ]
    `);
    expect(off?.activity).toEqual([]);
    // Locks and transactions need no number of a statement, only the right.
    expect([off?.sessionLooks?.looks, blind?.sessionLooks]).toEqual([1, null]);
  });

  test('keeps what it saw of a server that dies half-way, and says so', async () => {
    const other = await startServer(bundledServer());
    try {
      await loadCasework(other);
      const sampling = sample({ seconds: 60 }, [production(other.url('casework', 'tidemark', 'spring tide'))]);
      const client = new pg.Client({ connectionString: other.url('casework'), application_name: 'Metabase' });
      client.on('error', () => undefined);
      await client.connect();
      const running = client.query('select count(*), pg_sleep(30) from app.case_file').catch(() => undefined);
      await pause(1500);
      other.kill();
      const [seen] = await sampling;
      await running;
      expect(seen?.activity.map(({ application }) => application)).toEqual(['Metabase']);
      expect(seen?.sampling.seconds).toBeLessThan(50);
      expect(seen?.gaps).toMatchObject([{ subject: 'production', missing: 'who runs which statement (sampling)', severity: 'partial' }]);
      expect(seen?.gaps[0]?.cause).not.toMatch(/spring tide|undefined/);
    } finally {
      await other.stop();
    }
  });

  test('leaves a store that does not answer to the collection, which says so', async () => {
    expect(await sample({ seconds: 1 }, [production('postgres://tidemark@127.0.0.1:1/casework')])).toMatchObject([{ activity: [], gaps: [] }]);
  });

  test('writes nothing, and leaves no session behind', async () => {
    expect((await sample({ seconds: 1 }))[0]?.sampling.samples).toBeGreaterThan(2);
    const client = new pg.Client({ connectionString: server.url('casework') });
    await client.connect();
    const { rows } = await client.query<{ n: number }>("select count(*)::int as n from pg_stat_activity where application_name = 'tidemark'");
    await client.end();
    expect(rows).toEqual([{ n: 0 }]);
  });
});

test.each(installedServers().filter(({ major }) => major === 13))('PostgreSQL $major shows no number of a statement, which is told', { timeout: 60_000 }, async (oldest) => {
  const old = await startServer(oldest);
  try {
    const [seen] = await sample({ seconds: 1 }, [production(old.url('postgres'))]);
    expect(seen?.gaps).toEqual([{
      subject: 'production', missing: 'who runs which statement (sampling)', severity: 'partial',
      cause: 'PostgreSQL 13 does not show the number of a statement in pg_stat_activity',
      remedy: 'Sample a server of version 14 or later; comments and roles still name senders.',
    }]);
    expect(seen?.sessionLooks).toEqual({ looks: 1, seconds: 0, sessions: [], holders: [] });
  } finally {
    await old.stop();
  }
});

test('foreign tables are known with where they lead to, and no password', async () => {
  await server.run([
    'create extension if not exists postgres_fdw',
    "create server casework_prod foreign data wrapper postgres_fdw options (host 'db.internal', port '5432', dbname 'casework')",
    "create user mapping for postgres server casework_prod options (user 'loader', password 's3cr3t')",
    'create schema linked',
    "create foreign table linked.case_copy (case_id bigint, status text) server casework_prod options (schema_name 'app', table_name 'case_file')",
    'create foreign table linked.task (task_id bigint) server casework_prod',
  ], 'casework');
  const snapshot = await collectSnapshot({ configuration: configuration({ stores: [production()] }), read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null });
  expect(snapshot.stores[0]?.foreignTables?.filter(({ schema }) => schema === 'linked')).toEqual([
    { schema: 'linked', name: 'case_copy', server: 'casework_prod', wrapper: 'postgres_fdw', host: 'db.internal', port: 5432, database: 'casework', remoteSchema: 'app', remoteName: 'case_file' },
    { schema: 'linked', name: 'task', server: 'casework_prod', wrapper: 'postgres_fdw', host: 'db.internal', port: 5432, database: 'casework', remoteSchema: null, remoteName: 'task' },
  ]);
  expect(JSON.stringify(snapshot)).not.toContain('s3cr3t');
});
