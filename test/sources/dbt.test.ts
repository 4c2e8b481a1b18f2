import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/dbt.js';
import { toSource } from '../../src/template/rewrite.js';
import { fixtures, queriesOf, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('dbt');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`dbt:${id}`);
  if (found === undefined) throw new Error(`${id} was not read`);
  return found;
}

const sqlOf = (id: string, label = 'default'): string => query(id).variants.find((variant) => variant.label === label)?.sql ?? '';
const WAREHOUSE = { id: null, name: 'casework_warehouse', engine: 'postgres', host: 'dwh.casework.internal', database: 'warehouse' };

describe('a project that was not compiled', () => {
  test('gives every text that dbt runs, and no other', () => {
    const ids = [...queries.keys()].filter((id) => /^dbt:[a-z_]+\.casework\./.test(id) && !/:(?:metric|semantic_model|saved_query)\./.test(id));
    expect(ids.map((id) => id.slice('dbt:'.length).replace(/\.[0-9a-f]{12}$/, ''))).toEqual([
      'analysis.casework.late',
      'exposure.casework.case_finder',
      'exposure.casework.weekly_kpi',
      'hook.casework.on-run-end',
      'hook.casework.post-hook',
      'hook.casework.pre-hook',
      'model.casework.dim_officers.v1',
      'model.casework.dim_officers.v2',
      'model.casework.fct_decisions',
      'model.casework.officer_load',
      'model.casework.risk_score',
      'model.casework.stg_cases',
      'snapshot.casework.case_states',
      'snapshot.casework.office_history',
      'source.casework.casework.cases:freshness',
      'source.casework.casework.cases:loaded_at_field',
      'source.casework.casework.transitions:loaded_at_query',
      'test.casework.assert_one_outcome',
      'test.casework.casework.cases.status.accepted_values',
      'test.casework.casework.cases.status.accepted_values:where',
      'test.casework.fct_decisions.decision_id.not_null',
      'test.casework.fct_decisions.decision_id.not_null:where',
      'test.casework.fct_decisions.decision_id.unique',
    ]);
  });

  test('carries what is known of a model', () => {
    expect(query('model.casework.fct_decisions')).toMatchObject({
      kind: 'dbt',
      role: 'relation',
      sqlKind: 'statement',
      title: 'fct_decisions',
      description: 'One row for each decision.',
      container: { kind: 'project', id: 'casework', title: 'casework' },
      owners: [
        { name: 'ines.krall', via: 'meta' },
        { name: 'Decisions team', via: 'group' },
      ],
      connection: WAREHOUSE,
      origin: { file: 'dbt/casework/models/marts/fct_decisions.sql', pointer: '', line: 1, column: 1 },
      reconstructed: false,
      lifecycle: 'active',
      schedule: 'on build',
      problems: [],
    });
    expect(query('model.casework.dim_officers.v1')).toMatchObject({ lifecycle: 'disabled', title: 'dim_officers v1' });
    expect(query('analysis.casework.late')).toMatchObject({ role: 'query', schedule: null });
    expect(query('test.casework.assert_one_outcome')).toMatchObject({ role: 'quality-check', schedule: 'on build' });
    expect(query('model.casework.stg_cases').owners).toEqual([{ name: 'data-platform', via: 'meta' }]);
  });

  test('renders macros of the project and of its packages, with trailing commas and **kwargs', () => {
    const sql = sqlOf('model.casework.stg_cases').replace(/\s+/g, ' ');
    expect(sql).toContain("nullif(upper(c.status), '') as status");
    expect(sql).toContain("md5(coalesce(cast(c.id as text), '') || '-' || coalesce(cast(c.tenant_id as text), '')) as case_key");
    expect(sql).toContain('(c.closed_at::date - c.opened_at::date) as days');
    expect(sql).toContain('from app.case_files as c where c.deleted_at is null');
  });

  test('goes through loops over lists, {% do %} and both states of is_incremental()', () => {
    const sql = sqlOf('model.casework.fct_decisions').replace(/\s+/g, ' ');
    for (const kind of ['granted', 'refused', 'withdrawn']) expect(sql).toContain(`sum(case when t.kind = '${kind}' then 1 else 0 end) as ${kind}_count`);
    expect(sql).toContain('join analytics.stg_case_files as c on');
    expect(sql).not.toContain('recorded_at');
    expect(sqlOf('model.casework.fct_decisions', 'maximal')).toContain('and t.recorded_at > (select max(d.decided_at) from analytics_marts.fct_decisions as d)');
  });

  test('resolves versions, variables and schemas; what no file knows keeps its name', () => {
    expect(sqlOf('model.casework.dim_officers.v2')).toBe("select o.id, o.name, 42 as statute_days\nfrom app.officers as o\nwhere o.state not in ('CLOSED', 'WITHDRAWN')\n");
    expect(sqlOf('model.casework.officer_load')).toContain('join analytics_marts.dim_officers_v2 as o');
    expect(sqlOf('model.casework.officer_load')).toContain('join holidays as h');
    expect(query('model.casework.officer_load').variants[0]?.assumptions).toContain('holidays is in none of these files: its name stands for its relation');
  });

  test('reads snapshots of a block and of a relation, and what Python models read', async () => {
    const snapshot = query('snapshot.casework.case_states');
    const text = await readFile(join(fixtures, snapshot.origin.file), 'utf8');
    expect(textAt(text, snapshot.origin).startsWith(snapshot.raw)).toBe(true);
    expect(snapshot.raw).not.toContain('endsnapshot');
    expect(sqlOf('snapshot.casework.case_states')).toContain('from app.case_files as c');
    expect(query('snapshot.casework.office_history')).toMatchObject({ raw: '', reconstructed: true, variants: [{ sql: 'SELECT * FROM app.officers' }] });
    expect(query('model.casework.risk_score').variants.map(({ sql }) => sql)).toEqual(['SELECT * FROM analytics.stg_case_files', 'SELECT * FROM app.officers']);
  });

  test('reads hooks of the project and of models once each, at their places', async () => {
    const hooks = [...queries.values()].filter(({ role, id }) => role === 'hook' && id.includes('.casework.'));
    expect(hooks.map(({ raw }) => raw).toSorted()).toEqual(['analyze {{ this }}', "delete from audit.loads where model = '{{ this.name }}'", 'grant usage on schema {{ target.schema }} to reporting']);
    for (const { origin, raw } of hooks) expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(raw)).toBe(true);
    expect(hooks.flatMap(({ variants }) => variants.map(({ sql }) => sql)).toSorted()).toEqual(['analyze this_model', "delete from audit.loads where model = 'officer_load'", 'grant usage on schema analytics to reporting']);
  });

  test('reads the queries and conditions of sources and tests', () => {
    expect(query('source.casework.casework.transitions:loaded_at_query')).toMatchObject({ role: 'query', owners: [{ name: 'team-casework', via: 'meta' }], schedule: 'on source freshness' });
    expect(sqlOf('source.casework.casework.transitions:loaded_at_query')).toContain('from app.transitions');
    expect(query('source.casework.casework.cases:freshness')).toMatchObject({ role: 'filter', sqlKind: 'predicate', raw: 'tenant_id > 0', variants: [{ sql: 'SELECT 1 FROM app.case_files AS t WHERE (\ntenant_id > 0\n)' }] });
    expect(query('test.casework.fct_decisions.decision_id.not_null:where').variants[0]?.sql).toBe("SELECT 1 FROM analytics_marts.fct_decisions AS t WHERE (\ndecided_at >= '2024-01-01'\n)");
  });

  test('reads exposures as consumers of relations and metrics, without the parameters of their address', () => {
    expect(query('exposure.casework.weekly_kpi')).toMatchObject({
      role: 'query',
      sqlKind: 'relation',
      raw: '',
      reconstructed: true,
      title: 'Weekly key figures',
      container: { kind: 'dashboard', id: 'https://bi.casework.example/dashboards/7', title: 'Weekly key figures' },
      owners: [{ name: 'Ana Silva', via: 'owner-field' }],
      connection: WAREHOUSE,
    });
    expect(query('exposure.casework.weekly_kpi').variants.map(({ sql }) => sql)).toEqual([
      'SELECT * FROM analytics_marts.fct_decisions',
      'SELECT * FROM app.case_files',
      'SELECT COUNT(*) AS value FROM analytics_marts.fct_decisions AS t',
    ]);
    expect(query('exposure.casework.case_finder')).toMatchObject({ owners: [{ name: 'search@casework.example' }], variants: [{ sql: 'SELECT * FROM analytics_marts.dim_officers_v2' }] });
  });

  test('reads metrics in the older and the newer syntax', () => {
    expect(sqlOf('metric.casework.decisions')).toBe('SELECT COUNT(*) AS value FROM analytics_marts.fct_decisions AS t');
    expect(query('metric.casework.decisions').owners).toEqual([{ name: 'Marta Ruiz', via: 'meta' }]);
    expect(query('metric.casework.open_cases')).toMatchObject({ raw: 'case_id', variants: [{ sql: "SELECT COUNT(case_id) AS value FROM analytics.stg_case_files AS t WHERE t.status = 'OPEN'" }] });
    expect(sqlOf('metric.casework.late_share')).toContain('SUM(CASE WHEN days > 42 THEN 1 ELSE 0 END)');
    expect(sqlOf('metric.casework.granted_of_open')).toContain('(SELECT t_1.status FROM analytics.stg_case_files AS t_1 WHERE t_1.case_id = t.case_id)');
    expect(query('semantic_model.casework.case_files:dimension:is_late')).toMatchObject({ role: 'dimension', raw: 'days > 42' });
  });

  test('takes a compiled text of target/ where there is no manifest, and leads back to the file', () => {
    const [variant] = query('analysis.casework.late').variants;
    expect(variant?.sql).toContain('from "warehouse"."analytics"."stg_case_files" as c');
    const at = variant?.sql.indexOf('where c.days') ?? -1;
    expect(query('analysis.casework.late').raw.slice(toSource(variant?.map ?? [], at)).startsWith('where c.days')).toBe(true);
  });
});

describe('a manifest', () => {
  test('gives every text that dbt runs, and no other', () => {
    expect([...queries.keys()].filter((id) => id.includes('.shop.') && !id.startsWith('dbt:hook')).map((id) => id.slice('dbt:'.length))).toEqual([
      'exposure.shop.forecast',
      'exposure.shop.revenue_board',
      'metric.shop.revenue',
      'metric.shop.revenue_of_members',
      'metric.shop.revenue_of_members:filter',
      'metric.shop.revenue_to_date',
      'model.shop.basket_model',
      'model.shop.old_orders',
      'model.shop.orders',
      'model.shop.refund_rate',
      'saved_query.shop.daily',
      'saved_query.shop.daily:filter',
      'semantic_model.shop.orders:entity:order',
      'source.shop.shop.refunds:loaded_at_query',
      'test.shop.not_null_orders_id.0f1e2d',
      'test.shop.unique_orders_id.aa11bb',
      'test.shop.unique_orders_id.aa11bb:where',
    ]);
  });

  test('has the compiled text first, and renders the branches that it did not take', () => {
    const { variants, raw } = query('model.shop.orders');
    expect(variants.map(({ label }) => label)).toEqual(['default', 'maximal']);
    expect(variants[0]?.sql).toBe('\nselect o.id, o.customer_id, o.paid_at, o.amount_cents / 100.0 as amount\nfrom "production"."shop"."orders" as o\n');
    expect(variants[1]?.sql).toContain('where o.paid_at > (select max(paid_at) from "warehouse"."shop_marts"."orders")');
    const at = variants[0]?.sql.indexOf('o.paid_at') ?? -1;
    expect(raw.slice(toSource(variants[0]?.map ?? [], at)).startsWith('o.paid_at, o.amount_cents')).toBe(true);
  });

  test('is rendered where nothing was compiled', () => {
    expect(sqlOf('model.shop.refund_rate')).toBe(
      'select count(r.id) * 1.0 / count(o.id) as rate from "warehouse"."shop_marts"."orders" as o left join "production"."shop"."refunds" as r on r.order_id = o.id',
    );
    expect(query('model.shop.refund_rate')).toMatchObject({ owners: [{ name: 'Finance', via: 'group' }], schedule: 'build after 4 hour' });
  });

  test('tells owners by authority: meta of the configuration above meta', () => {
    expect(query('model.shop.orders').owners).toEqual([{ name: 'shop-analytics', via: 'meta' }]);
    expect(query('exposure.shop.revenue_board')).toMatchObject({ owners: [{ name: 'ana@shop.example', via: 'owner-field' }], usage: { views: null, lastUsedAt: '2025-11-02T08:00:00Z' } });
    expect(query('exposure.shop.forecast')).toMatchObject({ container: { kind: 'notebook' }, variants: [], problems: [{ code: 'missing-reference', message: 'model.shop.gone, which it reads, is not in these files' }] });
  });

  test('tells what is disabled, and one hook for all models that share it', () => {
    expect(query('model.shop.old_orders').lifecycle).toBe('disabled');
    const hooks = [...queries.values()].filter(({ id }) => id.startsWith('dbt:hook.shop.'));
    expect(hooks.map(({ raw }) => raw).toSorted()).toEqual(['create schema if not exists audit', 'grant select on {{ this }} to reporting']);
  });

  test('has metrics that only name metric_aggregation_params', () => {
    expect(query('metric.shop.revenue')).toMatchObject({ raw: 'amount', owners: [{ name: 'Finance', via: 'group' }], variants: [{ sql: 'SELECT SUM(amount) AS value FROM "warehouse"."shop_marts"."orders" AS t' }] });
    expect(sqlOf('saved_query.shop.daily', 'revenue')).toBe(`SELECT DATE_TRUNC('day', t.paid_at), SUM(amount) AS value FROM "warehouse"."shop_marts"."orders" AS t WHERE t.customer_id > 0 GROUP BY 1`);
  });

  test('of an old version has raw_sql and a list of what is disabled', () => {
    expect(query('model.ledger.entries')).toMatchObject({ connection: { engine: 'redshift', database: 'dwh' }, variants: [{ sql: 'select e.id, e.amount from dwh.acct.ledger_entries as e' }] });
    expect(query('model.ledger.old').lifecycle).toBe('disabled');
  });

  test('stands at its texts', async () => {
    const text = await readFile(join(fixtures, 'dbt/shop/manifest.json'), 'utf8');
    for (const { origin, raw, id } of queries.values()) {
      if (!origin.file.endsWith('shop/manifest.json') || raw === '') continue;
      expect(JSON.parse(`"${/^(?:[^"\\]|\\.)*/.exec(textAt(text, origin))?.[0] ?? ''}"`), id).toBe(raw);
    }
  });
});

describe('a project with its manifest', () => {
  const project = (): SourceFile => new SourceFile('p/dbt_project.yml', 'name: shop\nprofile: shop\n');
  const manifest = (raw: string): SourceFile => {
    const node = { unique_id: 'model.shop.orders', resource_type: 'model', name: 'orders', package_name: 'shop', relation_name: '"dwh"."marts"."orders"', schema: 'marts', database: 'dwh', raw_code: raw, compiled_code: 'select o.id from "prod"."shop"."orders" as o', meta: { owner: 'ana' } };
    const json = { metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json', project_name: 'shop', adapter_type: 'postgres' }, nodes: { [node.unique_id]: node }, sources: {} };
    return new SourceFile('p/target/manifest.json', JSON.stringify(json));
  };
  const raw = "select o.id from {{ source('shop', 'orders') }} as o";
  const read = (text: string, made: string): CollectedQuery[] =>
    source.read([project(), manifest(made), new SourceFile('p/models/orders.sql', text)], { connection: null, gap: () => undefined });

  test('is read once: the position of the file, the compiled text and the owner of the manifest', () => {
    const found = read(`${raw}\n`, raw);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ origin: { file: 'p/models/orders.sql', line: 1 }, owners: [{ name: 'ana' }], connection: { engine: 'postgres', database: 'dwh' }, variants: [{ sql: 'select o.id from "prod"."shop"."orders" as o' }] });
  });

  test('trusts the file where it was changed since', () => {
    const [found] = read("select o.id, o.paid_at from {{ source('shop', 'orders') }} as o", raw);
    expect(found?.variants.map(({ sql }) => sql)).toEqual(['select o.id, o.paid_at from shop.orders as o']);
  });
});

test('every text of a project stands where it is said to stand', async () => {
  const found = [...queries.values()].filter(({ raw, origin }) => raw !== '' && !origin.file.endsWith('.json'));
  expect(found.length).toBeGreaterThan(20);
  for (const { id, raw, origin } of found) {
    const [first = ''] = raw.split('\n');
    expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(first), id).toBe(true);
  }
});

test('every statement parses as PostgreSQL', () => {
  for (const { id, variants } of queries.values()) for (const { sql } of variants) expect(() => parseSync(sql), `${id}: ${sql}`).not.toThrow();
});

test('a property file that stands alone is read for its exposures', () => {
  expect(query('exposure.project.audit_report')).toMatchObject({ owners: [{ name: 'Audit office' }], variants: [{ sql: 'SELECT * FROM fct_decisions' }] });
});

describe('the schema of a model', () => {
  const read = (files: Record<string, string>): string | undefined =>
    source
      .read(Object.entries({ 'dbt_project.yml': 'name: shop\nprofile: shop\n', 'models/b.sql': "select a.id from {{ ref('a') }} as a", ...files }).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined })
      .find(({ id }) => id === 'dbt:model.shop.b')?.variants[0]?.sql;
  const profiles = { 'profiles.yml': 'shop: {target: prod, outputs: {prod: {type: postgres, host: dwh, dbname: dwh, schema: marts}}}\n' };
  const a = (config: string): Record<string, string> => ({ 'models/a.sql': `{{ config(${config}) }} select 1 as id` });

  test.each([
    ['is unknown without a profile', {}, "schema='mail'", 'select a.id from a as a'],
    ['is that of the target', profiles, "alias='aa'", 'select a.id from marts.aa as a'],
    ['is joined with its own', profiles, "schema='mail'", 'select a.id from marts_mail.a as a'],
    ['may be a template', profiles, "schema='{{ target.name }}'", 'select a.id from marts_prod.a as a'],
    ['is unknown where the environment decides', profiles, "schema='{{ env_var(\"X\") }}'", 'select a.id from a as a'],
    [
      'follows the macro of the project',
      { ...profiles, 'macros/schema.sql': '{% macro generate_schema_name(custom, node) %}{% if custom is none %}{{ target.schema }}{% else %}{{ custom | trim }}{% endif %}{% endmacro %}' },
      "schema='mail'",
      'select a.id from mail.a as a',
    ],
    ['stands below its database', profiles, "database='lake'", 'select a.id from lake.marts.a as a'],
  ])('%s', (_, files, config, sql) => {
    expect(read({ ...files, ...a(config) })).toBe(sql);
  });
});

test('a metric of the time before the semantic layer is an expression over its model', () => {
  const yaml = `metrics:
  - name: paid_total
    model: ref('orders')
    calculation_method: sum
    expression: amount - rebate
    filters:
      - { field: state, operator: '=', value: "'PAID'" }
`;
  const files = [new SourceFile('dbt_project.yml', 'name: shop\n'), new SourceFile('models/m.yml', yaml)];
  const found = source.read(files, { connection: null, gap: () => undefined });
  expect(found.map(({ id, raw, origin, variants }) => [id, raw, origin.line, variants[0]?.sql])).toEqual([
    ['dbt:metric.shop.paid_total', 'amount - rebate', 5, "SELECT SUM(amount - rebate) AS value FROM orders AS t WHERE state = 'PAID'"],
  ]);
});
