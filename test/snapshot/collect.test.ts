import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Configuration, StoreConfiguration } from '../../src/model/configuration.js';
import type { Snapshot } from '../../src/model/snapshot.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { collectSnapshot, type CollectOptions } from '../../src/snapshot/collect.js';
import { StoreLost, type Store } from '../../src/stores/store.js';
import { loadCasework } from '../support/casework-catalog.js';
import { configuration } from '../support/estate.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { collectedQuery } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-collect-'));
const warehouse: StoreConfiguration = { name: 'warehouse', role: 'warehouse', engine: 'duckdb', url: join(folder, 'warehouse.duckdb'), match: [] };
let server: TestServer;
let production: StoreConfiguration;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run('create table cases (case_id bigint)');
  connection.closeSync();
  instance.closeSync();
  server = await startServer(bundledServer());
  await loadCasework(server);
  await server.run(["set role metabase", "copy (select case_id from app.case_file where status = 'CLOSED' and case_id = 4711) to stdout"], 'casework');
  production = { name: 'production', role: 'operational', engine: 'postgres', url: server.url('casework', 'tidemark', 'spring tide'), match: [] };
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const collect = (stores: StoreConfiguration[], options: Partial<CollectOptions> = {}): Promise<Snapshot> => {
  const settings: Configuration = configuration({ stores });
  const read = { queries: [], sources: [], gaps: [] };
  return collectSnapshot({ configuration: settings, read, environment: {}, homeDirectory: null, ...options });
};

describe('collectSnapshot', () => {
  it('looks at every store, redacts, and sorts by name whatever the order of the configuration', async () => {
    const stages: string[] = [];
    const snapshot = await collect([warehouse, production], { onProgress: (stage) => stages.push(stage) });
    expect(snapshot.stores.map((store) => [store.name, store.engine, store.role, store.database])).toEqual([
      ['production', 'postgres', 'operational', 'casework'],
      ['warehouse', 'duckdb', 'warehouse', 'warehouse'],
    ]);
    expect(snapshot.stores[0]?.statements.filter((s) => s.role === 'metabase' && s.text?.startsWith('copy')).map((s) => s.text)).toEqual([
      "copy (select case_id from app.case_file where status = '?' and case_id = 0) to stdout",
    ]);
    expect(JSON.stringify(snapshot)).not.toMatch(/(?<![\d.])4711(?!\d)|spring tide|dashboard'/);
    expect(snapshot.gaps).toEqual([]);
    expect(stages.toSorted()).toEqual([
      'connecting to production', 'connecting to warehouse',
      'reading the catalogue of production', 'reading the catalogue of warehouse',
      'reading the statement statistics of production', 'reading the statement statistics of warehouse',
    ]);
  });

  it('is the same again, apart from its own cost and the time', async () => {
    const bare = async (): Promise<unknown> => {
      const snapshot = await collect([production, warehouse], { now: () => new Date('2026-03-02T09:00:00Z') });
      return { ...snapshot, stores: snapshot.stores.map((store) => ({ ...store, cost: null, statements: [], ownStatements: [], statementWindow: null, databaseStatistics: null, relationStatistics: null, catalog: { ...store.catalog, indexes: [] } })) };
    };
    expect(await bare()).toEqual(await bare());
  });

  it('survives the way through a bundle', async () => {
    const snapshot = await collect([production, warehouse]);
    await writeBundle(join(folder, 'casework.tidemark'), snapshot);
    expect(await readBundle(join(folder, 'casework.tidemark'))).toEqual(snapshot);
  });

  it('reads no text again that an earlier snapshot has, after the way through a bundle too', async () => {
    const textReads = async (): Promise<string> => {
      const client = new pg.Client({ connectionString: server.url('casework') });
      await client.connect();
      const { rows } = await client.query<{ calls: string }>("select coalesce(sum(calls), 0)::text as calls from monitoring.pg_stat_statements where query like '%bytes_before%'");
      await client.end();
      return rows[0]?.calls ?? '';
    };
    await textReads();
    await writeBundle(join(folder, 'earlier.tidemark'), await collect([production]));
    const previous = await readBundle(join(folder, 'earlier.tidemark'));
    const before = await textReads();
    const later = await collect([production], { previous });
    expect(await textReads()).toBe(before);
    const texts = (snapshot: Snapshot): unknown => snapshot.stores[0]?.statements.map(({ role, queryId, text, textState }) => [role, queryId, textState, text]);
    expect(texts(later)).toEqual(texts(previous));
    expect(previous.stores[0]?.ownStatements?.length).toBeGreaterThan(10);

    const elsewhere = { ...previous, stores: previous.stores.map((store) => ({ ...store, systemIdentifier: '7000000000000000000' })) };
    await collect([production], { previous: elsewhere });
    expect(Number(await textReads())).toBe(Number(before) + 1);
  });

  it('knows its own statements by number also under a role that others use', async () => {
    const asOwner: StoreConfiguration = { ...production, url: server.url('casework') };
    const first = await collect([asOwner]);
    const second = await collect([asOwner], { previous: first });
    const third = await collect([asOwner], { previous: second });
    const marked = (snapshot: Snapshot): unknown => snapshot.stores[0]?.statements.filter(({ role, text }) => role === 'postgres' && text?.includes('/* tidemark */')).map(({ text }) => text);
    expect([first, second, third].map(marked)).toEqual([[], [], []]);
    expect(third.stores[0]?.statements.filter(({ role, textState }) => role === 'postgres' && textState !== 'full')).toEqual([]);
  });

  it('takes queries and gaps of the sources along, sorted', async () => {
    const queries = [collectedQuery({ id: 'b', raw: "select 'anna@example.org'" }), collectedQuery({ id: 'a' })];
    const gap = { subject: 'cards.json', missing: 'one file', cause: 'it is cut in half', remedy: null, severity: 'partial' as const };
    const snapshot = await collect([warehouse], { read: { queries, sources: [{ path: 'dashboards', files: 2, ignored: 0, queries: { metabase: 2 } }], gaps: [gap] } });
    expect(snapshot.queries.map((query) => query.id)).toEqual(['a', 'b']);
    expect(snapshot.queries[1]?.raw).toMatch(/^select 'tm#email#/);
    expect(snapshot.gaps[0]).toEqual(gap);
    expect(snapshot.sources).toHaveLength(1);
  });

  it('lets a store that cannot be looked at cost only itself, and says so as blind', async () => {
    const dead: StoreConfiguration = { ...production, name: 'archive', url: 'postgres://tidemark:neap-tide@127.0.0.1:1/archive' };
    const missing: StoreConfiguration = { ...warehouse, name: 'mart', url: '/no/such/mart.duckdb' };
    const unnamed: StoreConfiguration = { ...production, name: 'replica', url: null };
    const snapshot = await collect([dead, missing, unnamed, warehouse]);
    expect(snapshot.stores.map((store) => store.name)).toEqual(['warehouse']);
    expect(snapshot.gaps.filter((gap) => gap.severity === 'blind')).toEqual([
      {
        subject: 'archive',
        missing: 'the whole store (127.0.0.1:1/archive)',
        cause: 'nothing listens there (ECONNREFUSED)',
        remedy: 'Start the server, or correct host and port.',
        severity: 'blind',
      },
      {
        subject: 'mart',
        missing: 'the whole store (/no/such/mart.duckdb)',
        cause: 'there is no such file',
        remedy: 'Correct the path; it counts from the working folder.',
        severity: 'blind',
      },
      {
        subject: 'replica',
        missing: 'the whole store',
        cause: 'the configuration gives no connection',
        remedy: 'Give the store a url, or audit a bundle.',
        severity: 'blind',
      },
    ]);
    expect(JSON.stringify(snapshot)).not.toContain('neap-tide');
  });

  it('keeps what was read of a store that dies half-way', async () => {
    let closed = 0;
    const dying: Store = {
      identity: () => ({ version: '18.4', database: 'casework', inRecovery: false, role: 'tidemark', superuser: false }),
      catalog: () => collect([production]).then(({ stores }) => ({ value: stores[0]?.catalog ?? Object(null), gaps: [] })),
      statements: () => Promise.reject(new StoreLost('production', 'Connection terminated unexpectedly')),
      cost: () => ({ elapsed_ms: 1, queries: 2, received_bytes: 3 }),
      close: () => Promise.resolve(void closed++),
    };
    const snapshot = await collect([production], { open: () => Promise.resolve(dying) });
    expect(snapshot.stores[0]?.catalog.relations.length).toBeGreaterThan(5);
    expect(snapshot.stores[0]).toMatchObject({ statements: [], statementWindow: null, cost: { queries: 2 } });
    expect(snapshot.gaps).toEqual([
      {
        subject: 'production',
        missing: 'statement statistics',
        cause: 'the connection was lost: Connection terminated unexpectedly',
        remedy: 'Run it again when the server is back.',
        severity: 'blind',
      },
    ]);
    expect(closed).toBe(1);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const running = collect([production, warehouse], { signal: controller.signal, onProgress: (stage) => {
      if (stage.startsWith('reading the catalogue')) controller.abort(new Error('interrupted'));
    } });
    await expect(running).rejects.toThrow('interrupted');
  });
});
