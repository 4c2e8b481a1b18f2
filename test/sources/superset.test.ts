import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { connectionOfUri } from '../../src/sources/superset/connection.js';
import { source } from '../../src/sources/superset.js';
import { alone, fixtures, queriesOf, readValues } from './fixture.js';
import { expectTextsAtOrigins, refusedByPostgres } from './parses.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('superset');
});

const OPEN_CASES = 'superset:dataset:5c0de000-0000-4000-8000-000000000012';
const CASE_FILE = 'superset:dataset:5c0de000-0000-4000-8000-000000000003';
const OVERDUE = 'superset:chart:c4a27000-0000-4000-8000-000000000041';
const LATE = 'superset:chart:c4a27000-0000-4000-8000-000000000042';

function query(id: string): CollectedQuery {
  const found = queries.get(id);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function sqlOf(id: string, label = 'default'): string | undefined {
  return query(id).variants.find((variant) => variant.label === label)?.sql.replace(/\s+/g, ' ').trim();
}

const OPEN_CASES_SQL =
  "SELECT c.case_id, c.status, c.opened_at, t.name AS tenant_name FROM app.case_file AS c JOIN app.tenant AS t ON t.tenant_id = c.tenant_id WHERE c.closed_at IS NULL AND c.region = 'north'";

describe('every text of an export', () => {
  test('is read once', () => {
    const expected = [
      ...['', ':metric:count', ':metric:share_overdue', ':metric:overdue_percent', ':column:age_days', ':fetch_values_predicate'].map((part) => OPEN_CASES + part),
      ...[':metric:closed_cases', ':column:is_late'].map((part) => CASE_FILE + part),
      ...['', ':dimension:tenant', ':metric:metric_oldest', ':filter:filter_ab12', ':filter:filter_cd34'].map((part) => OVERDUE + part),
      ...['', ':dimension:opened', ':filter:where'].map((part) => LATE + part),
      ...['', ':metric:decisions'].map((part) => `superset:chart:c4a27000-0000-4000-8000-000000000043${part}`),
      ...['', ':filter:filter_ef56'].map((part) => `superset:dashboard:da5b0000-0000-4000-8000-000000000007:filter:NATIVE_FILTER-status${part}`),
      'superset:saved_query:5a7ed000-0000-4000-8000-000000000001',
      'superset:dataset:5c0de000-0000-4000-8000-0000000000a1', 'superset:dataset:5c0de000-0000-4000-8000-0000000000a1:metric:count',
      'superset:dataset:5c0de000-0000-4000-8000-0000000000a2', 'superset:file:superset/assets/queries/unused.sql',
      'superset:chart:9', 'superset:chart:9:filter:filter_fee', 'superset:dataset:Casework:77:metric:sum_fee', 'superset:dataset:Casework:77:column:month',
      'superset:chart:c4a27000-0000-4000-8000-000000000005', 'superset:dataset:5c0de000-0000-4000-8000-000000000008', 'superset:report:3',
    ];
    expect([...queries.keys()].toSorted()).toEqual(expected.toSorted());
  });

  test('stands where it is said to stand, in all styles of YAML and in JSON within JSON', async () => {
    expect(await expectTextsAtOrigins(queries.values())).toBe(26);
  });

  test('has its place in the middle of it too', async () => {
    const { raw, origin } = query(`${OPEN_CASES}:metric:share_overdue`);
    expect(raw).toBe("SUM(CASE WHEN status = 'OVERDUE' THEN 1 ELSE 0 END)\n/ COUNT(*)");
    const text = await readFile(join(fixtures, origin.file), 'utf8');
    const file = new SourceFile('open_cases_12.yaml', text);
    const place = file.places(['/sql']).get('/sql');
    expect(text.slice(place?.offsetOf(query(OPEN_CASES).raw.indexOf('app.tenant')) ?? 0).startsWith('app.tenant AS t')).toBe(true);
  });

  test('is PostgreSQL that a parser reads', async () => {
    expect(await refusedByPostgres(queries.values())).toEqual([]);
  });
});

describe('a virtual dataset', () => {
  test('carries what is known of it', () => {
    expect(query(OPEN_CASES)).toMatchObject({
      kind: 'superset', role: 'relation', sqlKind: 'statement', title: 'open_cases', description: 'Cases that wait for a decision.', reconstructed: false,
      owners: [{ name: 'operations@regulator.example', via: 'owner-field' }],
      connection: { id: '3f1b2a60-0000-4000-8000-000000000001', name: 'Casework', engine: 'postgresql', host: 'casework-db.internal', database: 'casework' },
      problems: [],
    });
  });

  test('runs untouched without the filters that nobody chose, and with them', () => {
    expect(sqlOf(OPEN_CASES)).toBe(OPEN_CASES_SQL);
    expect(sqlOf(OPEN_CASES, 'maximal')).toBe(OPEN_CASES_SQL.replace('AND c.region', "AND c.status IN ('x') AND c.region"));
  });

  test('gives its metrics and calculated columns over itself; an empty expression is none', () => {
    expect(sqlOf(`${OPEN_CASES}:metric:overdue_percent`)).toBe(
      `SELECT ( 100.0 * (SUM(CASE WHEN status = 'OVERDUE' THEN 1 ELSE 0 END) / COUNT(*)) ) AS value FROM ( ${OPEN_CASES_SQL} ) AS virtual_table`,
    );
    expect(sqlOf(`${OPEN_CASES}:column:age_days`)).toBe(`SELECT ( EXTRACT(day FROM now() - opened_at) ) AS value FROM ( ${OPEN_CASES_SQL} ) AS virtual_table`);
    expect(sqlOf(`${OPEN_CASES}:fetch_values_predicate`)).toBe(`SELECT 1 FROM ( ${OPEN_CASES_SQL} ) AS virtual_table WHERE ( opened_at > DATE '2024-01-01' )`);
    expect(query(`${OPEN_CASES}:metric:share_overdue`)).toMatchObject({ role: 'metric', sqlKind: 'expression', title: 'Share overdue', description: 'Open for longer than the service level allows.' });
  });

  test('includes other datasets', () => {
    expect(query('superset:dataset:5c0de000-0000-4000-8000-000000000008').variants[0]?.sql).toBe(
      'SELECT r.amount, r.refunded_at\nFROM shop.refund AS r -- {{ current_username() }}\nJOIN (SELECT * FROM shop."order") AS dataset_9 ON true',
    );
  });
});

describe('a chart', () => {
  test('is rebuilt over its dataset', () => {
    expect(query(OVERDUE)).toMatchObject({
      role: 'query', reconstructed: true, raw: '', title: 'Overdue by tenant', description: 'For the weekly round.',
      container: { kind: 'dashboard', id: 'da5b0000-0000-4000-8000-000000000007', title: 'Operations' },
      owners: [{ name: 'maren.holt@regulator.example', via: 'owner-field' }], problems: [],
    });
    expect(sqlOf(OVERDUE)).toBe(
      "SELECT status AS status, UPPER(tenant_name) AS tenant, EXTRACT(day FROM now() - opened_at) AS age_days, SUM(CASE WHEN status = 'OVERDUE' THEN 1 ELSE 0 END) / COUNT(*) AS share_overdue, " +
        `COUNT(DISTINCT case_id) AS cases, MIN(opened_at) AS oldest FROM ( ${OPEN_CASES_SQL} ) AS virtual_table ` +
        "WHERE status IN ('OPEN', 'OVERDUE') AND opened_at >= TO_TIMESTAMP('2024-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') " +
        "AND opened_at < TO_TIMESTAMP('2024-01-02 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND ( tenant_name NOT LIKE 'Test%' OR tenant_name IS NULL ) " +
        'GROUP BY status, UPPER(tenant_name), EXTRACT(day FROM now() - opened_at) HAVING ( COUNT(*) > 5 ) ORDER BY share_overdue DESC LIMIT 50000',
    );
  });

  test('counts every value in a list, and rows without one', () => {
    const filter = (operator: string, comparator: unknown): object => ({ clause: 'WHERE', expressionType: 'SIMPLE', subject: 'state', operator, comparator });
    const found = readValues(source, {
      'd.json': { table_name: 'payment', database_uuid: 'u', uuid: 'd', metrics: [], columns: [{ column_name: 'state', type: 'TEXT' }] },
      'c.json': { slice_name: 'Paid', viz_type: 'big_number_total', uuid: 'c', dataset_uuid: 'd', params: { metric: 'count', adhoc_filters: [filter('IN', ['OPEN', null]), filter('NOT IN', ['VOID', null]), filter('IN', []), filter('MATCHES', 'x')] } },
    });
    expect(found).toMatchObject([
      {
        variants: [{ sql: "SELECT COUNT(*) AS count FROM payment WHERE (state IS NULL OR state IN ('OPEN')) AND NOT ((state IS NULL OR state IN ('VOID'))) LIMIT 50000" }],
        problems: [{ code: 'unsupported', message: 'the filter operator MATCHES is not known' }],
      },
    ]);
  });

  test('is read from its kept query where it has no parameters, without groups where it has no metrics', () => {
    expect(sqlOf(LATE)).toBe(
      'SELECT case_id AS case_id, "Officer" AS "Officer", opened_at::date AS opened FROM app.case_file WHERE ( closed_at - opened_at > interval \'30 days\' -- the service level ) IS TRUE AND ( ("Officer" <> \'n.n.\') ) LIMIT 50000',
    );
    expect(query(`${LATE}:filter:where`)).toMatchObject({ role: 'filter', sqlKind: 'predicate', raw: '("Officer" <> \'n.n.\')' });
  });

  test('whose dataset is missing is a record that says so', () => {
    expect(query('superset:chart:c4a27000-0000-4000-8000-000000000043')).toMatchObject({
      variants: [], problems: [{ code: 'missing-reference', message: 'its dataset is not in the export; export the dataset too' }],
    });
    expect(sqlOf('superset:chart:c4a27000-0000-4000-8000-000000000043:metric:decisions')).toBe('SELECT ( COUNT(DISTINCT decision_id) ) AS value');
  });

  test('of the interface has its people and its dashboard', () => {
    expect(query('superset:chart:c4a27000-0000-4000-8000-000000000005')).toMatchObject({
      owners: [{ name: 'Jonas Brandt', via: 'owner-field' }, { name: 'Maren Holt', via: 'author', inactive: true }],
      container: { kind: 'dashboard', id: '4', title: 'Shop' },
      connection: { id: '2', name: 'Shop', engine: 'postgresql', host: null, database: null },
    });
  });

  test('of the JSON export of version 1 finds its dataset by number', () => {
    expect(sqlOf('superset:chart:9')).toBe("SELECT date_trunc('month', paid_at) AS month, SUM(fee) AS sum_fee FROM shop.fee WHERE ( fee > 0 ) GROUP BY date_trunc('month', paid_at) ORDER BY sum_fee DESC LIMIT 50000");
    expect(query('superset:chart:9').container).toEqual({ kind: 'dashboard', id: '2', title: 'Fees' });
  });

  test('keeps the column of its axis apart from free SQL, the start of its period, its order, and leaves out what it was before', () => {
    const axis = { columnType: 'BASE_AXIS', expressionType: 'SQL', sqlExpression: 'paid_at', label: 'paid_at', timeGrain: 'P1W' };
    const sum = { expressionType: 'SQL', label: 'paid', optionName: 'metric_1', sqlExpression: 'SUM(amount)\n / 100' };
    const latest = { expressionType: 'SIMPLE', aggregate: 'MAX', column: { column_name: 'paid_at' }, label: 'MAX(paid_at)' };
    const found = readValues(source, {
      'd.json': { table_name: 'payment', database_uuid: 'u', uuid: 'd', metrics: [], columns: [{ column_name: 'paid_at', is_dttm: true, expression: '' }] },
      'c.json': {
        slice_name: 'Paid', viz_type: 'echarts_timeseries_line', uuid: 'c', dataset_uuid: 'd',
        params: { x_axis: 'paid_at', metrics: [sum], form_data_bak: { metrics: [{ ...sum, sqlExpression: 'SUM(old_amount)' }] } },
        query_context: { queries: [{ columns: [axis], metrics: [{ ...sum, sqlExpression: 'SUM(amount) / 100' }], series_limit_metric: latest, orderby: [[latest, false]], filters: [{ col: 'paid_at', op: 'TEMPORAL_RANGE', val: 'No filter' }] }] },
      },
    });
    expect(found.map(({ id, variants }) => [id, variants[0]?.sql])).toEqual([
      ['superset:chart:c:metric:metric_1', 'SELECT (\nSUM(amount)\n / 100\n) AS value FROM payment AS payment'],
      ['superset:chart:c', "SELECT DATE_TRUNC('week', paid_at) AS paid_at, SUM(amount) / 100 AS paid FROM payment GROUP BY DATE_TRUNC('week', paid_at) ORDER BY MAX(paid_at) DESC LIMIT 50000"],
    ]);
  });

  test('that names a metric nobody defines says so', () => {
    const found = readValues(source, {
      'd.json': { table_name: 'payment', database_uuid: 'u', uuid: 'd', metrics: [], columns: [] },
      'c.json': { slice_name: 'Paid', viz_type: 'table', uuid: 'c', dataset_uuid: 'd', params: { metrics: ['paid'], groupby: ['method'] } },
    });
    expect(found.find(({ id }) => id === 'superset:chart:c')).toMatchObject({
      variants: [{ sql: 'SELECT method AS method FROM payment GROUP BY method LIMIT 50000' }],
      problems: [{ code: 'missing-reference', message: 'the metric paid of the chart is not among those of its dataset' }],
    });
  });
});

describe('what stands beside charts', () => {
  test('a filter of a dashboard asks for its values', () => {
    const id = 'superset:dashboard:da5b0000-0000-4000-8000-000000000007:filter:NATIVE_FILTER-status';
    expect(query(id)).toMatchObject({ role: 'variable', title: 'Status', container: { title: 'Operations' } });
    expect(sqlOf(id)).toBe(
      `SELECT status AS status FROM ( ${OPEN_CASES_SQL} ) AS virtual_table WHERE ( opened_at > DATE '2024-01-01' ) AND status IS NOT NULL AND ( status <> 'DRAFT' ) GROUP BY status ORDER BY status ASC LIMIT 50000`,
    );
    expect(query(`${id}:filter:filter_ef56`)).toMatchObject({ role: 'filter', raw: "status <> 'DRAFT'", connection: { name: 'Casework' } });
  });

  test('a saved query takes the default of its parameter', () => {
    expect(sqlOf('superset:saved_query:5a7ed000-0000-4000-8000-000000000001')).toBe('SELECT tenant_id, max(now() - opened_at) AS waits FROM app.case_file WHERE tenant_id = 4 GROUP BY tenant_id');
  });

  test('a saved query is sent with a limit of rows, unless it has one or is several', () => {
    const labels = (sql: string): [string, string][] => {
      const [found] = readValues(source, { 'q.json': { label: 'Waiting', sql, schema: 'app', database_uuid: 'u', uuid: 'q' } });
      return found?.variants.map((variant) => [variant.label, variant.sql]) ?? [];
    };
    expect(labels('SELECT 1 FROM app.case_file -- all\n')[1]).toEqual(['in SQL Lab', 'SELECT 1 FROM app.case_file -- all\nLIMIT 1001']);
    expect(labels('SELECT state FROM app.case_file ;\n')).toEqual([['default', 'SELECT state FROM app.case_file ;\n'], ['in SQL Lab', 'SELECT state FROM app.case_file\nLIMIT 1001']]);
    expect(labels('SELECT state FROM app.case_file LIMIT 5 OFFSET 2')).toHaveLength(1);
    expect(labels('SELECT 1; SELECT 2')).toHaveLength(1);
    expect(labels('UPDATE app.case_file SET state = 1')).toHaveLength(1);
  });

  test('an alert runs by its schedule', () => {
    expect(query('superset:report:3')).toMatchObject({ role: 'alert', title: 'Too many refunds', schedule: '0 6 * * *', lifecycle: 'active', connection: { name: 'Shop' } });
  });
});

describe('the macros of Superset', () => {
  const sqlsOf = (sql: string): Record<string, string> => {
    const [found] = readValues(source, { 'd.json': { table_name: 'logs', uuid: 'd', database_uuid: 'u', sql, metrics: [], columns: [], template_params: '{"regions": ["north", "south"]}' } });
    return Object.fromEntries(found?.variants.map((variant) => [variant.label, variant.sql.replace(/\s+/g, ' ').trim()]) ?? []);
  };

  test.each([
    [`action in ({{ "'" + "','".join(filter_values('action')) + "'" }})`, "action in ('x')"],
    ["action in {{ filter_values('action', 'OPEN') | where_in }}", "action in ('OPEN')"],
    ['region in {{ regions | where_in }}', "region in ('north', 'south')"],
    ["at > '{{ from_dttm }}' and at < '{{ to_dttm.isoformat() }}'", "at > '2024-01-01' and at < '2024-01-01'"],
    ["at > '{{ (datetime.now() - timedelta(days=7)).strftime('%Y-%m-%d') }}'", "at > '2024-01-01'"],
    ["at >= {{ get_time_filter('at', default='Last week').from_expr }}", "at >= TIMESTAMP '2024-01-01 00:00:00'"],
    ["by = '{{ current_username() }}' and id = {{ current_user_id() }}", "by = 'x' and id = 1"],
    ["country = '{{ url_param('country', 'FR') }}'", "country = 'FR'"],
    ["role in ({{ \"'\" ~ current_user_roles() | join(\"', '\") ~ \"'\" }})", "role in ('x')"],
    ["id = {{ cache_key_wrapper(current_user_id()) }}", 'id = 1'],
    ["ds = '{{ presto.latest_partition('logs') }}'", "ds = '2024-01-01'"],
    ['{{ team_scope("team_id") }} = 4', 'team_scope(team_id) = 4'],
  ])('%s', (predicate, expected) => {
    expect(sqlsOf(`select 1 from logs where ${predicate}`)['default']).toBe(`select 1 from logs where ${expected}`);
  });

  test('the filters of a dashboard are gone through by their operators', () => {
    const sql = `select 1 from logs where 1 = 1
{%- for filter in get_filters('name', remove_filter=True) -%}
{%- if filter.get('op') == 'IN' %} and name in {{ filter.get('val') | where_in }}{% endif -%}
{%- if filter.get('op') == 'LIKE' %} and lower(name) like '{{ filter.get('val') }}'{% endif -%}
{%- endfor -%}`;
    expect(sqlsOf(sql)).toEqual({
      default: 'select 1 from logs where 1 = 1',
      maximal: "select 1 from logs where 1 = 1 and name in ('x') and lower(name) like '1'",
      "if filter.get('op') == 'IN'": "select 1 from logs where 1 = 1 and name in ('x')",
      "if filter.get('op') == 'LIKE'": "select 1 from logs where 1 = 1 and lower(name) like '1'",
    });
  });
});

describe('an asset repository', () => {
  test('includes SQL files, and what it escapes is left for Superset', () => {
    const id = 'superset:dataset:5c0de000-0000-4000-8000-0000000000a1';
    const before = "select case_id, officer_id from tpl_casework_schema.case_file where closed_at - opened_at > interval '30 days'";
    expect([sqlOf(id), sqlOf(id, 'maximal')]).toEqual([before, `${before} and officer_id in ('x')`]);
    expect(sqlOf('superset:dataset:5c0de000-0000-4000-8000-0000000000a2')).toBe("SELECT officer_id, email FROM app.officer WHERE region = 'x'");
  });

  test('may hold words for braces', () => {
    const [found] = readValues(source, { 'd.json': { table_name: 'logs', uuid: 'd', database_uuid: 'u', sql: "select 1 from logs where by = '__JINJA2_OPEN__ current_username() __JINJA2_CLOSE__' -- end" } });
    expect(found?.variants.map(({ sql }) => sql)).toEqual(["select 1 from logs where by = 'x' -- end"]);
    for (const { sql, map } of found?.variants ?? []) for (const { out, src, length, srcEnd, copy } of map) if (copy) expect(sql.slice(out, out + length)).toBe(found?.raw.slice(src, srcEnd));
  });

  test('shows the files that nothing includes', () => {
    expect(query('superset:file:superset/assets/queries/unused.sql')).toMatchObject({ role: 'relation', raw: expect.stringContaining('{% raw %}') });
  });
});

test('a file that is a part of a statement only says so', () => {
  const file = new SourceFile('queries/filters.sql', "and org in {{ filter_values('org') | where_in }}");
  expect(source.recognises(file, alone)).toBeGreaterThan(0.9);
  expect(source.read([file], { connection: null, gap: () => undefined })).toMatchObject([
    { id: 'superset:file:queries/filters.sql', raw: file.text, variants: [], problems: [{ code: 'unsupported', message: 'it is a part of a statement, and no dataset of the export includes it' }] },
  ]);
});

test('tables within their database are read too', () => {
  const text = "databases:\n- database_name: Shop\n  sqlalchemy_uri: mysql://reader:s3cr3t@shop-db.internal/shop\n  tables:\n  - table_name: payment\n    schema: shop\n    metrics:\n    - metric_name: paid\n      expression: SUM(amount)\n";
  const file = new SourceFile('datasources.yaml', text);
  expect(source.recognises(file, alone)).toBe(0.9);
  expect(source.read([file], { connection: null, gap: () => undefined })).toMatchObject([
    { id: 'superset:dataset:Shop:shop.payment:metric:paid', connection: { name: 'Shop', engine: 'mysql', host: 'shop-db.internal', database: 'shop' }, origin: { line: 9, column: 19 } },
  ]);
});

describe('addresses of databases', () => {
  test.each([
    ['postgresql+psycopg2://reader:s3cr3t@casework-db.internal:5432/casework?sslmode=require', 'postgresql', 'casework-db.internal', 'casework'],
    ['postgresql://reader:s3@cr3t@casework-db.internal/casework', 'postgresql', 'casework-db.internal', 'casework'],
    ['postgresql://reader:s3cr3t?x@casework-db.internal/casework', 'postgresql', null, null],
    ['mysql://[::1]:3306/shop', 'mysql', '[::1]', 'shop'],
    ['snowflake://reader:s3cr3t@acme.eu-1/ANALYTICS/MART?warehouse=W&token=s3cr3t', 'snowflake', 'acme.eu-1', 'ANALYTICS'],
    ['bigquery://regulator-prod', 'bigquery', null, 'regulator-prod'],
    ['duckdb:////srv/warehouse/casework.duckdb', 'duckdb', null, '/srv/warehouse/casework.duckdb'],
    ['clickhousedb+connect://{{ USER }}:s3cr3t@{{ HOST }}:8123/{{ DB }}', 'clickhousedb', null, null],
    ['s3cr3t', null, null, null],
    ['', null, null, null],
  ])('%s', (uri, engine, host, database) => {
    expect(connectionOfUri(uri)).toEqual({ engine, host, database });
  });
});

describe('bad input', () => {
  const dataset = { table_name: 'payment', database_uuid: 'u', uuid: 'd', id: 1, sql: "SELECT * FROM {{ dataset(1) }}", metrics: [{ metric_name: 'a', expression: "{{ metric('b') }}" }, { metric_name: 'b', expression: "{{ metric('a') }}" }], columns: [] };
  const chart = { slice_name: 'Paid', viz_type: 'table', uuid: 'c', dataset_uuid: 'd', params: '{"metrics": ["a"]', query_context: '{"queries": [1, null, {"filters": [1], "extras": 3}]}' };
  const dashboard = { dashboard_title: 'Shop', position: { a: { meta: { uuid: 'c' } } }, metadata: { native_filter_configuration: [{ id: 'f', targets: [{ datasetUuid: 'd', column: { name: 'x' } }] }] } };

  test.each([
    ['in a chain', 500, (next: number) => `SELECT * FROM {{ dataset(${next}) }}`],
    ['twice each', 40, (next: number) => `SELECT * FROM {{ dataset(${next}) }}, {{ dataset(${next}) }}`],
  ])('datasets that include one another %s end', (_, count, sql) => {
    const found = readValues(source, Object.fromEntries(Array.from({ length: count }, (__, id) => [`${id}.json`, { ...dataset, metrics: [], uuid: `d${id}`, id, sql: sql(id + 1) }])));
    expect(found).toHaveLength(count);
    expect(Math.max(...found.flatMap(({ variants }) => variants.map((variant) => variant.sql.length)))).toBeLessThan(100_000);
    expect(found.flatMap(({ problems }) => problems.map(({ code }) => code))).toContain('missing-reference');
  });

  test('what names more columns than a database has says so', () => {
    const params = { groupby: Array.from({ length: 10_000 }, (_, index) => `c${index}`) };
    const found = readValues(source, { 'd.json': { ...dataset, sql: null }, 'c.json': { ...chart, query_context: null, params } });
    expect(found.find(({ id }) => id === 'superset:chart:c')).toMatchObject({ variants: [], problems: [{ code: 'too-large', message: 'the chart names more than 1664 columns, metrics or filters' }] });
  });

  test('a large dataset does not stand again below everything that reads it', () => {
    const metrics = Array.from({ length: 400 }, (_, index) => ({ metric_name: `m${index}`, expression: `SUM(a${index})` }));
    const found = readValues(source, { 'd.json': { ...dataset, sql: `SELECT '${'x'.repeat(900_000)}' AS a`, metrics } });
    expect(found).toHaveLength(401);
    expect(found.reduce((sum, { variants }) => sum + (variants[0]?.sql.length ?? 0), 0)).toBeLessThan(110_000_000);
    expect(found.at(-1)?.problems).toEqual([{ code: 'missing-reference', message: 'the SQL of its dataset cannot be read or is too long; see the dataset' }]);
  });

  test('a dataset that includes itself ends', () => {
    const found = readValues(source, { 'd.json': dataset });
    expect(found.find(({ id }) => id === 'superset:dataset:d')?.problems).toContainEqual({
      code: 'missing-reference', message: 'the dataset 1 that the SQL includes is not in the export, includes itself, or is too long',
    });
    expect(found.find(({ id }) => id.endsWith(':metric:a'))?.problems.map(({ code }) => code)).toContain('missing-reference');
  });

  test.each([null, 7, 'text', [], [null], { a: null }, true, '\u0000\u001b[31m', 'x'.repeat(100_000), '{{'.repeat(5_000), '{"a":'.repeat(3_000)])('%#: a wrong value anywhere costs its part only', (wrong) => {
    for (const [name, value] of Object.entries({ dataset, chart, dashboard })) {
      for (const key of Object.keys(value)) {
        const files = { 'd.json': dataset, 'c.json': chart, 'b.json': dashboard, [`${name[0]}.json`]: { ...value, [key]: wrong } };
        const found = Object.entries({ ...files, 'w.json': { ...value, uuid: 'w', [key]: wrong } }).map(([path, content]) => new SourceFile(path, JSON.stringify(content)));
        expect(source.read(found, { connection: null, gap: () => undefined }).length, key).toBeGreaterThan(0);
      }
    }
  });

  test('other YAML and JSON is left alone', () => {
    for (const text of ['models:\n- name: table_name\n', 'dashboard_title: x\n', '{"table_name": "a"}', '{"dashboard_title": "a", "tiles": []}', 'owners:\n- a\n', 'dataset: []\n']) {
      expect(source.recognises(new SourceFile(text.startsWith('{') ? 'a.json' : 'a.yaml', text), alone), text).toBe(0);
    }
  });
});
