import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { planEstimate } from '../../src/stores/databricks/estimate.js';
import { describe as describeRelation, openLive, openStore, relationFacts } from '../../src/stores/index.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../src/stores/live.js';
import { PermissionGap, type ConnectError, type OpenContext, type StoreTarget } from '../../src/stores/store.js';
import { startReplayServer, type Exchange, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../support/replay-server.js';
import { noContext } from '../support/store-context.js';

const TOKEN = 'dapi-canary-0123456789abcdef';
const anything = z.record(z.string(), z.unknown());
const submitted = z.object({ statement: z.string() });
const isPost = ({ method, path }: Exchange): boolean => method === 'POST' && path === '/api/2.0/sql/statements';
const says = (exchange: Exchange, part: string): boolean => isPost(exchange) && submitted.parse(exchange.body).statement.includes(part);
const id = '01ee9f3a-1c14-1ec0-85e0-4d3b8a8c4f2b';

/** Answers in the form of the Statement Execution API's tutorial: every value a text. */
const manifest = (types: Record<string, string>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  format: 'JSON_ARRAY', total_chunk_count: 1, truncated: false, ...more,
  schema: { column_count: Object.keys(types).length, columns: Object.entries(types).map(([name, type], position) => ({ name, position, type_name: type.replace(/\(.*/, ''), type_text: type === 'LONG' ? 'BIGINT' : type })) },
});
const succeeded = (types: Record<string, string>, data: readonly (readonly (string | null)[])[]): ReplayAnswer => ({ body: { statement_id: id, status: { state: 'SUCCEEDED' }, manifest: manifest(types), result: { chunk_index: 0, row_offset: 0, row_count: data.length, data_array: data } } });
const failed = (error_code: string, message: string, sql_state?: string): ReplayAnswer => ({ body: { statement_id: id, status: { state: 'FAILED', error: { error_code, message }, ...(sql_state === undefined ? {} : { sql_state }) } } });
const state = (name: string): ReplayAnswer => ({ body: { statement_id: id, status: { state: name } } });

describe('a Databricks workspace', () => {
  let server: ReplayServer;
  const opened: { close(): Promise<void> }[] = [];
  const target = (more: Partial<StoreTarget> = {}): StoreTarget => ({ name: 'lakehouse', url: `databricks://127.0.0.1:${server.port}/main/mart?warehouse=ab12cd34`, credentials: { token: TOKEN }, ...more });
  const warehouse = (name = 'RUNNING'): ReplayRule => ({ when: ({ path }) => path === '/api/2.0/sql/warehouses/ab12cd34', answers: [{ body: { id: 'ab12cd34', name: 'tide', state: name, auto_stop_mins: 10, enable_serverless_compute: true } }] });
  const answers = (part: string, types: Record<string, string>, data: readonly (readonly (string | null)[])[]): ReplayRule => ({ when: (exchange) => says(exchange, part), answers: [succeeded(types, data)] });
  const identity = answers('current_user()', { role: 'STRING', version: 'STRING' }, [['auditor@regulator.example', '2026.10']]);
  const script = (...rules: ReplayRule[]): void => server.script([warehouse(), identity, ...rules]);
  const watch = async (more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> => {
    const session = await openLive('databricks', target(more), context);
    opened.push(session);
    return session;
  };

  beforeAll(async () => {
    server = await startReplayServer();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  afterAll(() => server.stop());

  it('says who it is, marks each statement and sends it inline, and nothing but reading ones', async () => {
    script();
    const session = await watch();
    expect(session.identity()).toEqual({ version: '2026.10', database: 'main', inRecovery: false, role: 'auditor@regulator.example', superuser: false });
    expect(session.version_num).toBe(20_261_000);
    const [, first] = server.exchanges;
    expect(first?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(first?.body).toMatchObject({ warehouse_id: 'ab12cd34', catalog: 'main', schema: 'mart', wait_timeout: '10s', on_wait_timeout: 'CONTINUE', disposition: 'INLINE', format: 'JSON_ARRAY' });
    expect(submitted.parse(first?.body).statement).toMatch(/^\/\* tidemark \*\/ select /);
    const before = server.exchanges.length;
    for (const text of ['delete from t', 'select 1; drop table t', 'with a as (select 1) insert into t select * from a', 'optimize t', "select 'it\\'s'; vacuum t"]) await expect(session.query(anything, text)).rejects.toThrow('one reading statement');
    expect(server.exchanges.length).toBe(before);
  });

  it('waits for a statement that takes longer, is throttled, and reads every chunk', async () => {
    const types = { digits: 'STRING', n: 'LONG', share: 'DOUBLE', flag: 'BOOLEAN', fee: 'DECIMAL(12,2)', small: 'INT', at: 'TIMESTAMP' };
    const link = `/api/2.0/sql/statements/${id}/result/chunks/1?row_offset=1`;
    script(
      { when: (exchange) => says(exchange, 'case_file'), answers: [{ status: 429, headers: { 'retry-after': '0' }, body: { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'Too many requests' } }, state('PENDING')] },
      { when: ({ path }) => path === `/api/2.0/sql/statements/${id}`, answers: [state('RUNNING'), { body: { statement_id: id, status: { state: 'SUCCEEDED' }, manifest: manifest(types, { total_chunk_count: 2 }), result: { chunk_index: 0, row_offset: 0, row_count: 1, next_chunk_index: 1, next_chunk_internal_link: link, data_array: [['12', '9223372036854775807', '0.30000000000000004', 'true', '10.50', '7', '2026-03-02T09:00:00.123Z']] } } }] },
      { when: ({ path, query }) => path.endsWith('/result/chunks/1') && query.get('row_offset') === '1', answers: [{ status: 503, headers: { 'retry-after': '0' } }, { body: { chunk_index: 1, row_offset: 1, row_count: 1, data_array: [[null, null, 'NaN', 'false', null, null, null]] } }] },
    );
    const session = await watch();
    expect(await session.query(anything, 'select * from case_file')).toEqual([
      { digits: '12', n: '9223372036854775807', share: 0.300_000_000_000_000_04, flag: true, fee: '10.50', small: 7, at: '2026-03-02T09:00:00.123Z' },
      { digits: null, n: null, share: Number.NaN, flag: false, fee: null, small: null, at: null },
    ]);
    expect(server.unexpected).toEqual([]);
  });

  it('cancels in the workspace what takes too long or is aborted', async () => {
    const never: ReplayRule[] = [
      { when: (exchange) => says(exchange, 'case_file'), answers: [state('PENDING')] },
      { when: ({ path }) => path === `/api/2.0/sql/statements/${id}`, answers: [state('RUNNING')] },
      { when: ({ path }) => path === `/api/2.0/sql/statements/${id}/cancel`, answers: [{ body: {} }] },
    ];
    const cancelled = (): boolean => server.exchanges.some(({ path }) => path.endsWith('/cancel'));
    script(...never);
    const session = await watch();
    await expect(session.query(anything, 'select 1 from case_file', { deadline_ms: 400 })).rejects.toThrow(DeadlineExceeded);
    expect(server.exchanges.filter(isPost).at(-1)?.body).toMatchObject({ wait_timeout: '0s' });
    expect(cancelled()).toBe(true);

    script(...never);
    const controller = new AbortController();
    const aborted = await watch({}, { ...noContext, signal: controller.signal });
    const running = aborted.query(anything, 'select 1 from case_file');
    setTimeout(() => controller.abort(new Error('tide turned')), 100);
    await expect(running).rejects.toThrow('tide turned');
    expect(cancelled()).toBe(true);
  });

  it('tells errors apart, and repeats none that may quote a value', async () => {
    script(
      { when: (exchange) => says(exchange, 'secret_table'), answers: [failed('BAD_REQUEST', "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have permission SELECT on table 'main.mart.secret_table'. SQLSTATE: 42501", '42501')] },
      { when: (exchange) => says(exchange, 'no_table'), answers: [failed('BAD_REQUEST', '[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_table` cannot be found. SQLSTATE: 42P01\n== SQL ==\nselect', '42P01')] },
      { when: (exchange) => says(exchange, 'bad_cast'), answers: [failed('BAD_REQUEST', "[CAST_INVALID_INPUT] The value 'Ms Applicant, 12 Harbour Road' of the type \"STRING\" cannot be cast to \"BIGINT\"", '22018')] },
      { when: (exchange) => says(exchange, 'stopped'), answers: [state('CANCELED')] },
      { when: (exchange) => says(exchange, 'strange'), answers: [{ body: { hello: 'world' } }] },
      { when: (exchange) => says(exchange, 'forbidden'), answers: [{ status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'You do not have permission to use the SQL warehouse' } }] },
    );
    const session = await watch();
    const told = async (sql: string): Promise<string> => session.query(anything, sql).then(() => '', (error: unknown) => (error instanceof PermissionGap || error instanceof DeadlineExceeded ? `${error.name}: ${error.message}` : String(error)));
    const lines = [];
    for (const name of ['secret_table', 'no_table', 'bad_cast', 'stopped', 'strange', 'forbidden']) lines.push(await told(`select * from ${name}`));
    expect(lines.join('\n')).not.toContain('Harbour');
    expect(lines).toMatchInlineSnapshot(`
      [
        "PermissionGap: lakehouse: [INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have permission SELECT on table 'main.mart.secret_table'. SQLSTATE: 42501",
        "StatementFailed: lakehouse: [TABLE_OR_VIEW_NOT_FOUND] The table or view \`no_table\` cannot be found. SQLSTATE: 42P01",
        "StatementFailed: lakehouse: [CAST_INVALID_INPUT] its text is left out, since it may hold values",
        "DeadlineExceeded: lakehouse: the statement was cancelled in the workspace",
        "StatementFailed: lakehouse: it does not answer as Databricks does",
        "PermissionGap: lakehouse: You do not have permission to use the SQL warehouse (PERMISSION_DENIED)",
      ]
    `);
  });

  it('takes an OAuth token for a service principal, and another one when it is no longer taken', async () => {
    const secret = 'dose-canary-fedcba9876543210';
    let made = 0;
    const token: ReplayRule = { when: ({ path }) => path === '/oidc/v1/token', answers: [() => ({ body: { access_token: `tide-access-token-${++made}`, token_type: 'Bearer', scope: 'all-apis', expires_in: 3600 } })] };
    let expired = false;
    server.script([
      token, warehouse(), identity,
      { when: (exchange) => says(exchange, 'case_file') && expired && exchange.headers.authorization === 'Bearer tide-access-token-1', answers: [{ status: 401, body: { error_code: 'UNAUTHENTICATED', message: 'Token tide-access-token-1 is expired' } }] },
      answers('case_file', { n: 'LONG' }, [['3']]),
    ]);
    const session = await watch({ credentials: { client_id: 'b6c3', client_secret: secret } });
    const [first] = server.exchanges;
    expect(first).toMatchObject({ method: 'POST', path: '/oidc/v1/token', body: 'grant_type=client_credentials&scope=all-apis' });
    expect(first?.headers.authorization).toBe(`Basic ${Buffer.from(`b6c3:${secret}`).toString('base64')}`);
    expired = true;
    expect(await session.query(anything, 'select count(*) as n from case_file')).toEqual([{ n: '3' }]);
    expect(made).toBe(2);
    expect(server.exchanges.at(-1)?.headers.authorization).toBe('Bearer tide-access-token-2');
  });

  it('reads one catalogue of Unity Catalog, and says that it started the warehouse', async () => {
    const here = { schema: 'STRING', relation: 'STRING' };
    server.script([
      warehouse('STOPPED'), identity,
      answers('information_schema.tables', { schema: 'STRING', name: 'STRING', kind: 'STRING', owner: 'STRING', comment: 'STRING' }, [['mart', 'case_file', 'MANAGED', 'data_team', 'One row a case'], ['mart', 'open_case', 'VIEW', 'data_team', null], ['mart', 'task', 'EXTERNAL', 'data_team', null]]),
      answers('information_schema.columns', { ...here, name: 'STRING', type: 'STRING', nullable: 'STRING', comment: 'STRING' }, [['mart', 'case_file', 'case_id', 'bigint', 'NO', null], ['mart', 'case_file', 'email', 'string', 'YES', 'of the applicant'], ['mart', 'task', 'case_id', 'bigint', 'YES', null]]),
      answers('information_schema.views', { schema: 'STRING', name: 'STRING', definition: 'STRING' }, [['mart', 'open_case', 'SELECT * FROM mart.case_file']]),
      answers('key_column_usage', { ...here, name: 'STRING', kind: 'STRING', column: 'STRING', referenced_schema: 'STRING', referenced_relation: 'STRING', referenced_column: 'STRING' }, [['mart', 'case_file', 'case_pk', 'PRIMARY KEY', 'case_id', null, null, null], ['mart', 'task', 'task_case_fk', 'FOREIGN KEY', 'case_id', 'mart', 'case_file', 'case_id']]),
      answers('row_filters', { ...here, name: 'STRING' }, [['mart', 'case_file', 'own_region']]),
      answers('column_masks', { ...here, column: 'STRING', mask: 'STRING' }, [['mart', 'case_file', 'email', 'mask_email']]),
      { when: (exchange) => says(exchange, 'column_tags'), answers: [failed('BAD_REQUEST', '[INSUFFICIENT_PERMISSIONS] Insufficient privileges: no USE SCHEMA', '42501')] },
      answers('table_privileges', { ...here, grantee: 'STRING', privilege: 'STRING' }, [['mart', 'case_file', 'officers', 'SELECT'], ['mart', 'case_file', 'officers', 'MODIFY']]),
    ]);
    const store = await openStore('databricks', target(), noContext);
    opened.push(store);
    const { value, gaps } = await store.catalog();
    expect(value.relations.map(({ kind, name, rowSecurity, columns }) => [kind, name, rowSecurity, columns.map((column) => `${column.name} ${column.type}${column.nullable ? '' : ' not null'}${column.label === null ? '' : ` ${column.label}`}`)])).toEqual([
      ['table', 'case_file', true, ['case_id bigint not null', 'email string MASKED WITH POLICY mask_email']],
      ['view', 'open_case', false, []],
      ['table', 'task', false, ['case_id bigint']],
    ]);
    expect(value.constraints.map(({ relation, kind, columns, enforced, references }) => [relation, kind, columns, enforced, references])).toEqual([
      ['case_file', 'primary_key', ['case_id'], false, null],
      ['task', 'foreign_key', ['case_id'], false, { schema: 'mart', relation: 'case_file', columns: ['case_id'] }],
    ]);
    expect(value.grants).toEqual([{ grantee: 'officers', schema: 'mart', relation: 'case_file', privileges: ['MODIFY', 'SELECT'] }]);
    expect(gaps.map(({ missing, cause, remedy }) => `${missing}: ${cause}; ${remedy ?? '-'}`)).toMatchInlineSnapshot(`
      [
        "tags of columns: [INSUFFICIENT_PERMISSIONS] Insufficient privileges: no USE SCHEMA; GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG \`main\` TO \`auditor@regulator.example\`;",
        "what this look cost in the end: the SQL warehouse tide was stopped and was started for it; it stops by itself after 10 minutes; Name a warehouse in the URL that is running anyway.",
      ]
    `);
    expect(server.unexpected).toEqual([]);
  });

  it('reads the history with its costs, and names the grants where it may not', async () => {
    const types = { user_name: 'STRING', application: 'STRING', text: 'STRING', runs: 'DOUBLE', failures: 'DOUBLE', execution_ms: 'DOUBLE', longest_ms: 'DOUBLE', rows: 'DOUBLE', scanned_bytes: 'DOUBLE', spilled_bytes: 'DOUBLE', since: 'DOUBLE', until: 'DOUBLE' };
    script(answers('system.query.history', types, [
      ['officer@regulator.example', 'Databricks SQL Dashboard dashboard 01ef', 'SELECT region, count(*) FROM mart.case_file GROUP BY region', '30.0', '2.0', '9000.0', '900.0', '150.0', '3.0E9', '0.0', '1.772442E9', '1.7725E9'],
      ['loader', 'dbt', null, '1.0', '0.0', '100.0', '100.0', '0.0', null, null, '1.7724E9', '1.7724E9'],
    ]));
    const store = await openStore('databricks', target(), noContext);
    opened.push(store);
    const { value, gaps } = await store.statements();
    expect(value.statements.map(({ role, calls, failures, scanned_bytes, textState }) => ({ role, calls, failures, scanned_bytes, textState }))).toEqual([
      { role: 'loader', calls: 1, failures: 0, scanned_bytes: null, textState: 'hidden' },
      { role: 'officer@regulator.example', calls: 30, failures: 2, scanned_bytes: 3e9, textState: 'full' },
    ]);
    expect(value.window).toMatchObject({ since: new Date(1_772_400_000_000).toISOString(), until: new Date(1_772_500_000_000).toISOString() });
    expect(gaps.map(({ missing }) => missing)).toEqual(['texts of some statements']);

    script({ when: (exchange) => says(exchange, 'system.query.history'), answers: [failed('BAD_REQUEST', '[TABLE_OR_VIEW_NOT_FOUND] The table or view `system`.`query`.`history` cannot be found. SQLSTATE: 42P01', '42P01')] });
    const denied = await store.statements();
    expect(denied.value.window).toBeNull();
    expect(denied.gaps.map(({ missing, remedy }) => `${missing}: ${remedy ?? '-'}`)).toMatchInlineSnapshot(`
      [
        "the query history: Let an account admin enable the system schema query, then GRANT USE CATALOG ON CATALOG system TO \`auditor@regulator.example\`; GRANT USE SCHEMA ON SCHEMA system.query TO \`auditor@regulator.example\`; GRANT SELECT ON TABLE system.query.history TO \`auditor@regulator.example\`;",
      ]
    `);
  });

  it('describes relations and queries, tells facts of Delta tables, and expects the size of a scan', async () => {
    const plan = ['== Optimized Logical Plan ==', 'Aggregate [count(1) AS n#1L], Statistics(sizeInBytes=8.0 B, rowCount=1)', '+- Relation main.mart.case_file[case_id#2L] parquet, Statistics(sizeInBytes=2.5 GiB, rowCount=1.50E+6)', '', '== Physical Plan ==', 'PhotonScan Relation x, Statistics(sizeInBytes=9.9 TiB)'].join('\n');
    script(
      answers('explain cost', { plan: 'STRING' }, [[plan]]),
      answers('information_schema.tables', { schema: 'STRING', name: 'STRING', kind: 'STRING', owner: 'STRING', comment: 'STRING' }, [['mart', 'case_file', 'MANAGED', null, null]]),
      answers('information_schema.columns', { schema: 'STRING', relation: 'STRING', name: 'STRING', type: 'STRING', nullable: 'STRING', comment: 'STRING' }, [['mart', 'case_file', 'case_id', 'bigint', 'NO', null], ['mart', 'case_file', 'email', 'string', 'YES', null]]),
      answers('key_column_usage', { schema: 'STRING', relation: 'STRING', name: 'STRING', kind: 'STRING', column: 'STRING', referenced_schema: 'STRING', referenced_relation: 'STRING', referenced_column: 'STRING' }, [['mart', 'case_file', 'case_pk', 'PRIMARY KEY', 'case_id', null, null, null]]),
      answers('row_filters', { schema: 'STRING', relation: 'STRING', name: 'STRING' }, [['mart', 'case_file', 'own_region']]),
      answers('column_masks', { schema: 'STRING', relation: 'STRING', column: 'STRING', mask: 'STRING' }, [['mart', 'case_file', 'email', 'mask_email']]),
      answers('limit 0', { region: 'STRING', n: 'LONG' }, []),
      answers('describe detail `main`.`mart`.`case_file`', { format: 'STRING', lastModified: 'TIMESTAMP', numFiles: 'LONG', sizeInBytes: 'LONG' }, [['delta', '2026-03-02T09:00:00.000Z', '12', '2684354560']]),
      answers('describe table extended', { col_name: 'STRING', data_type: 'STRING', comment: 'STRING' }, [['case_id', 'bigint', null], ['Statistics', '2684354560 bytes, 1500000 rows', '']]),
      { when: (exchange) => says(exchange, 'describe detail'), answers: [failed('BAD_REQUEST', '[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE] `open_case` is a view', '42809')] },
    );
    const session = await watch();
    expect(await describeRelation(session, { schema: 'mart', name: 'case_file' })).toEqual({ kind: 'table', columns: [{ name: 'case_id', type: 'bigint', nullable: false }, { name: 'email', type: 'string', nullable: true, masked: true }], keys: [{ columns: ['case_id'], enforced: false }], hidesRows: true, suffix: '' });
    expect((await describeRelation(session, { query: 'select region, count(*) as n from mart.case_file group by region' }))?.columns).toEqual([{ name: 'region', type: 'string', nullable: true }, { name: 'n', type: 'bigint', nullable: true }]);
    expect(await relationFacts(session, [{ schema: 'mart', name: 'case_file' }, { schema: 'mart', name: 'open_case' }])).toEqual([{ schema: 'mart', name: 'case_file', rows: 1_500_000, rowsExact: false, bytes: 2_684_354_560, modified_at: 1_772_442_000 }]);
    expect(await session.estimate?.('select count(*) as n from case_file')).toEqual({ bytes: 2_684_354_560, rows: 1_500_000, isUpperBound: true });
    expect(planEstimate('== Optimized Logical Plan ==\nRelation a[], Statistics(sizeInBytes=8.0 EiB)')).toEqual({ bytes: null, rows: null, isUpperBound: false });
    await expect((await watch({ scan_bytes_max: 1e9 })).query(anything, 'select count(*) as n from case_file')).rejects.toThrow(ScanRefused);
  });

  it('says in one line what keeps it from opening, without a secret', async () => {
    const failing = async (more: Partial<StoreTarget>, ...rules: ReplayRule[]): Promise<string> => {
      server.script(rules);
      const error = await openStore('databricks', target(more), noContext).then(() => null, (caught: ConnectError) => caught);
      return `${error?.reason ?? '-'}: ${error?.message ?? ''}`.replaceAll(String(server.port), 'PORT');
    };
    const everything = (answer: ReplayAnswer): ReplayRule => ({ when: () => true, answers: [answer] });
    const client = { client_id: 'b6c3', client_secret: 'dose-canary-fedcba98' };
    const lines = [
      await failing({}, everything({ status: 401, body: { error_code: 'UNAUTHENTICATED', message: `Invalid access token ${TOKEN}` } })),
      await failing({ credentials: client }, everything({ status: 401, body: { error: 'invalid_client', error_description: 'Client authentication failed' } })),
      await failing({}, everything({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'SQL warehouse ab12cd34 does not exist' } })),
      await failing({}, warehouse(), everything({ status: 403, body: { error_code: 'PERMISSION_DENIED', message: 'auditor does not have permission to use the warehouse' } })),
      await failing({}, warehouse(), everything(failed('BAD_REQUEST', "[NO_SUCH_CATALOG_EXCEPTION] Catalog 'main' was not found", '42704'))),
      await failing({}, everything({ status: 200, text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } })),
      await failing({ credentials: {} }),
      await failing({ url: 'databricks://dbc.example/main' }),
      await failing({ url: 'https://dbc.example/main?warehouse=ab12cd34', credentials: { password: 'spring-tide' } }),
    ];
    expect(lines.join('\n')).not.toMatch(/canary|spring-tide/);
    expect(lines).toMatchInlineSnapshot(`
      [
        "authentication: lakehouse: cannot open 127.0.0.1:PORT/main: Invalid access token *** (UNAUTHENTICATED). Make a new token and give it as credentials.token or DATABRICKS_TOKEN.",
        "authentication: lakehouse: cannot open 127.0.0.1:PORT/main: no OAuth token was given: Client authentication failed (invalid_client). Correct credentials.client_id and credentials.client_secret; a secret lives for two years at most.",
        "not-found: lakehouse: cannot open 127.0.0.1:PORT/main: SQL warehouse ab12cd34 does not exist (RESOURCE_DOES_NOT_EXIST). Correct host and warehouse in the URL: the id stands in the connection details of the SQL warehouse.",
        "permission: lakehouse: cannot open 127.0.0.1:PORT/main: auditor does not have permission to use the warehouse (PERMISSION_DENIED). Give it CAN USE on the SQL warehouse, and USE CATALOG on the catalog.",
        "not-found: lakehouse: cannot open 127.0.0.1:PORT/main: [NO_SUCH_CATALOG_EXCEPTION] Catalog 'main' was not found. Correct catalog and schema in the URL.",
        "lost: lakehouse: cannot open 127.0.0.1:PORT/main: it answered with text/html in place of JSON. Is it Databricks, and does something between cut connections?",
        "configuration: lakehouse: cannot open 127.0.0.1:PORT/main: no credentials are given. Give credentials.token, or credentials.client_id and credentials.client_secret of a service principal; DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, do the same.",
        "configuration: lakehouse: cannot open dbc.example/main: the URL names no SQL warehouse. Write databricks://HOST/CATALOG/SCHEMA?warehouse=ID.",
        "configuration: lakehouse: cannot open dbc.example/main: credentials.password cannot be used here. It takes token, client_id, client_secret.",
      ]
    `);
  });
});
