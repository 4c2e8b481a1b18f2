import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/dbt.js';
import { toSource } from '../../src/template/rewrite.js';
import { textAt } from './fixture.js';

beforeAll(() => loadModule());

const PROFILES = 'registry:\n  target: prod\n  outputs:\n    prod: {type: postgres, host: replica, dbname: registry, schema: analytics, password: s3cr3t}\n';

function read(files: Record<string, string>, project = 'name: registry\nversion: "1"\nprofile: registry\n'): Map<string, CollectedQuery> {
  const all = Object.entries({ 'dbt_project.yml': project, 'profiles.yml': PROFILES, ...files }).map(([path, text]) => new SourceFile(path, text));
  return new Map(source.read(all, { connection: null, gap: () => undefined }).map((one) => [one.id.slice('dbt:'.length), one]));
}

function sqlOf(queries: Map<string, CollectedQuery>, id: string, at = 0): string {
  const found = queries.get(id);
  if (found === undefined) throw new Error(`${id} was not read, but ${[...queries.keys()].join(', ')}`);
  for (const { sql } of found.variants) expect(() => parseSync(sql), `${id}: ${sql}`).not.toThrow();
  return found.variants[at]?.sql.replace(/\s+/g, ' ').trim() ?? '';
}

const framed = (sql: string): string => `select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( ${sql} ) dbt_internal_test`;

const PERMITS = `
sources:
  - name: core
    database: registry
    schema: app
    config:
      meta: {owner: permits@registry.example}
      loaded_at_field: changed_at
      freshness: {warn_after: {count: 6, period: hour}, filter: "changed_at > now() - interval '2 days'"}
    tables:
      - name: permit
        columns:
          - name: id
            data_tests: [unique, {not_null: {config: {where: "issued_on >= '{{ var('first_day') }}'"}}}]
          - name: state
            quote: true
            data_tests:
              - accepted_values:
                  arguments: {values: ['OPEN', "Judge's"]}
              - accepted_values: {values: [1, 2], quote: false, config: {limit: 10, warn_if: '> 5', error_if: '> 50', fail_calc: sum(n_records)}}
          - name: holder_id
            data_tests:
              - relationships: {to: "source('core', 'Holder')", field: id}
      - name: Holder
        config: {freshness: null}
      - name: order
        freshness: {error_after: {count: 1, period: day}}
        loaded_at_field: "booked_at::timestamptz"
`;
const WITH_PERMITS = { 'models/sources.yml': PERMITS };
const VARIABLES = 'name: registry\nprofile: registry\nvars: {first_day: 2020-01-01}\n';

describe('generic tests that were not compiled', () => {
  test('are the statements that dbt sends for its own four', () => {
    const queries = read(WITH_PERMITS, VARIABLES);
    expect(sqlOf(queries, 'test.registry.core.permit.id.unique')).toBe(framed('select id as unique_field, count(*) as n_records from registry.app.permit where id is not null group by id having count(*) > 1'));
    expect(sqlOf(queries, 'test.registry.core.permit.id.not_null')).toBe(framed("select id from (select * from registry.app.permit where issued_on >= '2020-01-01') dbt_subquery where id is null"));
    expect(sqlOf(queries, 'test.registry.core.permit.state.accepted_values')).toContain(`"state" as value_field, count(*) as n_records from registry.app.permit group by "state" ) select * from all_values where value_field not in ( 'OPEN','Judge''s' )`);
    const second = sqlOf(queries, 'test.registry.core.permit.state.accepted_values#2');
    expect(second).toContain('select sum(n_records) as failures, sum(n_records) > 5 as should_warn, sum(n_records) > 50 as should_error from (');
    expect(second).toContain('not in ( 1,2 ) limit 10 ) dbt_internal_test');
    expect(sqlOf(queries, 'test.registry.core.permit.holder_id.relationships')).toContain('parent as ( select id as to_field from registry.app."Holder" )');
    expect(queries.get('test.registry.core.permit.id.unique')).toMatchObject({
      role: 'quality-check', reconstructed: true, raw: '', schedule: 'on build', title: 'unique core.permit.id',
      owners: [{ name: 'permits@registry.example', via: 'meta' }],
      connection: { engine: 'postgres', host: 'replica', database: 'registry' },
    });
    expect(queries.get('test.registry.core.permit.id.not_null:where')).toMatchObject({ role: 'filter', raw: "issued_on >= '{{ var('first_day') }}'" });
  });

  test('whose failures are kept, write the rows that they find', () => {
    const kept = read({ 'models/a.sql': 'select 1 as id', 'models/a.yml': 'models: [{name: a, columns: [{name: id, tests: [not_null]}]}]', 'tests/one.sql': 'select id from a;\n' }, 'name: registry\nprofile: registry\ndata_tests: {+store_failures: true}\n');
    expect(sqlOf(kept, 'test.registry.a.id.not_null')).toBe('select * from analytics.a where id is null');
    expect(sqlOf(kept, 'test.registry.one')).toBe('select id from a;');
  });

  test('have the limits of the project; a quote that is doubled stays as it is', () => {
    const files = { 'models/a.sql': 'select 1 as id', 'models/a.yml': `models: [{name: a, columns: [{name: id, tests: [not_null, {accepted_values: {values: ["O''Neill"]}}]}]}]` };
    const queries = read(files, 'name: registry\nprofile: registry\ntests: {registry: {+error_if: ">10"}}\n');
    expect(sqlOf(queries, 'test.registry.a.id.not_null')).toContain('count(*) != 0 as should_warn, count(*) >10 as should_error');
    expect(sqlOf(queries, 'test.registry.a.id.accepted_values')).toContain("not in ( 'O''Neill' )");
  });

  test('of the project and of packages are their macros; of dbt_utils, which is not there, by rule', () => {
    const queries = read({
      'tests/generic/is_recent.sql': "{% test is_recent(model, column_name, days=7) %}\nselect * from {{ model }} where {{ column_name }} < now() - interval '{{ days }} days'\n{% endtest %}",
      'dbt_packages/audit/dbt_project.yml': 'name: audit\nversion: "1"\n',
      'dbt_packages/audit/tests/generic/filled.sql': '{% test filled(model, share) %} select count(*) as n from {{ model }} having count(*) < {{ share }} {% endtest %}',
      'models/fees.sql': 'select 1 as id',
      'models/fees.yml': `models:
  - name: fees
    tests:
      - dbt_utils.unique_combination_of_columns: {combination_of_columns: [id, year]}
      - dbt_utils.expression_is_true: {name: paid_in_full, expression: "paid <= due"}
      - audit.filled: {share: 10}
      - lost.macro: {x: 1}
    columns:
      - name: paid_on
        tests: [{is_recent: {days: 30}}, {dbt_utils.accepted_range: {min_value: 0, inclusive: false}}]
`,
    });
    expect(sqlOf(queries, 'test.registry.fees.paid_on.is_recent')).toBe(framed("select * from analytics.fees where paid_on < now() - interval '30 days'"));
    expect(sqlOf(queries, 'test.registry.fees.dbt_utils.unique_combination_of_columns')).toContain('select id, year from analytics.fees group by id, year having count(*) > 1');
    expect(sqlOf(queries, 'test.registry.fees.paid_in_full')).toBe(framed('select 1 from analytics.fees where not(paid <= due)'));
    expect(sqlOf(queries, 'test.registry.fees.paid_on.dbt_utils.accepted_range')).toContain('1 = 2 or not paid_on > 0 )');
    expect(sqlOf(queries, 'test.registry.fees.audit.filled')).toBe(framed('select count(*) as n from analytics.fees having count(*) < 10'));
    expect(queries.get('test.registry.fees.lost.macro')).toMatchObject({
      variants: [],
      problems: [{ code: 'missing-reference', message: 'the macro of the test lost.macro is not in these files: run "dbt deps" first, or read the manifest of "dbt compile"' }],
    });
  });

  test('have the id of the manifest beside them, by which dbt signs its statements', () => {
    const manifest = {
      metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v11.json', project_name: 'registry', adapter_type: 'postgres' },
      nodes: {
        'model.registry.fees': { unique_id: 'model.registry.fees', resource_type: 'model', name: 'fees', package_name: 'registry', database: 'registry', schema: 'mart', relation_name: '"registry"."mart"."fees"', raw_code: 'select 1 as id' },
        a: { unique_id: 'test.registry.not_null_fees_id.ab', resource_type: 'test', name: 'not_null_fees_id', package_name: 'registry', raw_code: '{{ test }}', column_name: 'id', attached_node: 'model.registry.fees', test_metadata: { name: 'not_null', kwargs: { column_name: 'id' } } },
        b: { unique_id: 'test.registry.unique_fees_id.cd', resource_type: 'test', name: 'unique_fees_id', package_name: 'registry', raw_code: '{{ test }}', compiled_code: 'select id from compiled', column_name: 'id', attached_node: 'model.registry.fees', test_metadata: { name: 'unique', kwargs: { column_name: 'id' } } },
      },
    };
    const queries = read({ 'models/fees.sql': 'select 1 as id', 'models/fees.yml': 'models: [{name: fees, columns: [{name: id, tests: [not_null, unique]}]}]', 'target/manifest.json': JSON.stringify(manifest) });
    expect([...queries.keys()].filter((id) => id.startsWith('test.'))).toEqual(['test.registry.unique_fees_id.cd', 'test.registry.not_null_fees_id.ab']);
    expect(queries.get('test.registry.not_null_fees_id.ab')?.origin).toMatchObject({ file: 'models/fees.yml', pointer: '/models/0/columns/0/tests/0' });
    const compiled = queries.get('test.registry.unique_fees_id.cd');
    const sql = compiled?.variants[0]?.sql ?? '';
    expect(sql.replace(/\s+/g, ' ')).toBe(framed('select id from compiled'));
    expect(compiled?.raw.slice(toSource(compiled.variants[0]?.map ?? [], sql.indexOf('id from compiled')))).toBe('id from compiled');
  });
});

describe('freshness', () => {
  test('asks each table that says when it was loaded, with the condition of its source', () => {
    const queries = read(WITH_PERMITS, VARIABLES);
    expect(sqlOf(queries, 'source.registry.core.permit:loaded_at_field')).toBe("select max(changed_at) as max_loaded_at, now() as snapshotted_at from registry.app.permit where changed_at > now() - interval '2 days'");
    expect(sqlOf(queries, 'source.registry.core.order:loaded_at_field')).toContain('max(booked_at::timestamptz)');
    expect(sqlOf(queries, 'source.registry.core.order:loaded_at_field')).toContain('from registry.app."order"');
    expect(queries.has('source.registry.core.Holder:loaded_at_field')).toBe(false);
    expect(queries.get('source.registry.core.permit:loaded_at_field')).toMatchObject({ role: 'quality-check', schedule: 'on source freshness', reconstructed: true });
  });
});

describe('switches', () => {
  test('may be templates', () => {
    const project = (enabled: string): string => `name: registry\nprofile: registry\nmodels: {registry: {+enabled: "${enabled}"}}\n`;
    const lifecycle = (enabled: string): string | undefined => read({ 'models/m.sql': 'select 1 as x' }, project(enabled)).get('model.registry.m')?.lifecycle;
    expect(lifecycle("{{ target.type == 'postgres' }}")).toBe('active');
    expect(lifecycle("{{ target.type == 'starrocks' }}")).toBe('disabled');
    expect(lifecycle("{{ env_var('ON') }}")).toBe('active');
  });
});

describe('config() with expressions', () => {
  test('gives switches, names and hooks', () => {
    const model = `{{ config(
      enabled=var('with_permits', false),
      schema=var('mart_schema', 'mart'),
      alias='permit_' ~ 'facts',
      post_hook=[grant_to('bi'), 'analyze {{ this }}'],
    ) }}
select 1 as id`;
    const queries = read({ 'models/m.sql': model, 'models/m.yml': 'models: [{name: m, columns: [{name: id, tests: [unique]}]}]', 'models/n.sql': "{{ config(enabled=target.type == 'postgres') }} select * from {{ ref('m') }}", 'macros/g.sql': '{% macro grant_to(who) %}grant select on {{ this }} to {{ who }}{% endmacro %}' });
    expect(queries.get('model.registry.m')?.lifecycle).toBe('disabled');
    expect(queries.get('test.registry.m.id.unique')?.lifecycle).toBe('disabled');
    expect(queries.get('model.registry.n')?.lifecycle).toBe('active');
    expect(sqlOf(queries, 'model.registry.n')).toBe('select * from analytics_mart.permit_facts');
    const hooks = [...queries.values()].filter(({ role }) => role === 'hook');
    expect(hooks.map(({ raw, variants }) => [raw, variants[0]?.sql])).toEqual([
      ["grant_to('bi')", 'grant select on analytics_mart.permit_facts to bi'],
      ['analyze {{ this }}', 'analyze analytics_mart.permit_facts'],
    ]);
    for (const { raw, origin } of hooks) expect(textAt(model, origin).startsWith(raw)).toBe(true);
  });
});

describe('statements that macros send', () => {
  test('stand where they are written, once each', () => {
    const macros = `{% macro purge(days=90) %}
  {%- call statement('old', fetch_result=True) -%}
    select run_id from audit.runs where age > {{ days }}
  {%- endcall -%}
  {% do run_query("delete from audit.runs where age > " ~ days ~ " and note <> 'keep'") %}
  {% do run_query('analyze audit.runs') %}
{% endmacro %}
{% macro states() %}
  {% set q %} select distinct state from {{ source('core', 'permit') }} {% endset %}
  {% set unused %} select 2 {% endset %}
  {% do return(run_query(q).columns[0].values()) %}
  {% call statement('main') %} {{ sql }} {% endcall %}
{% endmacro %}`;
    const queries = read({ ...WITH_PERMITS, 'macros/audit.sql': macros }, VARIABLES);
    const found = [...queries.values()].filter(({ id }) => id.startsWith('dbt:operation.'));
    expect(found.map(({ title, raw }) => [title, raw])).toEqual([
      ['purge', 'select run_id from audit.runs where age > {{ days }}'],
      ['purge', `"delete from audit.runs where age > " ~ days ~ " and note <> 'keep'"`],
      ['purge', 'analyze audit.runs'],
      ['states', "select distinct state from {{ source('core', 'permit') }}"],
    ]);
    for (const { raw, origin, variants } of found) {
      expect(textAt(macros, origin).startsWith(raw)).toBe(true);
      for (const { sql } of variants) expect(() => parseSync(sql), sql).not.toThrow();
    }
    expect(found[3]?.variants[0]?.sql).toBe('select distinct state from registry.app.permit');
  });
});

describe('names', () => {
  test('of sources may be templates; those of mixed case and reserved words are quoted, as dbt does', () => {
    const sources = `sources:
  - name: tax
    schema: "{{ var('tax_schema', 'tax_core') }}"
    database: |-
      {%- if target.name == 'dev' -%} tax_dev {%- else -%} tax_ops {%- endif -%}
    tables: [{name: Assessment}, {name: user, identifier: user}]
`;
    const queries = read({ 'models/s.yml': sources, 'models/m.sql': "select * from {{ source('tax', 'Assessment') }} join {{ source('tax', 'user') }} using (id)" });
    expect(sqlOf(queries, 'model.registry.m')).toBe('select * from tax_ops.tax_core."Assessment" join tax_ops.tax_core."user" using (id)');
  });

  test('are written as the database of the adapter writes them', () => {
    const project = 'name: registry\nprofile: bq\n';
    const files = {
      'profiles.yml': 'bq: {target: prod, outputs: {prod: {type: bigquery, project: court-dwh, dataset: stats}}}',
      'models/s.yml': 'sources: [{name: raw, database: court-raw, tables: [{name: Hearing}]}]',
      'models/m.sql': "select * from {{ source('raw', 'Hearing') }}",
    };
    expect(read(files, project).get('model.registry.m')?.variants[0]?.sql).toBe('select * from `court-raw`.raw.Hearing');
    expect(read({ ...files, 'profiles.yml': 'bq: {target: prod, outputs: {prod: {type: snowflake, account: x, schema: s}}}' }, project).get('model.registry.m')?.variants[0]?.sql).toBe('select * from "court-raw".raw.Hearing');
  });

  test('of seeds come from the project file and property files', () => {
    const queries = read({ 'models/m.sql': "select * from {{ ref('states') }} join {{ ref('offices') }} using (id)", 'seeds/s.yml': 'seeds: [{name: offices, config: {alias: office}}]' }, 'name: registry\nprofile: registry\nseeds: {registry: {+schema: ref, geo: {states: {+column_types: {id: int}}}}}\n');
    expect(sqlOf(queries, 'model.registry.m')).toBe('select * from analytics_ref.states join analytics_ref.office using (id)');
  });

  test('of schemas are what hooks of a run get', () => {
    const queries = read({ 'models/m.sql': "{{ config(schema='mart') }} select 1 as x", 'macros/g.sql': '{% macro grants(schemas) %}{% for s in schemas %}grant usage on schema {{ s }} to bi;{% endfor %}{% endmacro %}' }, 'name: registry\nprofile: registry\non-run-end: "{{ grants(schemas) }}"\n');
    expect(sqlOf(queries, [...queries.keys()].find((id) => id.startsWith('hook.')) ?? '')).toBe('grant usage on schema analytics_mart to bi;');
  });

  test('of databases in a manifest are those of its connection where nothing else names one', () => {
    const manifest = { metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json', project_name: 'x', adapter_type: 'postgres' }, nodes: { m: { unique_id: 'model.x.m', resource_type: 'model', name: 'm', package_name: 'x', database: 'dwh', schema: 's', raw_code: 'select 1' } }, exposures: { e: { unique_id: 'exposure.x.e', name: 'e', depends_on: { nodes: ['model.x.m'] } } } };
    const [, exposure] = source.read([new SourceFile('manifest.json', JSON.stringify(manifest))], { connection: null, gap: () => undefined });
    expect(exposure).toMatchObject({ id: 'dbt:exposure.x.e', connection: { engine: 'postgres', database: 'dwh' } });
  });
});

describe('metrics', () => {
  test('have variables in their expressions and filters', () => {
    const text = `semantic_models:
  - name: permits
    model: ref('permits')
    entities: [{name: permit, type: primary, expr: id}]
    dimensions: [{name: is_old, type: categorical, expr: "issued_on < '{{ var('first_day') }}'"}]
    measures: [{name: fees, agg: sum, expr: "case when fee > {{ var('least_fee', 5) }} then fee end"}]
metrics:
  - name: old_fees
    type: simple
    type_params: {measure: fees}
    filter: "{{ Dimension('permit__is_old') }} and fee < {{ var('most_fee', 900) }}"
`;
    const queries = read({ 'models/permits.sql': 'select 1 as id', 'models/m.yml': text }, VARIABLES);
    expect(sqlOf(queries, 'semantic_model.registry.permits:measure:fees')).toBe('SELECT SUM(case when fee > 5 then fee end) AS value FROM analytics.permits AS t');
    expect(sqlOf(queries, 'semantic_model.registry.permits:dimension:is_old')).toContain("issued_on < '2020-01-01'");
    expect(sqlOf(queries, 'metric.registry.old_fees')).toBe("SELECT SUM(case when fee > 5 then fee end) AS value FROM analytics.permits AS t WHERE (issued_on < '2020-01-01') and fee < 900");
    const measure = queries.get('semantic_model.registry.permits:measure:fees');
    const { sql = '', map = [] } = measure?.variants[0] ?? {};
    expect(measure?.raw.slice(toSource(map, sql.indexOf('then fee')))).toBe('then fee end');
  });

  test('before version 1.6 are derived from others by calls', () => {
    const common = { package_name: 'x', resource_type: 'metric', model: "ref('m')", filters: [] };
    const metrics = {
      a: { ...common, name: 'held', calculation_method: 'count', expression: '*' },
      b: { ...common, name: 'judges', calculation_method: 'count_distinct', expression: 'judge_id' },
      c: { ...common, name: 'rate', calculation_method: 'derived', expression: "{{metric('held')}} / nullif({{ metric('judges') }}, 0)", model: null },
    };
    const manifest = { metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v7.json', adapter_type: 'postgres' }, nodes: { m: { unique_id: 'model.x.m', resource_type: 'model', name: 'm', package_name: 'x', schema: 's', raw_code: 'select 1' } }, metrics };
    const found = source.read([new SourceFile('manifest.json', JSON.stringify(manifest))], { connection: null, gap: () => undefined }).find(({ id }) => id === 'dbt:metric.x.rate');
    expect(found).toMatchObject({ raw: "{{metric('held')}} / nullif({{ metric('judges') }}, 0)", reconstructed: false, problems: [] });
    expect(found?.variants[0]?.sql.replace(/\s+/g, ' ')).toBe('SELECT ( COUNT(*) / nullif(COUNT(DISTINCT judge_id), 0) ) AS value FROM s.m AS t');
  });
});
