import { expect, test } from 'vitest';
import { keyOf, relationNeeds } from '../../src/doctor/needs.js';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import { configured, PRODUCTION } from './facts.js';

const warehouse: StoreConfiguration = { name: 'warehouse', role: 'warehouse', engine: 'duckdb', url: null, match: [] };

const product = { store: null, watermark: null, objective: null, provisional_seconds: null, event_id_column: null, stream: null, owner: null };
const live = {
  reconcile: [
    {
      name: 'cases', period: 'day' as const, periods: 30, tolerance_ratio: 0, product: null, provisional_seconds: null, sums: [{ source: 'fee', target: 'fee_eur' }],
      key: [{ source: 'case_id', target: 'case_id' }], columns: [{ source: 'status', target: 'case_status', decimals: null }], except: ['note'], watermark: { kind: 'lsn' as const, source: null, target: '__lsn' }, every_seconds: null,
      source: { store: 'production', relation: 'app.case_file', query: null, time_column: 'opened_at', deleted_column: 'deleted_at' },
      target: { store: 'warehouse', relation: 'analytics.fact_case', query: null, time_column: 'opened_at', deleted_column: null },
    },
  ],
  dataProducts: [{ ...product, name: 'case_daily', relation: 'analytics.fact_case', time_column: 'opened_on', watermark: { relation: 'control.loaded', column: 'through' } }],
  streams: [{ match: 'cdc_*', store: 'production', name: null, lag_seconds_max: null, retained_bytes_max: null, landed: { store: null, relation: 'raw.case_event', column: '_lsn', meaning: 'lsn' as const } }],
};

test('production is read in its side of a pair only', () => {
  expect(relationNeeds(PRODUCTION, configured([PRODUCTION, warehouse], live))).toEqual([
    { schema: 'app', name: 'case_file', columns: ['case_id', 'deleted_at', 'fee', 'opened_at', 'status'], purposes: ['reconciliation of cases'], required: true },
  ]);
});

test('the only warehouse holds what names no store; one relation for several purposes stands once', () => {
  const needs = relationNeeds(warehouse, configured([PRODUCTION, warehouse], live));
  expect(needs.map((need) => [keyOf(need), need.columns.join(' '), need.purposes.join('; '), need.required])).toEqual([
    ['analytics.fact_case', '__lsn case_id case_status fee_eur opened_at opened_on', 'freshness of case_daily; reconciliation of cases', true],
    ['control.loaded', 'through', 'freshness of case_daily', true],
    ['raw.case_event', '_lsn', 'landing of cdc_*', true],
    ['data_product_watermark', '', 'watermarks of data products', false],
    ['pipeline_run', '', 'runs of pipelines', false],
    ['report_run', '', 'runs of official reports', false],
    ['report_approval', '', 'approvals of official reports', false],
    ['report_artifact', '', 'files of official reports', false],
    ['data_restatement_run', '', 'restatements', false],
  ]);
});

test('what a query of a pair reads is not guessed', () => {
  const [pair] = live.reconcile;
  const queried = pair === undefined ? [] : [{ ...pair, source: { ...pair.source, relation: 'its.query', query: 'select case_id from app.case_file' } }];
  expect(relationNeeds(PRODUCTION, configured([PRODUCTION, warehouse], { ...live, reconcile: queried }))).toEqual([]);
});

test('with two warehouses what names no store is in neither for sure', () => {
  const second = { ...warehouse, name: 'archive' };
  expect(relationNeeds(second, configured([PRODUCTION, warehouse, second], live)).filter(({ required }) => required)).toEqual([]);
});

test('control tables that the configuration names are needed, and not looked for by name', () => {
  const named = { ...live, control: { watermarks: 'control.watermark', pipelineRuns: null, columns: {} } };
  const needs = relationNeeds(warehouse, configured([warehouse], named));
  expect(needs.filter(({ purposes }) => purposes.includes('watermarks of data products')).map(keyOf)).toEqual(['control.watermark']);
});
