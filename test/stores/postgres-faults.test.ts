import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { engine } from '../../src/stores/postgres.js';
import { resolveConnection } from '../../src/stores/postgres/connection.js';
import { CostMeter, Session, sessionSettings } from '../../src/stores/postgres/session.js';
import { ConnectError, StoreLost, type OpenContext, type Store } from '../../src/stores/store.js';
import { loadCasework } from '../support/casework-catalog.js';
import { startPooler } from '../support/pooler.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

const open = (url: string, context: OpenContext = noContext): Promise<Store> => engine.open({ name: 'production', url }, context);

async function refusal(url: string, context: OpenContext = noContext): Promise<ConnectError> {
  const outcome = await open(url, context).catch((error: unknown) => error);
  if (!(outcome instanceof ConnectError)) throw new Error(`no ConnectError: ${String(outcome)}`);
  return outcome;
}

describe('a server that cannot be reached or does not let in', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer(), { authentication: ['host all stranger 127.0.0.1/32 reject'] });
    await server.run(["create role tidemark login password 'spring tide'", 'create role stranger login', 'create database sealed']);
    await server.run('revoke connect on database sealed from public');
  });
  afterAll(() => server.stop());

  const message = (error: ConnectError): string => error.message.replaceAll(String(server.port), 'PORT');

  it('names a wrong password without showing it', async () => {
    const error = await refusal(server.url('postgres', 'tidemark', 'neap tide'));
    expect(error.reason).toBe('authentication');
    expect(message(error)).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/postgres: password authentication failed for user "tidemark" (28P01). Correct the password of tidemark in PGPASSWORD, ~/.pgpass or the URL."`,
    );
    expect(JSON.stringify(error) + String(error.stack) + String(error.cause)).not.toContain('neap');
  });

  it('names a statement_timeout that lets nothing through', async () => {
    await server.run(["create role hasty login password 'spring tide'", "alter role hasty set statement_timeout = '1ms'"]);
    // A lock that the first look must wait for, as 1 ms alone may be enough for it.
    const migration = new pg.Client(server.url());
    await migration.connect();
    await migration.query('begin; lock table pg_catalog.pg_settings in access exclusive mode');
    const error = await refusal(server.url('postgres', 'hasty', 'spring tide')).finally(() => migration.end());
    expect(error.reason).toBe('timeout');
    expect(message(error)).toMatchInlineSnapshot(`"production: cannot open 127.0.0.1:PORT/postgres: the server cancelled the first look at it: canceling statement due to statement timeout (57014). Take the limit from the role (ALTER ROLE hasty RESET statement_timeout;), or run it again when the server is less busy."`);
  });

  it('names a missing password', async () => {
    const error = await refusal(server.url('postgres', 'tidemark'));
    expect(error.reason).toBe('authentication');
    expect(message(error)).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/postgres: the server asks for a password of tidemark and none is known. Set PGPASSWORD or write a line in ~/.pgpass."`,
    );
  });

  it('says that a password file which others may read is ignored', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tidemark-test-home-'));
    const file = join(home, '.pgpass');
    writeFileSync(file, `127.0.0.1:${server.port}:*:tidemark:spring tide\n`, { mode: 0o644 });
    const context = { environment: {}, homeDirectory: home };
    const error = await refusal(server.url('postgres', 'tidemark'), context);
    expect(error.message).toContain(`${file} is ignored because others may read it (chmod 600)`);
    chmodSync(file, 0o600);
    await (await open(server.url('postgres', 'tidemark'), context)).close();
    rmSync(home, { recursive: true });
  });

  it('names a closed port', async () => {
    const error = await refusal('postgres://tidemark@127.0.0.1:1/casework');
    expect(error.reason).toBe('refused');
    expect(error.message).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:1/casework: nothing listens there (ECONNREFUSED). Start the server, or correct host and port."`,
    );
  });

  it('names an unknown database', async () => {
    const error = await refusal(server.url('casewrok'));
    expect(error.reason).toBe('not-found');
    expect(message(error)).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/casewrok: database "casewrok" does not exist (3D000). Correct the database name."`,
    );
  });

  it('names a missing CONNECT and the grant', async () => {
    const error = await refusal(server.url('sealed', 'tidemark', 'spring tide'));
    expect(error.reason).toBe('permission');
    expect(message(error)).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/sealed: permission denied for database "sealed" (42501). GRANT CONNECT ON DATABASE sealed TO tidemark;"`,
    );
  });

  it('names a role that pg_hba.conf shuts out', async () => {
    const error = await refusal(server.url('postgres', 'stranger'));
    expect(error.reason).toBe('authentication');
    expect(error.message).toContain('pg_hba.conf');
  });

  it('names a setting that the URL brings and the server refuses', async () => {
    const error = await refusal(`${server.url()}?options=-c%20work_memory%3D1`);
    expect(error).toMatchObject({ reason: 'configuration', detail: 'unrecognized configuration parameter "work_memory" (42704)' });
  });

  it('names a host that does not exist', async () => {
    const error = await refusal('postgres://tidemark@no-such-host.invalid/casework');
    expect(error.reason).toBe('not-found');
    expect(error.message).toMatch(/no-such-host\.invalid:5432\/casework: the host name does not resolve \((ENOTFOUND|EAI_AGAIN)\)/);
  });

  it('names a server without TLS where TLS is asked for', async () => {
    const error = await refusal(`${server.url()}?sslmode=require`);
    expect(error.reason).toBe('tls');
    expect(message(error)).toMatchInlineSnapshot(
      `"production: cannot open 127.0.0.1:PORT/postgres: the server does not support TLS. Set sslmode=prefer, or ssl = on in the server."`,
    );
  });

  it('gives up on a server that never answers, and on one that speaks something else', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    const talking = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await Promise.all([once(silent, 'listening'), once(talking, 'listening')]);
    const port = (at: typeof silent): number => {
      const address = at.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    };
    expect(await refusal(`postgres://tidemark@127.0.0.1:${port(silent)}/casework?connect_timeout=1`)).toMatchObject({ reason: 'timeout' });
    expect(await refusal(`postgres://tidemark@127.0.0.1:${port(talking)}/casework`)).toMatchObject({
      reason: 'unsupported',
      detail: 'it does not answer as PostgreSQL does',
    });
    silent.close();
    talking.close();
  });

  it('shows no control characters of a name', async () => {
    const error = await refusal(`postgres://postgres@127.0.0.1:${server.port}/case%1b%5B31m%0Awork`);
    expect(error.message).toContain('case [31m work');
    // eslint-disable-next-line no-control-regex
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe('a server that dies while the catalogue is read', () => {
  it('keeps what was read, states the loss, and refuses later calls', async () => {
    const server = await startServer(bundledServer());
    try {
      await loadCasework(server);
      const store = await open(server.url('casework', 'tidemark', 'spring tide'));
      // A migration holds the table, so that reading definitions waits and the moment of death is known.
      const migration = new pg.Client(server.url('casework'));
      migration.on('error', () => undefined);
      await migration.connect();
      await migration.query('begin');
      await migration.query('lock table app.case_file in access exclusive mode');
      const reading = store.catalog();
      for (let waits = 0; waits === 0; ) {
        const { rows } = await migration.query("select from pg_stat_activity where application_name = 'tidemark' and wait_event_type = 'Lock'");
        waits = rows.length;
      }
      server.kill();
      const { value, gaps } = await reading;
      expect(value.relations.map((relation) => relation.name)).toContain('case_file');
      expect(value.relations.find((relation) => relation.name === 'case_file')?.columns).toHaveLength(8);
      expect(value.roles).toEqual([]);
      expect(gaps.filter((gap) => gap.severity === 'blind')).toEqual([
        {
          subject: 'production',
          missing: 'defaults of columns, view definitions, recorded columns of views, constraints, indexes, roles, grants, policies, extensions, functions, publications of the catalogue',
          cause: expect.stringMatching(/^the connection was lost: .*(terminated|ECONNRESET)/),
          remedy: 'Run it again when the server is back.',
          severity: 'blind',
        },
      ]);
      await expect(store.statements()).rejects.toBeInstanceOf(StoreLost);
      await expect(store.catalog()).rejects.toBeInstanceOf(StoreLost);
      await store.close();
      await store.close();
    } finally {
      await server.stop();
    }
  });
});

describe('a server with obstacles', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer(), { settings: { max_connections: '8' } });
    await loadCasework(server);
  });
  afterAll(() => server.stop());

  const tidemarkUrl = (): string => server.url('casework', 'tidemark', 'spring tide');

  it.each(['directly', 'through a pooler'])('reads around a relation that a migration holds, and names it, %s', async (way) => {
    const pooler = await startPooler(server.port, 'refuse');
    const migration = new pg.Client(server.url('casework'));
    await migration.connect();
    await migration.query('begin');
    await migration.query('alter table app.case_file add column reviewer int');
    const url = way === 'directly' ? tidemarkUrl() : tidemarkUrl().replace(String(server.port), String(pooler.port));
    const store = await open(url);
    const { value, gaps } = await store.catalog();
    await store.close();
    await migration.query('rollback');
    await migration.end();
    await pooler.stop();
    const cause = 'another session holds a lock on it';
    expect(gaps.map((gap) => [gap.missing, gap.cause])).toEqual([
      ['defaults of columns of app.case_file', cause],
      ['view definitions of integration.case_v1, read_model.open_cases', cause],
      ['CHECK expressions of app.case_file', cause],
      ['predicates of partial indexes of app.case_file', cause],
      ['conditions of row security policies of app.case_file', cause],
      ['function bodies of app.fees', cause],
      ['row filters of publications of app.case_file', cause],
    ]);
    expect(value.constraints.find((c) => c.name === 'closed_has_date')).toMatchObject({ columns: ['status', 'closed_at'], expression: null });
    expect(value.relations.find((r) => r.name === 'case_v1')?.columns).toHaveLength(3);
  });

  it('works through poolers that refuse or drop options, and leaves nothing behind on their connections', async () => {
    for (const behaviour of ['refuse', 'drop'] as const) {
      const pooler = await startPooler(server.port, behaviour);
      const store = await open(tidemarkUrl().replace(String(server.port), String(pooler.port)));
      const { value, gaps } = await store.catalog();
      const statements = await store.statements();
      // What is still set on the session when tidemark is done is what a pooler's next client would get.
      const { rows } = await query(
        server,
        `select count(*)::int as sessions from pg_stat_activity where application_name = 'tidemark' and query like '%set_config%'`,
      );
      await store.close();
      await pooler.stop();
      expect(gaps, behaviour).toEqual([]);
      expect(value.relations, behaviour).toHaveLength(7);
      expect(value.relations.find((r) => r.name === 'case_v1')?.definition, behaviour).toContain('app.case_file');
      expect(statements.value.statements.filter((s) => s.role === 'tidemark'), behaviour).toEqual([]);
      expect(rows, behaviour).toEqual([{ sessions: 1 }]);
      expect(pooler.passed(), behaviour).toBe(2);
    }
  });

  it('goes without functions where it may not read them, and says so', async () => {
    await server.run('revoke select on pg_proc from public', 'casework');
    const store = await open(tidemarkUrl());
    const { value, gaps } = await store.catalog().finally(() => store.close());
    await server.run('grant select on pg_proc to public', 'casework');
    expect(value.functions).toEqual([]);
    expect(value.relations.find((r) => r.name === 'case_v1')?.recordedColumns).toHaveLength(3);
    expect(gaps).toEqual([
      {
        subject: 'production',
        missing: 'functions of the catalogue',
        cause: 'permission denied for table pg_proc',
        remedy: 'Let the role read the system catalogues, as PostgreSQL does by default.',
        severity: 'partial',
      },
    ]);
  });

  it('states what its own role hides of the settings of others', async () => {
    await server.run("alter role tidemark in database casework set work_mem = '64MB'");
    await server.run("alter role tidemark set lock_timeout = '1s'");
    const environment = { PGOPTIONS: '-c idle_session_timeout=1h' };
    const store = await open(tidemarkUrl(), { environment, homeDirectory: null });
    const { value, gaps } = await store.catalog().finally(() => store.close());
    await server.run('alter role tidemark in database casework reset work_mem');
    await server.run('alter role tidemark reset lock_timeout');
    // ALTER ROLE ALL says what others get for lock_timeout; nothing says it for work_mem.
    expect(value.settings).toMatchObject({ lock_timeout: '4s', statement_timeout: '0' });
    expect(value.settings).not.toHaveProperty('work_mem');
    expect(value.settings).not.toHaveProperty('idle_session_timeout');
    expect(gaps).toEqual([
      {
        subject: 'production',
        missing: 'defaults of other roles for work_mem',
        cause: 'tidemark has its own, which hide them; tidemark sets its own bounds anyway',
        remedy: 'ALTER ROLE tidemark IN DATABASE casework RESET work_mem;',
        severity: 'partial',
      },
      {
        subject: 'production',
        missing: 'defaults of other roles for idle_session_timeout',
        cause: 'the connection brings its own, which hide them',
        remedy: 'Leave them out of PGOPTIONS, the URL and the pooler.',
        severity: 'partial',
      },
    ]);
  });

  it('never holds more than two connections', async () => {
    await server.run('alter role tidemark connection limit 1');
    const store = await open(tidemarkUrl());
    expect((await store.catalog()).gaps).toEqual([]);
    const { rows } = await query(server, "select count(*)::int as sessions from pg_stat_activity where usename = 'tidemark'");
    expect(rows).toEqual([{ sessions: 1 }]);
    await store.close();
    await server.run('alter role tidemark connection limit -1');
  });

  it('counts what it costs', async () => {
    const store = await open(tidemarkUrl());
    const before = store.cost();
    await store.catalog();
    const after = store.cost();
    await store.close();
    expect(before.queries).toBeGreaterThan(0);
    expect(after.queries).toBeGreaterThan(before.queries + 10);
    expect(after.received_bytes).toBeGreaterThan(before.received_bytes + 5_000);
    expect(after.elapsed_ms).toBeGreaterThan(before.elapsed_ms);
  });

  it('stops on an abort and closes its connection', async () => {
    const controller = new AbortController();
    const store = await open(tidemarkUrl(), { ...noContext, signal: controller.signal });
    const reading = store.catalog();
    controller.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
    await store.close();
    for (let sessions = 1; sessions > 0; ) {
      const { rows } = await query(server, "select from pg_stat_activity where application_name = 'tidemark'");
      sessions = rows.length;
    }
  });

  it('ends the statement that the server is at when it is aborted', async () => {
    const controller = new AbortController();
    const options = { store: 'production', meter: new CostMeter(), signal: controller.signal };
    const connection = resolveConnection({ name: 'production', url: tidemarkUrl() }, noContext);
    const session = await Session.open(connection, sessionSettings(180_000), options);
    // Without a deadline, so that nothing but the abort ends it.
    const waiting = session.query(z.object({}), "select set_config('statement_timeout', '0', false), pg_sleep(600)");
    waiting.catch(() => undefined);
    const sleeping = "select from pg_stat_activity where application_name = 'tidemark' and wait_event = 'PgSleep'";
    while ((await query(server, sleeping)).rows.length === 0);
    controller.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
    await session.close();
    while ((await query(server, sleeping)).rows.length > 0);
  });
});

async function query(server: TestServer, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(server.url('casework'));
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
