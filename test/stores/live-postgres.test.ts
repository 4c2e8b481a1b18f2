import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLive } from '../../src/stores/index.js';
import { DeadlineExceeded, type LiveSession } from '../../src/stores/live.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext } from '../../src/stores/store.js';
import { startPooler } from '../support/pooler.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const one = z.object({ one: z.number() });
const SQL = 'select 1 as one';
const password = 'spring tide';

/** A network that can be cut: what is sent then is lost, and nobody is told. */
async function startNetwork(port: number): Promise<{ port: number; cut(): void; stop(): Promise<void> }> {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    pairs.push([client, upstream]);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cut: () => pairs.forEach(([client, upstream]) => void [client.unpipe(upstream), upstream.unpipe(client), client.resume(), upstream.resume()]),
    async stop() {
      server.close();
      for (const socket of pairs.flat()) socket.destroy();
      await once(server, 'close');
    },
  };
}

describe('a PostgreSQL server that is looked at again and again', () => {
  let server: TestServer;
  const opened: LiveSession[] = [];
  const open = async (url = server.url('postgres', 'tidemark', password), context: OpenContext = noContext): Promise<LiveSession> => {
    const session = await openLive('postgres', { name: 'production', url }, context);
    opened.push(session);
    return session;
  };
  const reason = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);
  const seconds = async (work: Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work;
    return (performance.now() - started) / 1000;
  };

  beforeAll(async () => {
    server = await startServer(bundledServer());
    await server.run([`create role tidemark login password '${password}'`, 'create table case_file (case_id int)', `create role clerk login password '${password}'`]);
  });
  afterEach(async () => {
    for (const session of opened.splice(0)) await session.close();
  });
  afterAll(() => server.stop());

  it('answers on one connection, knows who it is and counts what it costs', async () => {
    const session = await open();
    const opening = session.cost();
    expect(opening.received_bytes).toBeGreaterThan(500);
    expect(await Promise.all([session.query(one, SQL), session.query(one, SQL)])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
    expect(session.identity()).toMatchObject({ database: 'postgres', role: 'tidemark', superuser: false, inRecovery: false });
    expect(session.cost().queries).toBe(opening.queries + 2);
    expect(session.cost().received_bytes).toBeGreaterThan(opening.received_bytes);
    expect(session.cost().elapsed_ms).toBeGreaterThan(opening.elapsed_ms);
    const sessions = await session.query(z.object({ n: z.number() }), "select count(*)::int as n from pg_stat_activity where usename = 'tidemark'");
    expect(sessions).toEqual([{ n: 1 }]);
  });

  it('refuses to write, and lives on', async () => {
    const session = await open(server.url());
    await expect(session.query(one, 'insert into public.case_file values (1)')).rejects.toThrow('read-only transaction');
    await expect(session.query(one, 'insert into public.case_file values (1)', { deadline_ms: 500 })).rejects.toThrow('read-only transaction');
    expect(await session.query(one, SQL)).toEqual([{ one: 1 }]);
  });

  it('ends a statement at its deadline, and lives on', async () => {
    const session = await open();
    const error = await reason(session.query(one, 'select pg_sleep(20), 1 as one', { deadline_ms: 300 }));
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(String(error)).toMatchInlineSnapshot(`"DeadlineExceeded: production: canceling statement due to statement timeout"`);
    expect(await session.query(one, SQL)).toEqual([{ one: 1 }]);
    expect(await reason(session.query(one, 'select pg_sleep(20), 1 as one'))).toBeInstanceOf(DeadlineExceeded);
    expect(await session.query(one, SQL)).toEqual([{ one: 1 }]);
  });

  it('tells a missing right from other errors', async () => {
    const session = await open();
    const error = await reason(session.query(one, 'select case_id as one from public.case_file'));
    expect(error).toBeInstanceOf(PermissionGap);
    expect(String(error)).toMatchInlineSnapshot(`"PermissionGap: production: permission denied for table case_file"`);
    await expect(session.query(one, 'select 1 as two')).rejects.toBeInstanceOf(z.ZodError);
    expect(await session.query(one, SQL)).toEqual([{ one: 1 }]);
  });

  it('is lost when somebody ends its session, at this call and at every later one', async () => {
    const session = await open();
    await server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tidemark'");
    const error = await reason(session.query(one, SQL));
    expect(error).toBeInstanceOf(StoreLost);
    expect(await reason(session.query(one, SQL))).toBe(error);
  });

  it('notices a cut network within seconds', async () => {
    const network = await startNetwork(server.port);
    try {
      const session = await open(server.url('postgres', 'tidemark', password).replace(String(server.port), String(network.port)));
      expect(await session.query(one, SQL)).toEqual([{ one: 1 }]);
      network.cut();
      const work = reason(session.query(one, SQL));
      expect(await seconds(work)).toBeLessThan(6);
      expect(String(await work)).toMatchInlineSnapshot(`"StoreLost: production: the connection was lost: no answer within 4 s"`);
    } finally {
      await network.stop();
    }
  });

  it('names a password that was changed while it ran', async () => {
    const url = server.url('postgres', 'clerk', password);
    await open(url);
    await server.run("alter role clerk password 'neap tide'");
    const error = await reason(open(url));
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ reason: 'authentication' });
  });

  it.each(['refuse', 'drop'] as const)('brings its bounds along through a pooler that would %s them', async (options) => {
    const pooler = await startPooler(server.port, options);
    try {
      const session = await open(server.url('postgres', 'tidemark', password).replace(String(server.port), String(pooler.port)));
      const row = z.object({ statement: z.string(), read_only: z.string(), transaction: z.string() });
      const sql = "select current_setting('statement_timeout') as statement, current_setting('transaction_read_only') as read_only, current_setting('transaction_timeout') as transaction";
      expect(await session.query(row, sql)).toEqual([{ statement: '2s', read_only: 'on', transaction: '10s' }]);
      expect(await session.query(row, sql, { deadline_ms: 20_000 })).toEqual([{ statement: '20s', read_only: 'on', transaction: '0' }]);
    } finally {
      await pooler.stop();
    }
  });

  it('brings them along too where the role has such limits of its own, which a pooler leaves in force', async () => {
    await server.run([
      `create role cautious login password '${password}'`,
      'alter role cautious set default_transaction_read_only = on',
      "alter role cautious set lock_timeout = '5s'",
      "alter role cautious set search_path = 'pg_catalog'",
    ]);
    const pooler = await startPooler(server.port, 'drop');
    try {
      const session = await open(server.url('postgres', 'cautious', password).replace(String(server.port), String(pooler.port)));
      const row = z.object({ statement: z.string(), lock: z.string(), jit: z.string() });
      const sql = "select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, current_setting('jit') as jit";
      expect(await session.query(row, sql)).toEqual([{ statement: '2s', lock: '200ms', jit: 'off' }]);
    } finally {
      await pooler.stop();
    }
  });

  it('when it is told to stop, the server stops working for it too', async () => {
    const controller = new AbortController();
    const session = await open(undefined, { ...noContext, signal: controller.signal });
    const work = reason(session.query(one, 'select pg_sleep(30), 1 as one', { deadline_ms: 60_000 }));
    const observer = new pg.Client(server.url());
    await observer.connect();
    const running = async (): Promise<number> =>
      (await observer.query("select 1 from pg_stat_activity where application_name = 'tidemark' and state = 'active'")).rowCount ?? 0;
    while ((await running()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(new Error('interrupted'));
    expect(String(await work)).toBe('Error: interrupted');
    await session.close();
    while ((await running()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await observer.end();
  });

  it('marks every statement as its own, so that its cost can be told', async () => {
    await server.run('create extension if not exists pg_stat_statements');
    const session = await open();
    await session.query(one, 'select 1 as one where 41 < 42', { deadline_ms: 700 });
    const row = z.object({ query: z.string() });
    const kept = await (await open(server.url())).query(row, "select s.query from public.pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname = 'tidemark'");
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.filter(({ query }) => !query.endsWith('/* tidemark */'))).toEqual([]);
  });
});
