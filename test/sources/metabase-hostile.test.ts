import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metabase.js';
import type { CollectedQuery } from '../../src/model/query.js';
import { fixtures, readValues } from './fixture.js';

const folder = join(fixtures, 'metabase');
const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(json|yaml)$/.test(name));
const values = names.map((name): [string, unknown] => [name, new SourceFile(name, readFileSync(join(folder, name), 'utf8')).value]);

function read(files: readonly SourceFile[]): CollectedQuery[] {
  return source.read(files, { connection: null, gap: () => undefined });
}

/** The value with what stands at some place replaced: the place is found by walking as many steps as `path` has. */
function broken(value: unknown, path: readonly number[], junk: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return junk;
  if (Array.isArray(value)) {
    if (value.length === 0) return junk;
    return value.map((item: unknown, at) => (at === step % value.length ? broken(item, rest, junk) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return junk;
  return Object.fromEntries(entries.map(([key, item], at) => [key, at === step % entries.length ? broken(item, rest, junk) : item]));
}

const JUNK = [null, 0, -1, 1e300, '', 'x', '[', '["', '\u0000', '\u001b[2J', [], [[]], {}, { native: {} }, ['field'], ['field', ['a']], [null], true, ['segment', 7], ['metric'], { stages: [] }, { stages: [{}] }];

describe('files of any shape', () => {
  test('with wrong types anywhere throw nothing, and every record says what it is', () => {
    fc.assert(
      fc.property(fc.nat(values.length - 1), fc.array(fc.nat(40), { maxLength: 9 }), fc.constantFrom(...JUNK), (which, path, junk) => {
        const files = values.map(([name, value], at) => {
          const text = JSON.stringify(at === which ? broken(value, path, junk) : value);
          return new SourceFile(name.replace(/yaml$/, 'json'), text);
        });
        for (const query of read([files[which] ?? new SourceFile('x', ''), ...files.filter((_, at) => at % 9 === 0 && at !== which)])) {
          expect(query.variants.length + query.problems.length, query.id).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('that are cut short throw nothing', () => {
    for (const name of names.filter((_, at) => at % 4 === 0)) {
      const text = readFileSync(join(folder, name), 'utf8');
      for (const share of [0.1, 0.5, 0.9]) expect(() => read([new SourceFile(name, text.slice(0, text.length * share))])).not.toThrow();
    }
  });

  test('that nest deeply, hold much or hold control characters cost themselves only', () => {
    const good = { id: 2, name: 'Good', dataset_query: { type: 'native', database: 1, native: { query: 'select 1' } } };
    const filter = `${'["not",'.repeat(3_000)}["=",["field",1,null],1]${']'.repeat(3_000)}`;
    const deep = `{"id":1,"name":"Deep","dataset_query":{"type":"query","database":1,"query":{"source-table":1,"filter":${filter}}}}`;
    const long = { id: 3, name: '\u001b]0;owned\u0007', dataset_query: { type: 'native', database: 1, native: { query: `select '${'x'.repeat(10_000_000)}'` } } };
    const nul = { id: 4, name: 'Nul', dataset_query: { type: 'native', database: 1, native: { query: 'select \u0000 {{a\u0000}} [[' } } };
    const nest = `${'['.repeat(9_000)}${']'.repeat(9_000)}`;
    const target = `["dimension",["field",${nest},{"join-alias":${nest}}]]`;
    const dashboard = `{"id":1,"name":"D","parameters":[{"id":"p","name":${nest}}],"dashcards":[{"card_id":1,"parameter_mappings":[{"parameter_id":"p","target":${target}}]}]}`;
    const queries = read([new SourceFile('dashboard.json', dashboard), new SourceFile('deep.json', deep), new SourceFile('all.json', JSON.stringify([good, long, nul]))]);
    expect(queries.map(({ problems }) => problems.map(({ code }) => code))).toEqual([['unreadable'], [], ['too-large'], ['unbalanced-template']]);
  });
});

describe('references', () => {
  const native = (id: number, query: string, tags: Record<string, unknown> = {}): object => ({
    id, name: `Card ${id}`, dataset_query: { type: 'native', database: 1, native: { query, 'template-tags': tags } },
  });

  test('in a circle over several cards are problems of each of them', () => {
    const cards = [1, 2, 3].map((id) => native(id, `select * from {{#${(id % 3) + 1}-next}} t`));
    const queries = readValues(source, { 'cards.json': cards });
    expect(queries).toHaveLength(3);
    for (const { problems, variants } of queries) {
      expect(problems.some(({ code }) => code === 'cyclic-reference')).toBe(true);
      expect(variants).toHaveLength(1);
    }
  });

  test('of questions on questions in a circle end too', () => {
    const cards = [1, 2].map((id) => ({ id, name: `Q${id}`, dataset_query: { type: 'query', database: 1, query: { 'source-table': `card__${3 - id}` } } }));
    const queries = readValues(source, { 'cards.json': cards });
    expect(queries.map(({ problems }) => problems.map(({ message }) => message))).toEqual([['card 1 refers to itself'], expect.arrayContaining([expect.stringMatching(/refers to itself$/)])]);
  });

  test('through more than twenty cards are refused', () => {
    const cards = Array.from({ length: 30 }, (_, id) => native(id, id === 29 ? 'select 1' : `select * from {{#${id + 1}}} t`));
    const [first] = readValues(source, { 'cards.json': cards });
    expect(first?.problems).toContainEqual({ code: 'unsupported', message: 'card 21 is reached through more than 20 cards' });
  });

  test('of snippets in a circle are told once', () => {
    const snippets = [{ id: 1, name: 'a', content: '{{snippet: b}}', archived: false }, { id: 2, name: 'b', content: '{{snippet: a}}', archived: false }];
    const [card] = readValues(source, { 'snippets.json': snippets, 'card.json': native(1, 'select 1 where {{snippet: a}}') });
    expect(card?.problems).toEqual([{ code: 'cyclic-reference', message: 'the snippet of {{snippet: a}} includes itself' }]);
  });

  test('of collections in a circle end', () => {
    const collections = [{ id: 1, name: 'A', parent_id: 2, location: '/', authority_level: null }, { id: 2, name: 'B', parent_id: 1, location: '/', authority_level: null }];
    const card = { ...native(5, 'select 1'), collection_id: 1 };
    expect(readValues(source, { 'c.json': collections, 'card.json': card })[0]?.lifecycle).toBe('active');
  });
});

test('ten thousand cards that name others, snippets, dashboards and databases are all read', () => {
  const count = 10_000;
  const cards = Array.from({ length: count }, (_, id) => ({
    id,
    entity_id: `entity-${id}`,
    name: `Card ${id}`,
    database_id: 1,
    creator_id: id % 50,
    collection_id: id % 100,
    dataset_query: { type: 'native', database: 1, native: { query: `select * from {{snippet: s${id % 200}}} where a = {{a}} [[and b = {{b}}]] [[and c = {{c}}]]`, 'template-tags': { a: { name: 'a', type: 'number' } } } },
  }));
  const queries = readValues(source, {
    'cards.json': cards,
    'databases.json': [{ id: 1, name: 'Shop', engine: 'postgres', details: {} }],
    'snippets.json': Array.from({ length: 200 }, (_, id) => ({ id, name: `s${id}`, content: `public.orders_${id}`, archived: false })),
    'dashboards.json': Array.from({ length: 100 }, (_, id) => ({ id, name: `D${id}`, dashcards: Array.from({ length: 100 }, (__, at) => ({ card_id: id * 100 + at })) })),
  });
  expect(queries).toHaveLength(count);
  expect(new Set(queries.map(({ id }) => id)).size).toBe(count);
  expect(queries.every(({ container }) => container?.kind === 'dashboard')).toBe(true);
});
