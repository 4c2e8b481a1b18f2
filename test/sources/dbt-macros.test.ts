import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/dbt.js';

beforeAll(() => loadModule());

/** A model of a project without packages. */
function model(sql: string, files: Record<string, string> = {}): CollectedQuery {
  const all = { 'dbt_project.yml': 'name: shop\nvars: {limit_days: 30, shop: {region: north}}\n', 'models/m.sql': sql, ...files };
  const found = source.read(Object.entries(all).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined }).find(({ id }) => id === 'dbt:model.shop.m');
  if (found === undefined) throw new Error('the model was not read');
  return found;
}

const shown = (sql: string, files?: Record<string, string>): string | undefined => model(sql, files).variants[0]?.sql.replace(/\s+/g, ' ').trim();

describe('macros of dbt and dbt_utils', () => {
  test.each([
    ["select {{ dbt_utils.star(ref('a')) }} from {{ ref('a') }}", 'select * from a'],
    ["select {{ dbt_utils.star(from=ref('a'), relation_alias='x', except=['id']) }} from {{ ref('a') }} x", 'select x.* from a x'],
    ["with u as ({{ dbt_utils.union_relations(relations=[ref('a'), source('s', 'b')]) }}) select * from u", 'with u as ((select * from a union all select * from s.b)) select * from u'],
    [
      "select * from {{ dbt_utils.deduplicate(relation=ref('a'), partition_by='customer_id', order_by='paid_at desc') }} as d",
      'select * from (select *, row_number() over (partition by customer_id order by paid_at desc) as row_number from a) as d',
    ],
    ["select * from ({{ dbt_utils.unpivot(relation=ref('a'), cast_to='text') }}) as u", 'select * from ((select * from a)) as u'],
    ["select * from ({{ dbt_utils.date_spine('day', \"'2024-01-01'::date\", 'current_date') }}) as d", "select * from ((select '2024-01-01'::date as date_day, current_date as end_date)) as d"],
    ["select {{ dbt_utils.pivot('size', ['S', 'M']) }} from {{ ref('a') }}", `select sum(case when size = 'S' then 1 else 0 end) as "S", sum(case when size = 'M' then 1 else 0 end) as "M" from a`],
    ["select a, b, count(*) from t {{ dbt_utils.group_by(2) }}", 'select a, b, count(*) from t group by 1, 2'],
    ["select {{ dbt.date_trunc('month', 'o.paid_at') }} as m from o", "select date_trunc('month', o.paid_at) as m from o"],
    ["select {{ dbt.datediff('o.opened_at', 'o.closed_at', 'day') }} from o", "select datediff('day', o.opened_at, o.closed_at) from o"],
    ["select cast(x as {{ dbt.type_string() }}), {{ dbt.safe_cast('y', dbt.type_numeric()) }} from o", 'select cast(x as text), cast(y as numeric) from o'],
    ["select {{ dbt_utils.safe_divide('o.paid', 'o.due') }} from o", 'select (o.paid) / nullif((o.due), 0) from o'],
    ["select {{ trim_make_empty_string_null('o.note') }} from o", 'select trim_make_empty_string_null(o.note) from o'],
    ["select {{ dbt_utils.generate_surrogate_key(['o.id', 'o.day']) }} from o", 'select dbt_utils_generate_surrogate_key(o.id, o.day) from o'],
  ])('%s', (text, sql) => {
    expect(shown(text)).toBe(sql);
    expect(() => parseSync(sql)).not.toThrow();
  });

  test('that ask the database leave their loops empty, and run them once besides', () => {
    const { variants } = model("{% set kinds = dbt_utils.get_column_values(ref('a'), 'kind') %}select id {% for kind in kinds %}, max(case when kind = '{{ kind }}' then total end) as total {% endfor %} from {{ ref('a') }}");
    expect(variants[0]?.sql.replace(/\s+/g, ' ')).toBe('select id from a');
    expect(variants.some(({ sql }) => sql.includes('max(case when kind = '))).toBe(true);
  });
});

describe('what a template asks of its project', () => {
  test('variables: of the project, by default, or unknown with a problem', () => {
    expect(shown("select {{ var('limit_days') }}, '{{ var('region') }}', {{ var('other', 7) }}")).toBe("select 30, 'north', 7");
    const { variants, problems } = model("select o.id from o where o.paid_at > {{ var('since') }}");
    expect(variants[0]?.sql).toBe('select o.id from o where o.paid_at > NULL');
    expect(problems).toEqual([{ code: 'missing-reference', message: 'the variable since has no value in dbt_project.yml and no default' }]);
  });

  test('the environment, the target and the configuration', () => {
    expect(shown("{{ config(materialized='table') }}{% if target.type == 'postgres' %}select 1{% else %}select 2{% endif %} as n", { 'profiles.yml': 'shop: {target: p, outputs: {p: {type: postgres, schema: s}}}\n' })).toBe('select 1 as n');
    expect(shown("select '{{ env_var('REGION', 'north') }}' as region, '{{ config.get('materialized', 'view') }}' as kind")).toBe("select 'north' as region, 'view' as kind");
  });

  test('relations as objects', () => {
    expect(shown("select '{{ ref('a').identifier }}' from {{ ref('a').include(database=false) }}")).toBe("select 'a' from a");
    expect(shown("{% set r = source('s', 'b') %}select 1 from {{ r.schema }}.{{ r.identifier }}")).toBe('select 1 from s.b');
  });

  test('implementations for its database', () => {
    const macros = "{% macro cents(c) %}{{ return(adapter.dispatch('cents')(c)) }}{% endmacro %}{% macro default__cents(c) %}({{ c }} / 100){% endmacro %}{% macro postgres__cents(c) %}({{ c }} / 100.0){% endmacro %}";
    expect(shown("select {{ cents('o.due') }} from o", { 'macros/m.sql': macros })).toBe('select (o.due / 100) from o');
    expect(shown("select {{ cents('o.due') }} from o", { 'macros/m.sql': macros, 'profiles.yml': 'shop: {target: p, outputs: {p: {type: postgres, schema: s}}}\n' })).toBe('select (o.due / 100.0) from o');
  });

  test('queries that only run while dbt runs: branches of execute are left out', () => {
    expect(shown("{% set q %}select max(id) from x{% endset %}{% if execute %}{% set m = run_query(q).columns[0].values()[0] %}{% else %}{% set m = 0 %}{% endif %}select {{ m }} as m")).toBe('select 0 as m');
  });
});
