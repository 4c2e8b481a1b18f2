import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { engine } from '../../../src/stores/bigquery.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../../src/stores/live.js';
import { ConnectError, PermissionGap, StoreLost, type OpenContext, type StoreTarget } from '../../../src/stores/store.js';
import { onPath, onStatement, openingRules, resultOf, statementOf } from '../../support/bigquery-answers.js';
import { recordedAnswer, startReplayServer, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../../support/replay-server.js';
import { noContext } from '../../support/store-context.js';

const TOKEN = 'canary-token-5c1f77d2';
const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-bigquery-'));
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const answers = new URL('./answers/', import.meta.url);
const recorded = (name: string): unknown => recordedAnswer(answers, name);
const caseRow = z.object({ case_id: z.string(), status: z.string().nullable() });
const oneRow = z.object({ one: z.string() });
const one = onStatement('select 1', resultOf([['one', 'INTEGER']], [['1']]));

let server: ReplayServer;

beforeAll(async () => {
  server = await startReplayServer();
  const account = (token_uri: string): string => JSON.stringify({
    type: 'service_account', project_id: 'regulator-pay', private_key_id: 'kid-1', private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }), client_email: 'audit-ro@regulator-pay.iam.gserviceaccount.com', token_uri,
  });
  writeFileSync(join(folder, 'account.json'), account(`${server.url}/token`));
  writeFileSync(join(folder, 'elsewhere.json'), account('https://collector.example/token'));
  writeFileSync(join(folder, 'notes.txt'), 'the key is in the safe');
  writeFileSync(join(folder, 'external.json'), JSON.stringify({ type: 'external_account', secret: 'canary-external' }));
  mkdirSync(join(folder, '.config/gcloud'), { recursive: true });
  writeFileSync(join(folder, '.config/gcloud/application_default_credentials.json'), JSON.stringify({ type: 'authorized_user', client_id: 'id-1', client_secret: 'canary-client-secret', refresh_token: 'canary-refresh-token', token_uri: `${server.url}/token` }));
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function target(more: Partial<StoreTarget> = {}): StoreTarget {
  return { name: 'warehouse', url: `bigquery://regulator-pay/analytics?endpoint=${encodeURIComponent(server.url)}`, credentials: { token: TOKEN }, ...more };
}

const open = (more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> => engine.watch(target(more), context);

async function opened(rules: readonly ReplayRule[], more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> {
  server.script(openingRules);
  const session = await open(more, context);
  server.script(rules);
  return session;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const outcome = await work.then(() => null, (error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('it did not fail');
  expect(`${outcome.message} ${JSON.stringify(outcome)}`).not.toMatch(/canary|BEGIN|eyJ/);
  return outcome;
}

describe('a statement', () => {
  it('is sent with its label, its limit and an id, in the location of its dataset', async () => {
    const session = await opened([one], { scan_bytes_max: 1_000_000_000 });
    expect(await session.query(oneRow, 'select 1 as one', { deadline_ms: 5_000 })).toEqual([{ one: '1' }]);
    const [sent] = server.exchanges;
    expect(sent?.path).toBe('/bigquery/v2/projects/regulator-pay/queries');
    expect(sent?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(sent?.body).toMatchObject({
      query: 'select 1 as one', useLegacySql: false, labels: { tidemark: 'true' }, location: 'EU', maximumBytesBilled: '1000000000', defaultDataset: { projectId: 'regulator-pay', datasetId: 'analytics' },
      formatOptions: { useInt64Timestamp: true }, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(session.identity()).toMatchObject({ database: 'regulator-pay', role: 'audit-ro@regulator-pay.iam.gserviceaccount.com' });
  });

  it('gives each kind of value as other engines do, nested and repeated ones too', async () => {
    const fields = [
      { name: 'n', type: 'INTEGER' }, { name: 'fee', type: 'NUMERIC' }, { name: 'ratio', type: 'FLOAT' }, { name: 'odd', type: 'FLOAT' }, { name: 'is_open', type: 'BOOLEAN' }, { name: 'at', type: 'TIMESTAMP' }, { name: 'early', type: 'TIMESTAMP' },
      { name: 'local', type: 'DATETIME' }, { name: 'day', type: 'DATE' }, { name: 'gone', type: 'STRING' }, { name: 'tags', type: 'STRING', mode: 'REPEATED' },
      { name: 'officer', type: 'RECORD', fields: [{ name: 'name', type: 'STRING' }, { name: 'cases', type: 'INTEGER', mode: 'REPEATED' }] },
    ];
    const cells = ['99999999999', '1000.5', '1.5', 'NaN', 'true', '1611871901123456', '-1000', '2021-01-28T22:11:41', '2021-02-28', null, [{ v: 'a' }, { v: 'b' }], { f: [{ v: 'unit 4' }, { v: [{ v: '1' }, { v: '2' }] }] }];
    const session = await opened([onStatement('case_file', { body: { jobComplete: true, schema: { fields }, rows: [{ f: cells.map((v) => ({ v })) }] } })]);
    expect(await session.query(z.record(z.string(), z.unknown()), 'select * from case_file')).toEqual([{
      n: '99999999999', fee: '1000.5', ratio: 1.5, odd: Number.NaN, is_open: true, at: '2021-01-28T22:11:41.123456Z', early: '1969-12-31T23:59:59.999Z', local: '2021-01-28T22:11:41', day: '2021-02-28', gone: null,
      tags: ['a', 'b'], officer: { name: 'unit 4', cases: ['1', '2'] },
    }]);
  });

  it('is waited for while it runs, and read page by page', async () => {
    const session = await opened([
      { when: ({ query }) => query.get('pageToken') === 'BFOMC72R2E', answers: [{ body: recorded('second-page'), gzip: true }] },
      onPath(/\/queries\/job_S4tUf8h2$/, { body: recorded('running') }, { status: 503, headers: { 'retry-after': '0' }, body: recorded('backend') }, { body: recorded('first-page') }),
      onStatement('case_file', { body: recorded('running') }),
    ]);
    expect(await session.query(caseRow, 'select case_id, status from case_file')).toEqual([{ case_id: '1152921504606846975', status: 'OPEN' }, { case_id: '2', status: null }, { case_id: '3', status: 'CLOSED' }]);
    expect(server.exchanges.slice(1).every(({ query }) => query.get('location') === 'EU')).toBe(true);
    expect(server.exchanges).toHaveLength(5);
  });

  it('is sent again under its own id after an overload or a cut connection, so that it runs once', async () => {
    const session = await opened([onStatement('select 1', { status: 403, body: recorded('rate-limit') }, { behaviour: 'hang up' }, resultOf([['one', 'INTEGER']], [['1']]))]);
    expect(await session.query(oneRow, 'select 1 as one')).toEqual([{ one: '1' }]);
    expect(new Set(server.exchanges.map(({ body }) => z.object({ requestId: z.string() }).parse(body).requestId)).size).toBe(1);
    expect(server.exchanges).toHaveLength(3);
  });

  it('is cancelled there when its deadline is over or an abort comes', async () => {
    const stop = new AbortController();
    const rules = [
      { when: ({ path }: { path: string }) => path.endsWith('/cancel'), answers: [{ body: { kind: 'bigquery#jobCancelResponse' } }] },
      onPath(/\/queries\/job_S4tUf8h2$/, { body: recorded('running'), delay_ms: 60 }),
      onStatement('case_file', { body: recorded('running') }), one,
    ];
    const session = await opened(rules, {}, { ...noContext, signal: stop.signal });
    expect(await failure(session.query(caseRow, 'select * from case_file', { deadline_ms: 200 }))).toBeInstanceOf(DeadlineExceeded);
    expect(server.exchanges.at(-1)?.path).toBe('/bigquery/v2/projects/regulator-pay/jobs/job_S4tUf8h2/cancel');
    expect(await session.query(oneRow, 'select 1 as one')).toEqual([{ one: '1' }]);
    const work = failure(session.query(caseRow, 'select * from case_file'));
    setTimeout(() => stop.abort(new Error('interrupted by the user')), 150);
    expect((await work).message).toBe('interrupted by the user');
    expect(server.exchanges.at(-1)?.path).toMatch(/\/cancel$/);
  });

  it('that fails there says why, and never a value of a row', async () => {
    const failing = async (status: number, name: string): Promise<Error> => {
      const session = await opened([onStatement('case_file', { status, body: recorded(name) })], { scan_bytes_max: 1_000_000_000 });
      return failure(session.query(caseRow, 'select * from case_file', { deadline_ms: 1_000 }));
    };
    expect(await failing(403, 'access-denied')).toBeInstanceOf(PermissionGap);
    expect(await failing(404, 'not-found')).toBeInstanceOf(PermissionGap);
    expect(await failing(400, 'bytes-billed')).toBeInstanceOf(ScanRefused);
    expect(await failing(401, 'unauthenticated')).toBeInstanceOf(StoreLost);
    const said: string[] = [];
    for (const [status, name] of [[403, 'access-denied'], [404, 'not-found'], [400, 'bytes-billed'], [400, 'invalid'], [400, 'data-error'], [400, 'partition-filter'], [403, 'quota'], [403, 'rate-limit'], [401, 'unauthenticated']] as const) said.push((await failing(status, name)).message);
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "warehouse: Access Denied: Project regulator-pay: User does not have bigquery.jobs.listAll permission in project regulator-pay
      warehouse: Not found: Table regulator-pay:analytics.case_fille was not found in location EU
      warehouse: a statement was not run: it would read 5 GiB, and scan_max allows 954 MiB
      warehouse: Syntax error: Unexpected identifier "fro" at [1:8] (invalidQuery)
      warehouse: Bad int64 value (invalidQuery)
      warehouse: Cannot query over table 'regulator-pay.analytics.event' without a filter over column(s) 'event_day' that can be used for partition elimination (invalidQuery)
      warehouse: Quota exceeded: Your project exceeded quota for free query bytes scanned (quotaExceeded)
      warehouse: Exceeded rate limits: too many concurrent queries for this project_and_region (rateLimitExceeded)
      warehouse: the connection was lost: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential"
    `);
  });

  it('is estimated by a dry run, which is how the columns of a query are told too', async () => {
    const session = await opened([onStatement('case_file', { body: recorded('dry-run') })]);
    expect(await session.estimate?.('select * from case_file')).toEqual({ bytes: 5_368_709_120, rows: null, isUpperBound: true });
    expect(await engine.describe(session, { query: 'select * from case_file' })).toEqual({
      kind: 'query', keys: [], hidesRows: false, suffix: '',
      columns: [{ name: 'case_id', type: 'INT64', nullable: true }, { name: 'fee', type: 'NUMERIC(12, 2)', nullable: true }, { name: 'events', type: 'ARRAY<STRUCT<at TIMESTAMP, actor STRING(40)>>', nullable: true }],
    });
    expect(server.exchanges.every(({ body }) => z.object({ dryRun: z.literal(true) }).safeParse(body).success)).toBe(true);
  });

  it('that would change anything, or is a script, is not sent', async () => {
    const session = await opened([one]);
    await failure(session.query(caseRow, 'select 1; drop table case_file'));
    await failure(session.query(caseRow, "export data options(uri='gs://x') as select 1"));
    expect(server.exchanges).toEqual([]);
  });
});

describe('who asks', () => {
  const token: ReplayRule = { when: ({ path }) => path === '/token', answers: [{ body: recorded('token') }] };

  it('exchanges the signed claim of a service account for a token, once', async () => {
    server.script([token, ...openingRules]);
    await open({ credentials: { credentials_file: join(folder, 'account.json') } });
    const asked = server.exchanges.filter(({ path }) => path === '/token');
    expect(asked).toHaveLength(1);
    const form = new URLSearchParams(String(asked[0]?.body));
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    expect(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), keys.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: 'audit-ro@regulator-pay.iam.gserviceaccount.com', aud: `${server.url}/token` });
    expect(server.exchanges.filter(({ path }) => path !== '/token').map(({ headers }) => headers.authorization)).toEqual(['Bearer canary-access-token-1', 'Bearer canary-access-token-1']);
  });

  it('gets a new token where the last one is no longer taken', async () => {
    server.script([
      { when: ({ path }) => path === '/token', answers: [{ body: recorded('token') }, { body: { access_token: 'canary-access-token-2', expires_in: 3599 } }] },
      onPath(/\/datasets\/analytics$/, { status: 401, body: recorded('unauthenticated') }, { body: { location: 'EU' } }), ...openingRules,
    ]);
    await open({ credentials: { credentials_file: join(folder, 'account.json') } });
    expect(server.exchanges.at(-1)?.headers.authorization).toBe('Bearer canary-access-token-2');
  });

  it('is found where GOOGLE_APPLICATION_CREDENTIALS and gcloud say', async () => {
    const { url, name } = target();
    server.script([token, ...openingRules]);
    await engine.watch({ name, url }, { environment: { GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'account.json') }, homeDirectory: null });
    server.script([token, ...openingRules]);
    await engine.watch({ name, url }, { environment: {}, homeDirectory: folder });
    expect(new URLSearchParams(String(server.exchanges[0]?.body)).get('grant_type')).toBe('refresh_token');
  });

  it('is refused with the cause and the next step', async () => {
    const refusal = async (answer: ReplayAnswer, more: Partial<StoreTarget> = {}): Promise<string> => {
      server.script([{ when: () => true, answers: [answer] }]);
      const error = await failure(open(more));
      expect(error).toBeInstanceOf(ConnectError);
      return error.message.replaceAll(String(server.port), 'PORT').replaceAll(folder, 'FOLDER');
    };
    const file = (name: string): Partial<StoreTarget> => ({ credentials: { credentials_file: join(folder, name) } });
    const any = { status: 401, body: recorded('unauthenticated') };
    expect([
      await refusal(any),
      await refusal({ status: 403, body: recorded('no-job-user') }),
      await refusal({ status: 404, body: recorded('not-found') }),
      await refusal({ status: 400, body: recorded('invalid-grant') }, file('account.json')),
      await refusal(any, file('notes.txt')),
      await refusal(any, file('external.json')),
      await refusal(any, file('elsewhere.json')),
      await refusal(any, file('absent.json')),
      await refusal(any, { credentials: {} }),
      await refusal(any, { credentials: { user: 'a', private_key_file: 'b' } }),
      await refusal(any, { url: 'bigquery://audit:canary-in-url@regulator-pay/analytics' }),
      await refusal(any, { url: 'bigquery://regulator-pay' }),
      await refusal(any, { url: 'bigquery://regulator-pay/analytics?endpoint=http://collector.example' }),
      await refusal({ body: { location: 'US' } }, { url: `${target().url}&location=EU` }),
    ].join('\n')).toMatchInlineSnapshot(`
      "warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. The access token is wrong or over: get a new one, or name the file of a service account.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: Access Denied: Project regulator-pay: User does not have bigquery.jobs.create permission in project regulator-pay. Grant roles/bigquery.jobUser on project regulator-pay and roles/bigquery.dataViewer on its datasets to the account.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: there is no dataset analytics in project regulator-pay, or it may not be seen. Correct the URL, or grant roles/bigquery.dataViewer on the dataset.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: Invalid JWT Signature. (invalid_grant). Is the key still one of the service account, and is the clock of this machine right? Otherwise log in again.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: FOLDER/notes.txt holds no credentials of Google. Name the JSON key file of a service account, or one that gcloud auth application-default login wrote.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: FOLDER/external.json holds credentials of another kind than tidemark knows. Name the JSON key file of a service account, or one that gcloud auth application-default login wrote.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: FOLDER/elsewhere.json wants its proof sent to an address that is not Google's. Get the file anew from Google Cloud.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: FOLDER/absent.json: there is no such file. Correct the path, or let this user read the file.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: no credentials are known. Set credentials.credentials_file or GOOGLE_APPLICATION_CREDENTIALS to the JSON file of a service account, or run gcloud auth application-default login.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: credentials.user, credentials.private_key_file cannot be used here. It takes token, credentials_file.
      warehouse: cannot open BigQuery: its url holds a user or a password. BigQuery takes none: name credentials.credentials_file or credentials.token.
      warehouse: cannot open regulator-pay: neither a dataset nor a location is named. Write bigquery://project/dataset, or bigquery://project?location=EU.
      warehouse: cannot open BigQuery: its endpoint would get the credentials in the clear. Begin it with https://.
      warehouse: cannot open 127.0.0.1:PORT/regulator-pay/analytics: the dataset is in US, and the URL says EU. Leave ?location= out, or correct it."
    `);
    expect(server.exchanges.map(statementOf).join('')).toBe('');
  });
});
