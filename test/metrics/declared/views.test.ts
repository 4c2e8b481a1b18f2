import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { viewDefinitions, type DeclaredDefinition } from '../../../src/metrics/declared/index.js';
import { createPostgresParser } from '../../../src/sql/parse/postgres.js';
import type { Parse } from '../../../src/sql/parse/front-end.js';
import { catalogOf, column, table } from '../support/catalog.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

function view(name: string, columns: string[], definition: string) {
  return table('analytics_semantic', name, columns.map((one) => column(one, 'bigint')), { kind: 'view', definition, owner: 'semantic_owner', comment: `About ${name}` });
}

function read(...relations: ReturnType<typeof view>[]): Promise<DeclaredDefinition[]> {
  return viewDefinitions(catalogOf(relations), 'warehouse', (relation) => (relation.startsWith('analytics_semantic.') ? 'semantic' : 'mart'), parse);
}

const BACKLOG = `SELECT d.calendar_date,
    r.region_name,
    sum(f.open_case_count) AS backlog_cases, -- the level
    count(DISTINCT f.officer_key) AS officers,
    (sum(f.open_case_count))::numeric / NULLIF(count(*), 0) AS mean
   FROM analytics.fact f JOIN analytics.dim_date d ON d.date_key = f.date_key, analytics.dim_region r
  WHERE r.region_key = f.region_key AND f.kind <> ', from'
  GROUP BY d.calendar_date, r.region_name
  ORDER BY 3 DESC;`;

describe('a view of the semantic zone', () => {
  test('declares a metric for each column that aggregates, over its dimensions', async () => {
    const found = await read(view('case_backlog_daily', ['calendar_date', 'region', 'backlog_cases', 'officers', 'mean'], BACKLOG));
    const rest = "FROM analytics.fact f JOIN analytics.dim_date d ON d.date_key = f.date_key, analytics.dim_region r\n  WHERE r.region_key = f.region_key AND f.kind <> ', from'\n  GROUP BY d.calendar_date, r.region_name";
    expect(found.map(({ outputAlias, sql }) => [outputAlias, sql])).toEqual([
      ['backlog_cases', `SELECT d.calendar_date, r.region_name, sum(f.open_case_count) AS backlog_cases ${rest}`],
      ['officers', `SELECT d.calendar_date, r.region_name, -- the level\n    count(DISTINCT f.officer_key) AS officers\n ${rest}`],
      ['mean', `SELECT d.calendar_date, r.region_name, (sum(f.open_case_count))::numeric / NULLIF(count(*), 0) AS mean ${rest}`],
    ]);
    expect(found[0]).toMatchObject({
      store: 'warehouse', title: 'backlog cases', relation: 'analytics_semantic.case_backlog_daily',
      declaration: {
        by: 'view analytics_semantic.case_backlog_daily', name: 'backlog_cases', intent: 'About case_backlog_daily', owner: 'semantic_owner', version: null, incomplete: null,
        dimensions: ['calendar_date', 'region'], grain: 'calendar_date, region', time: { column: 'calendar_date' },
      },
    });
    for (const { sql } of found) expect(parse(sql).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('of a bare name is told by its view, and its version by the ending', async () => {
    const [found] = await read(view('open_cases_v2', ['count'], 'SELECT count(*) FROM app.case_file'));
    expect(found).toMatchObject({ title: 'open cases v2 count', sql: 'SELECT count(*) FROM app.case_file', declaration: { version: '2', dimensions: [], grain: null, time: null } });
  });

  test('is cut behind its common tables, and gives what DuckDB gives for the column', async () => {
    const definition = 'WITH open_cases AS (SELECT unit, fee FROM case_file WHERE closed IS NULL) SELECT unit, count(*) AS waiting, sum(fee) AS fees FROM open_cases GROUP BY 1';
    const found = await read(view('by_unit', ['unit', 'waiting', 'fees'], definition));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run("CREATE TABLE case_file (unit text, fee int, closed date); INSERT INTO case_file VALUES ('A', 10, NULL), ('A', 30, NULL), ('B', 5, '2026-01-01')");
    const rows = await Promise.all(found.map(async ({ sql }) => (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String))));
    expect(rows).toEqual([[['A', '2']], [['A', '40']]]);
  });

  test.each([
    ['a set operation', 'SELECT count(*) FROM app.case_file UNION ALL SELECT count(*) FROM app.archive', ['waiting'], 'the view combines several queries by a set operation'],
    ['positions that would move', 'SELECT count(*) AS waiting, unit, sum(fee) AS fees FROM app.case_file GROUP BY 2', ['waiting', 'unit', 'fees'], 'the view groups by position, and its measures stand between its dimensions'],
    ['a limit', 'SELECT unit, count(*) AS waiting, sum(fee) AS fees FROM app.case_file GROUP BY unit ORDER BY 2 LIMIT 10', ['unit', 'waiting', 'fees'], 'the view shows only some of its rows'],
    ['no SQL at all', 'SELECT FROM WHERE', ['waiting'], expect.stringMatching(/^the definition of the view cannot be read: /)],
  ])('with %s is not taken apart, and says why', async (_, definition, columns, why) => {
    const found = await read(view('v', columns, definition));
    expect(found.length).toBeGreaterThan(0);
    for (const { declaration, sql } of found) expect([declaration.incomplete, sql]).toEqual([why, definition]);
  });

  test('that aggregates nothing declares nothing, and neither does a mart', async () => {
    const mart = table('analytics', 'fact_case', [column('n', 'bigint')], { kind: 'view', definition: 'SELECT count(*) AS n FROM raw.case_file' });
    const found = await viewDefinitions(catalogOf([view('units', ['unit', 'rank'], 'SELECT unit, row_number() OVER (ORDER BY unit) FROM app.unit'), mart]), 'warehouse', (relation) => (relation.startsWith('analytics_semantic') ? 'semantic' : 'mart'), parse);
    expect(found).toEqual([]);
    expect(await read(view('all_units', ['unit'], 'SELECT unit FROM app.unit UNION SELECT unit FROM app.former_unit'), view('constants', ['n'], 'VALUES (1)'))).toEqual([]);
  });
});
