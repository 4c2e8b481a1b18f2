import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/looker.js';
import { fixtures } from './fixture.js';

function read(files: Record<string, string>): CollectedQuery[] {
  return source.read(Object.entries(files).map(([path, text]) => new SourceFile(path, text)), { connection: null, gap: () => undefined });
}

const folder = join(fixtures, 'looker');
const all = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
);

/** Neither a text nor a reason why there is none. */
function isIncomplete({ variants, problems }: CollectedQuery): boolean {
  return variants.length + problems.length === 0;
}

/** Every value of a document, one at a time, in the place of another. */
function spoiled(value: unknown, other: unknown): unknown[] {
  if (Array.isArray(value)) return [other, ...value.flatMap((item, index) => spoiled(item, other).map((one) => value.with(index, one)))];
  if (typeof value !== 'object' || value === null) return [other];
  return [other, ...Object.entries(value).flatMap(([name, inner]) => spoiled(inner, other).map((one) => ({ ...value, [name]: one })))];
}

describe('what is broken costs its part', () => {
  const documents = Object.entries(all).filter(([path]) => path.endsWith('.json'));

  test.each([['a number', 7], ['null', null], ['a list', [[1]]], ['an object', { a: { b: 1 } }], ['a text', 'x'], ['a truth', true]])('%s in the place of any value of an answer', (_, other) => {
    let count = 0;
    for (const [path, text] of documents) {
      for (const value of spoiled(JSON.parse(text), other)) {
        expect(read({ [path]: JSON.stringify(value) }).filter(isIncomplete)).toEqual([]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  test('files that are cut anywhere', () => {
    const paths = Object.keys(all);
    const readable = fc.property(fc.constantFrom(...paths), fc.double({ min: 0, max: 1, noNaN: true }), (path, part) => {
      const text = all[path] ?? '';
      const queries = read({ ...all, [path]: text.slice(0, Math.floor(text.length * part)) });
      return !queries.some(isIncomplete);
    });
    expect(fc.check(readable, { numRuns: 60 }).failed).toBe(false);
  });

  test('elements of a dashboard of any form', () => {
    const head = '- dashboard: a\n  elements:\n';
    for (const element of ['- 1', '- {}', '- [a]', '- explore: 5', '- {explore: x, fields: x, filters: 3, sorts: {}, dynamic_fields: "[", listen: [1]}', '- {explore: x, fields: [1, [2]], merged_queries: [1, {}]}', '- &a {explore: x, listen: *a}']) {
      expect(read({ 'a.dashboard.lookml': `${head}  ${element}\n` }).filter(isIncomplete), element).toEqual([]);
    }
  });

  test('texts with control characters are kept as they are and go nowhere else', () => {
    const [query] = read({ 'a.view.lkml': 'view: a { dimension: b { label: "\u001b[31mred\u0000" sql: ${TABLE}.b\u001b[0m ;; } }' });
    expect(query?.raw).toBe('${TABLE}.b\u001b[0m');
  });
});

describe('what is large ends', () => {
  test('a text of ten million characters is refused', () => {
    const [query] = read({ 'a.view.lkml': `view: a { derived_table: { sql: SELECT ${'1 + '.repeat(2_500_000)}1 ;; } }` });
    expect(query).toMatchObject({ raw: '', variants: [], problems: [{ code: 'too-large' }] });
  });

  test('many references of one text', () => {
    const [query] = read({ 'a.view.lkml': `view: a { dimension: b { sql: ${'${TABLE}.x + '.repeat(20_000)}1 ;; } }` });
    expect(query?.variants[0]?.sql).toContain('a.x + a.x');
  });

  test('many models that include everything', () => {
    const files: Record<string, string> = { 'manifest.lkml': 'project_name: "shop"' };
    for (let view = 0; view < 100; view++) files[`views/v${view}.view.lkml`] = `view: v${view} { ${Array.from({ length: 30 }, (_, field) => `dimension: f${field} { sql: \${TABLE}.f${field} ;; }`).join('\n')} }`;
    for (let model = 0; model < 30; model++) files[`m${model}.model.lkml`] = 'connection: "shop"\ninclude: "/views/**/*"';
    expect(read(files)).toHaveLength(3_000);
  });

  test('a long derived table is not repeated for each of its many fields', () => {
    const fields = Array.from({ length: 200 }, (_, index) => `dimension: f${index} { sql: \${TABLE}.f${index} ;; }`).join('\n');
    const queries = read({ 'a.view.lkml': `view: facts { derived_table: { sql: SELECT ${'1 + '.repeat(20_000)}1 AS f0 ;; } ${fields} }` });
    const [variant] = queries.at(-1)?.variants ?? [];
    expect(variant?.sql).toBe('SELECT (\nfacts.f199\n) AS value FROM facts AS facts');
    expect(variant?.assumptions).toEqual(['the derived table facts stands under its name, since its SQL is long and has a record of its own']);
  });

  test('views that extend each other in many ways', () => {
    const views = Array.from({ length: 60 }, (_, index) => `view: v${index} { extends: [v${index + 1}, v${index + 2}] dimension: d${index} { sql: 1 ;; } }`);
    expect(read({ 'a.view.lkml': views.join('\n') }).length).toBeGreaterThan(59);
  });
});
