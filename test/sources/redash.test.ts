import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { source } from '../../src/sources/redash.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { fixtures, queriesOf, readValues, textAt } from './fixture.js';

const queries = await queriesOf('redash');
const parse = await createPostgresParser();

function query(id: number): CollectedQuery {
  const found = queries.get(`redash:query:${id}`);
  if (found === undefined) throw new Error(`no query ${id}`);
  return found;
}

test('a query comes with who made it, where it runs, when, and the dashboard that shows it', () => {
  expect(query(12)).toMatchObject({
    title: 'Open cases by region',
    description: 'What the morning meeting looks at',
    container: { kind: 'dashboard', id: '2', title: 'Morning meeting' },
    owners: [{ name: 'Ines Krall', via: 'author', inactive: true }, { name: 'Tomas Weir', via: 'editor' }],
    connection: { id: '3', name: 'Casework (replica)', engine: 'pg', host: 'replica.authority.example', database: 'casework' },
    schedule: '3600s',
    usage: { views: null, lastUsedAt: '2026-10-01T05:00:12.531Z' },
    isPublic: true,
    lifecycle: 'active',
    problems: [],
  });
  expect([query(13).lifecycle, query(15).lifecycle]).toEqual(['draft', 'archived']);
  expect(query(14).connection).toMatchObject({ name: 'Query Results', engine: 'results' });
});

test('the stored value stands in the default text; a relative range is a sample day', () => {
  expect(query(12).variants.map(({ sql }) => sql)).toEqual([
    "SELECT region, count(*)\nFROM app.case_file\nWHERE status = 'open'\n  AND opened_on BETWEEN '2024-01-01' AND '2024-01-01'\nGROUP BY region",
  ]);
});

test('a parameter in a name gives a text for each of its values; sections keep their body, inverted ones do not', () => {
  const text = (year: string): string => `SELECT * FROM archive_${year}.decision d WHERE d.officer_id IN ('7','9')  AND d.appealed   LIMIT 50`;
  expect(query(13).variants.map(({ label, sql }) => [label, sql.replace(/ +/g, ' ')])).toEqual([
    ['default', text('2026').replace(/ +/g, ' ')],
    ['year = 2025', text('2025').replace(/ +/g, ' ')],
  ]);
});

test('a query that is nothing but a parameter is kept with its problem', () => {
  expect(query(15)).toMatchObject({ raw: '{{ statement }}', variants: [], problems: [{ code: 'dynamic-sql', message: 'the whole statement is the parameter statement' }] });
});

test('a script that an exporter wrote is read by its header comment', () => {
  const appeals = query(77);
  expect(appeals).toMatchObject({ title: 'Appeals lodged', owners: [{ name: 'Ines Krall', via: 'author' }], connection: { id: '3' }, origin: { line: 1, column: 1 } });
  expect(appeals.variants[0]?.sql).toContain("lodged_on > '2024-01-01'");
});

test('every text is where it is said to be, and PostgreSQL reads it', async () => {
  for (const { origin, raw, variants } of queries.values()) {
    const text = textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin);
    const written = origin.file.endsWith('.json') ? JSON.stringify(raw).slice(1, -1) : raw;
    expect(text.startsWith(written)).toBe(true);
    for (const { sql } of variants) if (!sql.includes('{{')) expect(parse(sql).diagnostics, sql).toEqual([]);
  }
});

test('an answer of unexpected forms costs its own parts only', () => {
  const base = { query_hash: 'h', data_source_id: 3, query: 'select 1' };
  const read = readValues(source, {
    'a.json': [{ ...base, id: 1, options: 7, schedule: 'hourly', user: [], name: {} }, { ...base, id: 'x', options: { parameters: { a: 1 } } }, { ...base, id: 3, options: { parameters: [null, { name: 4 }, { name: 'p' }] } }],
    'b.json': { slug: 's', widgets: [1, null, { visualization: 3 }, { visualization: { query: { id: 1 } } }], public_url: 5 },
  });
  expect(read.map(({ id, variants }) => [id, variants[0]?.sql])).toEqual([
    ['redash:query:1', 'select 1'],
    ['redash:query:a.json/1', 'select 1'],
    ['redash:query:3', 'select 1'],
  ]);
  expect(read[0]?.container).toMatchObject({ id: 's' });
});
