import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describe as describeRelation, openLive, openStore, relationFacts } from '../../src/stores/index.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../src/stores/live.js';
import { PermissionGap, StoreLost, type ConnectError, type OpenContext, type StoreTarget } from '../../src/stores/store.js';
import { ioEstimate } from '../../src/stores/trino/estimate.js';
import { startReplayServer, type Exchange, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../support/replay-server.js';
import { noContext } from '../support/store-context.js';

type Row = readonly unknown[];
const anything = z.record(z.string(), z.unknown());
const isPost = ({ method, path }: Exchange): boolean => method === 'POST' && path === '/v1/statement';
const says = (exchange: Exchange, part: string): boolean => isPost(exchange) && typeof exchange.body === 'string' && exchange.body.includes(part);

/** Pages as the client protocol's reference shows them: QUEUED without columns, RUNNING with data, and a last one without nextUri. */
const page = (server: ReplayServer, id: string, next: number | null, more: Record<string, unknown> = {}): { body: unknown } => ({
  body: { id, infoUri: `${server.url}/ui/query.html?${id}`, ...(next === null ? {} : { nextUri: `${server.url}/v1/statement/executing/${id}/y4a/${next}` }), stats: { state: next === null ? 'FINISHED' : 'RUNNING', queued: false, scheduled: true }, warnings: [], ...more },
});
const columnsOf = (types: Record<string, string>): { name: string; type: string; typeSignature: unknown }[] => Object.entries(types).map(([name, type]) => ({ name, type, typeSignature: { rawType: type.replace(/\(.*/, ''), arguments: [] } }));

describe('a Trino coordinator', () => {
  let server: ReplayServer;
  const opened: { close(): Promise<void> }[] = [];
  const target = (more: Partial<StoreTarget> = {}): StoreTarget => ({ name: 'lake', url: `trino://auditor@127.0.0.1:${server.port}/iceberg/mart`, ...more });
  const info: ReplayRule = { when: ({ path }) => path === '/v1/info', answers: [{ body: { nodeVersion: { version: '476' }, environment: 'production', coordinator: true, starting: false, uptime: '9.21d' } }] };
  const answers = (part: string, types: Record<string, string>, data: readonly Row[]): ReplayRule => ({ when: (exchange) => says(exchange, part), answers: [() => page(server, '20260302_090000_00007_tide', null, { columns: columnsOf(types), data })] });
  const failure = (part: string, errorName: string, message: string, errorType = 'USER_ERROR'): ReplayRule => ({
    when: (exchange) => says(exchange, part),
    answers: [() => page(server, '20260302_090000_00008_tide', null, { error: { message, errorCode: 1, errorName, errorType, failureInfo: { type: 'io.trino.spi.TrinoException', message, stack: [] } } })],
  });
  const identity = (): ReplayRule => answers('current_user', { role: 'varchar' }, [['auditor']]);
  const script = (...rules: ReplayRule[]): void => server.script([info, identity(), ...rules]);
  const watch = async (more: Partial<StoreTarget> = {}, context: OpenContext = noContext): Promise<LiveSession> => {
    const session = await openLive('trino', target(more), context);
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

  it('says who it is, labels and bounds each query, and refuses what does not only read', async () => {
    script();
    const session = await watch({ scan_bytes_max: 5_000_000 });
    expect(session.identity()).toEqual({ version: '476', database: 'iceberg', inRecovery: false, role: 'auditor', superuser: false });
    expect(session.version_num).toBe(476);
    const sent = server.exchanges.find(isPost)?.headers ?? {};
    expect(sent).toMatchObject({ 'x-trino-user': 'auditor', 'x-trino-source': 'tidemark', 'x-trino-catalog': 'iceberg', 'x-trino-schema': 'mart', 'x-trino-time-zone': 'UTC', 'x-trino-client-tags': 'tidemark', 'x-trino-client-capabilities': 'PARAMETRIC_DATETIME' });
    expect(sent['x-trino-session']).toMatch(/^query_max_run_time=\d+s,query_max_scan_physical_bytes=5000000B$/);
    const before = server.exchanges.length;
    for (const text of ['delete from t', 'select 1; drop table t', 'with a as (select 1) insert into t select * from a', 'explain analyze select 1', 'call system.runtime.kill_query()']) await expect(session.query(anything, text)).rejects.toThrow('one reading statement');
    expect(server.exchanges.length).toBe(before);
  });

  it('follows pages to the last row, through gateways that fail for a moment', async () => {
    const id = '20260302_090000_00009_tide';
    const columns = columnsOf({ digits: 'varchar', n: 'bigint', share: 'double', flag: 'boolean', fee: 'decimal(12,2)', small: 'integer', at: 'timestamp(6)' });
    script(
      { when: (exchange) => says(exchange, 'case_file'), answers: [{ status: 503 }, () => page(server, id, 0)] },
      { when: ({ path }) => path.endsWith('/y4a/0'), answers: [{ status: 502, text: '<html>bad gateway</html>', headers: { 'content-type': 'text/html' } }, () => page(server, id, 1)] },
      { when: ({ path }) => path.endsWith('/y4a/1'), answers: [() => page(server, id, 2, { columns, data: [['12', 9_007_199_254_740_991, 0.300_000_000_000_000_04, true, '10.50', 7, '2026-03-02 09:00:00.123456']] })] },
      { when: ({ path }) => path.endsWith('/y4a/2'), answers: [() => ({ text: JSON.stringify(page(server, id, null, { columns }).body).replace('"warnings":[]', '"warnings":[],"data":[[null,-9223372036854775808,"NaN",null,null,null,null]]'), headers: { 'content-type': 'application/json' } })] },
    );
    const session = await watch();
    expect(await session.query(anything, 'select * from case_file')).toEqual([
      { digits: '12', n: '9007199254740991', share: 0.300_000_000_000_000_04, flag: true, fee: '10.50', small: 7, at: '2026-03-02 09:00:00.123456' },
      { digits: null, n: '-9223372036854775808', share: Number.NaN, flag: null, fee: null, small: null, at: null },
    ]);
    expect(server.exchanges.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  it('cancels at the coordinator what takes too long or is aborted', async () => {
    const never: ReplayRule[] = [
      { when: (exchange) => says(exchange, 'case_file'), answers: [() => page(server, 'q1', 0)] },
      { when: ({ method }) => method === 'GET', answers: [() => page(server, 'q1', 1)] },
      { when: ({ method }) => method === 'DELETE', answers: [{ status: 204 }] },
    ];
    script(...never);
    const session = await watch();
    await expect(session.query(anything, 'select 1 from case_file', { deadline_ms: 300 })).rejects.toThrow(DeadlineExceeded);
    expect(server.exchanges.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual(['/v1/statement/executing/q1/y4a/1']);

    script(...never);
    const controller = new AbortController();
    const aborted = await watch({}, { ...noContext, signal: controller.signal });
    const running = aborted.query(anything, 'select 1 from case_file');
    setTimeout(() => controller.abort(new Error('tide turned')), 100);
    await expect(running).rejects.toThrow('tide turned');
    expect(server.exchanges.some(({ method }) => method === 'DELETE')).toBe(true);

    script(...never);
    const closed = await watch();
    const left = closed.query(anything, 'select 1 from case_file').then(() => null, (error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await closed.close();
    expect(await left).toBeInstanceOf(StoreLost);
    expect(server.exchanges.some(({ method }) => method === 'DELETE')).toBe(true);
  });

  it('tells errors apart, and repeats none that may quote a value', async () => {
    script(
      failure('secret_table', 'PERMISSION_DENIED', 'Access Denied: Cannot select from table iceberg.mart.secret_table'),
      failure('slow_table', 'EXCEEDED_TIME_LIMIT', 'Query exceeded the maximum run time limit of 2.00s', 'INSUFFICIENT_RESOURCES'),
      failure('no_table', 'TABLE_NOT_FOUND', "line 1:15: Table 'iceberg.mart.no_table' does not exist"),
      failure('bad_cast', 'INVALID_CAST_ARGUMENT', "Cannot cast 'Ms Applicant, 12 Harbour Road' to BIGINT"),
    );
    const session = await watch();
    await expect(session.query(anything, 'select * from secret_table')).rejects.toThrow(new PermissionGap('lake', 'Cannot select from table iceberg.mart.secret_table'));
    await expect(session.query(anything, 'select * from slow_table')).rejects.toThrow(DeadlineExceeded);
    const told = async (sql: string): Promise<string> => session.query(anything, sql).then(() => '', (error: unknown) => String(error));
    expect([await told('select * from no_table'), await told('select * from bad_cast')]).toMatchInlineSnapshot(`
      [
        "StatementFailed: lake: line 1:15: Table 'iceberg.mart.no_table' does not exist (TABLE_NOT_FOUND)",
        "StatementFailed: lake: the statement failed; its text is left out, since it may hold values (INVALID_CAST_ARGUMENT)",
      ]
    `);
  });

  it('counts as lost when a session answers no more or points elsewhere', async () => {
    script({ when: (exchange) => says(exchange, 'case_file'), answers: [() => ({ body: { id: 'q', nextUri: 'http://elsewhere.example/v1/statement/q/1', stats: { state: 'QUEUED' } } })] });
    const session = await watch();
    await expect(session.query(anything, 'select 1 from case_file')).rejects.toThrow(new StoreLost('lake', 'it names an address on another host, elsewhere.example'));
    await expect(session.query(anything, 'select 1')).rejects.toThrow(StoreLost);
  });

  it('asks for the plan before a scan that is limited', async () => {
    const plan = (bytes: number | string): string => JSON.stringify({ inputTableColumnInfos: [{ table: { catalog: 'iceberg', schemaTable: { schema: 'mart', table: 'case_file' } }, constraint: { none: false, columnConstraints: [] }, estimate: { outputRowCount: 1000, outputSizeInBytes: bytes, cpuCost: bytes, maxMemory: 0, networkCost: 0 } }], estimate: {} });
    script(answers('explain (type io, format json) select * from case_file', { 'Query Plan': 'varchar' }, [[plan(9e9)]]), answers('select 1', { one: 'integer' }, [[1]]));
    const session = await watch({ scan_bytes_max: 1e9 });
    await expect(session.query(anything, 'select * from case_file')).rejects.toThrow(ScanRefused);
    expect(await session.estimate?.('select * from case_file')).toEqual({ bytes: 9e9, rows: 1000, isUpperBound: false });
    expect(ioEstimate(plan('NaN'))).toEqual({ bytes: null, rows: 1000, isUpperBound: false });
  });

  it('reads the catalogue that the URL names, and what the coordinator still knows of queries', async () => {
    const names = { schema: 'varchar', name: 'varchar' };
    script(
      answers('information_schema.tables', { ...names, kind: 'varchar' }, [['mart', 'case_file', 'BASE TABLE'], ['mart', 'open_case', 'VIEW'], ['mart', 'daily', 'BASE TABLE']]),
      answers('information_schema.columns', { schema: 'varchar', relation: 'varchar', name: 'varchar', type: 'varchar', nullable: 'varchar' }, [['mart', 'case_file', 'case_id', 'bigint', 'NO'], ['mart', 'case_file', 'opened_at', 'timestamp(6) with time zone', 'YES'], ['mart', 'open_case', 'case_id', 'bigint', 'YES']]),
      answers('information_schema.views', { ...names, definition: 'varchar' }, [['mart', 'open_case', 'SELECT case_id FROM mart.case_file WHERE closed_at IS NULL']]),
      answers('materialized_views', { ...names, definition: 'varchar' }, [['mart', 'daily', 'SELECT 1 n']]),
      failure('table_comments', 'PERMISSION_DENIED', 'Access Denied: Cannot access catalog system'),
      answers('runtime.queries', { user_name: 'varchar', application: 'varchar', text: 'varchar', runs: 'double', failures: 'double', execution_ms: 'double', longest_ms: 'double', since: 'double' }, [
        ['officer', 'superset', 'SELECT count(*) FROM mart.case_file', 3, 1, 1200, 700, 1_772_442_000],
        ['officer', 'dbt', 'SELECT count(*) FROM mart.case_file', 1, 0, 300, 300, 1_772_442_600],
      ]),
    );
    const store = await openStore('trino', target(), noContext);
    opened.push(store);
    const { value, gaps } = await store.catalog();
    expect(value.relations.map(({ kind, name, columns, definition }) => [kind, name, columns.map((column) => `${column.name} ${column.type}${column.nullable ? '' : ' not null'}`), definition])).toEqual([
      ['table', 'case_file', ['case_id bigint not null', 'opened_at timestamp(6) with time zone'], null],
      ['materialized_view', 'daily', [], 'SELECT 1 n'],
      ['view', 'open_case', ['case_id bigint'], 'SELECT case_id FROM mart.case_file WHERE closed_at IS NULL'],
    ]);
    expect(gaps.map(({ missing, cause, severity }) => [missing, cause, severity])).toEqual([['comments of tables', 'Cannot access catalog system', 'partial']]);
    const history = await store.statements();
    expect(history.value.statements.map(({ role, calls, failures, execution_ms, textState }) => ({ role, calls, failures, execution_ms, textState }))).toEqual([{ role: 'officer', calls: 4, failures: 1, execution_ms: 1500, textState: 'full' }]);
    expect(history.value.activity?.map(({ application, seen }) => [application, seen])).toEqual([['dbt', 1], ['superset', 4]]);
    expect(history.gaps.map(({ missing, remedy }) => `${missing}: ${remedy ?? '-'}`)).toMatchInlineSnapshot(`
      [
        "statements that ended earlier, and those of users that an access control hides: An event listener of Trino (http, kafka, mysql, openlineage) keeps them; query.max-history and query.min-expire-age hold more in memory.",
      ]
    `);
    expect(server.unexpected).toEqual([]);
  });

  it('describes relations and queries, and tells facts by statistics and snapshots', async () => {
    script(
      answers('information_schema.tables', { kind: 'varchar' }, [['BASE TABLE']]),
      answers('information_schema.columns', { schema: 'varchar', relation: 'varchar', name: 'varchar', type: 'varchar', nullable: 'varchar' }, [['mart', 'case_file', 'case_id', 'bigint', 'NO']]),
      answers('materialized_views', { name: 'varchar' }, []),
      answers('limit 0', { region: 'varchar(20)', n: 'bigint' }, []),
      answers('show stats for "iceberg"."mart"."case_file"', { column_name: 'varchar', data_size: 'double', distinct_values_count: 'double', nulls_fraction: 'double', row_count: 'double', low_value: 'varchar', high_value: 'varchar' }, [['case_id', 4096, 500, 0, null, '1', '500'], ['region', 1024, 5, 0, null, null, null], ['note', 'NaN', null, null, null, null, null], [null, null, null, null, 500, null, null]]),
      answers('metadata.catalogs', { connector: 'varchar' }, [['iceberg']]),
      answers('"iceberg"."mart"."case_file$snapshots"', { modified_at: 'double' }, [[1_772_442_000.5]]),
      failure('show stats for', 'TABLE_NOT_FOUND', "Table 'iceberg.mart.gone' does not exist"),
      failure('gone$snapshots', 'TABLE_NOT_FOUND', "Table 'iceberg.mart.gone$snapshots' does not exist"),
    );
    const session = await watch();
    expect(await describeRelation(session, { schema: 'mart', name: 'case_file' })).toEqual({ kind: 'table', columns: [{ name: 'case_id', type: 'bigint', nullable: false }], keys: [], hidesRows: false, policiesUnknown: true, suffix: '' });
    expect(await describeRelation(session, { query: 'select region, count(*) as n from mart.case_file group by region' })).toEqual({ kind: 'query', columns: [{ name: 'region', type: 'varchar(20)', nullable: true }, { name: 'n', type: 'bigint', nullable: true }], keys: [], hidesRows: false, suffix: '' });
    expect(await relationFacts(session, [{ schema: 'mart', name: 'case_file' }, { schema: 'mart', name: 'gone' }])).toEqual([{ schema: 'mart', name: 'case_file', rows: 500, rowsExact: false, bytes: null, modified_at: 1_772_442_000.5 }]);
  });

  it('says in one line what keeps it from opening, without a secret', async () => {
    const failing = async (more: Partial<StoreTarget>, ...rules: ReplayRule[]): Promise<string> => {
      server.script(rules);
      const error = await openStore('trino', target(more), noContext).then(() => null, (caught: ConnectError) => caught);
      return `${error?.reason ?? '-'}: ${error?.message ?? ''}`.replaceAll(String(server.port), 'PORT');
    };
    const refused: ReplayAnswer = { status: 401, text: 'Invalid credentials', headers: { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="Trino"' } };
    const lines = [
      await failing({ credentials: { password: 'neap-tide-77' } }, info, { when: isPost, answers: [refused] }),
      await failing({ credentials: { token: 'ey-tide-token-99' } }, info, { when: isPost, answers: [refused] }),
      await failing({}, info, failure('current_user', 'CATALOG_NOT_FOUND', "Catalog 'iceberg' not found")),
      await failing({}, { when: () => true, answers: [{ body: { nodeVersion: { version: '476' }, starting: true } }] }),
      await failing({}, { when: () => true, answers: [{ body: { hello: 'world' } }] }),
      await failing({ url: 'http://auditor:neap-tide-77@lake.example/iceberg' }),
      await failing({ url: 'trino://auditor@lake.example' }),
      await failing({ url: 'trino://auditor@lake.example/iceberg?sslmode=none' }),
      await failing({ credentials: { private_key_file: '/none' } }),
    ];
    expect(lines.join('\n')).not.toMatch(/neap-tide|ey-tide|bmVhcC/);
    expect(lines).toMatchInlineSnapshot(`
      [
        "authentication: lake: cannot open 127.0.0.1:PORT/iceberg: it answered with HTTP status 401. Correct credentials.user and credentials.password.",
        "authentication: lake: cannot open 127.0.0.1:PORT/iceberg: it answered with HTTP status 401. Get a new token and give it as credentials.token or TRINO_TOKEN.",
        "not-found: lake: cannot open 127.0.0.1:PORT/iceberg: Catalog 'iceberg' not found (CATALOG_NOT_FOUND). Correct the catalog in the URL.",
        "unavailable: lake: cannot open 127.0.0.1:PORT/iceberg: the coordinator is still starting (SERVER_STARTING_UP). Run it again when the coordinator answers.",
        "unsupported: lake: cannot open 127.0.0.1:PORT/iceberg: it does not answer as Trino does. Correct host and port of the coordinator.",
        "configuration: lake: cannot open lake.example/iceberg: a password or token would be sent without TLS. Use trinos:// or https://.",
        "configuration: lake: cannot open the Trino connection: the URL lacks host or catalog. Write trino://USER@HOST:PORT/CATALOG/SCHEMA.",
        "configuration: lake: cannot open lake.example/iceberg: the URL has an unknown parameter, sslmode. It takes secure=true.",
        "configuration: lake: cannot open 127.0.0.1:PORT/iceberg: credentials.private_key_file cannot be used here. It takes user, password, token.",
      ]
    `);
  });
});
