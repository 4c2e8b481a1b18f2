import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { alignCompiled } from '../../src/sources/dbt/align.js';
import { configCalls, plain } from '../../src/sources/dbt/config-call.js';
import { source } from '../../src/sources/dbt.js';
import { FileSet } from '../../src/sources/reading/surroundings.js';
import { RECOGNISED_MIN } from '../../src/sources/source.js';
import { toSource } from '../../src/template/rewrite.js';
import { alone } from './fixture.js';

const PROJECT = new SourceFile('dbt_project.yml', 'name: shop\nversion: "1"\n');

function read(files: Record<string, string>): CollectedQuery[] {
  const all = Object.entries(files).map(([path, text]) => new SourceFile(path, text));
  return source.read([PROJECT, ...all], { connection: null, gap: () => undefined });
}

const METADATA = { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json', project_name: 'shop' };
const ODD: unknown[] = [null, 7, true, 'x', [], [null], {}, { name: 7 }, { name: 'a', unique_id: 'b', resource_type: 'model', config: 'x', depends_on: [1], columns: 3 }, { name: '\u001b[31m\u0000', config: { meta: 1, 'pre-hook': { sql: 3 } } }];

describe('broken input costs its part only', () => {
  test('in a manifest', () => {
    const kept = { unique_id: 'model.shop.kept', resource_type: 'model', name: 'kept', package_name: 'shop', raw_code: 'select 1 as one' };
    for (const odd of ODD) {
      const parts = Object.fromEntries(['sources', 'exposures', 'groups', 'metrics', 'semantic_models', 'saved_queries', 'macros', 'disabled'].map((key) => [key, { x: odd, y: [odd] }]));
      const found = read({ 'target/manifest.json': JSON.stringify({ metadata: METADATA, nodes: { odd, [kept.unique_id]: kept }, ...parts }) });
      expect(found.map(({ id }) => id)).toContain('dbt:model.shop.kept');
      const whole = Object.fromEntries(['sources', 'exposures', 'groups', 'metrics', 'semantic_models', 'saved_queries', 'macros', 'disabled'].map((key) => [key, odd]));
      expect(read({ 'target/manifest.json': JSON.stringify({ metadata: METADATA, nodes: { [kept.unique_id]: kept }, ...whole }) }).map(({ id }) => id)).toContain('dbt:model.shop.kept');
    }
  });

  test('in property files, the project file and profiles', () => {
    for (const odd of ODD) {
      const lists = Object.fromEntries(['models', 'sources', 'exposures', 'groups', 'metrics', 'semantic_models', 'saved_queries', 'snapshots'].map((key) => [key, [odd, { name: 'a', tables: [odd], columns: [odd], tests: [odd], metrics: odd, semantic_model: odd, derived_semantics: odd, depends_on: odd, config: odd }]]));
      const text = JSON.stringify({ version: 2, ...lists });
      const found = read({ 'models/all.yml': text, 'models/kept.sql': 'select 1 as one', 'profiles.yml': JSON.stringify({ shop: odd }), 'other/dbt_project.yml': JSON.stringify({ name: 'other', models: odd, vars: odd, 'model-paths': odd, 'on-run-start': odd }) });
      expect(found.map(({ id }) => id)).toContain('dbt:model.shop.kept');
    }
  });

  test('in templates: without end, nested, that refer to themselves, or that reach for the host', () => {
    const deep = '{% if a %}'.repeat(5_000) + 'select 1' + '{% endif %}'.repeat(5_000);
    const found = read({
      'models/open.sql': "select {{ ref('a' from t",
      'models/deep.sql': deep,
      'models/own.sql': "select o.id from {{ ref('own') }} as o",
      'models/host.sql': "select {{ ref.constructor('return process')() }} as x",
      'models/long.sql': `select ${"{{ config(a='".repeat(20_000)}`,
      'models/big.sql': `select 1 as one -- ${'x'.repeat(10_000_000)}`,
      'models/empty.sql': '',
      'macros/loop.sql': '{% macro again() %}{{ again() }}{% endmacro %}',
      'models/loop.sql': 'select {{ again() }} as x',
      'models/escape.sql': 'select \u0000 \u001b[31m as x',
    });
    const byId = new Map(found.map((one) => [one.id.slice('dbt:model.shop.'.length), one]));
    expect([...byId.keys()].toSorted()).toEqual(['big', 'deep', 'empty', 'escape', 'host', 'long', 'loop', 'open', 'own']);
    expect(byId.get('big')).toMatchObject({ raw: '', variants: [], problems: [{ code: 'too-large' }] });
    expect(byId.get('empty')?.problems).toEqual([{ code: 'unreadable', message: 'the text is empty' }]);
    expect(byId.get('own')?.variants[0]?.sql).toBe('select o.id from own as o');
    expect(JSON.stringify(byId.get('host'))).not.toContain('[object process]');
    for (const one of found) expect(one.variants.length + one.problems.length, one.id).toBeGreaterThan(0);
  });

  test('and no secret of a profile comes out', () => {
    const profile = 'shop:\n  target: prod\n  outputs:\n    prod: {type: postgres, host: "postgresql://loader:s3cr3t@db/shop", user: loader, password: s3cr3t, dbname: "shop?token=s3cr3t"}\n';
    expect(JSON.stringify(read({ 'profiles.yml': profile, 'models/a.sql': 'select 1 as one' }))).not.toContain('s3cr3t');
  });
});

describe('files', () => {
  const folder = new FileSet(['shop/dbt_project.yml']);
  const certainty = (path: string, text: string, around = folder): number => source.recognises(new SourceFile(path, text), around);

  test('of a project are its own, by their place or their templates', () => {
    expect(certainty('shop/models/a.sql', 'select 1')).toBeGreaterThan(0.9);
    expect(certainty('shop/transform/a.sql', "select * from {{ ref('b') }}")).toBeGreaterThan(0.9);
    expect(certainty('shop/target/run/a.sql', 'select 1')).toBeGreaterThan(0.9);
    expect(certainty('shop/models/a.yml', 'models:\n  - name: a\n')).toBeGreaterThan(RECOGNISED_MIN);
  });

  test('beside it, and those of other tools, are left alone', () => {
    expect(certainty('shop/scripts/a.sql', 'select 1')).toBe(0);
    expect(certainty('a.sql', "select * from {{ ref('b') }}")).toBe(0);
    expect(certainty('shop/models/a.yml', 'models: 3\n')).toBe(0);
    expect(certainty('models.yml', 'models:\n  - name: a\n    columns: []\n', alone)).toBe(0);
    expect(certainty('x.json', JSON.stringify({ nodes: [], edges: [] }))).toBe(0);
    expect(certainty('shop/x.py', 'def main(): pass')).toBe(0);
    expect(certainty('dbt_project.yml', 'hello: world\n')).toBe(0);
  });
});

describe('config calls', () => {
  test('give their literal arguments', () => {
    const text = `{{ config(
      materialized='table', tags=["a", 'b',], enabled=false, schema=var('x', 'y'), meta={'owner': "ana", 'n': [1, None]},
      pre_hook=["analyze \\"t\\"", {'sql': 'select 1'}],
    ) }} select 1`;
    expect(Object.fromEntries([...configCalls(text)].map(([key, value]) => [key, plain(value)]))).toEqual({
      materialized: 'table',
      tags: ['a', 'b'],
      enabled: false,
      schema: undefined,
      meta: { owner: 'ana', n: [1, null] },
      'pre-hook': ['analyze "t"', { sql: 'select 1' }],
    });
  });

  test('end for every text', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("'", '"', '(', ')', '[', '{', '}', ',', '=', ':', '\\', 'a', ' ', '1', '{{ config('), { maxLength: 60 }), (parts) => {
      expect(configCalls(`{{ config(${parts.join('')}`)).toBeInstanceOf(Map);
    }));
  });
});

describe('alignment of a compiled text with its template', () => {
  const pieces = fc.array(fc.oneof(fc.stringMatching(/^[a-z_.,() \n]{1,20}$/), fc.constantFrom("{{ ref('a') }}", '{% if x %}', '{% endif %}', '{# note #}')), { maxLength: 20 });

  test('copies letter by letter, in order, and covers the compiled text', () => {
    fc.assert(fc.property(pieces, pieces, (made, template) => {
      const [compiled, raw] = [made.join(''), template.join('')];
      const map = alignCompiled(compiled, raw);
      let at = map.length === 0 && compiled === raw ? compiled.length : 0;
      for (const { out, src, length, srcEnd, copy } of map) {
        expect(out).toBe(at);
        expect(srcEnd).toBeGreaterThanOrEqual(src);
        if (copy) expect(compiled.slice(out, out + length)).toBe(raw.slice(src, srcEnd));
        at += length;
      }
      expect(at).toBe(compiled.length);
    }));
  });

  test('finds lines that a template left as they are', () => {
    const raw = "{{ config(x=1) }}\nselect o.id, o.amount\nfrom {{ ref('orders') }} as o\n{% if is_incremental() %}\nwhere o.id > 7\n{% endif %}\ngroup by o.customer_id";
    const compiled = '\nselect o.id, o.amount\nfrom "dwh"."orders" as o\n\ngroup by o.customer_id';
    const map = alignCompiled(compiled, raw);
    for (const line of ['select o.id, o.amount', 'group by o.customer_id']) expect(toSource(map, compiled.indexOf(line)), line).toBe(raw.indexOf(line));
    expect(toSource(map, compiled.indexOf('"dwh"'))).toBe(raw.indexOf('{{ ref'));
  });
});
