import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/lightdash.js';
import { RECOGNISED_MIN } from '../../src/sources/source.js';
import { alone, queriesOf, textAt } from './fixture.js';
import { expectTextsAtOrigins, refusedByPostgres } from './parses.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  queries = await queriesOf('lightdash');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`lightdash:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

function sql(id: string): string | undefined {
  return query(id).variants[0]?.sql.replace(/\s+/g, ' ');
}

function read(text: string, path = 'models/schema.yml'): CollectedQuery[] {
  return source.read([new SourceFile(path, text)], { connection: null, gap: () => undefined });
}

/** What dbt owns and Lightdash reads: the shop's models. */
const DBT = `version: 2
models:
  - name: shop_orders
    description: Orders with their payments
    config:
      meta:
        owner: sales-data@shop.example
        sql_where: \${TABLE}.is_test = false
        joins:
          - join: shop_customers
            alias: buyers
            sql_on: \${shop_orders.customer_id} = \${shop_customers.customer_id}
        metrics:
          revenue_per_order:
            type: number
            sql: "\${revenue} / nullif(\${order_count}, 0)"
        explores:
          orders_abroad:
            sql_filter: \${TABLE}.country <> 'DE'
    columns:
      - name: order_id
        meta:
          metrics:
            order_count: { type: count_distinct }
      - name: ordered_at
        meta:
          dimension:
            type: timestamp
            sql: \${TABLE}.ordered_at at time zone 'Europe/Berlin'
      - name: amount
        config:
          meta:
            metrics:
              revenue:
                type: sum
                label: Revenue
                sql: "\${amount} / 100.0"
                filters:
                  - status: paid
                  - amount: "> 0"
            additional_dimensions:
              is_large:
                type: boolean
                sql: \${amount} > \${ld.parameters.threshold}
      - name: status
  - name: shop_customers
    columns:
      - name: customer_id
        meta:
          dimension: { hidden: true }
  - name: stg_payments
    meta: { owner: nobody@shop.example }
    columns:
      - name: payment_id
        tests: [unique]
`;

describe('the metadata in property files of dbt', () => {
  const found = read(DBT);
  const of = (id: string): CollectedQuery | undefined => found.find((one) => one.id === `lightdash:shop_orders:${id}`);

  test('gives what it says in SQL, and what it says of columns', () => {
    expect(found.map(({ id }) => id)).toEqual([
      'lightdash:shop_orders:sql_where',
      'lightdash:shop_orders:explore:orders_abroad:sql_filter',
      'lightdash:shop_orders:join:buyers',
      'lightdash:shop_orders:metric:revenue_per_order',
      'lightdash:shop_orders:metric:order_count',
      'lightdash:shop_orders:dimension:ordered_at',
      'lightdash:shop_orders:dimension:is_large',
      'lightdash:shop_orders:metric:revenue',
    ]);
    expect(of('metric:revenue')).toMatchObject({
      kind: 'lightdash', role: 'metric', sqlKind: 'expression', title: 'Revenue', raw: '${amount} / 100.0', reconstructed: false, problems: [],
      container: { kind: 'explore', id: 'shop_orders' }, owners: [{ name: 'sales-data@shop.example', via: 'meta' }],
    });
    expect(of('metric:order_count')).toMatchObject({ raw: '', reconstructed: true });
    expect(of('join:buyers')).toMatchObject({ role: 'join', sqlKind: 'predicate', title: 'shop_orders to buyers' });
    expect(of('sql_where')).toMatchObject({ role: 'filter', sqlKind: 'predicate' });
  });

  test('is put together to statements over the models', async () => {
    const text = (id: string): string | undefined => of(id)?.variants[0]?.sql.replace(/\s+/g, ' ');
    expect(text('metric:revenue')).toBe("SELECT ( sum(CASE WHEN (shop_orders.status) = 'paid' AND (shop_orders.amount) > 0 THEN (shop_orders.amount) / 100.0 END) ) AS value FROM shop_orders AS shop_orders");
    expect(text('metric:revenue_per_order')).toContain('/ nullif(count(DISTINCT shop_orders.order_id), 0)');
    expect(text('join:buyers')).toBe('SELECT 1 FROM shop_orders AS shop_orders CROSS JOIN shop_customers AS shop_customers WHERE ( shop_orders.customer_id = (shop_customers.customer_id) )');
    expect(text('dimension:ordered_at')).toContain("shop_orders.ordered_at at time zone 'Europe/Berlin'");
    expect(text('dimension:is_large')).toContain('(shop_orders.amount) > NULL');
    expect(await refusedByPostgres(found)).toEqual([]);
  });

  test('has each text where it says', () => {
    for (const { raw, origin, id } of found) if (raw !== '') expect(`${id}: ${textAt(DBT, origin).slice(0, raw.length)}`).toBe(`${id}: ${raw}`);
    expect(of('metric:revenue')?.origin.pointer).toBe('/models/0/columns/2/config/meta/metrics/revenue/sql');
  });

  test('is shared with dbt, and recognised only where there is any', () => {
    expect(source.shares).toBe(true);
    const certainty = (text: string): number => source.recognises(new SourceFile('models/schema.yml', text), alone);
    expect(certainty(DBT)).toBeGreaterThanOrEqual(RECOGNISED_MIN);
    expect(certainty('models:\n  - name: stg\n    meta: { owner: a@b.example, metrics: 3 }\n    columns: [{ name: a, meta: { pii: true } }]\n')).toBe(0);
    expect(certainty('models:\n  - name: stg\n    config: { materialized: table, meta: { joins: often } }\n')).toBe(0);
  });
});

describe('models, charts and dashboards as code', () => {
  test('give their texts and the queries of charts', () => {
    expect([...queries.keys()].map((id) => id.slice('lightdash:'.length))).toEqual([
      'case_files:dimension:age_days',
      'case_files:dimension:is_paper',
      'case_files:join:officers',
      'case_files:metric:cases',
      'case_files:metric:open_cases',
      'case_files:metric:points_median',
      'case_files:metric:points_p90',
      'case_files:metric:workload',
      'case_files:metric:wrong',
      'case_files:sql_filter',
      'case_files:sql_from',
      'chart:cases-by-office',
      'chart:cases-by-office:calculation:per_case',
      'chart:cases-by-office:dimension:office_region',
      'chart:cases-by-office:metric:points_total',
      'chart:late-decisions',
      'chart:orphan',
      'officers:metric:officer_count',
      'officers:sql_from',
      'p-1:chart:fees',
      'p-1:chart:fees-by-year',
      'p-1:fees:dimension:year',
      'p-1:fees:metric:total',
      'p-1:fees:sql_filter',
    ]);
  });

  test('have their texts where they say', async () => {
    // 8 of case files, 1 of officers, 4 of charts, 1 compiled, 3 of the explore.
    expect(await expectTextsAtOrigins(queries.values())).toBe(17);
  });

  test('give statements that PostgreSQL parses', async () => {
    expect(await refusedByPostgres(queries.values())).toEqual([]);
  });

  test('have owners by authority', () => {
    expect(query('case_files:metric:workload').owners).toEqual([
      { name: 'planning@regulator.example', via: 'owner-field' },
      { name: 'casework-analytics@regulator.example', via: 'meta' },
    ]);
    expect(query('case_files:metric:cases').owners).toEqual([{ name: 'casework-analytics@regulator.example', via: 'meta' }]);
    expect(query('p-1:chart:fees-by-year').owners).toEqual([{ name: 'Ines Krall', via: 'editor' }]);
  });

  test('put metrics together from types, columns and filters', () => {
    expect(sql('case_files:metric:open_cases')).toBe(
      "SELECT ( count(DISTINCT CASE WHEN (case_files.status) IN ('new', 'assigned') AND (case_files.channel = 'paper') <> TRUE THEN case_files.case_id END) ) AS value FROM casework.case_files AS case_files",
    );
    expect(sql('case_files:metric:points_median')).toContain('percentile_cont(0.5) WITHIN GROUP (ORDER BY case_files.points)');
    expect(sql('case_files:metric:points_p90')).toContain('percentile_cont(0.9) WITHIN GROUP (ORDER BY coalesce((case_files.points), 0) )');
    expect(sql('case_files:metric:workload')).toContain('nullif(count(DISTINCT officers.id), 0)');
    expect(sql('case_files:dimension:age_days')).toContain("current_date - date_trunc('day', (case_files.opened_at))::date");
    expect(query('case_files:metric:wrong').problems).toEqual([{ code: 'missing-reference', message: 'there is no field colour among the models that were read' }]);
    expect(sql('case_files:sql_filter')).toContain('case_files.tenant_id = NULL AND case_files.deleted_at IS NULL');
  });

  test('rebuild the query of a chart from its explore', () => {
    const chart = query('chart:cases-by-office');
    expect(chart).toMatchObject({ role: 'query', raw: '', reconstructed: true, title: 'Cases by office', description: 'Open ones, by month.', container: { kind: 'dashboard', id: 'casework-overview', title: 'Casework' }, problems: [] });
    const text = sql('chart:cases-by-office') ?? '';
    expect(text).toMatch(/^SELECT \(officers\.office\), date_trunc\('month', \(case_files\.opened_at\)\), count\(DISTINCT CASE .* END\), sum\(case_files\.points \* 2\) FROM casework\.case_files AS case_files INNER JOIN \(/);
    expect(text).toContain('ON ( (case_files.officer_id) = (officers.id) ) WHERE ( case_files.tenant_id = NULL AND case_files.deleted_at IS NULL ) AND (case_files.opened_at) IS NOT NULL GROUP BY 1, 2 HAVING count(DISTINCT case_files.case_id) IS NOT NULL');
    expect(sql('chart:cases-by-office:metric:points_total')).toBe('SELECT ( sum( case_files.points * 2 ) ) AS value FROM casework.case_files AS case_files');
    expect(sql('chart:cases-by-office:calculation:per_case')).toContain('sum(case_files.points * 2) / count(DISTINCT CASE');
    expect(sql('chart:cases-by-office:dimension:office_region')).toContain('left((officers.office), 2)');
  });

  test('name what a chart lacks, and keep SQL charts as they are', () => {
    expect(query('chart:orphan')).toMatchObject({ variants: [], problems: [{ code: 'missing-reference', message: 'the explore sales is not among the files' }], container: { kind: 'collection', id: 'casework' } });
    expect(query('chart:late-decisions')).toMatchObject({ reconstructed: false, sqlKind: 'statement', problems: [] });
    expect(sql('chart:late-decisions')).toContain('AND d.office = NULL');
  });
});

describe('what the interface answers', () => {
  test('has the store of the project, who uses a chart, and what Lightdash compiled', () => {
    expect(query('p-1:chart:fees-by-year')).toMatchObject({
      connection: { id: 'p-1', name: 'Fees', engine: 'postgres', host: 'fees-db.internal', database: 'fees' },
      usage: { views: 12, lastUsedAt: '2026-09-01T08:00:00.000Z' },
      container: { kind: 'dashboard', id: 'd-1', title: 'Money' },
    });
    expect(sql('p-1:chart:fees-by-year')).toBe('SELECT (extract(year from (fees.paid_on))), sum(fees.amount) FROM "fees"."public"."fees" AS fees WHERE ( fees.voided_at IS NULL ) GROUP BY 1');
    expect(query('p-1:chart:fees')).toMatchObject({ reconstructed: false, origin: { pointer: '/compiledSql' } });
    expect(query('p-1:chart:fees').raw).toMatch(/^SELECT\n {2}SUM\("fees"\.amount\)/);
  });
});

describe('bad input', () => {
  test.each([
    ['wrong types everywhere', 'models:\n  - name: a\n    meta: { metrics: { m: { type: 3, sql: [1], filters: x } , n: { type: sum, sql: 7 } }, joins: [1, { join: 2 }, { join: b, sql_on: 3 }], sql_filter: {} }\n    columns: [1, { name: 4 }, { name: c, meta: { metrics: { o: { type: sum, filters: [{ zz: 1 }] } } } }]\n', 3],
    ['a metric of itself', 'models:\n  - name: a\n    meta: { metrics: { m: { type: number, sql: "${m} + 1" } } }\n', 1],
    ['open references', `models:\n  - name: a\n    meta: { metrics: { m: { type: number, sql: "${'${'.repeat(5_000)}" } } }\n`, 1],
    ['a chart without fields', 'contentType: chart\nslug: c\nmetricQuery: { exploreName: 3, dimensions: x, filters: [1] }\n', 1],
    ['a SQL chart without SQL', 'contentType: sql_chart\nslug: c\nsql: 3\n', 1],
    ['control characters', 'models:\n  - name: "a\\u001b[31m"\n    meta: { sql_filter: "x = \\"\\u0000\\"" }\n', 1],
  ])('%s costs its part only', (_, text, count) => {
    const found = read(text);
    expect(found.length).toBe(count);
    for (const { variants, problems } of found) expect(variants.length + problems.length).toBeGreaterThan(0);
  });

  test('fields that expand without end are cut', () => {
    const metrics = Array.from({ length: 40 }, (_, index) => `        m${index}: { type: number, sql: "${index === 0 ? 'sum(a)' : `\${m${index - 1}} + \${m${index - 1}}`}" }`);
    const found = read(`models:\n  - name: a\n    meta:\n      metrics:\n${metrics.join('\n')}\n`);
    expect(found.length).toBe(40);
    expect(found.some(({ problems }) => problems.some(({ code }) => code === 'too-large'))).toBe(true);
  });

  test('filters nested deeply end', () => {
    let filters: Record<string, unknown> = { target: { fieldId: 'a_b' } };
    for (let depth = 0; depth < 2_000; depth++) filters = { and: [filters] };
    const chart = { contentType: 'chart', slug: 'c', metricQuery: { exploreName: 'a', metrics: ['a_m'], filters: { dimensions: filters } } };
    expect(read(JSON.stringify(chart), 'chart.json')).toHaveLength(1);
  });
});

describe('joins', () => {
  const MODELS = `models:
  - name: tickets
    meta:
      joins:
        - {join: plays, sql_on: "\${tickets.play_id} = \${plays.play_id}"}
        - {join: people, alias: buyers, sql_on: "\${tickets.buyer_id} = \${buyers.id}"}
        - {join: people, alias: sellers, type: inner, sql_on: "\${tickets.seller_id} = \${sellers.id}"}
    columns:
      - {name: price, meta: {metrics: {revenue: {type: sum}}}}
  - name: people
    columns:
      - {name: city, meta: {dimension: {sql: "lower(\${TABLE}.city)"}}}
`;
  const CHART = `contentType: chart
name: Revenue
slug: revenue
tableName: tickets
metricQuery:
  exploreName: tickets
  dimensions: [plays_title, buyers_city, sellers_city]
  metrics: [tickets_revenue]
  filters: {}
  tableCalculations: []
`;

  test('reach models without metadata of Lightdash, and one model under two names', () => {
    const found = source.read([new SourceFile('models/m.yml', MODELS), new SourceFile('lightdash/charts/revenue.yml', CHART)], { connection: null, gap: () => undefined });
    expect(found.flatMap(({ problems }) => problems)).toEqual([]);
    expect(found.find(({ id }) => id === 'lightdash:chart:revenue')?.variants[0]?.sql.replace(/\s+/g, ' ')).toBe(
      'SELECT plays.title, (lower(buyers.city)), (lower(sellers.city)), sum(tickets.price) FROM tickets AS tickets LEFT JOIN plays AS plays ON ( tickets.play_id = plays.play_id ) ' +
        'LEFT JOIN people AS buyers ON ( tickets.buyer_id = buyers.id ) INNER JOIN people AS sellers ON ( tickets.seller_id = sellers.id ) GROUP BY 1, 2, 3',
    );
  });
});
