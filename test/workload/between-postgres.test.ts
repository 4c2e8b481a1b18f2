import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot, StoreSnapshot } from '../../src/model/snapshot.js';
import type { StatementStatistics } from '../../src/model/statement.js';
import { collectSnapshot } from '../../src/snapshot/collect.js';
import { type Between, between } from '../../src/workload/between.js';
import type { Interval } from '../../src/workload/interval.js';
import { trustOf } from '../../src/workload/trust.js';
import { configuration } from '../support/estate.js';
import { type TestServer, installedServers, startServer } from '../support/postgres.js';

const SERVERS = installedServers().filter(({ major }) => major === 15 || major === 18);

const COUNT = 'select status, count(*) from app.case_file group by status';
const BY_KEY = 'select status from app.case_file where case_id = 7';
const RECENT = 'select max(case_id) from app.case_file';

describe.each(SERVERS)('two looks at PostgreSQL $major', (binaries) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer(binaries);
    await server.run([
      'create extension pg_stat_statements', 'create schema app', 'create table app.case_file (case_id bigint primary key, status text)',
      "insert into app.case_file select n, 'OPEN' from generate_series(1, 20000) n", 'analyze app.case_file',
    ]);
  }, 120_000);
  afterAll(() => server.stop());

  const look = (): Promise<Snapshot> =>
    collectSnapshot({
      configuration: configuration({ stores: [{ name: 'production', role: 'operational', engine: 'postgres', url: server.url(), match: [] }] }),
      read: { queries: [], sources: [], gaps: [] }, environment: {}, homeDirectory: null,
    });
  const run = async (sql: string, times: number): Promise<void> => server.run(Array.from({ length: times }, () => sql));
  const store = ({ snapshot }: Between): StoreSnapshot => {
    const [only] = snapshot.stores;
    if (!only) throw new Error('the store was not looked at');
    return only;
  };
  const entry = (found: Between, part: string): StatementStatistics | undefined => store(found).statements.find(({ text }) => text?.includes(part));
  const interval = (found: Between): Interval => {
    const [only, ...others] = found.intervals.get('production') ?? [];
    if (!only || others.length > 0) throw new Error('one interval was expected');
    return only;
  };
  const reset = async (part: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    try {
      const { rowCount } = await client.query('select pg_stat_statements_reset(userid, dbid, queryid) from pg_stat_statements where query like $1 and query not like $2', [`%${part}%`, '%pg_stat_statements%']);
      expect(rowCount).toBe(1);
    } finally {
      await client.end();
    }
  };

  test('the difference is what ran', async () => {
    await run(COUNT, 5);
    await run(BY_KEY, 20);
    const before = await look();
    await run(COUNT, 3);
    await run(BY_KEY, 40);
    await run(RECENT, 2);
    const found = between([before, await look()]);
    expect(entry(found, 'count(*)')).toMatchObject({ calls: 3, textState: 'full' });
    expect(entry(found, 'where case_id')).toMatchObject({ calls: 40, rows: 40 });
    expect(entry(found, 'max(case_id)')).toMatchObject({ calls: 2 });
    expect(interval(found)).toMatchObject({ complete: true, reset: false, crashed: false, restarted: 0, vanished: 0 });
    // 20,000 short rows are 109 blocks: three runs read them three times.
    expect((entry(found, 'count(*)')?.sharedBlocksHit ?? 0) / 3).toBeGreaterThan(100);
  });

  test('one entry that a neighbour resets gives what ran since, and is noticed', async () => {
    await run(COUNT, 6);
    const before = await look();
    await run(COUNT, 2);
    await reset('count(*)');
    await run(COUNT, 4);
    await run(BY_KEY, 10);
    const found = between([before, await look()]);
    expect(entry(found, 'count(*)')).toMatchObject({ calls: 4 });
    expect(entry(found, 'where case_id')).toMatchObject({ calls: 10 });
    expect(interval(found)).toMatchObject({ complete: false, reset: false, restarted: 1, evictions: 0 });
    const { notes } = trustOf({ store: store(found), portions: [], intervals: [interval(found)], window_seconds: 999_999 });
    expect(notes).toEqual(['1 entry began to count anew between the snapshots (reset one by one, by another user of the statistics): their numbers are lower bounds']);
  });

  test('more calls after that reset than before it: only newer servers tell, and none too many are counted', async () => {
    await reset('max(case_id)');
    await run(RECENT, 2);
    const before = await look();
    await reset('max(case_id)');
    await run(RECENT, 9);
    const found = between([before, await look()]);
    expect(entry(found, 'max(case_id)')?.calls).toBe(binaries.major >= 17 ? 9 : 7);
  });

  test('a reset of everything', async () => {
    const before = await look();
    await run(COUNT, 2);
    await server.run('select pg_stat_statements_reset()');
    await run(COUNT, 30);
    const found = between([before, await look()]);
    expect(entry(found, 'count(*)')).toMatchObject({ calls: 30 });
    expect(interval(found)).toMatchObject({ reset: true, crashed: false, complete: false });
  });

  test('a crash', async () => {
    await run(COUNT, 5);
    const before = await look();
    server.kill();
    await server.restart();
    await run(COUNT, 2);
    const after = await look();
    const found = between([before, after]);
    expect(entry(found, 'count(*)')).toMatchObject({ calls: 2 });
    expect(interval(found)).toMatchObject({ crashed: true, reset: false, complete: false });
    const alone = trustOf({ store: store({ snapshot: after, intervals: new Map(), notes: [] }), portions: [], intervals: [], window_seconds: 999_999 });
    expect(alone.notes).toEqual([expect.stringMatching(/^the counters begin with the start of the server/)]);
  });
});

