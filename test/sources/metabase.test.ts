import { loadModule, parseSync } from 'libpg-query';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { source } from '../../src/sources/metabase.js';
import { alone, fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('metabase');
});

function card(id: number, database = 'Case management'): CollectedQuery {
  const query = queries.get(`metabase:${database}:card:${id}`);
  if (query === undefined) throw new Error(`card ${id} was not read`);
  return query;
}

function sqlOf(id: number, label = 'default'): string | undefined {
  return card(id).variants.find((variant) => variant.label === label)?.sql;
}

describe('the cards of an export', () => {
  test('are all read, once each', () => {
    const native = [118, 123, 125, 128, 130].map((id) => `metabase:Case management:card:${id}`);
    const built = [119, 120, 121, 122, 124, 126, 127, 129, 131].map((id) => `metabase:Case management:card:${id}`);
    const cards = [...queries.keys()].filter((id) => id.includes(':card:') && !id.startsWith('metabase:Shop:'));
    expect(cards).toEqual([...native, ...built, 'metabase:Warehouse:card:132'].toSorted());
  });

  test('carry what is known of them', () => {
    expect(card(118)).toMatchObject({
      kind: 'metabase',
      role: 'query',
      sqlKind: 'statement',
      title: 'Open cases',
      description: 'Every case that waits for a decision.',
      container: { kind: 'dashboard', id: '7', title: 'Operations' },
      owners: [
        { name: 'Maren Holt', via: 'author' },
        { name: 'Jonas Brandt', via: 'editor' },
      ],
      connection: { id: '2', name: 'Case management', engine: 'postgres', host: 'casework-db.internal', database: 'casework' },
      reconstructed: false,
      isPublic: true,
      lifecycle: 'active',
      usage: { views: 354, lastUsedAt: '2026-03-02T08:15:30Z' },
      schedule: null,
      problems: [],
    });
  });

  test('know their dashboard when it only names them, and their collection otherwise', () => {
    const within = { kind: 'collection', id: '1', title: 'Regulatory reporting' };
    expect(card(119).container).toEqual({ kind: 'dashboard', id: '7', title: 'Operations', within });
    expect(card(131).container).toEqual({ kind: 'dashboard', id: '7', title: 'Operations', within });
    expect(card(122).container).toEqual({ kind: 'collection', id: '1', title: 'Regulatory reporting' });
  });

  test('get their author from the list of users where they only name an id', () => {
    expect(queries.get('metabase:Warehouse:card:132')).toMatchObject({
      owners: [{ name: 'Jonas Brandt', via: 'author' }],
      connection: { id: '3', name: 'Warehouse', engine: 'duckdb', host: null, database: '/srv/warehouse/casework.duckdb' },
      container: { kind: 'collection', id: '3', title: 'Team leads' },
    });
  });

  test('keep their lifecycle and role', () => {
    expect(card(125).lifecycle).toBe('archived');
    expect(card(126).role).toBe('metric');
    expect(card(119).isPublic).toBe(false);
  });

  test('say where their SQL or their query stands, to the character', async () => {
    for (const query of [...queries.values()].filter(({ origin }) => origin.file.endsWith('.json'))) {
      const text = await readFile(join(fixtures, query.origin.file), 'utf8');
      const at = textAt(text, query.origin);
      if (query.reconstructed) expect(at).toMatch(/^\{/);
      else expect(at.startsWith(JSON.stringify(query.raw.split('\n')[0]).slice(1, -1)), query.id).toBe(true);
    }
    expect(card(118).origin).toEqual({ file: 'metabase/cards/118-open-cases.json', pointer: '/dataset_query/native/query', line: 27, column: 17 });
    expect(card(131).origin.pointer).toBe('/dashcards/1/card/dataset_query');
  });

  test('give SQL that PostgreSQL parses', () => {
    for (const { id, variants } of queries.values()) {
      for (const { sql, label } of variants) expect(() => parseSync(sql), `${id} ${label}`).not.toThrow();
    }
  });

  test('hold no secret of their database', () => {
    expect(JSON.stringify([...queries.values()])).not.toMatch(/s3cr3t|metabase_ro/);
  });
});

describe('native questions', () => {
  test('are rendered with their tags', () => {
    expect(card(118).variants.map(({ label }) => label)).toEqual(['default', 'maximal', 'with team', 'with opened']);
    expect(sqlOf(118)).toBe(card(118).raw.replace(/\n {2}\[\[.*\]\]/g, '\n  ').replace('{{rows}}', '200'));
    expect(sqlOf(118, 'maximal')).toContain(`and "app"."case_file"."opened_at" >= TIMESTAMP '2024-01-01 00:00:00'`);
  });

  test('include the cards and snippets that they refer to', () => {
    expect(sqlOf(123)).toMatch(/^select count\(\*\) from \(select case_file\.reference, .*\nlimit 200\) as c where c\.opened_at > now\(\) - interval '30 days' $/s);
    expect(sqlOf(123, 'maximal')).toMatch(/and c\.fee > 1 {2}$/);
  });

  test('that refer to themselves are kept with a problem', () => {
    expect(card(128).problems).toEqual([
      { code: 'cyclic-reference', message: 'card 128 refers to itself' },
    ]);
    expect(card(128).variants).toHaveLength(1);
  });

  test('of the newest serialisation have their SQL in a stage and their tags in a list', () => {
    const query = {
      'lib/type': 'mbql/query',
      database: 2,
      stages: [{ 'lib/type': 'mbql.stage/native', native: 'select 1 where day = {{day}}', 'template-tags': [{ name: 'day', type: 'date', default: '2026-05-01' }] }],
    };
    const [read] = readValues(source, { 'card.json': { id: 5, name: 'Today', dataset_query: query } });
    expect(read?.variants.map(({ sql }) => sql)).toEqual(["select 1 where day = DATE '2026-05-01'"]);
    expect(read?.origin.pointer).toBe('/dataset_query/stages/0/native');
  });

  test('that are not SQL are kept with a problem', () => {
    const query = { type: 'native', database: 9, native: { query: [{ $match: { state: 'OPEN' } }], collection: 'cases' } };
    const [read] = readValues(source, { 'card.json': { id: 6, name: 'Mongo', dataset_query: query } });
    expect([read?.variants, read?.problems]).toEqual([[], [{ code: 'unsupported', message: 'its native query is not SQL' }]]);
  });
});

describe('files', () => {
  test('are recognised by what they hold, whatever they are called', async () => {
    const { SourceFile } = await import('../../src/sources/common/source-file.js');
    const certainty = (value: unknown): number => source.recognises(new SourceFile('x', JSON.stringify(value)), alone);
    expect(certainty({ id: 1, name: 'A', dataset_query: {} })).toBeGreaterThan(0.9);
    expect(certainty([{ id: 1, name: 'A', legacy_query: '{}' }])).toBeGreaterThan(0.9);
    expect(certainty({ name: 'D', dashcards: [] })).toBeGreaterThan(0.9);
    expect(certainty({ data: [{ id: 1, name: 'db', engine: 'postgres', details: {} }] })).toBeGreaterThan(0.5);
    expect(certainty([{ schedule: '0 3 * * *', tag_ids: [1] }])).toBeLessThan(0.5);
    expect(certainty({ channels: ['#general'], cards: [] })).toBe(0);
    expect(certainty({ name: 'T', source: { type: 'query' }, target: {} })).toBe(0);
    expect(certainty({ title: 'G', panels: [], schemaVersion: 1 })).toBe(0);
    expect(certainty({ name: 'package', version: '1.0.0' })).toBe(0);
    expect(certainty([])).toBe(0);
    expect(source.recognises(new SourceFile('card.json', 'select 1'), alone)).toBe(0);
  });

  test('may hold everything at once', () => {
    const dump = {
      databases: [{ id: 2, name: 'Casework', engine: 'postgres', details: { host: 'db' } }],
      cards: [{ id: 1, name: 'A', database_id: 2, dataset_query: { type: 'native', native: { query: 'select 1' } } }],
      dashboards: [{ id: 3, name: 'D', ordered_cards: [{ card_id: 1 }] }],
    };
    const [read] = readValues(source, { 'dump.json': dump });
    expect([read?.id, read?.container?.title, read?.origin.pointer]).toEqual(['metabase:Casework:card:1', 'D', '/cards/0/dataset_query/native/query']);
  });

  test('of two instances keep cards of the same id apart', () => {
    const of = (entity: string, sql: string) => ({ id: 1, entity_id: entity, name: sql, database_id: 2, dataset_query: { type: 'native', native: { query: sql } } });
    const read = readValues(source, { 'a.json': of('one', 'select 1'), 'b.json': of('two', 'select 2') });
    expect(read.map(({ raw }) => raw).toSorted()).toEqual(['select 1', 'select 2']);
  });
});

test('cards that include each other twice do not grow without end', () => {
  const cards = Object.fromEntries(
    Array.from({ length: 30 }, (_, id) => {
      const tags = { a: { name: 'a', type: 'card', 'card-id': id + 1 } };
      const sql = id === 29 ? `select '${'x'.repeat(5_000)}'` : 'select * from {{a}} one, {{a}} two';
      return [`${id}.json`, { id, name: `Level ${id}`, dataset_query: { type: 'native', database: 1, native: { query: sql, 'template-tags': tags } } }];
    }),
  );
  const read = readValues(source, cards);
  expect(read).toHaveLength(30);
  for (const { variants } of read) for (const { sql } of variants) expect(sql.length).toBeLessThan(2_500_000);
});

describe('transforms, actions and jobs of the interface', () => {
  test('are read like those of the serialisation', () => {
    const dataset_query = { type: 'native', database: 2, native: { query: 'delete from app.visit where id = {{id}}', 'template-tags': { id: { name: 'id', type: 'number' } } } };
    const read = readValues(source, {
      'actions.json': [{ id: 4, name: 'Remove a visit', type: 'query', model_id: 9, database_id: 2, dataset_query }, { id: 5, name: 'Create', type: 'implicit', model_id: 9, kind: 'row/create' }],
      'transforms.json': [{ id: 1, name: 'Visits a day', source: { type: 'query', query: { type: 'native', database: 2, native: { query: 'select 1' } } }, target: { type: 'table', name: 'visits' }, tag_ids: [7], owner_email: 'data@regulator.example' }],
      'jobs.json': [{ id: 1, name: 'Daily', schedule: '0 0 4 * * ? *', tag_ids: [7] }, { id: 2, name: 'Off', schedule: '0 0 5 * * ? *', active: false, tag_ids: [7] }],
    });
    expect(read.map(({ id, role, schedule, owners, variants }) => [id, role, schedule, owners.map(({ name }) => name), variants[0]?.sql])).toEqual([
      ['metabase:2:action:4', 'query', null, [], 'delete from app.visit where id = 1'],
      ['metabase:2:transform:1', 'relation', '0 0 4 * * ? *', ['data@regulator.example'], 'select 1'],
    ]);
  });
});

test.each([
  [{ enabled: true, schedule_type: 'hourly', schedule_hour: 3 }, 'hourly'],
  [{ enabled: true, schedule_type: 'daily', schedule_hour: 8 }, 'daily at 8:00'],
  [{ enabled: true, schedule_type: 'weekly', schedule_hour: 8, schedule_day: 'mon' }, 'weekly on mon at 8:00'],
  [{ enabled: true, schedule_type: 'monthly', schedule_hour: 8, schedule_day: 'mon', schedule_frame: 'first' }, 'monthly on the first mon at 8:00'],
  [{ enabled: true, schedule_type: 'monthly', schedule_hour: 8, schedule_frame: 'mid' }, 'monthly on the mid day at 8:00'],
  [{ enabled: false, schedule_type: 'daily', schedule_hour: 8 }, null],
])('a subscription %j runs %s', (channel, schedule) => {
  const card = { id: 1, name: 'A', dataset_query: { type: 'native', database: 2, native: { query: 'select 1' } } };
  const [read] = readValues(source, { 'card.json': card, 'pulses.json': [{ id: 1, cards: [{ id: 1 }], channels: [channel] }] });
  expect(read?.schedule).toBe(schedule);
});

test('the value with which a dashboard saves its filter stands in the text, as it is sent', () => {
  const email = { id: 'f1', name: 'Address', type: 'string/=', default: ['anna@example.org'] };
  const tags = { mail: { name: 'mail', type: 'text' }, other: { name: 'other', type: 'text', default: 'ben@example.org' } };
  const read = readValues(source, {
    'cards.json': [
      { id: 1, name: 'Native', display: 'table', database_id: 2, dataset_query: { type: 'native', database: 2, native: { query: 'select id from shop.customer where email = {{mail}} or email = {{other}}', 'template-tags': tags } } },
      { id: 2, name: 'Built', display: 'table', database_id: 2, dataset_query: { type: 'query', database: 2, query: { 'source-table': 20 } } },
    ],
    'metadata.json': { id: 2, name: 'Shop', engine: 'postgres', tables: [{ id: 20, db_id: 2, schema: 'shop', name: 'customer', fields: [{ id: 200, table_id: 20, name: 'email', base_type: 'type/Text' }] }] },
    'dashboard.json': {
      id: 7, name: 'Care', parameters: [email],
      dashcards: [
        { card_id: 1, parameter_mappings: ['mail', 'other'].map((tag) => ({ parameter_id: 'f1', card_id: 1, target: ['variable', ['template-tag', tag]] })) },
        { card_id: 2, parameter_mappings: [{ parameter_id: 'f1', card_id: 2, target: ['dimension', ['field', 200, null]] }] },
      ],
    },
  });
  expect(read.map(({ title, variants }) => [title, variants.map(({ sql }) => sql.replace(/\s+/g, ' '))])).toEqual([
    ['Native', ["select id from shop.customer where email = 'anna@example.org' or email = 'ben@example.org'"]],
    ['Built', [expect.not.stringContaining('anna@example.org'), expect.stringContaining("'anna@example.org'")]],
  ]);
});
