import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultLive } from '../../../src/config/live-defaults.js';
import { parseLsn } from '../../../src/live/cdc/lsn.js';
import { CdcTracker } from '../../../src/live/cdc/tracker.js';
import type { StreamView } from '../../../src/model/live.js';
import { PROBES, type PayloadOf } from '../../../src/probes/index.js';
import { openLive } from '../../../src/stores/index.js';
import type { LiveSession } from '../../../src/stores/live.js';
import { lsnOf, startConsumer, type LogicalConsumer } from '../../support/logical-consumer.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';

const STORE = 'casework-primary';
const SLOT = 'casework_cdc';

let server: TestServer;
let session: LiveSession;
let consumer: LogicalConsumer;
let writer: pg.Client;
const tracker = new CdcTracker(defaultLive, [{ name: STORE, role: 'operational' }]);
const looks: { server_time: number; confirmed: bigint; view: StreamView }[] = [];

beforeAll(async () => {
  server = await startServer(bundledServer(), { settings: { wal_level: 'logical', max_slot_wal_keep_size: '32MB', max_wal_size: '64MB', min_wal_size: '32MB' } });
  await server.run(['create table case_file (id bigserial primary key, note text)', 'create publication casework for table case_file']);
  await server.run(`select pg_create_logical_replication_slot('${SLOT}', 'pgoutput')`);
  consumer = await startConsumer({ url: server.url(), slot: SLOT, publication: 'casework', feedback_interval_ms: 200 });
  writer = new pg.Client({ connectionString: server.url() });
  await writer.connect();
  session = await openLive('postgres', { name: STORE, url: server.url() }, { environment: {}, homeDirectory: null });
});

afterAll(async () => {
  await consumer?.stop();
  await writer?.end();
  await session?.close();
  await server?.stop();
});

const replication = PROBES.replication.create({ store: STORE, role: 'operational', engine: 'postgres', settings: defaultLive, catalog: null });

async function look(): Promise<StreamView> {
  const now = (): number => Date.now() / 1000;
  const payload: PayloadOf<'replication'> = await replication({
    session,
    sessionOf: () => Promise.reject(new Error('one store only')),
    signal: new AbortController().signal,
    now,
  });
  tracker.accept({ probe: 'replication', store: STORE, at: now(), elapsed_ms: 1, received_bytes: 0, pace_seconds: 2, slowed: null, payload, failure: null });
  const [view] = tracker.view(now());
  if (view === undefined) throw new Error('no stream');
  looks.push({ server_time: payload.server_time, confirmed: lsnOf(payload.slots[0]?.confirmed_flush_lsn ?? '0/0'), view });
  return view;
}

async function write(seconds: number, rows = 1): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (let next = 0; performance.now() < end; ) {
    await writer.query("insert into case_file (note) select repeat('x', 900) from generate_series(1, $1)", [rows]);
    if (performance.now() >= next) {
      await look();
      next = performance.now() + 500;
    }
    await sleep(20);
  }
}

test('a real slot: flowing, stalled, disconnected, idle, and lost, with the truth within the bounds at every look', async () => {
  await write(3);
  consumer.stall();
  await write(4);
  consumer.resume();
  await write(2);
  consumer.disconnect();
  await write(3);
  const away = await look();
  expect(away).toMatchObject({ diagnosis: 'disconnected', active: false, wal_status: 'reserved' });
  await consumer.reconnect();
  await write(2);
  await expect.poll(() => consumer.waiting()).toBe(0);

  const commits = consumer.commits();
  expect(commits.length).toBeGreaterThan(50);
  for (const { server_time, confirmed, view } of looks) {
    const first = commits.find(({ commit_end_lsn }) => commit_end_lsn > confirmed);
    const truth = first === undefined ? 0 : Math.max(0, server_time - first.commit_time);
    expect(view.lag).not.toBeNull();
    expect(truth).toBeGreaterThanOrEqual((view.lag?.low ?? 0) - 1e-6);
    if (view.lag?.at_least === false) expect(truth).toBeLessThanOrEqual(view.lag.high + 1e-6);
  }
  const stalled = Math.max(...looks.map(({ view }) => view.lag?.value ?? 0));
  expect(stalled).toBeGreaterThan(2.5);

  await consumer.stop();
  for (let round = 0; round < 12; round++) {
    await writer.query("insert into case_file (note) select repeat(md5(random()::text), 30) from generate_series(1, 8000)");
    await writer.query('checkpoint');
  }
  const lost = await look();
  expect(lost).toMatchObject({ diagnosis: 'lost', state: 'breach', lag: null, retained_bytes: null, invalidation_reason: 'wal_removed' });
  expect(tracker.objectives(Date.now() / 1000).map(({ id, state }) => `${id} ${state}`)).toEqual([`lag/${SLOT} breach`, `wal/${SLOT} breach`]);
  expect(parseLsn(lost.confirmed_lsn ?? '')).toBeGreaterThan(0n);
});
