import { expect, test } from 'vitest';
import { relevantDdl } from '../../../src/metrics/verdict/relevant-ddl.js';

// Enough that the text is not short.
const OTHERS = Array.from({ length: 100 }, (_, index) => `CREATE TABLE archive.ledger_${index} (ledger_id int PRIMARY KEY)`);

function reduced(statements: readonly string[], query: string): string[] {
  return relevantDdl([...OTHERS, ...statements].join(';\n'), [query]).split(';\n');
}

test('a short text stays as it is', () => {
  const ddl = 'CREATE TABLE region (region_id int);\nCREATE TABLE officer (officer_id int);';
  expect(relevantDdl(ddl, ['SELECT count(*) FROM officer'])).toBe(ddl);
});

test('tables are kept with what they name, and what is no table always', () => {
  const statements = [
    "CREATE TYPE app.priority AS ENUM ('LOW', 'HIGH')",
    'CREATE TABLE app.region (region_id int PRIMARY KEY)',
    'CREATE TABLE IF NOT EXISTS app.officer (officer_id int PRIMARY KEY, region_id int REFERENCES app.region)',
    'CREATE TABLE app.case_file (case_id int, officer_id int REFERENCES app.officer, priority app.priority)',
    'ALTER TABLE ONLY app.case_file ADD CONSTRAINT case_file_pkey PRIMARY KEY (case_id)',
    'CREATE UNIQUE INDEX case_file_officer ON app.case_file (officer_id)',
    'CREATE VIEW integration.v_open AS SELECT * FROM app.case_file',
  ];
  expect(reduced([...statements, 'CREATE INDEX ledger_1_id ON archive.ledger_1 (ledger_id)'], 'SELECT count(*) FROM integration.v_open')).toEqual(statements);
});

test('partitions and children go with their parents', () => {
  const statements = [
    'CREATE TABLE event (event_id int, happened_on date) PARTITION BY RANGE (happened_on)',
    "CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    'CREATE TABLE audit_event (auditor text) INHERITS (event)',
  ];
  expect(reduced(statements, 'SELECT count(*) FROM event')).toEqual(statements);
});

test('quotes, case and semicolons in strings mislead nobody', () => {
  const statements = [`CREATE TABLE "Case File" (status text DEFAULT 'a;b', "end" date)`, `CREATE TABLE "Officer" (officer_id int)`];
  expect(reduced(statements, 'SELECT count(*) FROM "Case File"')).toEqual([statements[0]]);
});

test('two thousand tables are cut within a moment', () => {
  const tables = Array.from({ length: 2_000 }, (_, index) => `CREATE TABLE app.table_${index} (id int PRIMARY KEY, other_id int${index % 10 === 0 ? '' : ` REFERENCES app.table_${index - 1}`})`);
  expect(relevantDdl(tables.join(';\n'), ['SELECT count(*) FROM app.table_1234']).split(';\n')).toHaveLength(5);
});
