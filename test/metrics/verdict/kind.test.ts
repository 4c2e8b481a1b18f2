import { beforeAll, expect, test } from 'vitest';
import { featuresOf, type Features } from '../../../src/metrics/verdict/features.js';
import { isIngestionClock, kindFromTexts } from '../../../src/metrics/verdict/kind.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';

let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});

function features(sql: string): Features {
  const [only] = parsers.postgres(sql).statements;
  if (only === undefined) throw new Error(sql);
  return featuresOf(only.statement, 'postgres');
}

const TYPES: Record<string, string> = { opened_at: 'timestamp with time zone', closed_at: 'timestamp with time zone', loaded_at: 'timestamp with time zone', status: 'text', amount: 'numeric' };

function kind(a: string, b: string, world = {}) {
  return kindFromTexts({ a: features(a), b: features(b), world, agreesInOneZone: false, typeOf: (column) => TYPES[column] ?? null });
}

const ROWS = 'SELECT count(*) FROM case_file';

test('the texts of two queries tell what they differ in', () => {
  expect(kind(`${ROWS} WHERE status = 'OPEN'`, `${ROWS} WHERE status IN ('OPEN', 'REVIEW')`)).toBe('population');
  expect(kind(`${ROWS} WHERE opened_at > '2024-01-01'`, `${ROWS} WHERE opened_at >= '2024-01-01'`)).toBe('boundary');
  expect(kind(`${ROWS} WHERE opened_at > '2024-01-01'`, `${ROWS} WHERE closed_at > '2024-01-01'`)).toBe('time-column');
  expect(kind(`${ROWS} WHERE opened_at > '2024-01-01'`, `${ROWS} WHERE loaded_at > '2024-01-01'`)).toBe('ingestion-time');
  expect(kind("SELECT date_trunc('day', opened_at), count(*) FROM case_file GROUP BY 1", "SELECT date_trunc('day', loaded_at) AS day, count(*) FROM case_file GROUP BY day")).toBe('ingestion-time');
  expect(kind("SELECT date_trunc('day', opened_at), count(*) FROM case_file GROUP BY 1", "SELECT date_trunc('week', opened_at), count(*) FROM case_file GROUP BY 1")).toBe('grain');
  expect(kind("SELECT (opened_at AT TIME ZONE 'UTC')::date, count(*) FROM case_file GROUP BY 1", 'SELECT opened_at::date, count(*) FROM case_file GROUP BY 1')).toBe('time-zone');
  expect(kind('SELECT sum(amount) FROM payment', 'SELECT avg(amount) FROM payment')).toBe('measure');
  expect(kind('SELECT sum(amount) FROM payment', 'SELECT sum(fee) FROM payment')).toBe('measure');
  expect(kind('SELECT count(customer_id) FROM payment', 'SELECT count(DISTINCT customer_id) FROM payment')).toBe('distinctness');
  expect(kind('SELECT count(*) FROM payment', 'SELECT count(refunded_at) FROM payment')).toBe('null-handling');
  expect(kind('SELECT avg(amount) FROM payment', 'SELECT avg(coalesce(amount, 0)) FROM payment')).toBe('null-handling');
  expect(kind('SELECT status, count(*) FROM case_file GROUP BY 1', 'SELECT status, count(*) FROM case_file GROUP BY 1 LIMIT 5')).toBe('limit');
  expect(kind('SELECT count(*) FROM payment', 'SELECT count(*) FROM refund')).toBe('source');
});

test('of a join the rows tell whether it drops or multiplies', () => {
  const joined = 'SELECT count(*) FROM case_file JOIN task USING (case_id)';
  expect(kind(ROWS, joined, { 'app.case_file': [{ case_id: '1' }], 'app.task': [] })).toBe('rows-lost');
  expect(kind(ROWS, joined, { 'app.case_file': [{ case_id: '1' }], 'app.task': [{ case_id: '1' }, { case_id: '1' }] })).toBe('fan-out');
});

test('clocks of loading are known by their names', () => {
  expect(['loaded_at', '_ingested_at', 'inserted_at', '_fivetran_synced', '_airbyte_extracted_at', 'dw_load_date', 'etl_loaded_ts', '_sdc_batched_at', 'received_at'].filter((name) => !isIngestionClock(name))).toEqual([]);
  expect(['opened_at', 'created_at', 'synced', 'payload', 'download_at', 'importance', 'insert_fee', 'arrival', 'processed_by'].filter(isIngestionClock)).toEqual(['synced']);
});
