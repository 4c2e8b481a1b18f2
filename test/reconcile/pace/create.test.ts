import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { RECONCILE_MARKER } from '../../../src/reconcile/keys/statements.js';
import { createPace, type Pace } from '../../../src/reconcile/pace/index.js';
import { PairProblem } from '../../../src/reconcile/problem.js';
import type { LiveSession } from '../../../src/stores/live.js';
import { openProduction } from '../../support/live-session.js';
import { bundledServer, startServer, type TestServer } from '../../support/postgres.js';

let server: TestServer;
let session: LiveSession;

beforeAll(async () => {
  server = await startServer(bundledServer());
  await server.run([
    'create table docket (id int primary key); insert into docket values (1)',
    "create function exhausted() returns int language plpgsql as $$ begin raise exception 'out of memory' using errcode = '53200'; end $$",
  ]);
  session = await openProduction(server.url());
});

afterAll(async () => {
  await session?.close();
  await server?.stop();
});

/** A clock that stands still but for what is waited and worked. */
function paced(duty: number, onWait: (ms: number) => Promise<void> | void = () => undefined, signal = new AbortController().signal): { pace: Pace; waits: number[]; work(ms: number): () => Promise<string> } {
  let time = 1_000;
  const waits: number[] = [];
  const wait = async (ms: number): Promise<void> => {
    signal.throwIfAborted();
    waits.push(Math.round(ms));
    time += ms / 1000;
    await onWait(ms);
  };
  const pace = createPace(session, { target_ms: 100, duty, signal, now: () => time, wait, cores: 4 });
  return {
    pace, waits,
    work: (ms) => () => {
      time += ms / 1000;
      return Promise.resolve('read');
    },
  };
}

test('pauses nine times as long as it worked, before the next chunk and not after the last', async () => {
  const { pace, waits, work } = paced(0.1);
  expect(await pace.chunk(work(100))).toMatchObject({ value: 'read', took_ms: expect.closeTo(100, 3) });
  expect(waits).toEqual([]);
  await pace.chunk(work(40));
  await pace.chunk(work(10));
  expect(waits).toEqual([900, 360]);
});

test('runs one chunk at a time, whoever asks, and never without a deadline', async () => {
  const { pace } = paced(1);
  const order: string[] = [];
  const chunk = (name: string) => pace.chunk(async (deadline_ms) => {
    order.push(`${name} ${deadline_ms}`);
    await session.query(z.unknown(), 'select pg_sleep(0.02)');
    order.push(`${name} done`);
  });
  await Promise.all([chunk('orders'), chunk('payments')]);
  expect(order).toEqual(['orders 500', 'orders done', 'payments 500', 'payments done']);
});

test('waits for another reconciliation that reads this server, and says so', async () => {
  const other = await openProduction(server.url());
  // The session that came first goes first.
  const [first, second] = [session, other];
  await first.query(z.unknown(), `${RECONCILE_MARKER} select 1 as rows_read`);
  const because: (string | null)[] = [];
  let time = Date.now() / 1000;
  const pace: Pace = createPace(second, {
    target_ms: 100, duty: 0.1, signal: new AbortController().signal, now: () => time,
    wait: async (ms) => {
      time += ms / 1000;
      because.push(pace.paused_because);
      // It ends: its connection looks at something else.
      await first.query(z.unknown(), 'select 2 as something_else');
    },
  });
  expect((await pace.chunk(() => Promise.resolve('read'))).value).toBe('read');
  expect(because).toEqual(['another reconciliation of tidemark reads rows here']);
  expect(pace.paused_because).toBeNull();
  await other.close();
});

test('stops while sessions wait for locks, and goes on step by step', async () => {
  const clients = Array.from({ length: 6 }, () => new pg.Client({ connectionString: server.url() }));
  await Promise.all(clients.map((client) => client.connect()));
  const [holder, ...waiting] = clients;
  await holder?.query('begin; lock table docket');
  const blocked = waiting.map((client) => client.query('select count(*) from docket'));
  await expect.poll(async () => (await session.query(z.object({ n: z.number() }), "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'"))[0]?.n).toBe(5);
  let released = false;
  const { pace, waits, work } = paced(0.1, async () => {
    if (waits.length < 4 || released) return;
    released = true;
    await holder?.query('commit');
    await Promise.all(blocked);
  });
  await pace.chunk(work(1_000));
  await pace.chunk(work(1_000));
  // At half the duty after the first look, then none at all until a minute of calm has passed.
  expect(waits.slice(0, 3)).toEqual([19_000, 5_000, 5_000]);
  expect(waits.length).toBeGreaterThan(14);
  await Promise.all(clients.map((client) => client.end()));
});

test('leaves a server alone that says it has no resources left', async () => {
  const { pace } = paced(0.1);
  const error: unknown = await pace.chunk(() => session.query(z.unknown(), 'select public.exhausted()')).catch((caught: unknown) => caught);
  expect(String(error)).toBe('PairProblem: production has no resources left (SQLSTATE 53200): nothing more of it is read');
  await expect(pace.chunk(() => Promise.resolve(1))).rejects.toBeInstanceOf(PairProblem);
});

test('gives up after a quarter of an hour under load, with the reason', async () => {
  const other = await openProduction(server.url());
  await session.query(z.unknown(), `${RECONCILE_MARKER} select 1 as rows_read`);
  let time = 0;
  const pace = createPace(other, {
    target_ms: 100, duty: 0.1, signal: new AbortController().signal, now: () => time,
    wait: async () => {
      time += 300;
      await session.query(z.unknown(), `${RECONCILE_MARKER} select 1 as rows_read`);
    },
  });
  await expect(pace.chunk(() => Promise.resolve('read'))).rejects.toThrow('production was under load for 15 minutes (another reconciliation of tidemark reads rows here), and was not read');
  await other.close();
});
