import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registeredColumns } from '../../src/stores/shared/registered-schema.js';

const CASES: [form: string, value: unknown, columns: string[]][] = [
  ['a list under columns', { columns: [{ name: 'case_id', type: 'bigint' }, { name: 'region_code', type: 'text', nullable: true }] }, ['case_id bigint', 'region_code text null']],
  ['a list alone', [{ column_name: 'order_id', data_type: 'uuid', is_nullable: 'NO' }], ['order_id uuid not null']],
  ['a map from name to type', { case_id: 'bigint', opened_at: 'timestamp(3) with time zone', total: 'numeric(12, 2)', tags: 'text[]' }, ['case_id bigint', 'opened_at timestamp(3) with time zone', 'total numeric(12, 2)', 'tags text[]']],
  ['a map under columns', { columns: { case_id: { type: 'bigint', nullable: false } } }, ['case_id bigint not null']],
  ['lines of DDL', { columns: ['case_id bigint not null', 'amount numeric(12, 2)', 'note'] }, ['case_id bigint not null', 'amount numeric(12, 2)', 'note ']],
  ['a JSON Schema', { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required: ['case_id'], properties: { case_id: { type: 'integer' }, opened_at: { type: 'string', format: 'date-time' }, note: { type: ['string', 'null'] } } }, ['case_id integer* not null', 'opened_at date-time* null', 'note string* null']],
  ['Avro', { type: 'record', name: 'CaseOpened', fields: [{ name: 'case_id', type: 'long' }, { name: 'closed_at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] }] }, ['case_id long', 'closed_at timestamp-micros* null']],
  ['fields of BigQuery', { fields: [{ name: 'case_id', type: 'INT64', mode: 'REQUIRED' }] }, ['case_id INT64 not null']],
  ['the Open Data Contract Standard', { schema: [{ name: 'orders', properties: [{ name: 'order_id', logicalType: 'integer', physicalType: 'bigint', required: true }, { name: 'note', logicalType: 'string' }] }] }, ['order_id bigint not null', 'note string*']],
  ['a document within a text', JSON.stringify([{ name: 'case_id', type: 'bigint' }]), ['case_id bigint']],
];

function shown(text: string): string[] | null {
  return registeredColumns(text)?.map(({ name, type, nullable, isLogicalType }) => `${name} ${type ?? ''}${isLogicalType === true ? '*' : ''}${nullable === null ? '' : nullable ? ' null' : ' not null'}`) ?? null;
}

describe('the columns of a registered schema', () => {
  test.each(CASES)('are read from %s', (_, value, columns) => {
    expect(shown(JSON.stringify(value))).toEqual(columns);
  });

  test.each([
    ['no JSON', 'case_id bigint, region_code text'],
    ['an address', JSON.stringify({ url: 'https://schemas.casework.example/case_opened.json' })],
    ['a number', JSON.stringify({ schema: 17 })],
    ['a list in which one column has no name', JSON.stringify([{ name: 'case_id', type: 'bigint' }, { type: 'text' }])],
    ['a name twice', JSON.stringify([{ name: 'case_id' }, { name: 'case_id' }])],
    ['a map in which one key has no name', JSON.stringify({ '': {}, case_id: 'bigint' })],
    ['nothing', '{}'],
    ['an empty list', '{"columns": []}'],
    ['nesting without end', `{"columns": ${'{"columns": '.repeat(10_000)}[]${'}'.repeat(10_001)}`],
    ['unions without end', `[{"name": "a", "type": ${'['.repeat(10_000)}"text"${']'.repeat(10_000)}}]`],
  ])('are not guessed from %s', (_, text) => {
    expect(registeredColumns(text)).toBeNull();
  });

  test('never throw, and have names', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json({ maxDepth: 6 })), (text) => {
        for (const { name } of registeredColumns(text) ?? []) expect(name).not.toBe('');
      }),
    );
  });

  test('are those of a list, whatever they are called', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
        const text = JSON.stringify({ columns: names.map((each) => ({ name: each, type: 'text' })) });
        expect(registeredColumns(text)?.map((column) => column.name)).toEqual(names);
      }),
    );
  });
});
