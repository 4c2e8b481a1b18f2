import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openLive, openStore } from '../../../src/stores/index.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../../src/stores/live.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext, type StoreTarget } from '../../../src/stores/store.js';
import { startClickHouse, type ClickHouseServer } from '../../support/clickhouse.js';
import { noContext } from '../../support/store-context.js';

let server: ClickHouseServer;
const sessions: LiveSession[] = [];

beforeAll(async () => {
  server = await startClickHouse({
    users: { strict: { password: 'p@ss:1', readonly: 1 }, bounded: { password: 'two', readonly: 2 }, service: { token: 'header.payload.signature' } },
  });
  await server.run(
    'create database casework',
    'create table casework.case_file (case_id UInt64, officer String, fee Decimal(12, 2)) engine = MergeTree order by case_id',
    "insert into casework.case_file select number, concat('officer ', toString(number % 7)), number / 4 from numbers(200000)",
  );
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});
afterAll(() => server.stop());

async function open(target: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> {
  const session = await openLive('clickhouse', { name: 'warehouse', url: server.url('casework'), ...target }, context);
  sessions.push(session);
  return session;
}

const count = z.object({ cases: z.string() });
const COUNT = 'SELECT count() AS cases FROM casework.case_file';
const SLOW = 'SELECT count() AS cases FROM numbers(1000000000000) WHERE sipHash64(number) = 1';
const ANYTHING = z.unknown();
const reason = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);
const message = (error: unknown): string => String(error).replaceAll(String(server.port), 'PORT');

describe('a session on ClickHouse', () => {
  it('says who it is, and gives values alike whatever its user may set', async () => {
    const values = `SELECT toInt64(9007199254740993) AS large, toUInt8(7) AS small, toDecimal64('1.25', 2) AS fee, 0.5 AS share, true AS open, NULL AS closed,
      CAST([1, 2] AS Array(UInt16)) AS levels, CAST([9007199254740993] AS Array(Nullable(UInt64))) AS ids, 'a "quoted" \\\\ 12 text' AS note`;
    const expected = { large: '9007199254740993', small: 7, fee: '1.25', share: 0.5, open: true, closed: null, levels: [1, 2], ids: ['9007199254740993'], note: 'a "quoted" \\ 12 text' };
    for (const url of [server.url('casework'), server.url('casework', 'strict', 'p@ss:1'), server.url('casework', 'bounded', 'two')]) {
      const session = await open({ url });
      expect(await session.query(ANYTHING, values)).toEqual([expected]);
      expect(session.identity()).toMatchObject({ version: server.version, database: 'casework', inRecovery: false });
      expect(session.version_num).toBe(260_702);
    }
  });

  it('refuses to write, is labelled, and bounds itself on the server', async () => {
    const session = await open();
    await server.requests();
    expect(await reason(session.query(ANYTHING, 'CREATE TABLE casework.copy (a Int8) ENGINE = Memory'))).toBeInstanceOf(PermissionGap);
    expect(await reason(session.query(ANYTHING, 'INSERT INTO casework.case_file SELECT 1, 2, 3'))).toBeInstanceOf(PermissionGap);
    expect(await session.query(count, COUNT)).toEqual([{ cases: '200000' }]);
    const [request] = (await server.requests()).slice(-1);
    expect(request?.agent).toMatch(/^tidemark clickhouse-js/);
    expect(request?.settings).toMatchObject({ readonly: '2', log_comment: 'tidemark', max_execution_time: '10', max_threads: '4', max_result_bytes: '268435456' });
  });

  it('works for a user who may set nothing, and sends it no setting', async () => {
    const session = await open({ url: server.url('casework', 'strict', 'p@ss:1') });
    await server.requests();
    expect(await session.query(count, COUNT)).toEqual([{ cases: '200000' }]);
    expect((await server.requests()).map(({ settings }) => settings)).toEqual([{}]);
    expect(await reason(session.query(ANYTHING, 'CREATE TABLE casework.copy (a Int8) ENGINE = Memory'))).toBeInstanceOf(PermissionGap);
  });

  it('ends a statement at its deadline, on the server and where the server is silent, and lives on', async () => {
    const session = await open();
    const late = await reason(session.query(count, SLOW, { deadline_ms: 300 }));
    expect(late).toBeInstanceOf(DeadlineExceeded);
    expect(String(late)).toMatch(/^DeadlineExceeded: warehouse: Timeout exceeded: elapsed .* maximum: 300 ms \(TIMEOUT_EXCEEDED\)$/);
    await server.fail({ kind: 'hang' });
    expect(message(await reason(session.query(count, COUNT, { deadline_ms: 200 })))).toBe('DeadlineExceeded: warehouse: it did not answer within 2.2 s');
    expect(await session.query(count, COUNT)).toEqual([{ cases: '200000' }]);
    const strict = await open({ url: server.url('casework', 'strict', 'p@ss:1') });
    expect(message(await reason(strict.query(ANYTHING, 'SELECT sleep(2)', { deadline_ms: 300 })))).toBe('DeadlineExceeded: warehouse: it did not answer within 0.3 s');
  });

  it('rejects with the reason of an abort, and the server stops working for it', async () => {
    const controller = new AbortController();
    const session = await open({}, { ...noContext, signal: controller.signal });
    const running = reason(session.query(count, SLOW, { deadline_ms: 60_000 }));
    await waitFor(async () => (await atWork()) === 1);
    controller.abort(new Error('the user went home'));
    expect(String(await running)).toBe('Error: the user went home');
    await waitFor(async () => (await atWork()) === 0);
    expect(String(await reason(session.query(count, COUNT)))).toBe('Error: the user went home');
    expect(String(await reason(open({}, { ...noContext, signal: controller.signal })))).toBe('Error: the user went home');
  });

  it('rejects a catalogue with the reason of an abort, too', async () => {
    const controller = new AbortController();
    const store = await openStore('clickhouse', { name: 'warehouse', url: server.url('casework') }, { ...noContext, signal: controller.signal });
    await server.fail({ kind: 'hang', match: 'system.columns' });
    const reading = reason(store.catalog());
    setTimeout(() => controller.abort(new Error('the user went home')), 100);
    expect(String(await reading)).toBe('Error: the user went home');
    await store.close();
  });

  it('closes at any time, any number of times', async () => {
    const session = await open();
    const running = reason(session.query(count, SLOW, { deadline_ms: 60_000 }));
    await waitFor(async () => (await atWork()) === 1);
    await session.close();
    await session.close();
    expect(String(await running)).toBe('StoreLost: warehouse: the connection was lost: the session was closed');
    await waitFor(async () => (await atWork()) === 0);
  });

  it('keeps values of rows out of errors, and control sequences too', async () => {
    const session = await open();
    const parse = await reason(session.query(ANYTHING, "SELECT toUInt8('anna@example.org')"));
    expect(String(parse)).toBe('ServerFailure: the server refused it with error 6 (CANNOT_PARSE_TEXT); its text is left out, for it may hold values');
    expect(String(await reason(session.query(ANYTHING, "SELECT throwIf(1, 'anna@example.org')")))).not.toContain('anna');
    expect(String(await reason(session.query(ANYTHING, 'SELECT * FROM casework.gone')))).toContain("casework.gone");
    await server.fail({ kind: 'error', code: 60, name: 'UNKNOWN_TABLE', text: 'Table \u001b[31mcasework\u202e.\r\nx doesn\'t exist' });
    expect(String(await reason(session.query(count, COUNT)))).toBe("ServerFailure: Table [31mcasework . x doesn't exist (UNKNOWN_TABLE)");
    await server.fail({ kind: 'error', code: 60, name: 'UNKNOWN_TABLE', text: 'x'.repeat(500_000) });
    expect(String(await reason(session.query(count, COUNT))).length).toBeLessThan(400);
    expect(await session.query(count, COUNT)).toEqual([{ cases: '200000' }]);
  });

  it('takes no part of an answer for the whole', async () => {
    const session = await open();
    const list = 'SELECT officer AS cases FROM casework.case_file LIMIT 1000';
    await server.fail({ kind: 'exception', after: 2_000, code: 241, name: 'MEMORY_LIMIT_EXCEEDED', text: 'Memory limit (total) exceeded: would use 9.4 GiB' });
    expect(String(await reason(session.query(count, list)))).toBe('ServerFailure: Memory limit (total) exceeded: would use 9.4 GiB (MEMORY_LIMIT_EXCEEDED)');
    await server.fail({ kind: 'exception', after: 2_000, code: 159, name: 'TIMEOUT_EXCEEDED', text: 'Timeout exceeded: elapsed 10 seconds' });
    expect(await reason(session.query(count, list))).toBeInstanceOf(DeadlineExceeded);
    expect(await session.query(count, COUNT)).toEqual([{ cases: '200000' }]);
    await server.fail({ kind: 'cut', after: 2_000 });
    expect(await reason(session.query(count, list))).toBeInstanceOf(StoreLost);
    expect(await reason(session.query(count, COUNT))).toBeInstanceOf(StoreLost);
  });

  it('refuses a statement that would read more than it may, before it runs and while it runs', async () => {
    const session = await open({ scan_bytes_max: 500_000 });
    const refused = await reason(session.query(ANYTHING, 'SELECT sum(length(officer)) AS letters FROM casework.case_file'));
    expect(refused).toBeInstanceOf(ScanRefused);
    expect(String(refused)).toMatch(/^ScanRefused: warehouse: a statement was not run: it would read [\d.]+ MiB, and scan_max allows 488 KiB$/);
    expect(await session.query(count, `${COUNT} WHERE case_id < 100`)).toEqual([{ cases: '100' }]);
    // Nothing is known of generated numbers before they are read.
    expect(await reason(session.query(ANYTHING, 'SELECT sum(number) FROM numbers(1000000)'))).toBeInstanceOf(ScanRefused);
  });
});

describe('opening ClickHouse', () => {
  it('says in one line what is wrong and what to do, without the password', async () => {
    const proxy = createServer((_, response) => void response.writeHead(502).end('<html>Bad gateway</html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    const address = proxy.address();
    const elsewhere = typeof address === 'object' && address !== null ? address.port : 0;
    const urls = [
      server.url('nowhere'),
      server.url('casework', 'strict', 'geheim'),
      server.url('casework', 'stranger', 'geheim'),
      'clickhouse://reader:geheim@127.0.0.1:1/casework',
      'clickhouse://reader:geheim@127.0.0.1:9000/casework',
      'clickhouse://reader:geheim@wh.example/casework?compress=1',
      'clickhouse://reader:geheim@wh.example/casework?sslrootcert=/nowhere/ca.pem',
      `https://reader:geheim@127.0.0.1:${server.port}/casework`,
      `clickhouse://reader:geheim@127.0.0.1:${elsewhere}/casework`,
      'clickhouse:geheim',
    ];
    const said: string[] = [];
    for (const url of urls) {
      const error = await reason(open({ url }));
      expect(error).toBeInstanceOf(ConnectError);
      said.push(message(error).replaceAll(String(elsewhere), 'PROXY'));
    }
    proxy.close();
    expect(said.join('\n')).not.toContain('geheim');
    expect(said).toMatchInlineSnapshot(`
      [
        "ConnectError: warehouse: cannot open 127.0.0.1:PORT/nowhere: Database nowhere does not exist (UNKNOWN_DATABASE). Correct the database name.",
        "ConnectError: warehouse: cannot open 127.0.0.1:PORT/casework: strict: Authentication failed: password is incorrect, or there is no user with such name (AUTHENTICATION_FAILED). Correct user and password in the URL, under credentials, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.",
        "ConnectError: warehouse: cannot open 127.0.0.1:PORT/casework: stranger: Authentication failed: password is incorrect, or there is no user with such name (AUTHENTICATION_FAILED). Correct user and password in the URL, under credentials, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.",
        "ConnectError: warehouse: cannot open 127.0.0.1:1/casework: nothing listens there (ECONNREFUSED). Start the server, or correct host and port; its HTTP interface has 8123, with TLS 8443.",
        "ConnectError: warehouse: cannot open 127.0.0.1:9000/casework: 9000 is the port of clickhouse-client's own protocol. tidemark speaks HTTP: name port 8123.",
        "ConnectError: warehouse: cannot open wh.example/casework: the URL has the parameter compress, which tidemark does not know. Leave it out; known are database, secure, ssl, sslrootcert.",
        "ConnectError: warehouse: cannot open wh.example/casework: the certificate file /nowhere/ca.pem cannot be read (ENOENT). Correct sslrootcert in the URL.",
        "ConnectError: warehouse: cannot open 127.0.0.1:PORT/casework: it does not answer in TLS (EPROTO). Add ?secure=false to the URL, or name the port for TLS, which is 8443.",
        "ConnectError: warehouse: cannot open 127.0.0.1:PROXY/casework: HTTP status 502. Something before the server does not reach it: look at the proxy, or try again.",
        "ConnectError: warehouse: cannot open clickhouse://…: the URL names no host. Write it as clickhouse://user@host:8443/database.",
      ]
    `);
  });

  it('takes credentials from the configuration, a token among them, and from the environment', async () => {
    const bare = `clickhouse://127.0.0.1:${server.port}/casework`;
    const rows = [{ cases: '200000' }];
    expect(await (await open({ url: bare, credentials: { user: 'strict', password: 'p@ss:1' } })).query(count, COUNT)).toEqual(rows);
    expect(await (await open({ url: bare, credentials: { token: 'header.payload.signature' } })).query(count, COUNT)).toEqual(rows);
    const environment = { CLICKHOUSE_USER: 'bounded', CLICKHOUSE_PASSWORD: 'two' };
    expect(await (await open({ url: bare }, { ...noContext, environment })).query(count, COUNT)).toEqual(rows);
    const wrong = await reason(open({ url: bare, credentials: { token: 'stolen.token' } }));
    expect(wrong).toMatchObject({ name: 'ConnectError', reason: 'authentication' });
    expect(String(wrong)).not.toContain('stolen');
    expect(message(await reason(open({ url: bare, credentials: { private_key_file: '/etc/key.pem' } })))).toMatchInlineSnapshot(`"ConnectError: warehouse: cannot open 127.0.0.1:PORT/casework: credentials.private_key_file cannot be used here. It takes user, password, token."`);
  });

  it('finds a server gone: every later call says so', async () => {
    const own = await startClickHouse();
    const url = own.url();
    const session = await open({ url });
    const store = await openStore('clickhouse', { name: 'warehouse', url }, noContext);
    own.kill();
    expect(await reason(session.query(ANYTHING, 'SELECT 1'))).toBeInstanceOf(StoreLost);
    expect(await reason(session.query(ANYTHING, 'SELECT 1'))).toBeInstanceOf(StoreLost);
    const { gaps } = await store.catalog();
    expect(await reason(store.statements())).toBeInstanceOf(StoreLost);
    expect(gaps.map(({ severity, missing }) => ({ severity, missing }))).toEqual([{ severity: 'blind', missing: 'the rest of the catalogue' }]);
    await store.close();
    await own.stop();
  });
});

async function atWork(): Promise<number> {
  const [row] = await server.rows("SELECT toUInt32(count()) AS n FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'");
  return z.object({ n: z.number() }).parse(row).n;
}

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
