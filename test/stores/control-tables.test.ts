import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlRecords } from '../../src/model/control-record.js';
import type { Engine } from '../../src/model/store.js';
import type { ControlSettings } from '../../src/stores/control/find.js';
import { engine as duckdb } from '../../src/stores/duckdb.js';
import { engine as postgres } from '../../src/stores/postgres.js';
import type { Reading } from '../../src/stores/store.js';
import { bundledServer, startServer, type TestServer } from '../support/postgres.js';
import { noContext } from '../support/store-context.js';

/** The tables of Part 066 (§8, §9, §16, §27), and those that §25 names without columns. */
const ARTICLE = [
  'create schema analytics_control',
  `create table analytics_control.data_product_watermark (data_product_name text primary key, source_system text not null, source_high_watermark timestamptz not null,
    last_successful_load_at timestamptz not null, last_failed_load_at timestamptz, status text not null, error_message text)`,
  `insert into analytics_control.data_product_watermark values ('orders', 'shop', '2026-06-30 10:00:00+00', '2026-06-30 10:05:00+00', null, 'HEALTHY', 'mail anna@example.org'),
    ('cases', 'app', '2026-06-30 12:00:00+02', '2026-06-30 10:05:00+00', '2026-06-30 11:00:00+00', 'FAILED', null)`,
  `create table analytics_control.pipeline_run (pipeline_run_id uuid primary key, pipeline_name text not null, started_at timestamptz not null, finished_at timestamptz, status text not null,
    source_low_watermark text, source_high_watermark text, rows_read bigint, rows_inserted bigint, rows_updated bigint, rows_rejected bigint, validation_result json, error_message text)`,
  `insert into analytics_control.pipeline_run select cast('00000000-0000-0000-0000-00000000000' || n as uuid), 'load_orders', timestamptz '2026-06-30 00:00:00+00' + n * interval '1 hour',
    timestamptz '2026-06-30 00:01:00+00' + n * interval '1 hour', case when n = 8 then 'FAILED' else 'SUCCEEDED' end,
    '0/' || cast(n * 10 as varchar), '0/' || cast((n + 1) * 10 as varchar), 10, 8, 1, case when n = 5 then 0 else 1 end, null, 'for anna@example.org' from generate_series(1, 9) s (n) where n <> 7`,
  `insert into analytics_control.pipeline_run values ('00000000-0000-0000-0000-0000000000ff', 'load_cases', '2026-06-01 00:00:00+00', null, 'RUNNING', null, null, null, null, null, null, null, null)`,
  `create table analytics_control.report_run (report_run_id uuid primary key, report_name text not null, report_version text not null, parameters json not null, source_watermarks json not null,
    reference_versions json not null, executed_by text not null, executed_at timestamptz not null, result_hash text not null, status text not null)`,
  `insert into analytics_control.report_run values
    ('00000000-0000-0000-0000-000000000001', 'Official orders', '1', '{"customer": "anna@example.org"}', '{"orders": "2026-06-01"}', '{}', 'Anna', '2026-06-02 08:00:00+00', 'aa', 'APPROVED'),
    ('00000000-0000-0000-0000-000000000002', 'Official orders', '1', '{"customer": "anna@example.org"}', '{"orders": "2026-06-01"}', '{}', 'Anna', '2026-06-03 08:00:00+00', 'bb', 'SUCCEEDED'),
    ('00000000-0000-0000-0000-000000000003', 'Official orders', '2', '{}', '{}', '{}', 'Anna', '2026-07-02 08:00:00+00', 'cc', 'SUCCEEDED'),
    ('00000000-0000-0000-0000-000000000004', 'Official orders', '2', '{}', '{"orders": "2026-07-01"}', '{}', 'Anna', '2026-07-03 08:00:00+00', '', 'FAILED'),
    ('00000000-0000-0000-0000-000000000005', 'Official orders', '2', '{}', '{"orders": "2026-07-01"}', 'null', 'Anna', '2026-07-04 08:00:00+00', ' ', 'RUNNING')`,
  'create table analytics_control.report_approval (report_run_id uuid not null, approved_by text not null, approved_at timestamptz not null)',
  `insert into analytics_control.report_approval values ('00000000-0000-0000-0000-000000000001', ' anna ', '2026-06-02 09:00:00+00'), ('00000000-0000-0000-0000-000000000003', 'Ben', '2026-07-01 09:00:00+00'),
    ('00000000-0000-0000-0000-000000000004', 'Ben', '2026-07-05 09:00:00+00')`,
  'create table analytics_control.report_artifact (report_run_id uuid not null, file_name text not null, file_hash text)',
  `insert into analytics_control.report_artifact values ('00000000-0000-0000-0000-000000000001', 'anna@example.org.pdf', 'ff'), ('00000000-0000-0000-0000-000000000003', 'orders.pdf', null)`,
  `create table analytics_control.data_restatement_run (restatement_run_id uuid primary key, reason text not null, affected_data_products text[] not null, affected_period_start date not null,
    affected_period_end date not null, source_change_reference text not null, executed_at timestamptz not null, executed_by text not null, validation_result json not null, status text not null)`,
  `insert into analytics_control.data_restatement_run values ('00000000-0000-0000-0000-000000000001', 'asked for by anna@example.org', ARRAY['orders', 'cases, by day'], '2026-01-01', '2026-03-31', '', '2026-04-02 20:00:00+00', 'Anna', '{}', 'DONE')`,
];

/** Tables of applications and tools that are called alike. */
const LOOK_ALIKES = [
  'create schema ci',
  'create table report_runs (id integer, report_id integer, user_id integer, params text, status text, created_at timestamp)',
  'create table report_executions (id integer, report text, parameters text, version text, status text, started_at timestamp)',
  'create table job (id integer, dag_id text, state text, job_type text, start_date timestamp, end_date timestamp)',
  'create table image_watermarks (id integer, name text, watermark text)',
  'create table ci.pipeline_run (id integer, pipeline_name text, started_at timestamp, finished_at timestamp, status text, commit_hash text)',
  'create table ci.report_run (id integer, report_name text, generated_at timestamp, status text, checksum text)',
  'create table price_restatement (id integer, product text, start_date date, end_date date)',
];

const EXPECTED: ControlRecords = {
  tables: [
    { kind: 'pipeline-run', relation: 'analytics_control.pipeline_run', lacking: [] },
    { kind: 'report-approval', relation: 'analytics_control.report_approval', lacking: [] },
    { kind: 'report-artifact', relation: 'analytics_control.report_artifact', lacking: [] },
    { kind: 'report-run', relation: 'analytics_control.report_run', lacking: [] },
    { kind: 'restatement', relation: 'analytics_control.data_restatement_run', lacking: [] },
    { kind: 'watermark', relation: 'analytics_control.data_product_watermark', lacking: [] },
  ],
  watermarks: [
    { relation: 'analytics_control.data_product_watermark', product: 'cases', sourceHighWatermark: '2026-06-30T10:00:00.000Z', lastSuccessfulLoadAt: '2026-06-30T10:05:00.000Z', lastFailedLoadAt: '2026-06-30T11:00:00.000Z', status: 'FAILED', age_seconds: expect.any(Number) },
    { relation: 'analytics_control.data_product_watermark', product: 'orders', sourceHighWatermark: '2026-06-30T10:00:00.000Z', lastSuccessfulLoadAt: '2026-06-30T10:05:00.000Z', lastFailedLoadAt: null, status: 'HEALTHY', age_seconds: expect.any(Number) },
  ],
  pipelines: [
    {
      relation: 'analytics_control.pipeline_run', pipeline: 'load_cases', runs: 1, failed: 0, neverEnded: 1, lastStartedAt: '2026-06-01T00:00:00.000Z', lastSucceededAt: null, withoutWatermark: 0,
      watermarkGaps: null, watermarkOverlaps: null, countsDoNotAddUp: 0, rowsRejected: 0, failedSinceSuccess: 0, countedRuns: 0,
    },
    {
      relation: 'analytics_control.pipeline_run', pipeline: 'load_orders', runs: 8, failed: 1, neverEnded: 0, lastStartedAt: '2026-06-30T09:00:00.000Z', lastSucceededAt: '2026-06-30T09:01:00.000Z', withoutWatermark: 0,
      watermarkGaps: 1, watermarkOverlaps: 0, countsDoNotAddUp: 1, rowsRejected: 7, failedSinceSuccess: 0, countedRuns: 7,
    },
  ],
  reports: [{
    relation: 'analytics_control.report_run', report: 'Official orders', versions: ['1', '2'], runs: 5, byStatus: { APPROVED: 1, FAILED: 1, RUNNING: 1, SUCCEEDED: 2 }, lastExecutedAt: '2026-07-04T08:00:00.000Z',
    missing: { source_watermarks: 1 }, approvedWithoutSuccess: 2, approvedByAuthor: 1, approved: 3, sameInputsOtherHash: 1, artifactsWithoutHash: 1, keepsApprover: true, approvedWithoutApprover: 0,
  }],
  restatements: [{
    relation: 'analytics_control.data_restatement_run', id: '00000000-0000-0000-0000-000000000001', products: ['cases, by day', 'orders'], periodStart: '2026-01-01', periodEnd: '2026-03-31',
    executedAt: '2026-04-02T20:00:00.000Z', status: 'DONE', missing: ['source_change_reference', 'validation_result'],
  }],
};

async function recordsOf(engine: Engine, url: string, control: ControlSettings | undefined): Promise<Reading<ControlRecords | null>> {
  const store = await (engine === 'duckdb' ? duckdb : postgres).open({ name: 'warehouse', url, control }, noContext);
  try {
    const { value } = await store.catalog();
    return (await store.controlRecords?.(value)) ?? { value: null, gaps: [] };
  } finally {
    await store.close();
  }
}

const warehouse: ControlSettings = { role: 'warehouse', named: {}, columns: {} };
const NOTHING: ControlRecords = { tables: [], watermarks: [], pipelines: [], reports: [], restatements: [] };

describe('the control tables of a PostgreSQL database', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(bundledServer());
    for (const database of ['warehouse', 'shop', 'other']) await server.run(`create database ${database}`);
    await server.run(["create role tidemark login password 'spring tide'"]);
    await server.run(ARTICLE, 'warehouse');
    await server.run(LOOK_ALIKES, 'shop');
    await server.run([
      'create schema ctl', 'create table ctl.etl_log (job_name text, start_time timestamp, end_time timestamp, outcome text, records_read text)',
      "insert into ctl.etl_log values (E'load\\x1b[2J orders', '2026-06-30 10:00', 'infinity', 'ok', '7 rows'), ('', '2026-06-30 10:00', null, 'ok', null), (null, null, null, null, null)",
      'create table ctl."Freshness" (product text, loaded_through text, refreshed_at bigint, "Status" text)', `insert into ctl."Freshness" values ('orders', 'yesterday', 1782000000000, null), ('orders', '2026-06-01', 1781000000000, 'ok')`,
    ], 'other');
  });
  afterAll(() => server.stop());

  it('are counted; nothing that somebody wrote into them leaves but names, words of status and times', async () => {
    const reading = await recordsOf('postgres', server.url('warehouse'), warehouse);
    expect(reading.value).toEqual(EXPECTED);
    expect(reading.gaps).toEqual([]);
    expect(JSON.stringify(reading)).not.toMatch(/anna|Ben|"aa"|pdf/i);
  });

  it('are the article’s names alone in an operational store, and none where an application keeps its own', async () => {
    expect((await recordsOf('postgres', server.url('warehouse'), { ...warehouse, role: 'operational' })).value?.tables).toEqual(EXPECTED.tables);
    expect(await recordsOf('postgres', server.url('shop'), { ...warehouse, role: 'operational' })).toEqual({ value: NOTHING, gaps: [] });
    expect((await recordsOf('postgres', server.url('shop'), warehouse)).value?.tables.map(({ relation, lacking }) => [relation, lacking.length])).toEqual([['ci.pipeline_run', 8], ['ci.report_run', 5]]);
    expect((await recordsOf('postgres', server.url('shop'), undefined)).value).toBeNull();
  });

  it('are read under other names and types, with what is no time or number left out', async () => {
    const { value, gaps } = await recordsOf('postgres', server.url('other'), warehouse);
    expect(gaps).toEqual([]);
    expect(value?.tables.map(({ kind, relation }) => `${kind} ${relation}`)).toEqual(['pipeline-run ctl.etl_log', 'watermark ctl.Freshness']);
    expect(value?.pipelines).toMatchObject([{ pipeline: 'load [2J orders', runs: 1, countsDoNotAddUp: 0, countedRuns: 0, neverEnded: 0, lastSucceededAt: '2026-06-30T10:00:00.000Z' }]);
    expect(value?.watermarks).toMatchObject([{ product: 'orders', sourceHighWatermark: null, age_seconds: null, lastSuccessfulLoadAt: '2026-06-21T00:00:00.000Z', status: null }]);
    const mapped = await recordsOf('postgres', server.url('other'), { role: 'operational', named: { 'pipeline-run': 'ctl.etl_log' }, columns: { rows_inserted: 'records_read' } });
    expect(mapped.value?.tables.map(({ relation }) => relation)).toEqual(['ctl.etl_log']);
  });

  it('are gaps with the grants on the columns that are read where the role may not read them', async () => {
    const { value, gaps } = await recordsOf('postgres', server.url('warehouse', 'tidemark', 'spring tide'), warehouse);
    expect(value).toEqual({ ...NOTHING, tables: EXPECTED.tables });
    expect(gaps).toHaveLength(6);
    expect(gaps.find(({ missing }) => missing.endsWith('report_run'))).toEqual({
      subject: 'warehouse', missing: 'the rows of the control table analytics_control.report_run', cause: 'permission denied for schema analytics_control', severity: 'partial',
      remedy: 'GRANT USAGE ON SCHEMA analytics_control TO tidemark; GRANT SELECT (executed_at, executed_by, parameters, reference_versions, report_name, report_run_id, report_version, result_hash, source_watermarks, status) ON analytics_control.report_run TO tidemark;',
    });
    await server.run(gaps.flatMap(({ remedy }) => (remedy ?? '').split('; ')), 'warehouse');
    expect((await recordsOf('postgres', server.url('warehouse', 'tidemark', 'spring tide'), warehouse)).value).toEqual(EXPECTED);
  });
});

describe('the control tables of a DuckDB file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-control-'));
  const file = join(folder, 'warehouse.duckdb');
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run("set timezone = 'UTC'");
    for (const statement of ARTICLE) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('say the same', async () => {
    expect(await recordsOf('duckdb', file, warehouse)).toEqual({ value: EXPECTED, gaps: [] });
  });
});
