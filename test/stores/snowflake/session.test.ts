import { generateKeyPairSync, createPublicKey, createHash, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../../src/stores/live.js';
import { engine } from '../../../src/stores/snowflake.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext, type StoreTarget } from '../../../src/stores/store.js';
import { recordedAnswer, startReplayServer, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../../support/replay-server.js';
import { identityAnswer, onStatement, resultOf, statementOf, textsOf } from '../../support/snowflake-answers.js';
import { noContext } from '../../support/store-context.js';

const TOKEN = 'canary-token-5c1f77d2';
const PASSPHRASE = 'canary-passphrase-90aa';
const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-snowflake-'));
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const answers = new URL('./answers/', import.meta.url);
const recorded = (name: string): unknown => recordedAnswer(answers, name);
const caseRow = z.object({ case_id: z.string(), status: z.string().nullable() });

let server: ReplayServer;

beforeAll(async () => {
  writeFileSync(join(folder, 'plain.p8'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'encrypted.p8'), keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }));
  writeFileSync(join(folder, 'notes.txt'), 'the key is in the safe');
  server = await startReplayServer();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function target(more: Partial<StoreTarget> = {}): StoreTarget {
  return { name: 'warehouse', url: `snowflake://audit_ro@127.0.0.1:${server.port}/casework/analytics?warehouse=audit_wh&role=auditor&account=regulator-main&protocol=http`, credentials: { token: TOKEN }, ...more };
}

const identity: ReplayRule = onStatement('current_version()', identityAnswer);

function script(...rules: ReplayRule[]): void {
  server.script([...rules, identity]);
}

const open = (more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> => engine.watch(target(more), context);

/** A session whose exchanges begin after its opening. */
async function opened(rules: readonly ReplayRule[], more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> {
  script();
  const session = await open(more, context);
  script(...rules);
  return session;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(() => null, (error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('it did not fail');
  // Whatever else a test asks: no error may hold a secret, nor its causes in what people see of them.
  expect(`${outcome.message} ${JSON.stringify(outcome)}`).not.toMatch(/canary|BEGIN|eyJ/);
  return outcome;
}

const refusal = async (answer: ReplayAnswer, more: Partial<StoreTarget> = {}): Promise<string> => {
  server.script([{ when: () => true, answers: [answer] }]);
  const error = await failure(open(more));
  expect(error).toBeInstanceOf(ConnectError);
  return error.message.replaceAll(String(server.port), 'PORT').replaceAll(folder, 'FOLDER');
};

describe('a statement', () => {
  it('is sent with its context, its label and an id, and says who asks', async () => {
    const session = await opened([onStatement('select 1', resultOf([['ONE', 'fixed', 1, 0]], [['1']]))]);
    expect(await session.query(z.object({ one: z.number() }), 'select 1 as one', { deadline_ms: 20_000 })).toEqual([{ one: 1 }]);
    const [sent] = server.exchanges;
    expect(sent?.path).toBe('/api/v2/statements');
    expect(sent?.query.get('requestId')).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(sent?.body).toEqual({
      statement: 'select 1 as one', timeout: 21, database: 'CASEWORK', schema: 'ANALYTICS', warehouse: 'AUDIT_WH', role: 'AUDITOR',
      parameters: { query_tag: 'tidemark', timezone: 'UTC', multi_statement_count: '1', binary_output_format: 'HEX' },
    });
    expect(session.identity()).toEqual({ version: '9.34.1', database: 'CASEWORK', inRecovery: false, role: 'AUDITOR', superuser: false });
    expect(session.version_num).toBe(93_401);
  });

  it('gives each kind of value as other engines do', async () => {
    const columns = [
      ['SMALL', 'fixed', 9, 0], ['WIDE', 'fixed', 38, 0], ['FEE', 'fixed', 12, 2], ['RATIO', 'real'], ['IS_OPEN', 'boolean'], ['NOTE', 'text'], ['DAY', 'date'], ['AT', 'time', 0, 9],
      ['LOCAL', 'timestamp_ntz', 0, 9], ['MOMENT', 'timestamp_tz', 0, 9], ['ZONED', 'timestamp_ltz', 0, 6], ['EARLY', 'timestamp_ntz', 0, 3], ['GONE', 'fixed', 9, 0], ['mixedCase', 'text'],
    ] as const;
    const cells = ['-42', '99999999999999999999', '1000.50', '1.5', 'true', 'Straße', '18686', '82919.123000000', '1611871901.123456789', '1616173619000000000 1500', '1611871901.500000000', '-0.001000000', null, 'kept'];
    const session = await opened([onStatement('case_file', resultOf(columns, [cells]))]);
    expect(await session.query(z.record(z.string(), z.unknown()), 'select * from case_file')).toEqual([{
      small: -42, wide: '99999999999999999999', fee: '1000.50', ratio: 1.5, is_open: true, note: 'Straße', day: '2021-02-28', at: '23:01:59.123', local: '2021-01-28 22:11:41.123456789',
      moment: '2021-03-19T17:06:59Z', zoned: '2021-01-28T22:11:41.5Z', early: '1969-12-31 23:59:59.999', gone: null, mixedCase: 'kept',
    }]);
  });

  it('is polled while it runs, and read partition by partition', async () => {
    const session = await opened([
      { when: ({ query }) => query.get('partition') === '1', answers: [{ body: recorded('partition'), gzip: true }] },
      { when: ({ method }) => method === 'GET', answers: [{ status: 202, body: recorded('running') }, { status: 503, headers: { 'retry-after': '0' } }, { body: recorded('result') }] },
      onStatement('case_file', { status: 202, body: recorded('running') }),
    ]);
    expect(await session.query(caseRow, 'select case_id, status from case_file', { deadline_ms: 120_000 })).toEqual([
      { case_id: '1152921504606846975', status: 'OPEN' }, { case_id: '2', status: null }, { case_id: '3', status: 'CLOSED' },
    ]);
    expect(server.exchanges.map(({ method, query }) => `${method} ${query.get('async') ?? ''}${query.get('partition') ?? ''}`)).toEqual(['POST true', 'GET ', 'GET ', 'GET ', 'GET 1']);
    expect(session.cost().queries).toBeGreaterThanOrEqual(5);
  });

  it('is submitted again under its own id after an overload or a cut connection, so that it runs once', async () => {
    const session = await opened([onStatement('case_file', { status: 429, headers: { 'retry-after': '0' } }, { behaviour: 'hang up' }, textsOf(['case_id', 'status'], [['1', null]]))]);
    expect(await session.query(caseRow, 'select case_id, status from case_file')).toHaveLength(1);
    expect(new Set(server.exchanges.map(({ query }) => query.get('requestId'))).size).toBe(1);
    expect(server.exchanges.map(({ query }) => query.get('retry'))).toEqual([null, 'true', 'true']);
  });

  it('is cancelled there when its deadline is over, and the session lives on', async () => {
    const session = await opened([
      { when: ({ path }) => path.endsWith('/cancel'), answers: [{ body: { code: '000604' } }] },
      { when: ({ method }) => method === 'GET', answers: [{ status: 202, body: recorded('running') }] },
      onStatement('case_file', { status: 202, body: recorded('running') }),
      onStatement('select 1', resultOf([['ONE', 'fixed', 1, 0]], [['1']])),
    ]);
    const error = await failure(session.query(caseRow, 'select * from case_file', { deadline_ms: 200 }));
    expect(error).toBeInstanceOf(DeadlineExceeded);
    expect(error.message).toBe('warehouse: it did not answer: no answer within 0.2 s');
    expect(server.exchanges.at(-1)?.path).toBe('/api/v2/statements/536fad38-b564-4dc5-9892-a4543504df6c/cancel');
    expect(await session.query(z.object({ one: z.number() }), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is cancelled there after an abort, which rejects with its reason', async () => {
    const stop = new AbortController();
    const session = await opened([
      { when: ({ path }) => path.endsWith('/cancel'), answers: [{ body: {} }] },
      { when: ({ method }) => method === 'GET', answers: [{ status: 202, body: recorded('running') }] },
      onStatement('case_file', { status: 202, body: recorded('running') }),
    ], {}, { ...noContext, signal: stop.signal });
    const work = failure(session.query(caseRow, 'select * from case_file', { deadline_ms: 60_000 }));
    setTimeout(() => stop.abort(new Error('interrupted by the user')), 150);
    expect((await work).message).toBe('interrupted by the user');
    expect(server.exchanges.at(-1)?.path).toMatch(/\/cancel$/);
    await session.close();
  });

  it('ends when its session is closed, there too, and so does every later one', async () => {
    const session = await opened([
      { when: ({ path }) => path.endsWith('/cancel'), answers: [{ body: {} }] },
      { when: ({ method }) => method === 'GET', answers: [{ status: 202, body: recorded('running') }] },
      onStatement('case_file', { status: 202, body: recorded('running') }),
    ]);
    const work = failure(session.query(caseRow, 'select * from case_file'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([session.close(), session.close()]);
    expect((await work).message).toBe('warehouse: the connection was lost: the session was closed');
    expect(server.exchanges.at(-1)?.path).toMatch(/\/cancel$/);
    expect(await failure(session.query(caseRow, 'select 1'))).toBeInstanceOf(StoreLost);
  });

  it('that fails there says why, and never a value of a row', async () => {
    const failing = async (status: number, name: string): Promise<Error> => {
      const session = await opened([onStatement('case_file', { status, body: recorded(name) })]);
      return failure(session.query(caseRow, 'select * from case_file'));
    };
    expect(await failing(408, 'timeout')).toBeInstanceOf(DeadlineExceeded);
    expect(await failing(422, 'not-authorized')).toBeInstanceOf(PermissionGap);
    expect((await failing(422, 'not-authorized')).message).toMatchInlineSnapshot(`"warehouse: Object 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY' does not exist or not authorized"`);
    expect((await failing(422, 'data-error')).message).toMatchInlineSnapshot(`"warehouse: Numeric value '…' is not recognized (100038)"`);
    expect((await failing(422, 'syntax-error')).message).toMatchInlineSnapshot(`"warehouse: syntax error line 1 at position 7 unexpected 'fro' (001003)"`);
    expect((await failing(422, 'no-warehouse')).message).toMatchInlineSnapshot(`"warehouse: no warehouse is chosen to run the statement; name one with ?warehouse= in the URL, or ALTER USER … SET DEFAULT_WAREHOUSE (000606)"`);
  });

  it('is not sent where it would read more than is allowed, or change anything', async () => {
    const session = await opened([onStatement('explain using json', textsOf(['content'], [[JSON.stringify(recorded('explain'))]]))], { scan_bytes_max: 1_000_000_000 });
    const error = await failure(session.query(caseRow, 'select * from case_file'));
    expect(error).toBeInstanceOf(ScanRefused);
    expect(error.message).toMatchInlineSnapshot(`"warehouse: a statement was not run: it would read 5 GiB, and scan_max allows 954 MiB"`);
    expect(await session.estimate?.('select count(*) from case_file')).toEqual({ bytes: 5_368_709_120, rows: null, isUpperBound: true });
    const sent = server.exchanges.length;
    await failure(session.query(caseRow, 'delete from case_file'));
    await failure(session.query(caseRow, 'select 1; drop table case_file'));
    expect(server.exchanges).toHaveLength(sent);
    expect(server.exchanges.map(statementOf)).toEqual(['explain using json select * from case_file', 'explain using json select count(*) from case_file']);
  });

  it('finds the session lost once the service is gone, and so does every later one', async () => {
    const session = await opened([onStatement('case_file', { text: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } })]);
    const first = await failure(session.query(caseRow, 'select * from case_file'));
    expect(first).toBeInstanceOf(StoreLost);
    expect(first.message).toBe('warehouse: the connection was lost: it answered with text/html in place of JSON');
    expect(await failure(session.query(caseRow, 'select 1'))).toBe(first);
    await session.close();
  });

  it('whose answer has an unknown form or no end is refused', async () => {
    const strange = await opened([onStatement('case_file', { body: { rows: [] } })]);
    expect((await failure(strange.query(caseRow, 'select * from case_file'))).message).toBe('warehouse: Snowflake answered in an unknown form');
    const parts = Array.from({ length: 400 }, () => ({ rowCount: 1, uncompressedSize: 16_000_000 }));
    const huge = { resultSetMetaData: { numRows: 400, rowType: [], partitionInfo: parts }, data: [], statementHandle: 'x' };
    const large = await opened([onStatement('case_file', { body: huge })]);
    expect((await failure(large.query(caseRow, 'select * from case_file'))).message).toBe('warehouse: the answer is larger than tidemark reads');
  });
});

describe('who asks', () => {
  it('proves it by a token signed with a private key, encrypted or not', async () => {
    for (const credentials of [{ private_key_file: join(folder, 'plain.p8') }, { private_key_file: join(folder, 'encrypted.p8'), private_key_passphrase: PASSPHRASE }]) {
      script();
      await open({ credentials });
      const { headers } = server.exchanges[0] ?? {};
      expect(headers?.['x-snowflake-authorization-token-type']).toBe('KEYPAIR_JWT');
      const [header = '', claims = '', signature = ''] = (headers?.authorization ?? '').replace('Bearer ', '').split('.');
      expect(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), keys.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
      const fingerprint = createHash('sha256').update(createPublicKey(keys.privateKey).export({ type: 'spki', format: 'der' })).digest('base64');
      const told = z.object({ iss: z.string(), sub: z.string(), iat: z.number(), exp: z.number() }).parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
      expect(told.iss).toBe(`REGULATOR-MAIN.AUDIT_RO.SHA256:${fingerprint}`);
      expect(told.sub).toBe('REGULATOR-MAIN.AUDIT_RO');
      expect(told.exp - told.iat).toBeLessThanOrEqual(3_600);
    }
  });

  it('signs a new token where the service no longer takes the last one', async () => {
    server.script([onStatement('current_version()', { status: 401, body: recorded('jwt-invalid') }, identityAnswer)]);
    await open({ credentials: { private_key_file: join(folder, 'plain.p8') } });
    expect(server.exchanges).toHaveLength(2);
  });

  it('is taken from the environment where the store says nothing', async () => {
    script();
    await engine.watch({ name: 'warehouse', url: target().url }, { environment: { SNOWFLAKE_TOKEN: TOKEN }, homeDirectory: null });
    expect(server.exchanges[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('is refused with the cause and the next step', async () => {
    const key = (name: string, more = {}): Partial<StoreTarget> => ({ credentials: { private_key_file: join(folder, name), ...more } });
    const invalid = { status: 401, body: recorded('jwt-invalid') };
    expect([
      await refusal(invalid, key('plain.p8')),
      await refusal({ status: 401, body: recorded('token-expired') }),
      await refusal({ status: 403, body: recorded('network-policy') }),
      await refusal({ status: 404, text: '<html>not found</html>', headers: { 'content-type': 'text/html' } }),
      await refusal(invalid, key('encrypted.p8')),
      await refusal(invalid, key('encrypted.p8', { private_key_passphrase: 'canary-wrong-pass' })),
      await refusal(invalid, key('notes.txt')),
      await refusal(invalid, key('absent.p8')),
      await refusal(invalid, { credentials: {} }),
      await refusal(invalid, { credentials: { password: 'canary-password-1' } }),
      await refusal(invalid, { url: 'snowflake://audit_ro:canary-in-url@regulator-main/CASEWORK' }),
      await refusal(invalid, { url: 'snowflake://regulator-main/CASEWORK', credentials: { private_key_file: join(folder, 'plain.p8') } }),
      await refusal(invalid, { url: 'snowflake://regulator-main/CASEWORK?wharehouse=A' }),
      await refusal(invalid, { url: 'snowflake://regulator-main/CASEWORK?protocol=http' }),
      await refusal(resultOf([['version', 'text'], ['database', 'text'], ['role', 'text'], ['user', 'text'], ['warehouse', 'text']], [['9.34.1', null, 'AUDITOR', 'A', null]])),
    ].join('\n')).toMatchInlineSnapshot(`
      "warehouse: cannot open 127.0.0.1:PORT/CASEWORK: JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a] (390144). Compare DESCRIBE USER: RSA_PUBLIC_KEY_FP must be of this key, the user and account must be spelt as there, and the clock of this machine must be right.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: OAuth access token expired. [1f5a2c3d] (390318). Get a new token.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: Incoming request with IP/Token 203.0.113.7 is not allowed to access Snowflake (390422). Let the address of this machine into the network policy.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: there is no such account. Correct the account identifier in the URL.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: the private key in FOLDER/encrypted.p8 is encrypted and no passphrase is known. Set credentials.private_key_passphrase.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: the private key in FOLDER/encrypted.p8 cannot be decrypted: wrong passphrase, or a damaged key. Correct credentials.private_key_passphrase.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: FOLDER/notes.txt holds no private key in PEM. Give the file of the private key, as openssl pkcs8 -topk8 writes it.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: FOLDER/absent.p8: there is no such file. Correct the path, or let this user read the file.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: no credentials are known. Set credentials.private_key_file or credentials.token, or SNOWFLAKE_PRIVATE_KEY_FILE or SNOWFLAKE_TOKEN.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: credentials.password cannot be used here. It takes user, token, private_key_file, private_key_passphrase.
      warehouse: cannot open Snowflake: its url holds a password. Snowflake takes none here: name credentials.private_key_file or credentials.token.
      warehouse: cannot open regulator-main.snowflakecomputing.com/CASEWORK: a key pair needs the name of its user. Name it in the URL (snowflake://user@…) or in credentials.user.
      warehouse: cannot open Snowflake: its url has an unknown parameter wharehouse. It takes warehouse, role, account, authenticator, protocol.
      warehouse: cannot open Snowflake: protocol=http would send the credentials in the clear. Leave it out.
      warehouse: cannot open 127.0.0.1:PORT/CASEWORK: no database is chosen, or this role may not use it. Name it in the URL (snowflake://user@account/DATABASE), in quotes where it has lower-case letters, and GRANT USAGE ON DATABASE … TO ROLE …"
    `);
  });
});
