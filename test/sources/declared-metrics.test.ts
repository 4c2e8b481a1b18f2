import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MetricDeclaration } from '../../src/model/metric-declaration.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { readSources } from '../../src/sources/reading/read.js';
import { semanticView } from '../../src/sources/sql-files/semantic-view.js';
import { folder } from './folder.js';

/** Six cases: three of them open, one a duplicate, two closed; one without a fee, one without an officer. */
const WAREHOUSE = `
CREATE SCHEMA app;
CREATE TABLE app.case_file (case_id int, status text, fee int, opened_at timestamp, closed_at timestamp, officer_id int, receipt int);
INSERT INTO app.case_file VALUES
  (1, 'OPEN', 10, '2026-01-05', NULL, 1, 501), (2, 'OPEN', 20, '2026-01-06', NULL, 1, 501), (3, 'CLOSED', 30, '2026-01-07', '2026-02-01', 2, 502),
  (4, 'DUPLICATE', 40, '2026-02-01', NULL, 2, 503), (5, 'IN_REVIEW', NULL, '2026-02-02', NULL, 3, 504), (6, 'CLOSED', 60, '2026-02-03', '2026-02-10', NULL, NULL);
CREATE TABLE app.officer (officer_id int, region_name text);
INSERT INTO app.officer VALUES (1, 'North'), (2, 'South'), (3, 'North');
CREATE TABLE app.fee_line (line_id int, case_id int, receipt int, fee int);
INSERT INTO app.fee_line VALUES (1, 1, 501, 10), (2, 1, 501, 10), (3, 2, 502, 10), (4, 3, NULL, 90);
SET schema = 'app';
`;

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(WAREHOUSE);
});

interface Declared extends MetricDeclaration {
  query: CollectedQuery;
}

async function declaredIn(files: Record<string, string>, tool: string | null = null): Promise<Map<string, Declared>> {
  const { queries } = await readSources([{ path: '.', tool, store: null }], { baseDirectory: await folder(files) });
  return new Map(queries.flatMap((query) => (query.declaration === undefined ? [] : [[query.declaration.name, { ...query.declaration, query }]])));
}

async function valueOf(declared: Map<string, Declared>, name: string): Promise<number | null> {
  const sql = declared.get(name)?.query.variants[0]?.sql;
  if (sql === undefined) throw new Error(`${name}: ${JSON.stringify(declared.get(name)?.query.problems ?? [...declared.keys()])}`);
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  const value = row?.at(-1);
  return value === null || value === undefined ? null : Number(value);
}

const METRICFLOW = `
semantic_model:
  name: cases
  node_relation: { schema_name: app, alias: case_file }
  defaults: { agg_time_dimension: opened_at }
  entities: [{ name: case, type: primary, expr: case_id }, { name: officer, type: foreign, expr: officer_id }]
  dimensions:
    - { name: status, type: categorical }
    - { name: opened_at, type: time, type_params: { time_granularity: day } }
  measures:
    - { name: case_count, agg: count, expr: 1 }
    - { name: fees, agg: sum, expr: fee, create_metric: true }
    - { name: backlog_level, agg: count, expr: 1, non_additive_dimension: { name: opened_at, window_choice: max } }
---
semantic_model:
  name: officers
  node_relation: { schema_name: app, alias: officer }
  entities: [{ name: officer, type: primary, expr: officer_id }]
  dimensions: [{ name: region_name, type: categorical }]
---
metric:
  name: open_cases
  label: Open cases
  description: Work that waits, for the weekly staffing round.
  type: simple
  type_params: { measure: { name: case_count, fill_nulls_with: 0 } }
  filter: "{{ Dimension('case__status') }} NOT IN ('CLOSED', 'DUPLICATE')"
  config:
    meta: { owner: Case Operations, version: 3, late_policy: counted when registered, timezone: Europe/Berlin, aliases: [backlog], changelog: CHANGELOG.md, clock: event time }
---
metric:
  name: northern_cases
  type: simple
  type_params: { measure: case_count }
  filter: ["{{ Dimension('officer__region_name') }} = 'North'"]
---
metric:
  name: closed_share
  type: ratio
  type_params:
    numerator: { name: case_count, filter: "{{ Dimension('case__status') }} = 'CLOSED'" }
    denominator: case_count
---
metric:
  name: fee_per_open_case
  type: derived
  type_params: { expr: fees / waiting, metrics: [{ name: fees }, { name: open_cases, alias: waiting }] }
---
metric:
  name: fees_of_appeals
  type: simple
  type_params: { measure: { name: fees, filter: "{{ Dimension('case__status') }} = 'APPEAL'", fill_nulls_with: 0 } }
---
metric:
  name: cases_in_a_week
  type: cumulative
  type_params: { measure: case_count, cumulative_type_params: { window: 7 days } }
---
metric:
  name: closing_rate
  type: conversion
  type_params: { conversion_type_params: { base_measure: case_count, conversion_measure: case_count, entity: case, window: 7 days } }
---
metric: { name: level, type: simple, type_params: { measure: backlog_level } }
---
metric:
  name: waiting_cases
  type: simple
  type_params: { measure: case_count }
  config: { meta: { deprecated: { since: 2026-04-01, use: open_cases } } }
`;

describe('metrics of MetricFlow', () => {
  test('of each type run and give the value that MetricFlow gives', async () => {
    const declared = await declaredIn({ 'metrics.yml': METRICFLOW });
    expect(await valueOf(declared, 'open_cases')).toBe(3);
    // Officers 1 and 3 are in the north; the case without an officer is in no region.
    expect(await valueOf(declared, 'northern_cases')).toBe(3);
    expect(await valueOf(declared, 'closed_share')).toBeCloseTo(2 / 6, 9);
    expect(await valueOf(declared, 'fee_per_open_case')).toBeCloseTo(160 / 3, 9);
    expect(await valueOf(declared, 'fees')).toBe(160);
    expect(await valueOf(declared, 'fees_of_appeals')).toBe(0);
  });

  test('say what they are, and where the SQL is not all', async () => {
    const declared = await declaredIn({ 'metrics.yml': METRICFLOW });
    const { query, ...open } = declared.get('open_cases') ?? {};
    expect(query?.role).toBe('metric');
    expect(open).toEqual({
      by: 'metricflow', name: 'open_cases', label: 'Open cases', intent: 'Work that waits, for the weekly staffing round.', owner: 'Case Operations', version: '3', deprecated: null,
      aliases: ['backlog'], time: { column: 'opened_at', kind: 'event', zone: 'Europe/Berlin', grain: 'day', latePolicy: 'counted when registered' }, dimensions: ['status', 'opened_at'],
      grain: null, fillNullsWith: '0', nonAdditive: null, access: null, changelog: 'CHANGELOG.md', incomplete: null,
    });
    expect(declared.get('waiting_cases')?.deprecated).toEqual({ since: '2026-04-01', use: 'open_cases' });
    expect(Object.fromEntries([...declared].flatMap(([name, { incomplete }]) => (incomplete === null ? [] : [[name, incomplete]])))).toEqual({
      cases_in_a_week: 'the window of cases_in_a_week (7 days) is left out of the SQL',
      closing_rate: 'the order of both events and the window of the conversion are left out of the SQL',
      level: 'it must not be added up over opened_at, of which the SQL takes no account',
    });
    expect(declared.get('level')?.nonAdditive).toBe('opened_at');
    // A measure that is no metric of its own declares none.
    expect([...declared.keys()]).not.toContain('case_count');
  });
});

describe('metrics of dbt', () => {
  test('in the newer form stand within the model', async () => {
    const declared = await declaredIn({
      'dbt_project.yml': 'name: casework\nversion: "1.0"\nprofile: casework\n',
      'models/case_file.sql': 'SELECT * FROM raw.case_file',
      'models/case_file.yml': `
models:
  - name: case_file
    semantic_model: { enabled: true }
    agg_time_dimension: opened_at
    primary_entity: case
    columns:
      - name: status
        dimension: { type: categorical }
      - name: opened_at
        granularity: day
        dimension: { type: time }
    metrics:
      - { name: open_cases, description: Work that waits, agg: count, expr: 1, filter: "{{ Dimension('case__status') }} NOT IN ('CLOSED', 'DUPLICATE')" }
      - { name: fees, agg: sum, expr: fee, fill_nulls_with: 0, config: { meta: { owner: Finance } } }
      - { name: fee_per_case, type: ratio, numerator: fees, denominator: open_cases }
`,
    });
    expect(await valueOf(declared, 'open_cases')).toBe(3);
    expect(await valueOf(declared, 'fees')).toBe(160);
    expect(await valueOf(declared, 'fee_per_case')).toBeCloseTo(160 / 3, 9);
    expect(declared.get('fees')).toMatchObject({ by: 'dbt', owner: 'Finance', fillNullsWith: '0', time: { column: 'opened_at', grain: 'day' }, dimensions: ['status', 'opened_at'] });
  });
});

describe('measures of Cube', () => {
  test('have their filters and say what meta says', async () => {
    const declared = await declaredIn({
      'model/cubes/cases.yml': `
cubes:
  - name: cases
    sql_table: app.case_file
    meta: { owner: Case Operations, timezone: UTC }
    joins: [{ name: officers, relationship: many_to_one, sql: "{CUBE}.officer_id = {officers}.officer_id" }]
    dimensions: [{ name: status, sql: status, type: string }]
    measures:
      - { name: count, type: count, title: Cases, description: All cases }
      - { name: open_count, type: count, filters: [{ sql: "{CUBE}.status NOT IN ('CLOSED', 'DUPLICATE')" }], meta: { version: v2, deprecated: { since: 2026-05-01, use: cases.backlog } } }
      - { name: fees, type: sum, sql: fee, filters: [{ sql: "{CUBE}.status = 'CLOSED'" }] }
      - { name: mean_fee, type: number, sql: "{fees} / {count}" }
      - { name: recent, type: count, rolling_window: { trailing: 7 day } }
      - { name: roughly, type: count_distinct_approx, sql: officer_id, public: false }
      - { name: northern, type: count, filters: [{ sql: "{officers}.region_name = 'North'" }] }
  - name: officers
    sql_table: app.officer
    dimensions: [{ name: region_name, sql: region_name, type: string }]
`,
    });
    expect(await valueOf(declared, 'cases.count')).toBe(6);
    expect(await valueOf(declared, 'cases.open_count')).toBe(3);
    expect(await valueOf(declared, 'cases.fees')).toBe(90);
    expect(await valueOf(declared, 'cases.mean_fee')).toBe(15);
    expect(declared.get('cases.open_count')).toMatchObject({ owner: 'Case Operations', version: 'v2', deprecated: { since: '2026-05-01', use: 'cases.backlog' }, dimensions: ['status'], time: { zone: 'UTC' } });
    expect(['cases.recent', 'cases.roughly', 'cases.northern'].map((name) => declared.get(name)?.incomplete)).toEqual([
      'it is taken over a rolling window, which the SQL leaves out', 'it is counted approximately', 'it reads several relations, whose joins the SQL leaves out',
    ]);
    expect(declared.get('cases.roughly')?.access).toBe('not public');
  });
});

describe('measures of LookML', () => {
  const VIEWS = {
    'casework.model.lkml': 'connection: "casework"\ninclude: "/views/*.view.lkml"\nexplore: cases {}\nexplore: fee_lines {}',
    'views/cases.view.lkml': `
view: cases {
  sql_table_name: app.case_file ;;
  dimension: case_id { primary_key: yes sql: \${TABLE}.case_id ;; }
  dimension: status { sql: \${TABLE}.status ;; }
  dimension: fee { type: number sql: \${TABLE}.fee ;; }
  dimension_group: opened { type: time timeframes: [date, month] sql: \${TABLE}.opened_at ;; }
  measure: count { type: count description: "All cases" tags: ["owner:Case Operations", "version:4", "deprecated:2026-04-01", "replaced_by:cases.open_count"] }
  measure: open_count { type: count filters: [status: "OPEN,IN_REVIEW"] }
  measure: large_fees { type: sum sql: \${fee} ;; filters: [fee: ">= 30"] hidden: yes }
  measure: not_closed { type: count filters: [status: "-CLOSED"] }
  measure: lately { type: count filters: [opened_date: "7 days"] }
  measure: january { type: count filters: [opened_date: "2026-01-01 to 2026-02-01"] }
}`,
    'views/fee_lines.view.lkml': `
view: fee_lines {
  sql_table_name: app.fee_line ;;
  measure: fees { type: sum_distinct sql: \${TABLE}.fee ;; sql_distinct_key: \${TABLE}.receipt ;; }
  measure: mean_fee { type: average_distinct sql: \${TABLE}.fee ;; sql_distinct_key: \${TABLE}.receipt ;; }
}`,
  };

  test('count, filter, and take one value for each distinct key', async () => {
    const declared = await declaredIn(VIEWS);
    expect(await valueOf(declared, 'cases.count')).toBe(6);
    expect(await valueOf(declared, 'cases.open_count')).toBe(3);
    expect(await valueOf(declared, 'cases.large_fees')).toBe(130);
    expect(await valueOf(declared, 'cases.january')).toBe(3);
    // Receipts 501 and 502 have 10 each, though they are the same amount; the line without a receipt is not counted.
    expect(await valueOf(declared, 'fee_lines.fees')).toBe(20);
    expect(await valueOf(declared, 'fee_lines.mean_fee')).toBe(10);
  });

  test('say what tags say, and where the SQL is not all', async () => {
    const declared = await declaredIn(VIEWS);
    expect(declared.get('cases.count')).toMatchObject({ by: 'looker', intent: 'All cases', version: '4', deprecated: { since: '2026-04-01', use: 'cases.open_count' }, dimensions: ['case_id', 'status', 'fee', 'opened'] });
    expect(declared.get('cases.large_fees')?.access).toBe('hidden');
    const unsure = [...declared].filter(([, { incomplete }]) => incomplete !== null).map(([name]) => name);
    expect(unsure.toSorted()).toEqual(['cases.lately', 'cases.not_closed']);
    expect(declared.get('cases.not_closed')?.incomplete).toBe('the filter on status is one of which the SQL knows only the column, or leaves open whether rows without a value count');
  });
});

describe('metrics of Lightdash and Superset', () => {
  test('of Lightdash stand in the meta of a model', async () => {
    const declared = await declaredIn({
      'models/case_file.yml': `
models:
  - name: case_file
    meta:
      owner: ops@casework.example
      sql_from: app.case_file
      metrics:
        open_count: { type: count, sql: "\${TABLE}.case_id", label: Open cases, filters: [{ status: "OPEN" }], spotlight: { owner: lead@casework.example } }
        receipts: { type: sum_distinct, sql: "\${TABLE}.fee" }
    columns:
      - { name: status, meta: { dimension: { type: string } } }
      - { name: fee, meta: { metrics: { fees: { type: sum, deprecated: true } } } }
`,
    }, 'lightdash');
    expect(await valueOf(declared, 'case_file.open_count')).toBe(2);
    expect(await valueOf(declared, 'case_file.fees')).toBe(160);
    expect(declared.get('case_file.open_count')).toMatchObject({ owner: 'lead@casework.example', label: 'Open cases', incomplete: null });
    expect(declared.get('case_file.fees')?.deprecated).toEqual({ since: null, use: null });
    expect(declared.get('case_file.receipts')?.incomplete).toBe('it takes one value for each of its distinct keys, which the SQL leaves out');
  });

  test('of Superset belong to a dataset, with its main time column', async () => {
    const declared = await declaredIn({
      'export/datasets/casework/case_file.yaml': `
table_name: case_file
main_dttm_col: opened_at
schema: app
sql: null
uuid: 5b1c1f0e-5a3e-4f0e-9d53-0d8f2f4f3a01
database_uuid: 7c1c1f0e-5a3e-4f0e-9d53-0d8f2f4f3a02
version: 1.0.0
metrics:
  - { metric_name: open_cases, verbose_name: Open cases, expression: "COUNT(*) FILTER (WHERE status = 'OPEN')", description: Work that waits, warning_text: Deprecated since the merger }
columns:
  - { column_name: status, type: TEXT }
  - { column_name: opened_at, is_dttm: true, type: TIMESTAMP }
`,
      'export/metadata.yaml': 'version: 1.0.0\ntype: SqlaTable\ntimestamp: 2026-05-01T00:00:00',
    }, 'superset');
    expect(await valueOf(declared, 'case_file.open_cases')).toBe(2);
    expect(declared.get('case_file.open_cases')).toMatchObject({ label: 'Open cases', intent: 'Work that waits', time: { column: 'opened_at' }, dimensions: ['status', 'opened_at'], deprecated: { since: null, use: null } });
  });
});

describe('semantic views of warehouses', () => {
  test('of Snowflake: metrics over the facts of their table; those over several tables are not put together', async () => {
    const declared = await declaredIn({
      'semantic.sql': `-- owner: Case Operations
CREATE OR REPLACE SEMANTIC VIEW analytics.cases
  TABLES (cases AS app.case_file PRIMARY KEY (case_id) COMMENT = 'one row, one case', officers AS app.officer PRIMARY KEY (officer_id))
  RELATIONSHIPS (cases (officer_id) REFERENCES officers)
  FACTS (cases.is_open AS CASE WHEN status IN ('OPEN', 'IN_REVIEW') THEN 1 ELSE 0 END, cases.fee AS fee)
  DIMENSIONS (cases.status AS status, officers.region AS region_name)
  METRICS (
    cases.open_cases AS SUM(cases.is_open) WITH SYNONYMS = ('backlog', 'officer''s work') COMMENT = 'Work that waits',
    cases.fees AS SUM(fee),
    PRIVATE cases.fee_per_open_case AS fees / open_cases,
    cases.northern AS COUNT(CASE WHEN officers.region = 'North' THEN 1 END),
    total AS cases.fees + cases.open_cases
  );
SELECT 1;`,
    });
    expect(await valueOf(declared, 'open_cases')).toBe(3);
    expect(await valueOf(declared, 'fees')).toBe(160);
    expect(await valueOf(declared, 'fee_per_open_case')).toBeCloseTo(160 / 3, 9);
    expect(declared.get('open_cases')).toMatchObject({
      by: 'semantic view analytics.cases', owner: 'Case Operations', intent: 'Work that waits', aliases: ['backlog', "officer's work"], dimensions: ['status'], incomplete: null,
    });
    expect(declared.get('fee_per_open_case')?.access).toBe('private');
    expect(declared.get('northern')?.incomplete).toBe('it reads officers as well, whose join the SQL leaves out');
    expect(declared.get('total')?.incomplete).toBe('it reads cases as well, whose join the SQL leaves out');
    expect(declared.get('open_cases')?.query).toMatchObject({ raw: 'SUM(cases.is_open)', origin: { line: 8, column: 25 } });
  });

  test('of Databricks: measures under the filter of the view', async () => {
    const declared = await declaredIn({
      'metric_view.sql': `CREATE OR REPLACE VIEW semantic.case_metrics WITH METRICS LANGUAGE YAML AS $$
version: 1.1
comment: Work of the case office
source: app.case_file
filter: status <> 'DUPLICATE'
joins:
  - { name: officer, source: app.officer, on: source.officer_id = officer.officer_id }
dimensions:
  - { name: Opened Month, expr: "date_trunc('month', opened_at)" }
  - { name: is_open, expr: closed_at IS NULL }
measures:
  - { name: open_cases, expr: COUNT(*) FILTER (WHERE is_open), synonyms: [backlog] }
  - { name: fees, expr: SUM(fee), comment: All fees }
  - { name: fee_per_open_case, expr: MEASURE(fees) / MEASURE(open_cases) }
  - { name: northern, expr: COUNT(CASE WHEN officer.region_name = 'North' THEN 1 END) }
  - { name: week, expr: SUM(fee), window: [{ order: opened_at, range: trailing 7 day }] }
$$;`,
    });
    expect(await valueOf(declared, 'open_cases')).toBe(3);
    expect(await valueOf(declared, 'fees')).toBe(120);
    expect(await valueOf(declared, 'fee_per_open_case')).toBe(40);
    expect(declared.get('open_cases')).toMatchObject({ by: 'semantic view semantic.case_metrics', intent: 'Work of the case office', aliases: ['backlog'], dimensions: ['Opened Month', 'is_open'] });
    expect(['northern', 'week'].map((name) => declared.get(name)?.incomplete)).toEqual(['it reads officer as well, whose join the SQL leaves out', 'it is taken over a window, which the SQL leaves out']);
  });

  test('whatever is left of one, or put into it, reading ends without an error', () => {
    const snowflake = "CREATE SEMANTIC VIEW v TABLES (c AS app.case_file) FACTS (c.a AS c.b + 1, c.b AS c.a) METRICS (c.n AS COUNT(c.a) WITH SYNONYMS ('x''y') COMMENT = 'z', PRIVATE c.m AS SUM(\"c\".b))";
    const databricks = 'CREATE VIEW v WITH METRICS LANGUAGE YAML AS $$\nsource: app.case_file\ndimensions: [{ name: a, expr: b }, { name: b, expr: a }]\nmeasures: [{ name: n, expr: SUM(a) }]\n$$';
    const part = fc.oneof(fc.string(), fc.constantFrom('(', ')', ',', "'", '"', '$$', '/*', '--', '.', ' AS ', 'METRICS (', '\u0000', '\u001b[2J', ': ['));
    fc.assert(
      fc.property(fc.constantFrom(snowflake, databricks), fc.nat(300), fc.nat(40), part, (statement, at, cut, put) => {
        const view = semanticView(statement.slice(0, at) + put + statement.slice(at + cut));
        for (const { sql, incomplete } of view?.metrics ?? []) expect(sql === null || incomplete === null).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('facts that double at every level are refused, not written out', () => {
    const facts = Array.from({ length: 40 }, (_, index) => `c.f${index} AS f${index + 1} + f${index + 1}`).join(', ');
    const view = semanticView(`CREATE SEMANTIC VIEW v TABLES (c AS app.case_file) FACTS (${facts}, c.f40 AS fee) METRICS (c.n AS SUM(f0))`);
    expect(view?.metrics).toMatchObject([{ sql: null, incomplete: 'it expands to more than 50000 characters' }]);
    const fields = Array.from({ length: 40 }, (_, index) => `{ name: f${index}, expr: f${index + 1} + f${index + 1} }`).join(', ');
    const other = semanticView(`CREATE VIEW v WITH METRICS LANGUAGE YAML AS $$\nsource: app.case_file\ndimensions: [${fields}]\nmeasures: [{ name: n, expr: SUM(f0) }]\n$$`);
    expect(other?.metrics).toMatchObject([{ sql: null, incomplete: 'it is made of too many others' }]);
  });

  test('an unreadable one is a statement like any other', async () => {
    const declared = await declaredIn({ 'broken.sql': 'CREATE SEMANTIC VIEW v TABLES (;\nCREATE VIEW w WITH METRICS LANGUAGE YAML AS $$ : : [ $$;' });
    expect([...declared]).toEqual([]);
  });
});
