import { describe, expect, test } from 'vitest';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/metabase.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { readValues } from './fixture.js';

const parse = await createPostgresParser();

const native = (query: string, tags: object = {}) => ({ type: 'native', database: 2, native: { query, 'template-tags': tags } });
const card = (id: number, query: string, more: object = {}) => ({ id, name: `Card ${id}`, display: 'table', database_id: 2, dataset_query: native(query), ...more });
const database = (name: string, more: object = {}) => ({ id: 2, name, engine: 'postgres', features: [], details: { host: `${name.toLowerCase()}-db`, password: 's3cr3t' }, ...more });

describe('two installations in one folder', () => {
  test('keep their numbers apart: cards, people and databases of one number are not mixed', () => {
    const read = readValues(source, {
      'retail/databases.json': { data: [database('Ledger')] },
      'retail/users.json': [{ id: 3, email: 'ines@bank.example', common_name: 'Ines Moreau' }],
      'retail/cards.json': [card(31, 'select 1 from ledger.posting', { creator_id: 3 }), card(32, 'select * from {{#31}} p', { creator_id: 3 })],
      'markets/databases.json': [database('Trades')],
      'markets/users.json': [{ id: 3, email: 'tom@bank.example', common_name: 'Tom Weir' }],
      'markets/cards.json': [card(31, 'select 1 from trades.fill', { creator_id: 3 })],
    });
    expect(read.map(({ id, owners, connection }) => [id, owners[0]?.name, connection?.host])).toEqual([
      ['metabase:Trades:card:31', 'Tom Weir', 'trades-db'],
      ['metabase:Ledger:card:31', 'Ines Moreau', 'ledger-db'],
      ['metabase:Ledger:card:32', 'Ines Moreau', 'ledger-db'],
    ]);
    expect(read[2]?.variants[0]?.sql).toBe('select * from (select 1 from ledger.posting) p');
    expect(JSON.stringify(read)).not.toContain('s3cr3t');
  });
});

test('two installations with a database of one name have ids of their own, in which the number stands last', () => {
  const of = (host: string, second: string) => [database('Casework', { details: { host } }), { ...database(second), id: 3 }];
  const read = readValues(source, { 'eu/databases.json': of('eu-db', 'Shop'), 'eu/c.json': card(31, 'select 1'), 'us/databases.json': of('us-db', 'Ledger'), 'us/c.json': card(31, 'select 2') });
  expect(read.map(({ id, connection }) => [id, connection?.host])).toEqual([['metabase:Casework:card:31', 'eu-db'], ['metabase:us/Casework:card:31', 'us-db']]);
});

describe('a card', () => {
  test('that only its dashboard names is counted, once', () => {
    const dashcards = [{ card_id: 8, card: null, series: [{ card_id: 9 }] }, { card_id: 8, card: {} }, { card_id: null, card: null }, { card_id: 7 }];
    const read = readValues(source, { 'd.json': { id: 4, name: 'Board', public_uuid: 'u', dashcards }, 'c.json': card(7, 'select 1') });
    expect(read.map(({ id }) => id)).toEqual(['metabase:2:card:7', 'metabase:unknown:card:8', 'metabase:unknown:card:9']);
    expect(read[1]).toMatchObject({
      title: null, container: { kind: 'dashboard', id: '4', title: 'Board' }, isPublic: true, raw: '', variants: [], origin: { file: 'd.json', pointer: '/dashcards/0' },
      problems: [{ code: 'missing-reference', message: 'the card 8 of this dashboard is not in the export; export its collection too, with an account that sees it' }],
    });
  });

  test('of an archived dashboard is not missed', () => {
    expect(readValues(source, { 'd.json': { id: 4, name: 'Board', archived: true, dashcards: [{ card_id: 8, series: [{ card_id: 9 }] }] } })).toEqual([]);
  });

  test('is public with a public link, not where it may be embedded with a signature', () => {
    const read = readValues(source, {
      'c.json': [card(1, 'select 1', { enable_embedding: true, public_uuid: null }), card(2, 'select 1', { public_uuid: '0b7e2f4e' }), card(3, 'select 1')],
      'd.json': { id: 4, name: 'Board', enable_embedding: true, dashcards: [{ card_id: 3 }] },
    });
    expect(read.map(({ isPublic }) => isPublic)).toEqual([false, true, false]);
  });

  test('is included by its entity id even where the tag is not defined', () => {
    const read = readValues(source, { 'c.json': [card(1, 'select 1 as n', { entity_id: 'b1_Dd8sQw-3LmNo7vUyXz' }), card(2, 'select n from {{#b1_Dd8sQw-3LmNo7vUyXz-late-starts}} m')] });
    expect(read[1]?.variants[0]?.sql).toBe('select n from (select 1 as n) m');
  });
});

test('a native query in JSON is none, whether as a value or as text', () => {
  const mongo = '[{"$match": {"status": "open"}}]';
  const read = readValues(source, { 'c.json': [card(1, mongo), { ...card(2, ''), dataset_query: { type: 'native', database: 2, native: { query: [{ $match: 1 }], collection: 'cases' } } }, card(3, '[[select {{x}}]] select 1'), card(4, '{{q}}')] });
  expect(read.map(({ raw, problems }) => [raw, problems[0]?.message])).toEqual([
    [mongo, 'its native query is not SQL'],
    ['', 'its native query is not SQL'],
    ['[[select {{x}}]] select 1', undefined],
    ['{{q}}', undefined],
  ]);
});

test('the parameters of a snippet have their own definitions', () => {
  const snippet = { id: 5, name: 'Recent', archived: false, content: 'booked_at > current_date - {{days}} and kind = {{kind}}', template_tags: { days: { name: 'days', type: 'number', default: 7 }, kind: { name: 'kind', type: 'text' } } };
  const tags = { kind: { name: 'kind', type: 'text', default: 'NEW' } };
  const read = readValues(source, { 's.json': [snippet], 'c.json': { ...card(1, ''), dataset_query: native('select 1 from visit where {{snippet: Recent}}', { ...tags, 'snippet: Recent': { name: 'snippet: Recent', type: 'snippet', 'snippet-id': 5 } }) } });
  expect(read.map(({ variants }) => variants[0]?.sql)).toEqual(["select 1 from visit where booked_at > current_date - 7 and kind = 'NEW'"]);
});

describe('a key within a JSON column', () => {
  const fields = [
    { id: 101, table_id: 11, name: 'id', base_type: 'type/Integer', semantic_type: 'type/PK', position: 0 },
    { id: 102, table_id: 11, name: 'parent_id', base_type: 'type/Integer', semantic_type: 'type/FK', fk_target_field_id: 101, position: 1 },
    { id: 103, table_id: 11, name: 'meta → holder → email', nfc_path: ['meta', 'holder', 'email'], base_type: 'type/Text', position: 2 },
    { id: 104, table_id: 11, name: 'meta → risk', nfc_path: '["meta","risk"]', base_type: 'type/Integer', database_type: 'bigint', position: 3 },
  ];
  const metadata = { ...database('Ledger'), tables: [{ id: 11, db_id: 2, schema: 'ledger', name: 'account', fields }] };
  const query = (inner: object) => ({ ...card(1, ''), dataset_query: { type: 'query', database: 2, query: { 'source-table': 11, ...inner } } });
  const sqlOf = (value: object) => {
    const variants = readValues(source, { 'm.json': metadata, 'c.json': value }).find(({ id }) => id.endsWith(':card:1'))?.variants ?? [];
    for (const { sql } of variants) expect(parse(sql).diagnostics, sql).toEqual([]);
    return variants.map(({ sql }) => sql);
  };

  test('reads the column that holds the JSON', () => {
    expect(sqlOf(query({ breakout: [['field', 103, null]], aggregation: [['sum', ['field', 104, null]]] }))).toEqual([
      `SELECT ("ledger"."account"."meta"#>> array['holder', 'email']::text[])::text AS "meta → holder → email", SUM(("ledger"."account"."meta"#>> array['risk']::text[])::bigint) AS "sum" FROM "ledger"."account" GROUP BY ("ledger"."account"."meta"#>> array['holder', 'email']::text[])::text ORDER BY ("ledger"."account"."meta"#>> array['holder', 'email']::text[])::text ASC`,
    ]);
  });

  test('of a joined table too, whether it stands as a table or as a sub-select', () => {
    const [table, selected] = sqlOf(query({ fields: [['field', 103, { 'source-field': 102 }]] }));
    expect(table).toContain(`("account__via__parent_id"."meta"#>> array['holder', 'email']::text[])::text AS "account__via__parent_id__meta → holder → email"`);
    expect(selected).toContain(`("ledger"."account"."meta"#>> array['holder', 'email']::text[])::text AS "meta → holder → email"`);
    expect(selected).toContain(`SELECT "account__via__parent_id"."meta → holder → email" AS`);
  });

  test('in a filter of a native question', () => {
    const tags = { who: { name: 'who', type: 'dimension', dimension: ['field', 103, null], 'widget-type': 'string/=' } };
    const [, maximal] = sqlOf({ ...card(1, ''), dataset_query: native('select 1 from ledger.account where {{who}}', tags) });
    expect(maximal).toBe(`select 1 from ledger.account where (("ledger"."account"."meta"#>> array['holder', 'email']::text[])::text = 'x')`);
  });
});

test('ten thousand databases of one number in as many folders are parted in one go', () => {
  const files = Array.from({ length: 10_000 }, (_, index) => new SourceFile(`dump/${index}/databases.json`, JSON.stringify([database(`Store ${index}`)])));
  expect(source.read(files, { connection: null, gap: () => undefined })).toEqual([]);
});
