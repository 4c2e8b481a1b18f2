import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { defaultLive } from '../../src/config/live-defaults.js';
import type { Catalog, Relation } from '../../src/model/catalog.js';
import type { ControlRecords } from '../../src/model/control-record.js';
import { readBundle, writeBundle } from '../../src/snapshot/bundle.js';
import { unreadControl } from '../../src/snapshot/control-settings.js';
import { redactSnapshot } from '../../src/snapshot/redact.js';
import { snapshotOf, storeSnapshot } from '../support/snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-control-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

const person = 'marion.keller@casework.example';
const control: ControlRecords = {
  tables: [{ kind: 'report-run', relation: 'ctl.report_run', lacking: ['result_hash'] }],
  watermarks: [{ relation: 'ctl.w', product: `orders for ${person}`, sourceHighWatermark: null, lastSuccessfulLoadAt: '2026-03-02T08:00:00.000Z', lastFailedLoadAt: null, status: `ask ${person}`, age_seconds: null }],
  pipelines: [{
    relation: 'ctl.p', pipeline: 'load_orders', runs: 3, failed: 1, neverEnded: 0, lastStartedAt: null, lastSucceededAt: null, withoutWatermark: 0, watermarkGaps: null, watermarkOverlaps: 1, countsDoNotAddUp: 0, rowsRejected: 4, failedSinceSuccess: 1,
  }],
  reports: [{
    relation: 'ctl.report_run', report: `letter to ${person}`, versions: ['1.0', `by ${person}`], runs: 2, byStatus: { APPROVED: 1, [`waits for ${person}`]: 1 }, lastExecutedAt: null, missing: { result_hash: 1 }, approvedWithoutSuccess: 0,
    approvedByAuthor: null, approved: 1, sameInputsOtherHash: 0, artifactsWithoutHash: null, keepsApprover: false, approvedWithoutApprover: null,
  }],
  restatements: [{ relation: 'ctl.r', id: '0f8fad5b-d9cb-469f-a165-70867728950e', products: ['orders', person], periodStart: '2026-01-01', periodEnd: null, executedAt: null, status: null, missing: ['reason'] }],
};

test('a bundle keeps what control tables say, and one of before has none of it', async () => {
  const snapshot = snapshotOf({ stores: [storeSnapshot({ control }), storeSnapshot({ name: 'other' })] });
  await writeBundle(join(folder, 'control.tidemark'), snapshot);
  const read = await readBundle(join(folder, 'control.tidemark'));
  expect(read).toEqual(snapshot);
  expect(read.stores[1]).not.toHaveProperty('control');
});

test('names that hold personal data lose it; ids, times and numbers stay', () => {
  const redacted = redactSnapshot(snapshotOf({ stores: [storeSnapshot({ control })] })).stores[0]?.control;
  expect(JSON.stringify(redacted)).not.toContain('marion');
  expect(redacted?.restatements[0]).toMatchObject({ id: '0f8fad5b-d9cb-469f-a165-70867728950e', periodStart: '2026-01-01', missing: ['reason'] });
  expect(redacted?.pipelines).toEqual(control.pipelines);
  expect(redacted?.reports[0]).toMatchObject({ runs: 2, missing: { result_hash: 1 } });
});

test('of a warehouse whose control tables are not read it is said which there are, and nothing where there is none', () => {
  const relation: Relation = {
    schema: 'CTL', name: 'PIPELINE_RUN', kind: 'table', owner: null, comment: null, definition: null, rows: 10, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
    columns: [['PIPELINE_NAME', 'TEXT'], ['STARTED_AT', 'TIMESTAMP_TZ(9)'], ['STATUS', 'TEXT']].map(([name = '', type = '']) => ({ name, type, nullable: true, comment: null, label: null, enumValues: null })),
  };
  const catalog: Catalog = { ...storeSnapshot().catalog, relations: [relation] };
  const live = defaultLive;
  const place = { name: 'warehouse', role: 'warehouse' as const, engine: 'snowflake' as const };
  expect(unreadControl(catalog, place, { live })).toEqual([
    { subject: 'warehouse', missing: 'the rows of its control tables (CTL.PIPELINE_RUN)', cause: 'tidemark reads them in PostgreSQL and DuckDB', remedy: null, severity: 'partial' },
  ]);
  expect(unreadControl(storeSnapshot().catalog, place, { live })).toEqual([]);
});
