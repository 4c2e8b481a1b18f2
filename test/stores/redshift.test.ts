import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describe as describeRelation, openLive, openStore, relationFacts } from '../../src/stores/index.js';
import { DeadlineExceeded, ScanRefused, type LiveSession } from '../../src/stores/live.js';
import { joined } from '../../src/stores/redshift/history.js';
import { viewQuery } from '../../src/stores/redshift/catalog.js';
import { planEstimate } from '../../src/stores/redshift/estimate.js';
import type { ConnectError, Store } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { startRedshift, type Redshift } from '../support/redshift.js';
import { noContext } from '../support/store-context.js';

const password = 'spring tide 5439';

describe('a Redshift database', () => {
  let server: TestServer;
  let redshift: Redshift;
  const opened: { close(): Promise<void> }[] = [];
  const url = (user = 'auditor'): string => `redshift://${user}@127.0.0.1:${redshift.port}/postgres?sslmode=disable`;
  const target = (user = 'auditor', scan_bytes_max?: number): { name: string; url: string; credentials: { password: string }; scan_bytes_max: number | undefined } => ({ name: 'warehouse', url: url(user), credentials: { password }, scan_bytes_max });
  const open = async (user?: string): Promise<Store> => {
    const store = await openStore('redshift', target(user), noContext);
    opened.push(store);
    return store;
  };
  const watch = async (user?: string, scan_bytes_max?: number): Promise<LiveSession> => {
    const session = await openLive('redshift', target(user, scan_bytes_max), noContext);
    opened.push(session);
    return session;
  };

  beforeAll(async () => {
    server = await startServer(bundledServer());
    await server.run([
      `create role auditor login password '${password}'; create role clerk login password '${password}'`,
      'create schema mart; grant usage on schema mart to public',
      `create table mart.case_file (case_id bigint primary key, region varchar(20) not null unique, applicant_email varchar(256), fee numeric(12,2)); comment on table mart.case_file is 'One row a case'`,
      'create table mart.transition (transition_id bigint, case_id bigint references mart.case_file (case_id))',
      'create view mart.open_case_ages as select 1 as placeholder; create view mart.daily_case_count as select region, count(*) as n from mart.case_file group by region',
      'create table mart.mv_tbl__daily_case_count__0 (region varchar(20))',
      `insert into mart.case_file select n, 'region ' || n, null, n from generate_series(1, 1000) n; analyze mart.case_file`,
      'grant select on all tables in schema mart to auditor, clerk',
    ]);
    redshift = await startRedshift(server);
    const long = `select region, ${'count(*) as a_rather_long_name_of_a_column, '.repeat(90)}`.slice(0, 3_999);
    await server.run([
      'grant select on mimic.svv_table_info, mimic.svv_rls_attached_policy, mimic.svv_attached_masking_policy, mimic.sys_connection_log to auditor',
      `insert into mimic.sys_connection_log values (7, localtimestamp, 'Tableau 2026.1'), (8, localtimestamp, '')`,
      `insert into mimic.sys_query_history
       select u.usesysid, q.id, q.label, q.session, 'postgres', q.kind, q.status, false, localtimestamp - interval '1 hour', q.elapsed, q.rows, q.text, q.hash
       from (values (11, 'default', 7, 'SELECT', 'success', 900000, 12, 'select region, count(*) from mart.case_file where region = ''North'' group by 1', 'aaa'),
                    (12, 'default', 7, 'SELECT', 'success', 100000, 8, 'select region, count(*) from mart.case_file where region = ''South'' group by 1', 'aaa'),
                    (13, 'default', 7, 'SELECT', 'failed', 5000, 0, 'select region, count(*) from mart.case_file where region = ''East'' group by 1', 'aaa'),
                    (14, 'nightly dbt', 8, 'CTAS', 'success', 5000000, 40, 'create table mart.x', 'bbb'),
                    (15, 'tidemark', 9, 'SELECT', 'success', 10, 1, 'select 1', 'ccc'),
                    (16, 'default', 9, 'SELECT', 'success', 10, 1, 'select 2 /* tidemark */', 'ddd'),
                    (17, 'default', 9, 'SELECT', 'running', 10, 1, 'select 3', 'eee')) q (id, label, session, kind, status, elapsed, rows, text, hash)
       join pg_user u on u.usename = 'clerk'`,
      `insert into mimic.sys_query_text select query_id, 0, query_text from mimic.sys_query_history where query_id <> 14`,
      `insert into mimic.sys_query_text values (14, 0, $$${long} $$), (14, 1, $$fee from mart.case_file\\nwhere fee > 0$$)`,
    ]);
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  afterAll(async () => {
    await redshift.stop();
    await server.stop();
  });

  it('says who it is by its own version, and sends each statement read-only, labelled and bounded', async () => {
    const session = await watch();
    expect(session.identity()).toEqual({ version: '1.0.131500', database: 'postgres', inRecovery: false, role: 'auditor', superuser: false });
    expect(session.version_num).toBe(131_500);
    const last = redshift.texts.at(-1) ?? '';
    expect(last).toMatch(/^begin transaction read only \/\* tidemark \*\/; select .*'query_group', 'tidemark'.*'statement_timeout', '20000'/);
    await expect(session.query(z.unknown(), 'delete from mart.case_file')).rejects.toThrow('begins with DELETE');
    await expect(session.query(z.unknown(), 'select 1; commit; delete from mart.case_file')).rejects.toThrow('has a semicolon');
    await expect(session.query(z.unknown(), "select set_config('x.y', 'z', false) from (select nextval('none')) n")).rejects.toThrow('none');
    expect(await session.query(z.object({ n: z.string() }), 'select count(*) as n from mart.case_file')).toEqual([{ n: '1000' }]);
  });

  it('reads tables, late-binding, materialised and external relations, keys that are only noted, and policies', async () => {
    const store = await open();
    const { value, gaps } = await store.catalog();
    expect(gaps).toEqual([]);
    const found = value.relations.filter(({ schema }) => schema !== 'mimic').map(({ schema, name, kind, columns }) => `${kind} ${schema}.${name}(${columns.map(({ name: column, type, nullable }) => `${column} ${type}${nullable ? '' : ' not null'}`).join(', ')})`);
    expect(found).toEqual([
      'foreign_table lake.bank_holiday(day date, name varchar(80))',
      'table mart.case_file(case_id bigint not null, region character varying(20) not null, applicant_email character varying(256), fee numeric(12,2))',
      'materialized_view mart.daily_case_count(region character varying(20), n bigint)',
      'view mart.open_case_ages(case_id bigint, age_days integer)',
      'table mart.transition(transition_id bigint, case_id bigint)',
    ]);
    expect(value.relations.find(({ name }) => name === 'case_file')).toMatchObject({ rows: 12_345, size_bytes: 3 * 1024 * 1024, rowSecurity: true, comment: 'One row a case' });
    expect(value.relations.flatMap(({ columns }) => columns).find(({ name }) => name === 'applicant_email')?.label).toBe('MASKED WITH POLICY mask_email');
    expect(value.constraints.map(({ relation, kind, columns, enforced, references }) => [relation, kind, columns, enforced, references?.relation ?? null])).toEqual([
      ['case_file', 'primary_key', ['case_id'], false, null],
      ['case_file', 'unique', ['region'], false, null],
      ['transition', 'foreign_key', ['case_id'], false, 'case_file'],
    ]);
    expect(value.policies).toEqual([{ schema: 'mart', relation: 'case_file', name: 'own_region', command: 'SELECT', roles: ['officer'], using: null }]);
    expect(value.grants.filter(({ relation }) => relation === 'case_file')).toEqual([{ grantee: 'auditor', schema: 'mart', relation: 'case_file', privileges: ['SELECT'] }]);
    expect(value.roles.map(({ name }) => name)).toEqual(['auditor', 'clerk', 'postgres']);
  });

  it('costs a part and names the grant where a right is missing', async () => {
    const store = await open('clerk');
    const { value, gaps } = await store.catalog();
    expect(value.relations.some(({ name }) => name === 'case_file')).toBe(true);
    expect(gaps.map(({ missing, cause, remedy }) => `${missing}: ${cause}; ${remedy ?? '-'}`)).toMatchInlineSnapshot(`
      [
        "rows and sizes of tables: permission denied for table svv_table_info; GRANT SELECT ON svv_table_info TO clerk;",
        "row-level security policies: permission denied for table svv_rls_attached_policy; GRANT ROLE sys:secadmin TO clerk; shows them, and lets it change them: leave it where that is too much.",
        "masking policies: permission denied for table svv_attached_masking_policy; GRANT ROLE sys:secadmin TO clerk; shows them, and lets it change them: leave it where that is too much.",
      ]
    `);
  });

  it('reads the history by the hash of its texts, whose chunks keep their blanks, without its own statements', async () => {
    const { value, gaps } = await (await open()).statements();
    expect(gaps).toEqual([]);
    expect(value.statements.map(({ role, queryId, calls, failures, execution_ms, longest_ms, rows, scanned_bytes, textState }) => ({ role, queryId, calls, failures, execution_ms, longest_ms, rows, scanned_bytes, textState }))).toEqual([
      { role: 'clerk', queryId: 'aaa', calls: 2, failures: 1, execution_ms: 1_000, longest_ms: 900, rows: 20, scanned_bytes: 100_000, textState: 'full' },
      { role: 'clerk', queryId: 'bbb', calls: 1, failures: 0, execution_ms: 5_000, longest_ms: 5_000, rows: 40, scanned_bytes: 0, textState: 'full' },
    ]);
    expect(value.statements[1]?.text).toMatch(/ fee from mart\.case_file\nwhere fee > 0$/);
    expect(value.statements[1]?.text?.indexOf('fee from')).toBe(4_000);
    expect(value.activity?.map(({ queryId, application, seen }) => [queryId, application, seen])).toEqual([['aaa', 'Tableau 2026.1', 3], ['bbb', 'nightly dbt', 1]]);
    expect(value.window?.block_bytes).toBe(1);
  });

  it('says that a user without the right sees only its own history', async () => {
    const { value, gaps } = await (await open('clerk')).statements();
    expect(value.statements).toHaveLength(2);
    expect(gaps.map(({ missing, remedy }) => `${missing}: ${remedy ?? '-'}`)).toEqual(['statements of other users: ALTER USER clerk SYSLOG ACCESS UNRESTRICTED;', 'applications of statements: GRANT SELECT ON sys_connection_log TO clerk;']);
  });

  it('reads the older system tables of a cluster that has no newer ones', async () => {
    await server.run([
      'alter table mimic.sys_query_history rename to sys_query_history_later',
      `create table mimic.stl_query (userid int, query int, label char(320), "database" char(32), querytxt char(4000), starttime timestamp, endtime timestamp, aborted int)`,
      'create table mimic.stl_querytext (query int, "sequence" int, "text" char(200))',
      'grant select on mimic.stl_query, mimic.stl_querytext to public',
      `insert into mimic.stl_query select usesysid, 21, 'default', 'postgres', 'select count(*) from mart.case_file', localtimestamp - interval '1 hour', localtimestamp - interval '1 hour' + interval '1500 milliseconds', 0 from pg_user where usename = 'clerk'`,
      `insert into mimic.stl_querytext values (21, 0, rpad('select count(*)', 199)), (21, 1, 'from mart.case_file')`,
    ]);
    try {
      const { value, gaps } = await (await open()).statements();
      expect(gaps).toEqual([]);
      expect(value.statements.map(({ role, text, calls, execution_ms, scanned_bytes }) => ({ role, text: text?.replace(/ +/g, ' '), calls, execution_ms, scanned_bytes }))).toEqual([{ role: 'clerk', text: 'select count(*) from mart.case_file', calls: 1, execution_ms: 1500, scanned_bytes: null }]);
    } finally {
      await server.run('alter table mimic.sys_query_history_later rename to sys_query_history');
    }
  });

  it('describes relations and tells their facts without a scan', async () => {
    const session = await watch();
    expect(await describeRelation(session, { schema: 'mart', name: 'case_file' })).toEqual({
      kind: 'table',
      columns: [
        { name: 'case_id', type: 'bigint', nullable: false },
        { name: 'region', type: 'character varying(20)', nullable: false },
        { name: 'applicant_email', type: 'character varying(256)', nullable: true, masked: true },
        { name: 'fee', type: 'numeric(12,2)', nullable: true },
      ],
      keys: [{ columns: ['case_id'], enforced: false }, { columns: ['region'], enforced: false }],
      hidesRows: false,
      suffix: '',
    });
    expect((await describeRelation(session, { schema: 'mart', name: 'open_case_ages' }))?.columns.map(({ name }) => name)).toEqual(['case_id', 'age_days']);
    expect((await describeRelation(session, { schema: 'lake', name: 'bank_holiday' }))?.kind).toBe('foreign_table');
    expect(await describeRelation(session, { schema: 'mart', name: "o'brien" })).toBeNull();
    expect(await describeRelation(session, { query: 'select 1' })).toBeNull();
    const asked = [{ schema: 'mart', name: 'case_file' }, { schema: 'mart', name: 'transition' }];
    expect(await relationFacts(session, asked)).toEqual([{ schema: 'mart', name: 'case_file', rows: 12_345, rowsExact: false, bytes: 3_145_728, modified_at: Date.UTC(2026, 2, 2, 4) / 1000 }]);
    expect(await relationFacts(await watch('clerk'), asked)).toEqual([]);
  });

  it('refuses a scan that the plan expects to be too large, and ends what takes too long', async () => {
    const session = await watch('auditor', 1_000);
    await expect(session.query(z.unknown(), 'select region from mart.case_file')).rejects.toThrow(ScanRefused);
    await expect(session.query(z.unknown(), 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await expect(session.query(z.unknown(), 'select pg_sleep(5)', { deadline_ms: 100 })).rejects.toThrow(DeadlineExceeded);
    await expect(session.query(z.unknown(), 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  it('rejects with the reason of an abort', async () => {
    const controller = new AbortController();
    const store = await openStore('redshift', target(), { ...noContext, signal: controller.signal });
    opened.push(store);
    const reading = store.catalog();
    controller.abort(new Error('tide turned'));
    await expect(reading).rejects.toThrow('tide turned');
  });

  it('says in one line what keeps it from opening, without the password', async () => {
    const failing = async (given: { url: string; credentials?: Record<string, string> }): Promise<string> => {
      const error = await openStore('redshift', { name: 'warehouse', ...given }, noContext).then(() => null, (caught: ConnectError) => caught);
      return `${error?.reason ?? '-'}: ${error?.message ?? ''}`.replaceAll(String(redshift.port), 'PORT').replaceAll(String(server.port), 'PORT');
    };
    const lines = [
      await failing({ url: url(), credentials: { password: 'wrong tide' } }),
      await failing({ url: `redshift://auditor@127.0.0.1:${server.port}/postgres?sslmode=disable`, credentials: { password } }),
      await failing({ url: `redshift://auditor@127.0.0.1:${server.port}/postgres`, credentials: { password } }),
      await failing({ url: url(), credentials: { token: 'tide-token' } }),
      await failing({ url: 'redshift://cluster.example' }),
      await failing({ url: `${url()}&options=-c%20x=1`, credentials: { password } }),
    ];
    expect(lines.join('\n')).not.toMatch(/wrong tide|spring tide|tide-token/);
    expect(lines).toMatchInlineSnapshot(`
      [
        "authentication: warehouse: cannot open 127.0.0.1:PORT/postgres: password authentication failed for user "auditor" (28P01). Correct credentials.user and credentials.password of the store. A temporary password of IAM lives for 15 to 60 minutes: get a new one.",
        "unsupported: warehouse: cannot open 127.0.0.1:PORT/postgres: it does not answer as Redshift does: unrecognized configuration parameter "query_group". Is it a Redshift cluster or workgroup?",
        "tls: warehouse: cannot open 127.0.0.1:PORT/postgres: the server does not support TLS. Redshift does: correct host and port. With sslmode=disable in the URL the password would go without TLS.",
        "configuration: warehouse: cannot open the Redshift connection: credentials.token cannot be used here. It takes user, password.",
        "configuration: warehouse: cannot open the Redshift connection: the URL lacks host or database. Write redshift://USER@HOST:5439/DATABASE.",
        "configuration: warehouse: cannot open the Redshift connection: the URL brings options along. Remove options from the URL.",
      ]
    `);
  });
});

describe('what Redshift keeps in its own forms', () => {
  it('joins chunks of char that lost their blanks, and says where a text is cut', () => {
    expect(joined(['select count(*)', 'from t  '], 16, 10)).toEqual({ text: 'select count(*) from t', cut: false });
    expect(joined([`select 1 -- one\\n`, `+ 1 as two`], 17, 10)).toEqual({ text: 'select 1 -- one\n+ 1 as two', cut: false });
    expect(joined(['a'.repeat(4), 'b'.repeat(4), 'c'], 4, 2)).toEqual({ text: 'aaaabbbb', cut: true });
    const hole: (string | undefined)[] = ['select 1'];
    hole[2] = 'never seen';
    expect(joined(hole, 8, 10)).toEqual({ text: 'select 1', cut: true });
  });

  it('takes the query out of the definition of a late-binding view', () => {
    expect(viewQuery('create view mart.v as select 1 as a with no schema binding;')).toBe('select 1 as a');
    expect(viewQuery('CREATE MATERIALIZED VIEW mart.v AUTO REFRESH YES AS (SELECT as_of FROM t);')).toBe('(SELECT as_of FROM t)');
    expect(viewQuery(' SELECT a AS b FROM t;')).toBe('SELECT a AS b FROM t');
  });

  it('adds up what the scans of a plan expect to read', () => {
    const plan = ['XN Hash Join DS_DIST_NONE  (cost=12.00..9.99 rows=1 width=8)', '  ->  XN Seq Scan on orders o  (cost=0.00..50000.00 rows=5000000 width=44)', '        ->  S3 Seq Scan lake.x location:"s3://b" format:PARQUET  (cost=0.00..1.00 rows=100 width=10)'];
    expect(planEstimate(plan)).toEqual({ bytes: 220_001_000, rows: 5_000_100, isUpperBound: false });
  });
});
