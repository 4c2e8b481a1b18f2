import { afterEach, describe, expect, test } from 'vitest';
import { probe } from '../../src/probes/pipeline-runs.js';
import { validationCounts, VALIDATION_LENGTH_MAX } from '../../src/probes/warehouse/validation.js';
import { at, duckdbWarehouse, look, type Warehouse, type WarehouseOptions } from '../support/warehouse-probe.js';

const CONTROL = [
  'CREATE SCHEMA analytics_control',
  `CREATE TABLE analytics_control.pipeline_run (
    pipeline_run_id UUID PRIMARY KEY, pipeline_name VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ, status VARCHAR NOT NULL,
    source_low_watermark VARCHAR, source_high_watermark VARCHAR, rows_read BIGINT, rows_inserted BIGINT, rows_updated BIGINT, rows_rejected BIGINT,
    validation_result JSON, error_message VARCHAR)`,
];
const RUN = "INSERT INTO analytics_control.pipeline_run VALUES (uuid(), ";

let warehouse: Warehouse;
const given = async (sql: string[], options?: WarehouseOptions): Promise<Warehouse> => {
  warehouse = await duckdbWarehouse(sql, options);
  return warehouse;
};
afterEach(() => warehouse?.close());

describe('the control table of loads', () => {
  test('is found and read: counts, watermarks, and that there was an error', async () => {
    await given([
      ...CONTROL,
      `${RUN}'load_cases', '2026-06-30 23:05:00+00', '2026-06-30 23:06:30+00', 'SUCCEEDED', '2026-06-30T21:00:00Z', '2F/9A01C8E0', 700, 600, 90, 10,
        '{"unknown_dimension_rows": 3, "checks": {"duplicate_events": 2}, "worst": "Ada Byron"}', NULL)`,
      `${RUN}'load_cases', '2026-07-01 00:05:00+00', NULL, 'FAILED', 'customer Ada Byron', '4711', NULL, NULL, NULL, NULL, '["customer Ada Byron"]', 'no customer Ada Byron')`,
    ]);
    expect(probe.applies(warehouse.target)).toBe(true);
    const payload = await look(probe, warehouse, { now: at('2026-07-01T12:00:00Z') });
    expect(probe.payload.parse(payload)).toEqual(payload);
    expect(payload).toEqual({
      as_of: expect.any(Number),
      relation: 'analytics_control.pipeline_run',
      runs: [
        {
          pipeline: 'load_cases', started_at: at('2026-07-01T00:05:00Z'), finished_at: null, status: 'FAILED',
          low_watermark: expect.stringMatching(/^#[0-9a-f]{16}$/), high_watermark: '4711',
          rows_read: null, rows_inserted: null, rows_updated: null, rows_rejected: null, unknown_dimension_rows: null, duplicate_rows: null, has_error: true,
        },
        {
          pipeline: 'load_cases', started_at: at('2026-06-30T23:05:00Z'), finished_at: at('2026-06-30T23:06:30Z'), status: 'SUCCEEDED',
          low_watermark: '2026-06-30T21:00:00Z', high_watermark: '2F/9A01C8E0',
          rows_read: 700, rows_inserted: 600, rows_updated: 90, rows_rejected: 10, unknown_dimension_rows: 3, duplicate_rows: 2, has_error: false,
        },
      ],
      failed_24h: [{ pipeline: 'load_cases', runs: 1 }],
    });
    expect(JSON.stringify(payload)).not.toContain('Ada');
  });

  test('gives the last fifty of each pipeline, and all failures of a day', async () => {
    await given([
      ...CONTROL,
      `INSERT INTO analytics_control.pipeline_run
       SELECT uuid(), CASE WHEN g % 2 = 0 THEN 'load_orders' ELSE 'load_ledger' END, to_timestamp(1782864000 - g * 60), to_timestamp(1782864000 - g * 60 + 20),
         CASE WHEN g % 20 = 0 THEN 'ERROR' ELSE 'SUCCEEDED' END, NULL, NULL, g, g, 0, 0, NULL, NULL FROM range(0, 3000) AS t (g)`,
      `${RUN}'load_tenants', '2026-01-01', NULL, 'RUNNING', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
    ]);
    const { runs, failed_24h } = await look(probe, warehouse, { now: 1_782_864_000 });
    const number = (name: string): number => runs.filter(({ pipeline }) => pipeline === name).length;
    expect([number('load_orders'), number('load_ledger'), number('load_tenants')]).toEqual([50, 50, 1]);
    expect(runs[0]).toMatchObject({ pipeline: 'load_orders', started_at: 1_782_864_000 });
    expect(failed_24h).toEqual([{ pipeline: 'load_orders', runs: 73 }]);
  });

  test('may be empty, and is not looked for where nothing is like it', async () => {
    await given(CONTROL);
    expect(await look(probe, warehouse)).toMatchObject({ runs: [], failed_24h: [] });
    await warehouse.close();
    await given(['CREATE TABLE main.report_run (name VARCHAR, started_at TIMESTAMP, status VARCHAR)', 'CREATE TABLE main.task_run (id INT, happened VARCHAR)']);
    expect(probe.applies(warehouse.target)).toBe(false);
  });

  test('of another form, with texts where others have types', async () => {
    await given([
      'CREATE SCHEMA ops',
      'CREATE TABLE ops.etl_log ("Job_Name" VARCHAR, start_time VARCHAR, end_time VARCHAR, state VARCHAR, records_read VARCHAR, rows_failed DOUBLE)',
      `INSERT INTO ops.etl_log VALUES ('orders', '2026-06-30 10:00:00', 'soon', 'success', '1200', 3.0), ('orders', 'never', NULL, 'success', '1', 1),
        (NULL, '2026-06-30 10:00:00', NULL, NULL, NULL, NULL), ('cases', '2026-06-30T11:00:00Z', '2026-06-30T11:00:05Z', 'Error', 'many', -5)`,
    ]);
    const { runs, failed_24h } = await look(probe, warehouse, { now: at('2026-06-30T12:00:00Z') });
    expect(runs).toMatchObject([
      { pipeline: 'cases', status: 'Error', finished_at: at('2026-06-30T11:00:05Z'), rows_read: null, rows_rejected: null },
      { pipeline: 'orders', started_at: at('2026-06-30T10:00:00Z'), finished_at: null, rows_read: 1200, rows_rejected: 3 },
    ]);
    expect(runs).toHaveLength(2);
    expect(failed_24h).toEqual([{ pipeline: 'cases', runs: 1 }]);
  });

  test('with a validation result of ten megabytes is read, and the result is not', async () => {
    await given([...CONTROL, `${RUN}'load_cases', '2026-06-30 23:05:00+00', NULL, 'SUCCEEDED', NULL, NULL, 1, 1, 0, 0, '{"unknown_dimension_rows": 3, "notes": "' || repeat('x', 10000000) || '"}', NULL)`]);
    expect((await look(probe, warehouse)).runs).toMatchObject([{ pipeline: 'load_cases', unknown_dimension_rows: null }]);
  });

  test('names of any form stay names', async () => {
    await given(
      ['CREATE SCHEMA "o""ps"', 'CREATE TABLE "o""ps"."run; {{columns}} --" ("pipe""line {{started}}" VARCHAR, started_at TIMESTAMP, status VARCHAR, rows_read INT)',
       `INSERT INTO "o""ps"."run; {{columns}} --" VALUES ('orders', '2026-06-30', 'OK', 7)`],
      { settings: { control: { watermarks: null, pipelineRuns: 'o"ps.run; {{columns}} --', columns: { pipeline_name: 'pipe"line {{started}}' } } } },
    );
    expect((await look(probe, warehouse)).runs).toMatchObject([{ pipeline: 'orders', rows_read: 7 }]);
  });
});

describe('a validation result', () => {
  const cases: [string | null, number | null, number | null][] = [
    ['{"unknown_dimension_rows": 0}', 0, null],
    ['{"unknownMembers": {"region": 2, "queue": 1}, "duplicateKeys": 4}', 3, 4],
    ['[{"check": "unknown_members", "failed_rows": 5}, {"check": "not_null", "failed_rows": 9}]', 5, null],
    ['{"results": [{"name": "duplicate_source_events", "value": 2}, {"name": "dup_rows", "count": 1}]}', null, 3],
    ['"{\\"orphaned_keys\\": 7}"', 7, null],
    ['{"missing_files": 3, "late_arrivals": 2, "status": "unknown"}', null, null],
    ['{"unknown_dimension_rows": "three", "duplicates": -1}', null, null],
    ['{"unknown_dimension_rows": 1e400}', null, null],
    ['{"unknown_dimension_rows": 1.5}', null, null],
    ['17', null, null],
    ['null', null, null],
    ['{"duplicate', null, null],
    ['', null, null],
    [null, null, null],
    [`{"a": "${'x'.repeat(VALIDATION_LENGTH_MAX)}", "duplicates": 1}`, null, null],
    [`${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`, null, null],
    ['{"__proto__": {"duplicates": 1}}', null, 1],
  ];
  test.each(cases.map(([text, ...counts]) => [String(text).slice(0, 80), text, ...counts] as const))('%s', (_, text, unknown_dimension_rows, duplicate_rows) => {
    expect(validationCounts(text)).toEqual({ unknown_dimension_rows, duplicate_rows });
  });
});
