import { describe, expect, test } from 'vitest';
import { auditWithJoin } from '../../src/audit.js';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { DataProductConfiguration } from '../../src/model/configuration.js';
import type { ControlRecords, OfficialReportRecord, PipelineRecord, ProductWatermark, RestatementRecord } from '../../src/model/control-record.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Report } from '../../src/model/report.js';
import { loadRules } from '../../src/rules/load.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, store } from '../support/estate.js';
import { snapshotOf } from '../support/snapshot.js';

const catalog = await catalogFromDdl(`
  CREATE SCHEMA mart;
  CREATE TABLE mart.orders_daily (day date PRIMARY KEY, region text NOT NULL, orders bigint NOT NULL, weight double precision, loaded_at timestamptz);`);

const rules = await loadRules();
const CONTROL = 'analytics_control.';
const tables: ControlRecords['tables'] = [
  { kind: 'pipeline-run', relation: `${CONTROL}pipeline_run`, lacking: [] }, { kind: 'report-approval', relation: `${CONTROL}report_approval`, lacking: [] },
  { kind: 'report-artifact', relation: `${CONTROL}report_artifact`, lacking: [] }, { kind: 'report-run', relation: `${CONTROL}report_run`, lacking: [] },
  { kind: 'restatement', relation: `${CONTROL}data_restatement_run`, lacking: [] }, { kind: 'watermark', relation: `${CONTROL}data_product_watermark`, lacking: [] },
];
const watermark = (over: Partial<ProductWatermark> = {}): ProductWatermark => ({
  relation: `${CONTROL}data_product_watermark`, product: 'orders_daily', sourceHighWatermark: '2026-03-02T08:00:00.000Z', lastSuccessfulLoadAt: '2026-03-02T08:10:00.000Z', lastFailedLoadAt: null, status: 'HEALTHY', age_seconds: 3600, ...over,
});
const pipeline = (over: Partial<PipelineRecord> = {}): PipelineRecord => ({
  relation: `${CONTROL}pipeline_run`, pipeline: 'load_orders', runs: 40, failed: 0, neverEnded: 0, lastStartedAt: '2026-03-02T08:00:00.000Z', lastSucceededAt: '2026-03-02T08:10:00.000Z', withoutWatermark: 0,
  watermarkGaps: 0, watermarkOverlaps: 0, countsDoNotAddUp: 0, rowsRejected: 0, failedSinceSuccess: 0, countedRuns: 40, ...over,
});
const report = (over: Partial<OfficialReportRecord> = {}): OfficialReportRecord => ({
  relation: `${CONTROL}report_run`, report: 'official_orders', versions: ['1'], runs: 12, byStatus: { APPROVED: 12 }, lastExecutedAt: '2026-03-02T08:00:00.000Z', missing: {}, approvedWithoutSuccess: 0,
  approvedByAuthor: 0, approved: 12, sameInputsOtherHash: 0, artifactsWithoutHash: 0, keepsApprover: true, approvedWithoutApprover: 0, ...over,
});
const product = (over: Partial<DataProductConfiguration> = {}): DataProductConfiguration => ({
  name: 'orders_daily', store: null, relation: 'mart.orders_daily', watermark: null, objective: { target_seconds: 900, within_seconds: 7200, share: 0.99, window_seconds: 86_400, degraded_seconds: 14_400, failed_seconds: null },
  provisional_seconds: null, time_column: null, event_id_column: null, stream: null, owner: 'Data Platform', ...over,
});
const restatement = (over: Partial<RestatementRecord> = {}): RestatementRecord => ({
  relation: `${CONTROL}data_restatement_run`, id: '1', products: ['Orders daily'], periodStart: '2026-01-01', periodEnd: '2026-01-31', executedAt: '2026-02-03T20:00:00.000Z', status: 'DONE', missing: [], ...over,
});
const good: ControlRecords = {
  tables, watermarks: [watermark()], pipelines: [pipeline()], reports: [report()],
  restatements: [restatement()],
};

interface Given {
  products?: DataProductConfiguration[];
  queries?: CollectedQuery[];
}

async function audited(control: ControlRecords | undefined, { products = [product()], queries = [] }: Given = {}): Promise<Report> {
  const warehouse = store(catalog, { name: 'warehouse', role: 'warehouse', control });
  const configured = configuration({ stores: [{ name: 'warehouse', role: 'warehouse', engine: 'postgres', url: null, match: [] }], live: { ...defaultLive, dataProducts: products } });
  return (await auditWithJoin(snapshotOf({ stores: [warehouse], queries }), configured, rules, '0')).report;
}

async function told(control: ControlRecords | undefined, given: Given = {}): Promise<string[]> {
  const { findings } = await audited(control, given);
  return findings.filter(({ ruleId }) => /^(report-run|restatement|pipeline|product)-/.test(ruleId)).map(({ ruleId, relation, owner }) => `${ruleId} ${relation}${owner === null ? '' : ` (${owner})`}`).sort();
}

const official = (sql: string): CollectedQuery => card(sql, { title: 'Official orders', kind: 'sql-files', container: null, owners: [{ name: 'Regulatory Reporting', via: 'author' }], connection: { id: '2', name: 'warehouse', engine: 'postgres', host: null, database: 'casework' } });

describe('what control tables say', () => {
  test('is right where runs, approvals, restatements, pipelines and products are as the article has them', async () => {
    expect(await told(good, { queries: [official('SELECT region, sum(orders) FROM mart.orders_daily GROUP BY region ORDER BY region')] })).toEqual([]);
  });

  test('is no word where nothing was looked at, or there are no such tables', async () => {
    expect(await told(undefined)).toEqual([]);
    expect(await told({ tables: [], watermarks: [], pipelines: [], reports: [], restatements: [] })).toEqual([]);
  });

  test('is wrong in each way once, by what it is about', async () => {
    const wrong: ControlRecords = {
      tables: tables.filter(({ kind }) => kind !== 'report-artifact').map((table) => (table.kind === 'restatement' ? { ...table, lacking: ['reason'] } : table)),
      watermarks: [watermark({ age_seconds: 90_000, lastSuccessfulLoadAt: '2026-03-02T20:00:00.000Z' })],
      pipelines: [pipeline({ watermarkGaps: 1, watermarkOverlaps: 2, countsDoNotAddUp: 3, neverEnded: 1, failedSinceSuccess: 2 })],
      reports: [
        report({ missing: { result_hash: 1 }, approvedWithoutSuccess: 1, approvedByAuthor: 1, sameInputsOtherHash: 1, artifactsWithoutHash: null, approvedWithoutApprover: 2 }),
        report({ report: 'official_returns' }),
      ],
      restatements: [restatement({ products: ['orders_weekly'] }), restatement({ id: '0', periodEnd: '2025-12-31' })],
    };
    expect(await told(wrong, { queries: [official('SELECT sum(orders) FROM mart.orders_daily WHERE day > current_date - 30')] })).toEqual([
      'pipeline-counts-do-not-add-up load_orders', 'pipeline-failing load_orders', 'pipeline-never-ended load_orders', 'pipeline-watermark-gap load_orders', 'pipeline-watermark-overlap load_orders',
      'product-status-hides-staleness orders_daily (Data Platform)', 'product-watermark-behind-load orders_daily (Data Platform)',
      'report-run-approved-by-author official_orders (Regulatory Reporting)', 'report-run-approved-without-success official_orders (Regulatory Reporting)', 'report-run-incomplete official_orders (Regulatory Reporting)',
      'report-run-not-reproducible official_orders (Regulatory Reporting)', 'report-run-statement-not-reproducible official_orders (Regulatory Reporting)', 'report-run-table-incomplete official_orders (Regulatory Reporting)',
      'restatement-incomplete 0', 'restatement-incomplete 1', 'restatement-names-unknown-product 1',
    ]);
  });

  test('is a report that depends on the session’s zone or on the order in which it adds, by the types of its columns', async () => {
    const { findings } = await audited(good, { queries: [official("SELECT date_trunc('month', o.loaded_at) AS month, sum(o.weight) AS weight, sum(o.orders) AS orders FROM mart.orders_daily o GROUP BY 1 ORDER BY 1")] });
    const found = findings.find(({ ruleId }) => ruleId === 'report-run-statement-not-reproducible');
    expect(found?.evidence.slice(0, 2)).toEqual(['date_trunc() of loaded_at depends on the time zone of the session', 'sum() over a floating-point number depends on the order in which rows are added']);
  });

  test('goes to who is accountable for it by the configuration', async () => {
    const warehouse = store(catalog, { name: 'warehouse', role: 'warehouse', control: { ...good, pipelines: [pipeline({ neverEnded: 1 })], reports: [report({ approvedByAuthor: 1 })] } });
    const assets = [{ match: 'official_*', accountable: 'Head of Regulation', responsible: null, consulted: [] }, { match: 'load_*', accountable: 'Data Platform', responsible: null, consulted: [] }];
    const configured = configuration({ stores: [{ name: 'warehouse', role: 'warehouse', engine: 'postgres', url: null, match: [] }], live: defaultLive, assets });
    const { report: judged } = await auditWithJoin(snapshotOf({ stores: [warehouse], queries: [] }), configured, rules, '0');
    expect(judged.findings.filter(({ area, ruleId }) => area !== 'ownership' && /^(report-run|pipeline)-/.test(ruleId)).map(({ ruleId, owner }) => [ruleId, owner])).toEqual([
      ['report-run-approved-by-author', 'Head of Regulation'], ['pipeline-never-ended', 'Data Platform'],
    ]);
  });

  test('leaves unknown what no table keeps', async () => {
    const unknown: ControlRecords = {
      ...good, watermarks: [watermark({ sourceHighWatermark: null, age_seconds: null, lastSuccessfulLoadAt: null, status: null, product: 'other' })],
      pipelines: [{ ...pipeline({ watermarkGaps: null, watermarkOverlaps: null, countsDoNotAddUp: 40 }), failedSinceSuccess: undefined, countedRuns: undefined }],
      reports: [{ ...report({ approvedByAuthor: null, artifactsWithoutHash: null, approvedWithoutApprover: null }), keepsApprover: true }],
      restatements: good.restatements.map((each) => ({ ...each, products: ['anything'] })),
    };
    expect(await told(unknown, { products: [product({ name: 'other', objective: null, watermark: { relation: 'mart.orders_daily', column: 'day' } })] })).toEqual(['restatement-names-unknown-product 1']);
    expect(await told({ ...unknown, watermarks: [] }, { products: [] })).toEqual([]);
  });

  test('of products: declared without a row, read without a promise, and promised elsewhere', async () => {
    const reader = [official('SELECT sum(orders) FROM mart.orders_daily')];
    expect(await told(good, { products: [product({ name: 'orders_hourly', relation: null })] })).toEqual(['product-never-loaded orders_hourly (Data Platform)']);
    expect(await told(good, { products: [], queries: reader })).toEqual(['product-without-freshness-contract orders_daily']);
    expect(await told(good, { products: [product({ store: 'elsewhere' })], queries: reader })).toEqual(['product-without-freshness-contract orders_daily']);
    const warehouse = store(catalog, { name: 'warehouse', role: 'warehouse', control: good });
    const configured = configuration({ stores: [{ name: 'warehouse', role: 'warehouse', engine: 'postgres', url: null, match: [] }], live: { ...defaultLive, dbt: ['/dbt'] } });
    const { report: promised } = await auditWithJoin(snapshotOf({ stores: [warehouse], queries: reader }), configured, rules, '0');
    expect(promised.findings.filter(({ ruleId }) => ruleId === 'product-without-freshness-contract')).toEqual([]);
  });
});
