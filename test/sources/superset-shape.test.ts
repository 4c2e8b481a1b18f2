import { beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/sql/fingerprint.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { source } from '../../src/sources/superset.js';
import { readValues } from './fixture.js';

/**
 * What stands right is written as Superset 4 and 5 send it to PostgreSQL (`get_sqla_query` and the `buildQuery` of each chart),
 * with the literals of one evening; pg_stat_statements has `$1` for them. A rebuilt chart must be found there.
 */
const DATASET = {
  table_name: 'case_file', schema: 'app', uuid: 'd', id: 1, database_uuid: 'u', main_dttm_col: 'opened_at', fetch_values_predicate: 'tenant_id > 0',
  columns: [
    { column_name: 'opened_at', is_dttm: true, type: 'TIMESTAMP WITH TIME ZONE', expression: null },
    { column_name: 'due_on', is_dttm: true, type: 'DATE', expression: null },
    { column_name: 'status', type: 'TEXT', expression: '' },
    { column_name: 'team', type: 'TEXT', expression: null },
    { column_name: 'case_id', type: 'BIGINT', expression: null },
    { column_name: 'fee', type: 'NUMERIC(12, 2)', expression: null },
    { column_name: 'age_band', type: 'TEXT', expression: "CASE WHEN fee > 100 THEN 'dear' ELSE 'cheap' END" },
  ],
  metrics: [{ metric_name: 'count', expression: 'COUNT(*)' }, { metric_name: 'late share', expression: "AVG(CASE WHEN status = 'LATE' THEN 1 ELSE 0 END)" }],
};
const VIRTUAL = { ...DATASET, uuid: 'v', id: 2, table_name: 'late cases', fetch_values_predicate: null, sql: 'SELECT * FROM app.case_file WHERE closed_at IS NULL;\n' };
const SUM_FEE = { expressionType: 'SIMPLE', aggregate: 'SUM', column: { column_name: 'fee' }, label: 'SUM(fee)' };
const LAST_WEEK = { clause: 'WHERE', expressionType: 'SIMPLE', subject: 'opened_at', operator: 'TEMPORAL_RANGE', comparator: 'Last week' };
const ANY_TIME = { ...LAST_WEEK, comparator: 'No filter' };
const OWN_SQL = { clause: 'WHERE', expressionType: 'SQL', sqlExpression: "team <> 'TEST' -- ours" };

const SINCE = "opened_at >= TO_TIMESTAMP('2026-02-23 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND opened_at < TO_TIMESTAMP('2026-03-02 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')";

let print: (sql: string) => string;

beforeAll(async () => {
  const parse = await createPostgresParser();
  print = (sql) => {
    const { statements, diagnostics } = parse(sql);
    const [first, second] = statements;
    if (first === undefined || second !== undefined || diagnostics.length > 0) throw new Error(`${sql}: ${diagnostics.map(({ message }) => message).join('; ')}`);
    return fingerprint(first.statement);
  };
});

function built(viz_type: string, params: unknown, more: object = {}, dataset_uuid = 'd'): string[] {
  const found = readValues(source, {
    'u.json': { database_name: 'Casework', uuid: 'u', sqlalchemy_uri: 'postgresql://reader:XXXXXXXXXX@casework-db.internal/casework' },
    'd.json': DATASET, 'v.json': VIRTUAL, 'c.json': { slice_name: 'Cases', viz_type, uuid: 'c', dataset_uuid, params, ...more },
  });
  return found.filter(({ id, reconstructed }) => reconstructed && id.startsWith('superset:chart:c')).map(({ variants }) => variants[0]?.sql ?? '');
}

describe('a chart has the fingerprint of the statement that it sends', () => {
  test.each<[string, string, unknown, string[]]>([
    ['a table that groups', 'table', { query_mode: 'aggregate', groupby: ['status', 'age_band'], metrics: [SUM_FEE, 'count'], adhoc_filters: [OWN_SQL, LAST_WEEK], row_limit: 1000, order_desc: true },
      [`SELECT status AS status, CASE WHEN fee > 100 THEN 'dear' ELSE 'cheap' END AS age_band, SUM(fee) AS "SUM(fee)", COUNT(*) AS count FROM app.case_file WHERE ${SINCE} AND ((team <> 'TEST' -- ours
)) GROUP BY status, CASE WHEN fee > 100 THEN 'dear' ELSE 'cheap' END ORDER BY "SUM(fee)" DESC LIMIT 1000`]],
    ['a table of times, with totals and pages', 'table', { query_mode: 'aggregate', groupby: ['status', 'opened_at'], metrics: ['count'], time_grain_sqla: 'P1M', temporal_columns_lookup: { opened_at: true }, show_totals: true, server_pagination: true },
      ["SELECT DATE_TRUNC('month', opened_at) AS opened_at, status AS status, COUNT(*) AS count FROM app.case_file GROUP BY DATE_TRUNC('month', opened_at), status ORDER BY count DESC LIMIT 20",
        "SELECT COUNT(*) AS rowcount FROM (SELECT DATE_TRUNC('month', opened_at) AS opened_at, status AS status, COUNT(*) AS count FROM app.case_file GROUP BY DATE_TRUNC('month', opened_at), status ORDER BY count DESC LIMIT 50000) AS rowcount_qry",
        'SELECT COUNT(*) AS count FROM app.case_file LIMIT 50000']],
    ['a table of rows', 'table', { query_mode: 'raw', all_columns: ['case_id', 'status'], groupby: ['team'], metrics: ['count'], order_by_cols: ['["status", false]', '["case_id", true]'], adhoc_filters: [ANY_TIME] },
      ['SELECT case_id AS case_id, status AS status FROM app.case_file ORDER BY status DESC, case_id ASC LIMIT 1000']],
    ['a table ordered by a metric that it does not show', 'table', { groupby: ['team'], metrics: ['count'], timeseries_limit_metric: 'late share', order_desc: true },
      ["SELECT team AS team, COUNT(*) AS count FROM app.case_file GROUP BY team ORDER BY AVG(CASE WHEN status = 'LATE' THEN 1 ELSE 0 END) DESC LIMIT 1000"]],
    ['a line', 'echarts_timeseries_line', { x_axis: 'opened_at', time_grain_sqla: 'P1D', metrics: ['count'], groupby: ['team'], adhoc_filters: [ANY_TIME], order_desc: true, row_limit: 10000 },
      ["SELECT DATE_TRUNC('day', opened_at) AS opened_at, team AS team, COUNT(*) AS count FROM app.case_file GROUP BY DATE_TRUNC('day', opened_at), team ORDER BY count DESC LIMIT 10000"]],
    ['a line of the first five teams', 'echarts_timeseries_line', { x_axis: 'opened_at', time_grain_sqla: 'P1W', metrics: [SUM_FEE], groupby: ['team'], adhoc_filters: [LAST_WEEK], limit: 5, order_desc: true },
      [`SELECT DATE_TRUNC('week', opened_at) AS opened_at, team AS team, SUM(fee) AS "SUM(fee)" FROM app.case_file JOIN (SELECT team AS team__, SUM(fee) AS mme_inner__ FROM app.case_file WHERE ${SINCE} GROUP BY team ORDER BY mme_inner__ DESC LIMIT 5) AS series_limit ON team = team__ WHERE ${SINCE} GROUP BY DATE_TRUNC('week', opened_at), team ORDER BY "SUM(fee)" DESC LIMIT 10000`]],
    ['a line without an axis of its own, as before version 3', 'line', { granularity_sqla: 'opened_at', time_grain_sqla: 'P1D', time_range: 'Last week', metrics: ['count'], groupby: ['team'], order_desc: true },
      [`SELECT DATE_TRUNC('day', opened_at) AS __timestamp, team AS team, COUNT(*) AS count FROM app.case_file WHERE ${SINCE} GROUP BY team, DATE_TRUNC('day', opened_at) ORDER BY count DESC LIMIT 50000`]],
    ['both queries of a mixed chart', 'mixed_timeseries', { x_axis: 'due_on', time_grain_sqla: 'P3M', metrics: ['count'], metrics_b: ['late share'], groupby: ['team'], groupby_b: [], adhoc_filters: [{ ...ANY_TIME, subject: 'due_on', comparator: '2026-01-01 : ' }], adhoc_filters_b: [] },
      ["SELECT DATE_TRUNC('quarter', due_on) AS due_on, team AS team, COUNT(*) AS count FROM app.case_file WHERE due_on >= TO_DATE('2026-01-01', 'YYYY-MM-DD') GROUP BY DATE_TRUNC('quarter', due_on), team ORDER BY count DESC LIMIT 10000",
        "SELECT DATE_TRUNC('quarter', due_on) AS due_on, AVG(CASE WHEN status = 'LATE' THEN 1 ELSE 0 END) AS \"late share\" FROM app.case_file GROUP BY DATE_TRUNC('quarter', due_on) ORDER BY \"late share\" DESC LIMIT 10000"]],
    ['a big number', 'big_number_total', { metric: 'count', adhoc_filters: [{ clause: 'WHERE', expressionType: 'SIMPLE', subject: 'status', operator: 'IN', comparator: ['OPEN', 'LATE', null] }] },
      ["SELECT COUNT(*) AS count FROM app.case_file WHERE (status IS NULL OR status IN ('OPEN')) LIMIT 50000"]],
    ['a big number with its trend', 'big_number', { metric: SUM_FEE, x_axis: 'opened_at', time_grain_sqla: 'P1M', adhoc_filters: [ANY_TIME] },
      ["SELECT DATE_TRUNC('month', opened_at) AS opened_at, SUM(fee) AS \"SUM(fee)\" FROM app.case_file GROUP BY DATE_TRUNC('month', opened_at) LIMIT 50000"]],
    ['a pie', 'pie', { metric: 'count', groupby: ['age_band'], sort_by_metric: true, row_limit: 100 },
      ["SELECT CASE WHEN fee > 100 THEN 'dear' ELSE 'cheap' END AS age_band, COUNT(*) AS count FROM app.case_file GROUP BY CASE WHEN fee > 100 THEN 'dear' ELSE 'cheap' END ORDER BY count DESC LIMIT 100"]],
    ['a pie that is not sorted', 'pie', { metric: 'count', groupby: ['team'], sort_by_metric: false }, ['SELECT team AS team, COUNT(*) AS count FROM app.case_file GROUP BY team LIMIT 100']],
    ['a pivot table', 'pivot_table_v2', { groupbyRows: ['team'], groupbyColumns: ['status'], metrics: ['late share', 'count'], metricsLayout: 'COLUMNS', order_desc: true },
      ["SELECT status AS status, team AS team, AVG(CASE WHEN status = 'LATE' THEN 1 ELSE 0 END) AS \"late share\", COUNT(*) AS count FROM app.case_file GROUP BY status, team ORDER BY \"late share\" DESC LIMIT 10000"]],
    ['a box plot', 'box_plot', { columns: ['opened_at'], groupby: ['team'], metrics: [SUM_FEE], time_grain_sqla: 'P1D', temporal_columns_lookup: { opened_at: true } },
      ["SELECT DATE_TRUNC('day', opened_at) AS opened_at, team AS team, SUM(fee) AS \"SUM(fee)\" FROM app.case_file GROUP BY DATE_TRUNC('day', opened_at), team LIMIT 10000"]],
    ['a histogram', 'histogram_v2', { column: 'fee', groupby: ['team'], bins: 5 }, ['SELECT team AS team, fee AS fee FROM app.case_file LIMIT 10000']],
    ['bubbles', 'bubble_v2', { entity: 'team', series: 'status', x: 'count', y: SUM_FEE, size: 'late share' },
      ["SELECT team AS team, status AS status, COUNT(*) AS count, SUM(fee) AS \"SUM(fee)\", AVG(CASE WHEN status = 'LATE' THEN 1 ELSE 0 END) AS \"late share\" FROM app.case_file GROUP BY team, status LIMIT 10000"]],
    ['a waterfall', 'waterfall', { x_axis: 'opened_at', time_grain_sqla: 'P1M', groupby: ['team'], metric: 'count' },
      ["SELECT DATE_TRUNC('month', opened_at) AS opened_at, team AS team, COUNT(*) AS count FROM app.case_file GROUP BY DATE_TRUNC('month', opened_at), team ORDER BY opened_at ASC, team ASC LIMIT 10000"]],
    ['a pattern on a number', 'table', { groupby: ['team'], metrics: [], adhoc_filters: [{ clause: 'WHERE', expressionType: 'SIMPLE', subject: 'case_id', operator: 'LIKE', comparator: '4%' }] },
      ["SELECT team AS team FROM app.case_file WHERE CAST(case_id AS VARCHAR) LIKE '4%' GROUP BY team LIMIT 1000"]],
  ])('%s', (_, type, params, sent) => {
    expect(built(type, params).map((sql) => ({ sql, print: print(sql) }))).toMatchObject(sent.map((sql) => ({ print: print(sql) })));
  });

  test('over a virtual dataset', () => {
    const [sql = ''] = built('pie', { metric: 'count', groupby: ['team'] }, {}, 'v');
    expect(print(sql)).toBe(print('SELECT team AS team, COUNT(*) AS count FROM (SELECT * FROM app.case_file WHERE closed_at IS NULL\n) AS virtual_table GROUP BY team LIMIT 100'));
  });

  test('by its kept query', () => {
    const axis = { timeGrain: 'P1M', columnType: 'BASE_AXIS', sqlExpression: 'opened_at', label: 'opened_at', expressionType: 'SQL' };
    const query = { columns: [axis, 'team'], metrics: [SUM_FEE], orderby: [[SUM_FEE, false]], series_columns: ['team'], series_limit: 3, order_desc: true, filters: [], extras: { where: '' } };
    const [sql = ''] = built('echarts_area', {}, { query_context: JSON.stringify({ queries: [query] }) });
    expect(print(sql)).toBe(
      print(
        "SELECT DATE_TRUNC('month', opened_at) AS opened_at, team AS team, SUM(fee) AS \"SUM(fee)\" FROM app.case_file JOIN (SELECT team AS team__, SUM(fee) AS mme_inner__ FROM app.case_file GROUP BY team ORDER BY mme_inner__ DESC LIMIT 3) AS series_limit ON team = team__ GROUP BY DATE_TRUNC('month', opened_at), team ORDER BY \"SUM(fee)\" DESC LIMIT 10000",
      ),
    );
  });

  test.each([
    ['filter_select', {}, 'SELECT team AS team FROM app.case_file WHERE tenant_id > 0 AND team IS NOT NULL GROUP BY team ORDER BY team ASC LIMIT 1000'],
    ['filter_select', { sortMetric: 'count', controlValues: { sortAscending: false } }, 'SELECT team AS team, COUNT(*) AS count FROM app.case_file WHERE tenant_id > 0 AND team IS NOT NULL GROUP BY team ORDER BY count DESC LIMIT 1000'],
    ['filter_range', {}, 'SELECT MIN(team) AS min, MAX(team) AS max FROM app.case_file LIMIT 1000'],
  ])('a filter of a dashboard: %s %j', (filterType, more, sent) => {
    const filter = { id: 'f', name: 'Team', filterType, targets: [{ datasetUuid: 'd', column: { name: 'team' } }], ...more };
    const found = readValues(source, { 'd.json': DATASET, 'b.json': { dashboard_title: 'Round', slug: null, uuid: 'b', metadata: { native_filter_configuration: [filter] } } });
    expect(print(found.find(({ role }) => role === 'variable')?.variants[0]?.sql ?? '')).toBe(print(sent));
  });
});

test('instances beside each other keep their numbers apart', () => {
  const instance = (name: string): Record<string, unknown> => ({
    [`${name}/api/v1/database/page_0.json`]: { count: 1, result: [{ id: 1, uuid: `db-${name}`, database_name: 'Main', backend: 'postgresql', expose_in_sqllab: true }] },
    [`${name}/api/v1/database/1/connection.json`]: { id: 1, result: { id: 1, database_name: 'Main', backend: 'postgresql', sqlalchemy_uri: `postgresql://reader:s3cr3t@${name}-db.internal/${name}` } },
    [`${name}/api/v1/dataset/4.json`]: { result: { id: 4, table_name: `${name}_order`, database: { id: 1, uuid: `db-${name}`, database_name: 'Main' }, columns: [{ column_name: 'state' }], metrics: [] } },
    [`${name}/api/v1/chart/5.json`]: { result: { id: 5, slice_name: `Orders of ${name}`, viz_type: 'pie', datasource_id: 4, datasource_type: 'table', params: '{"metric":"count","groupby":["state"]}' } },
    [`${name}/api/v1/dashboard/6.json`]: { result: { id: 6, dashboard_title: `Board of ${name}`, published: true, position_json: '{"a":{"meta":{"chartId":5}}}', json_metadata: '{"refresh_frequency": 30}' } },
  });
  const found = readValues(source, { ...instance('north'), ...instance('south') });
  expect(found.map(({ title, container, connection, schedule, variants }) => [title, container?.title, connection?.host, schedule, variants[0]?.sql])).toEqual([
    ['Orders of north', 'Board of north', 'north-db.internal', '30s', 'SELECT state AS state, COUNT(*) AS count FROM north_order GROUP BY state LIMIT 50000'],
    ['Orders of south', 'Board of south', 'south-db.internal', '30s', 'SELECT state AS state, COUNT(*) AS count FROM south_order GROUP BY state LIMIT 50000'],
  ]);
});
