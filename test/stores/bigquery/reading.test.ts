import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engine } from '../../../src/stores/bigquery.js';
import type { LiveSession } from '../../../src/stores/live.js';
import type { Store } from '../../../src/stores/store.js';
import { onPath, onStatement, openingRules, resultOf, statementOf, type AnsweredField } from '../../support/bigquery-answers.js';
import { recordedAnswer, startReplayServer, type ReplayAnswer, type ReplayRule, type ReplayServer } from '../../support/replay-server.js';
import { noContext } from '../../support/store-context.js';

const answers = new URL('./answers/', import.meta.url);
const recorded = (name: string): unknown => recordedAnswer(answers, name);
const refused: ReplayAnswer = { status: 403, body: recorded('access-denied') };
let server: ReplayServer;

beforeAll(async () => {
  server = await startReplayServer();
});

afterAll(async () => {
  await server.stop();
});

const target = (path = '/analytics'): { name: string; url: string; credentials: { token: string } } => ({
  name: 'warehouse', url: `bigquery://regulator-pay${path}${path.includes('?') ? '&' : '?'}endpoint=${encodeURIComponent(server.url)}`, credentials: { token: 'canary-token-5c1f77d2' },
});

function opened(rules: readonly ReplayRule[], path?: string): Promise<Store> {
  server.script([...openingRules, ...rules]);
  return engine.open(target(path), noContext);
}

function watched(rules: readonly ReplayRule[]): Promise<LiveSession> {
  server.script([...openingRules, ...rules]);
  return engine.watch(target(), noContext);
}

const texts = (...names: string[]): AnsweredField[] => names.map((name) => [name, 'STRING']);

const catalogRules: readonly ReplayRule[] = [
  onStatement('COLUMN_FIELD_PATHS', resultOf(texts('schema', 'relation', 'name', 'type', 'nullable', 'comment', 'tags', 'fields', 'generated', 'default'), [
    ['analytics', 'case_file', 'case_id', 'INT64', 'NO', 'as in production', '', null, null, null],
    ['analytics', 'case_file', 'email', 'STRING', 'YES', null, 'projects/regulator-pay/locations/eu/taxonomies/1/policyTags/2', null, null, null],
    ['analytics', 'case_file', 'applicant', 'STRUCT<name STRING, phone STRING>', 'YES', '', '', 'name\nphone', null, null],
  ])),
  onStatement('INFORMATION_SCHEMA.VIEWS', resultOf(texts('schema', 'name', 'kind', 'definition', 'ddl'), [
    ['analytics', 'case_daily', 'MATERIALIZED VIEW', null, 'CREATE MATERIALIZED VIEW `regulator-pay.analytics.case_daily`\nOPTIONS(description="AS counted")\nAS SELECT opened_on, COUNT(*) AS cases FROM analytics.case_file GROUP BY 1;'],
    ['analytics', 'case_file', 'BASE TABLE', null, null],
    ['analytics', 'open_case', 'VIEW', "select case_id from analytics.case_file where status = 'OPEN'", null],
  ])),
  onStatement('TABLE_OPTIONS', resultOf(texts('schema', 'relation', 'name', 'value'), [['analytics', 'case_file', 'description', '"cases, \\"open\\" or not"'], ['analytics', 'case_file', 'require_partition_filter', 'true']])),
  onStatement('__TABLES__', resultOf([['schema', 'STRING'], ['name', 'STRING'], ['rows', 'FLOAT'], ['bytes', 'FLOAT']], [['analytics', 'case_file', '120000', '5368709'], ['analytics', 'open_case', '0', '0']])),
  onStatement('KEY_COLUMN_USAGE', resultOf(texts('schema', 'relation', 'name', 'kind', 'column', 'referenced_schema', 'referenced', 'referenced_column'), [
    ['analytics', 'case_file', 'case_file.fk_tenant', 'FOREIGN KEY', 'tenant_id', 'analytics', 'tenant', 'tenant_id'],
    ['analytics', 'case_file', 'case_file.pk$', 'PRIMARY KEY', 'case_id', null, null, null],
    ['analytics', 'case_file', 'case_file.pk$', 'PRIMARY KEY', 'tenant_id', null, null, null],
  ])),
];

describe('the catalogue', () => {
  it('of a dataset has relations, columns, keys and sizes', async () => {
    const store = await opened(catalogRules);
    const { value, gaps } = await store.catalog();
    expect(value.relations.map(({ name, kind, rows, definition, options, comment }) => ({ name, kind, rows, definition, options, comment }))).toEqual([
      { name: 'case_daily', kind: 'materialized_view', rows: null, definition: 'SELECT opened_on, COUNT(*) AS cases FROM analytics.case_file GROUP BY 1', options: [], comment: null },
      { name: 'case_file', kind: 'table', rows: 120_000, definition: null, options: ['require_partition_filter=true'], comment: 'cases, "open" or not' },
      { name: 'open_case', kind: 'view', rows: null, definition: "select case_id from analytics.case_file where status = 'OPEN'", options: [], comment: null },
    ]);
    expect(value.relations[1]?.columns).toEqual([
      { name: 'case_id', type: 'INT64', nullable: false, comment: 'as in production', label: null, enumValues: null },
      { name: 'email', type: 'STRING', nullable: true, comment: null, label: 'pii (policy tag)', enumValues: null },
      { name: 'applicant', type: 'STRUCT<name STRING, phone STRING>', nullable: true, comment: null, label: null, enumValues: null, fields: ['name', 'phone'] },
    ]);
    expect(value.constraints.map(({ name, kind, columns, references }) => ({ name, kind, columns, references }))).toEqual([
      { name: 'fk_tenant', kind: 'foreign_key', columns: ['tenant_id'], references: { schema: 'analytics', relation: 'tenant', columns: ['tenant_id'] } },
      { name: 'pk$', kind: 'primary_key', columns: ['case_id', 'tenant_id'], references: null },
    ]);
    expect(gaps.map(({ missing }) => missing)).toEqual(['grants and row access policies']);
    expect(server.unexpected).toEqual([]);
  });

  it('of a location is read from the views of its region, and says what these lack', async () => {
    const region = onStatement('TABLE_STORAGE', resultOf([['schema', 'STRING'], ['name', 'STRING'], ['rows', 'FLOAT'], ['bytes', 'FLOAT']], [['analytics', 'case_file', '7', '8']]));
    const store = await opened([region, ...catalogRules], '?location=EU');
    const { value, gaps } = await store.catalog();
    expect(value.relations[1]).toMatchObject({ name: 'case_file', rows: 7, size_bytes: 8 });
    expect(gaps.map(({ missing }) => missing)).toEqual(['the keys', 'grants and row access policies']);
    expect(server.exchanges.map(statementOf).filter((sql) => sql.includes('`regulator-pay`.`region-eu`.INFORMATION_SCHEMA.'))).toHaveLength(4);
  });

  it('loses the parts that may not be read, each with the role that helps', async () => {
    const store = await opened([onStatement('TABLE_OPTIONS', refused), ...catalogRules]);
    const { value, gaps } = await store.catalog();
    expect(value.relations).toHaveLength(3);
    expect(gaps[0]).toEqual({
      subject: 'warehouse', missing: 'descriptions and options of the relations', severity: 'partial', remedy: 'Grant roles/bigquery.metadataViewer on the project or its datasets to the account.',
      cause: 'Access Denied: Project regulator-pay: User does not have bigquery.jobs.listAll permission in project regulator-pay',
    });
  });
});

describe('the history of jobs', () => {
  const fields: AnsweredField[] = [
    ...texts('user', 'database', 'application', 'hash', 'text'), ['cut', 'BOOLEAN'], ['runs', 'FLOAT'], ['failures', 'FLOAT'], ['execution_ms', 'FLOAT'], ['longest_ms', 'FLOAT'], ['scanned_bytes', 'FLOAT'], ['billed_bytes', 'FLOAT'],
  ];
  const jobs = resultOf(fields, [['looker@regulator-pay.iam.gserviceaccount.com', 'regulator-pay', 'looker', '9c2b', 'select count(*) from analytics.case_file', 'false', '40.0', '2.0', '80000.0', '9000.0', '2.147483648E11', '2.147483648E11']]);
  const window = onStatement('as until', resultOf(texts('since', 'until'), [['2026-03-02T08:00:00Z', '2026-03-09T08:00:00Z']]));

  it('is grouped in BigQuery, leaves our own out, and knows what was billed', async () => {
    const store = await opened([window, onStatement('JOBS_BY_PROJECT', jobs)]);
    const { value, gaps } = await store.statements();
    expect(gaps).toEqual([]);
    expect(value.statements).toMatchObject([{ role: 'looker@regulator-pay.iam.gserviceaccount.com', queryId: '9c2b', calls: 40, failures: 2, execution_ms: 80_000, scanned_bytes: 214_748_364_800, billed_bytes: 214_748_364_800, textState: 'full' }]);
    expect(value.activity).toMatchObject([{ application: 'looker', seen: 42 }]);
    const asked = server.exchanges.map(statementOf).find((sql) => sql.includes('JOBS_BY_PROJECT')) ?? '';
    expect(asked).toContain('from `regulator-pay`.`region-eu`.INFORMATION_SCHEMA.JOBS_BY_PROJECT');
    expect(asked).toContain('creation_time >= timestamp_sub(current_timestamp(), interval 7 day)');
    expect(asked).toContain("not exists(select 1 from unnest(labels) where key = 'tidemark')");
    expect(asked).toContain("dataset_id = 'analytics'");
  });

  it('is that of this account where the jobs of others may not be listed, and says so', async () => {
    const store = await opened([window, onStatement('JOBS_BY_PROJECT', refused), onStatement('JOBS_BY_USER', jobs)]);
    const { value, gaps } = await store.statements();
    expect(value.statements).toHaveLength(1);
    expect(gaps).toMatchObject([{ missing: 'statements of other accounts', remedy: 'Grant roles/bigquery.resourceViewer on the project to the account (bigquery.jobs.listAll).' }]);
  });

  it('is missing where nothing may be read', async () => {
    const store = await opened([window, onStatement('INFORMATION_SCHEMA.JOBS', refused)]);
    expect((await store.statements()).value).toEqual({ statements: [], own: [], window: null });
  });
});

describe('what statements over a relation need to know', () => {
  it('is told by the API itself, which is free', async () => {
    const session = await watched([onPath(/\/rowAccessPolicies$/, { body: { rowAccessPolicies: [{ rowAccessPolicyReference: { policyId: 'by_tenant' } }] } }), onPath(/\/tables\/case_file$/, { body: recorded('table') })]);
    expect(await engine.describe(session, { schema: 'analytics', name: 'case_file' })).toEqual({
      kind: 'table', keys: [{ columns: ['case_id'], enforced: false }], hidesRows: true, suffix: '',
      columns: [
        { name: 'case_id', type: 'INT64', nullable: false }, { name: 'opened_at', type: 'TIMESTAMP', nullable: true }, { name: 'fee', type: 'NUMERIC(12, 2)', nullable: true }, { name: 'tags', type: 'ARRAY<STRING>', nullable: true }, { name: 'email', type: 'STRING', nullable: true, masked: true },
      ],
    });
    expect(await engine.describe(session, { schema: 'analytics', name: 'gone' })).toBeNull();
  });

  it('keeps rows and last changes without a scan, and is no exact count while rows stream in', async () => {
    const session = await watched([
      onPath(/\/tables\/case_file$/, { body: recorded('table') }),
      onPath(/\/projects\/other-project\/datasets\/raw\/tables\/event$/, { body: { type: 'TABLE', numRows: '10', numBytes: '100', lastModifiedTime: '1772800000000', streamingBuffer: { estimatedRows: '5' } } }),
      onPath(/\/tables\/open_case$/, { body: { type: 'VIEW', numRows: '0', numBytes: '0', lastModifiedTime: '1772800000000' } }),
    ]);
    const asked = [{ schema: 'analytics', name: 'case_file' }, { schema: 'other-project.raw', name: 'event' }, { schema: 'analytics', name: 'open_case' }, { schema: 'analytics', name: 'gone' }];
    expect(await engine.relationFacts(session, asked)).toEqual([
      { schema: 'analytics', name: 'case_file', rows: 120_000, rowsExact: true, bytes: 5_368_709, modified_at: 1_772_800_000.25 },
      { schema: 'other-project.raw', name: 'event', rows: 10, rowsExact: false, bytes: 100, modified_at: 1_772_800_000 },
    ]);
    expect(server.exchanges.map(statementOf).filter((sql) => sql !== '')).toHaveLength(1);
  });
});
