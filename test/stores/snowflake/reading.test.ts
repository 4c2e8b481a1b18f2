import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine } from '../../../src/stores/snowflake.js';
import { viewQuery } from '../../../src/stores/snowflake/catalog.js';
import type { LiveSession } from '../../../src/stores/live.js';
import type { Store } from '../../../src/stores/store.js';
import { recordedAnswer, startReplayServer, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../../support/replay-server.js';
import { identityAnswer, onStatement, resultOf, statementOf, textsOf } from '../../support/snowflake-answers.js';
import { noContext } from '../../support/store-context.js';

const answers = new URL('./answers/', import.meta.url);
const refused: ReplayAnswer = { status: 422, body: recordedAnswer(answers, 'not-authorized') };
const identity = onStatement('current_version()', identityAnswer);
let server: ReplayServer;

beforeAll(async () => {
  server = await startReplayServer();
});

afterAll(async () => {
  await server.stop();
});

const target = (): { name: string; url: string; credentials: { token: string } } => ({
  name: 'warehouse', url: `snowflake://127.0.0.1:${server.port}/casework?protocol=http&account=regulator`, credentials: { token: 'canary-token-5c1f77d2' },
});

function opened(rules: readonly ReplayRule[]): Promise<Store> {
  server.script([identity, ...rules]);
  return engine.open(target(), noContext);
}

function watched(rules: readonly ReplayRule[]): Promise<LiveSession> {
  server.script([identity, ...rules]);
  return engine.watch(target(), noContext);
}

const relations = resultOf(
  [['schema', 'text'], ['name', 'text'], ['kind', 'text'], ['owner', 'text'], ['comment', 'text'], ['rows', 'real'], ['bytes', 'real'], ['dynamic', 'text'], ['definition', 'text'], ['secure', 'text']],
  [
    ['ANALYTICS', 'CASE_FILE', 'BASE TABLE', 'LOADER', 'one row a case', '120000', '5368709', 'NO', null, null],
    ['ANALYTICS', 'CASE_DAILY', 'BASE TABLE', 'LOADER', '', '365', '4096', 'YES', null, null],
    ['ANALYTICS', 'OPEN_CASE', 'VIEW', 'LOADER', null, null, null, 'NO', "create or replace view analytics.open_case (case_id comment 'as in production') comment = 'AS of today' as\nselect case_id from analytics.case_file where status = 'OPEN';", 'NO'],
    ['ANALYTICS', 'PERSON_SAFE', 'VIEW', 'PRIVACY', null, null, null, 'NO', null, 'YES'],
  ],
);
const columns = textsOf(['schema', 'relation', 'name', 'type', 'nullable', 'comment', 'default'], [
  ['ANALYTICS', 'CASE_FILE', 'CASE_ID', 'NUMBER(38,0)', 'NO', null, 'identity'],
  ['ANALYTICS', 'CASE_FILE', 'EMAIL', 'VARCHAR(16777216)', 'YES', 'of the applicant', null],
  ['ANALYTICS', 'CASE_FILE', 'PHONE', 'VARCHAR(40)', 'YES', null, null],
  ['ANALYTICS', 'OPEN_CASE', 'CASE_ID', 'NUMBER(38,0)', 'YES', null, null],
]);
const primaryKeys = textsOf(['schema_name', 'table_name', 'column_name', 'key_sequence', 'constraint_name'], [['ANALYTICS', 'CASE_FILE', 'CASE_ID', '1', 'CASE_FILE_PK']]);
const importedKeys = textsOf(
  ['pk_schema_name', 'pk_table_name', 'pk_column_name', 'fk_schema_name', 'fk_table_name', 'fk_column_name', 'key_sequence', 'fk_name'],
  [['ANALYTICS', 'CASE_FILE', 'CASE_ID', 'ANALYTICS', 'CASE_DAILY', 'CASE_ID', '1', 'CASE_DAILY_CASE_FK']],
);
const policies = textsOf(['schema', 'relation', 'column', 'kind', 'policy'], [
  ['ANALYTICS', 'CASE_FILE', 'EMAIL', 'MASKING_POLICY', 'CASEWORK.PRIVACY.MASK_EMAIL'],
  ['ANALYTICS', 'CASE_FILE', null, 'ROW_ACCESS_POLICY', 'CASEWORK.PRIVACY.BY_TENANT'],
]);
const tags = textsOf(['schema', 'relation', 'column', 'name', 'value'], [['ANALYTICS', 'CASE_FILE', 'PHONE', 'SEMANTIC_CATEGORY', 'PHONE_NUMBER']]);
const grants = textsOf(['schema', 'relation', 'grantee', 'privilege'], [['ANALYTICS', 'CASE_FILE', 'METABASE', 'SELECT'], ['ANALYTICS', 'CASE_FILE', 'METABASE', 'INSERT']]);

/** As SHOW WAREHOUSES prints them (SHOW WAREHOUSES, output). */
const warehouses = (state: string): ReplayRule => onStatement('show warehouses', textsOf(['name', 'state', 'is_current', 'auto_suspend'], [['LOAD_WH', 'SUSPENDED', 'N', '60'], ['AUDIT_WH', state, 'Y', '600']]));
const catalogRules = (): ReplayRule[] => [
  warehouses('STARTED'),
  onStatement('information_schema.tables', relations), onStatement('information_schema.columns', columns), onStatement('show primary keys', primaryKeys),
  onStatement('show unique keys', textsOf(['schema_name', 'table_name', 'column_name', 'key_sequence', 'constraint_name'], [])), onStatement('show imported keys', importedKeys),
  onStatement('policy_references', policies), onStatement('tag_references', tags), onStatement('table_privileges', grants),
];

describe('the catalogue of a database', () => {
  it('has relations, columns, keys, grants, and what masks them', async () => {
    const store = await opened(catalogRules());
    const { value, gaps } = await store.catalog();
    expect(value.relations.map(({ name, kind, rows, definition, options, comment, rowSecurity }) => ({ name, kind, rows, definition, options, comment, rowSecurity }))).toEqual([
      { name: 'CASE_DAILY', kind: 'materialized_view', rows: 365, definition: null, options: ['dynamic'], comment: null, rowSecurity: false },
      { name: 'CASE_FILE', kind: 'table', rows: 120_000, definition: null, options: [], comment: 'one row a case', rowSecurity: true },
      { name: 'OPEN_CASE', kind: 'view', rows: null, definition: "select case_id from analytics.case_file where status = 'OPEN'", options: [], comment: null, rowSecurity: false },
      { name: 'PERSON_SAFE', kind: 'view', rows: null, definition: null, options: ['secure'], comment: null, rowSecurity: false },
    ]);
    expect(value.relations[1]?.columns).toEqual([
      { name: 'CASE_ID', type: 'NUMBER(38,0)', nullable: false, comment: null, label: null, enumValues: null, default: 'identity' },
      { name: 'EMAIL', type: 'VARCHAR(16777216)', nullable: true, comment: 'of the applicant', label: 'MASKED WITH POLICY CASEWORK.PRIVACY.MASK_EMAIL', enumValues: null },
      { name: 'PHONE', type: 'VARCHAR(40)', nullable: true, comment: null, label: 'pii: phone number', enumValues: null },
    ]);
    expect(value.constraints.map(({ name, kind, columns, enforced, references }) => ({ name, kind, columns, enforced, references }))).toEqual([
      { name: 'CASE_DAILY_CASE_FK', kind: 'foreign_key', columns: ['CASE_ID'], enforced: false, references: { schema: 'ANALYTICS', relation: 'CASE_FILE', columns: ['CASE_ID'] } },
      { name: 'CASE_FILE_PK', kind: 'primary_key', columns: ['CASE_ID'], enforced: false, references: null },
    ]);
    expect(value.grants).toEqual([{ grantee: 'METABASE', schema: 'ANALYTICS', relation: 'CASE_FILE', privileges: ['INSERT', 'SELECT'] }]);
    expect(value.policies).toEqual([{ schema: 'ANALYTICS', relation: 'CASE_FILE', name: 'CASEWORK.PRIVACY.BY_TENANT', command: 'SELECT', roles: [], using: null }]);
    expect(gaps.map(({ missing }) => missing)).toEqual(['the definition of a view']);
    expect(server.unexpected).toEqual([]);
  });

  it('says that it resumes the warehouse, and that SHOW gives no more keys', async () => {
    const many = textsOf(['schema_name', 'table_name', 'column_name', 'key_sequence', 'constraint_name'], Array.from({ length: 10_000 }, (_, n) => ['ANALYTICS', `CASE_${n}`, 'CASE_ID', '1', `CASE_${n}_PK`]));
    const store = await opened([warehouses('SUSPENDED'), onStatement('show primary keys', many), ...catalogRules()]);
    const { value, gaps } = await store.catalog();
    expect(value.constraints.filter(({ kind }) => kind === 'primary_key')).toHaveLength(10_000);
    expect(gaps.map(({ missing, cause }) => `${missing}: ${cause}`)).toEqual(expect.arrayContaining([
      'what this look cost in the end: the warehouse AUDIT_WH was suspended and is resumed for it; it suspends by itself after 600 s',
      'the rest of the primary keys: Snowflake shows 10000 columns of keys at most',
    ]));
    await store.close();
  });

  it('loses the parts that may not be read, each with the grant that helps', async () => {
    const store = await opened([onStatement('policy_references', refused), onStatement('tag_references', refused), ...catalogRules()]);
    const { value, gaps } = await store.catalog();
    expect(value.relations).toHaveLength(4);
    expect(gaps.filter(({ missing }) => !missing.startsWith('the definition'))).toMatchInlineSnapshot(`
      [
        {
          "cause": "Object 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY' does not exist or not authorized",
          "missing": "masking and row access policies",
          "remedy": "GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE …",
          "severity": "partial",
          "subject": "warehouse",
        },
        {
          "cause": "Object 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY' does not exist or not authorized",
          "missing": "the tags of columns",
          "remedy": "GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE …",
          "severity": "partial",
          "subject": "warehouse",
        },
      ]
    `);
  });

  it('keeps what was read before the service went away, and says that the rest is missing', async () => {
    const store = await opened([onStatement('information_schema.columns', { text: 'bye', headers: { 'content-type': 'text/plain' } }), ...catalogRules()]);
    const { value, gaps } = await store.catalog();
    expect(value.relations).toHaveLength(4);
    expect(gaps.filter(({ severity }) => severity === 'blind')).toEqual([
      { subject: 'warehouse', missing: 'the rest of the catalogue', cause: 'the connection was lost: it answered with text/plain in place of JSON', remedy: 'Run it again when the service is back.', severity: 'blind' },
    ]);
    await expect(store.statements()).rejects.toThrow('the connection was lost');
  });

  it.each([
    ["create view a.b as select 1", 'select 1'],
    ["CREATE OR REPLACE SECURE VIEW \"as\".\"b\" COPY GRANTS COMMENT='AS SELECT' AS -- today\nWITH x AS (SELECT 1) SELECT * FROM x;", '-- today\nWITH x AS (SELECT 1) SELECT * FROM x'],
    ['select case_id from case_file', 'select case_id from case_file'],
    ['create view broken', null],
  ])('finds the query in %s', (text, query) => {
    expect(viewQuery(text)).toBe(query);
  });
});

const history = (application: string): ReplayAnswer => resultOf(
  [['user', 'text'], ['database', 'text'], ['application', 'text'], ['hash', 'text'], ['text', 'text'], ['runs', 'real'], ['failures', 'real'], ['execution_ms', 'real'], ['longest_ms', 'real'], ['rows', 'real'], ['scanned_bytes', 'real'], ['spilled_bytes', 'real']],
  [
    ['METABASE', 'CASEWORK', application, '9c2b', "select count(*) from analytics.case_file where status = 'OPEN'", '40', '2', '80000', '9000', '40', '214748364800', '0'],
    ['METABASE', 'CASEWORK', 'Snowsight', '9c2b', "select count(*) from analytics.case_file where status = 'CLOSED'", '1', '0', '500', '500', '1', '1024', '0'],
  ],
);
const window = textsOf(['since', 'until'], [['2026-03-02T08:00:00Z', '2026-03-09T08:00:00Z']]);

describe('the history of statements', () => {
  it('is grouped in Snowflake, leaves our own out, and knows user and application', async () => {
    const store = await opened([onStatement('account_usage.query_history', history('metabase')), onStatement('"until"', window)]);
    const { value, gaps } = await store.statements();
    expect(gaps).toEqual([]);
    expect(value.window).toMatchObject({ since: '2026-03-02T08:00:00Z', until: '2026-03-09T08:00:00Z', entries_max: null });
    expect(value.statements.map(({ role, queryId, calls, failures, execution_ms, scanned_bytes }) => ({ role, queryId, calls, failures, execution_ms, scanned_bytes }))).toEqual([
      { role: 'METABASE', queryId: '9c2b', calls: 41, failures: 2, execution_ms: 80_500, scanned_bytes: 214_748_365_824 },
    ]);
    expect(value.activity).toEqual([
      { queryId: '9c2b', role: 'METABASE', application: 'Snowsight', seen: 1 },
      { queryId: '9c2b', role: 'METABASE', application: 'metabase', seen: 42 },
    ]);
    const asked = server.exchanges.map(statementOf).find((sql) => sql.includes('query_history')) ?? '';
    expect(asked).toContain("coalesce(q.query_tag, '') <> 'tidemark'");
    expect(asked).toContain("dateadd('day', -7, current_timestamp())");
  });

  it('is that of this user where the account may not be read, and says so', async () => {
    const store = await opened([onStatement('account_usage.query_history', refused), onStatement('information_schema.query_history', history('')), onStatement('"until"', window)]);
    const { value, gaps } = await store.statements();
    expect(value.statements).toHaveLength(1);
    expect(gaps).toMatchInlineSnapshot(`
      [
        {
          "cause": "this role may not read SNOWFLAKE.ACCOUNT_USAGE",
          "missing": "statements of other users and the applications behind them",
          "remedy": "GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE …; GRANT DATABASE ROLE SNOWFLAKE.SECURITY_VIEWER TO ROLE …; (or GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE …;)",
          "severity": "partial",
          "subject": "warehouse",
        },
      ]
    `);
  });

  it('is missing, with the grant, where nothing may be read', async () => {
    const store = await opened([onStatement('query_history', refused), onStatement('"until"', window)]);
    const { value, gaps } = await store.statements();
    expect(value).toEqual({ statements: [], own: [], window: null });
    expect(gaps.map(({ missing, remedy }) => ({ missing, names: remedy?.includes('IMPORTED PRIVILEGES') }))).toEqual([{ missing: 'statements', names: true }]);
  });
});

describe('what statements over a relation need to know', () => {
  const objects = textsOf(['created_on', 'name', 'database_name', 'schema_name', 'kind'], [['1', 'CASEXFILE', 'CASEWORK', 'ANALYTICS', 'TABLE'], ['1', 'CASE_FILE', 'CASEWORK', 'ANALYTICS', 'TABLE']]);
  const described = textsOf(['name', 'type', 'kind', 'null?', 'default', 'primary key', 'unique key', 'check', 'expression', 'comment', 'policy name'], [
    ['CASE_ID', 'NUMBER(38,0)', 'COLUMN', 'N', null, 'Y', 'N', null, null, null, null],
    ['FEE', 'NUMBER(12,2)', 'COLUMN', 'Y', null, 'N', 'N', null, null, null, null],
    ['EMAIL', 'VARCHAR(200)', 'COLUMN', 'Y', null, 'N', 'N', null, null, null, 'CASEWORK.PRIVACY.MASK_EMAIL'],
    ['METADATA$FILENAME', 'VARCHAR(16777216)', 'VIRTUAL', 'Y', null, 'N', 'N', null, null, null, null],
  ]);

  it('is told without a warehouse: columns, the key that it notes, policies on rows', async () => {
    const session = await watched([onStatement('show objects', objects), onStatement('describe table', described), onStatement('policy_references', textsOf(['kind'], [['ROW_ACCESS_POLICY']]))]);
    expect(await engine.describe(session, { schema: 'ANALYTICS', name: 'CASE_FILE' })).toEqual({
      kind: 'table', columns: [{ name: 'CASE_ID', type: 'NUMBER(38,0)', nullable: false }, { name: 'FEE', type: 'NUMBER(12,2)', nullable: true }, { name: 'EMAIL', type: 'VARCHAR(200)', nullable: true, masked: true }],
      keys: [{ columns: ['CASE_ID'], enforced: false }], hidesRows: true, suffix: '',
    });
    expect(server.exchanges.map(statementOf).slice(1)).toMatchInlineSnapshot(`
      [
        "show objects like 'CASE\\\\_FILE' in schema "CASEWORK"."ANALYTICS"",
        "describe table "CASEWORK"."ANALYTICS"."CASE_FILE"",
        "select policy_kind as "kind" from table("CASEWORK".information_schema.policy_references(ref_entity_name => '"CASEWORK"."ANALYTICS"."CASE_FILE"', ref_entity_domain => 'TABLE'))",
      ]
    `);
  });

  it('is null where there is no such relation or schema', async () => {
    const session = await watched([onStatement('"GONE"', refused), onStatement('show objects', objects)]);
    expect(await engine.describe(session, { schema: 'ANALYTICS', name: 'case_file' })).toBeNull();
    expect(await engine.describe(session, { schema: 'GONE', name: 'CASE_FILE' })).toBeNull();
  });

  it('of a query comes from its metadata, without a row', async () => {
    const session = await watched([onStatement('limit 0', resultOf([['CASE_ID', 'fixed', 38, 0], ['OPENED_AT', 'timestamp_ntz', 0, 9]], []))]);
    expect(await engine.describe(session, { query: 'select case_id, opened_at from analytics.case_file' })).toEqual({
      kind: 'query', columns: [{ name: 'CASE_ID', type: 'NUMBER(38,0)', nullable: true }, { name: 'OPENED_AT', type: 'TIMESTAMP_NTZ(9)', nullable: true }], keys: [], hidesRows: false, suffix: '',
    });
  });

  it('keeps rows and last changes without a scan, by one statement for each database', async () => {
    const facts = resultOf([['schema', 'text'], ['name', 'text'], ['rows', 'real'], ['bytes', 'real'], ['modified_at', 'real']], [['ANALYTICS', 'CASE_FILE', '120000', '5368709', '1772800000.25']]);
    const session = await watched([onStatement('information_schema.tables', facts)]);
    expect(await engine.relationFacts(session, [{ schema: 'ANALYTICS', name: 'CASE_FILE' }, { schema: 'ANALYTICS', name: 'GONE' }])).toEqual([
      { schema: 'ANALYTICS', name: 'CASE_FILE', rows: 120_000, rowsExact: true, bytes: 5_368_709, modified_at: 1_772_800_000.25 },
    ]);
    expect(server.exchanges).toHaveLength(2);
  });
});
