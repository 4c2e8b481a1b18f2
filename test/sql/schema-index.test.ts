import { describe, expect, test } from 'vitest';
import type { Catalog, Relation, StoredFunction } from '../../src/model/catalog.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import { dialectOf, POSTGRES } from '../../src/sql/dialect.js';
import { relationKey, SchemaIndex } from '../../src/sql/schema-index.js';

function relation(schema: string, name: string, columns: string[] = []): Relation {
  return {
    schema, name, kind: 'table', owner: null, comment: null, definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false, options: [], partitionOf: null, recordedColumns: null,
    columns: columns.map((column) => ({ name: column, type: 'text', nullable: true, comment: null, label: null, enumValues: null })),
  };
}

function stored(schema: string, name: string, types: string[]): StoredFunction {
  return { schema, name, kind: 'function', language: 'sql', arguments: types.map((type) => ({ name: '', type, mode: 'in' })), defaults: 0, columns: null, returns: 'text', returnsSet: false, body: 'select 1', dynamic: false };
}

const catalog: Catalog = {
  ...emptyCatalog(),
  relations: [relation('ANALYTICS', 'Case_File', ['CaseId', 'status']), relation('app', 'task'), relation('app', 'Task'), relation('', 'orders'), relation('archive', 'note')],
  functions: [stored('app', 'age', ['date']), stored('app', 'age', ['date', 'date']), stored('Other', 'AGE', ['int']), stored('other', 'label', ['text'])],
};
const snowflake = dialectOf('snowflake') ?? POSTGRES;

describe('names', () => {
  test('of an insensitive dialect are found in any spelling, and keep that of the catalogue', () => {
    const index = new SchemaIndex(catalog, snowflake);
    const found = index.find('analytics', 'case_file', []);
    expect(found && relationKey(found)).toBe('ANALYTICS.Case_File');
    expect(index.find(null, 'case_file', ['analytics'])).toBe(found);
    expect(index.get('analytics.case_file')).toBe(found);
    expect(found && index.column(found, 'caseid')?.name).toBe('CaseId');
    expect(found && index.column(found, 'closed')).toBeNull();
    expect(index.find('app', 'task', [])?.name).toBe('task');
    expect(index.functionsNamed(null, 'age', ['other']).map(({ schema }) => schema)).toEqual(['Other']);
  });

  test('of PostgreSQL are compared as they are', () => {
    const index = new SchemaIndex(catalog);
    expect(index.find('analytics', 'case_file', [])).toBeNull();
    expect(index.find('app', 'Task', [])?.name).toBe('Task');
    expect(index.fold('CaseId')).toBe('CaseId');
  });

  test('without a schema are looked for on the path, and then anywhere, if there is only one', () => {
    const index = new SchemaIndex(catalog);
    expect(index.find(null, 'note', ['app'])?.schema).toBe('archive');
    expect(index.find(null, 'orders', ['app'])?.schema).toBe('');
    expect(index.find('shop', 'orders', [])?.schema).toBe('');
    expect(index.find('shop', 'note', [])).toBeNull();
    expect(new SchemaIndex({ ...catalog, relations: [...catalog.relations, relation('public', 'note')] }).find(null, 'note', ['app'])).toBeNull();
  });

  test('of functions mean every overload', () => {
    const index = new SchemaIndex(catalog);
    expect(index.functionsNamed('app', 'age', []).map(({ arguments: parameters }) => parameters.length)).toEqual([1, 2]);
    expect(index.functionsNamed(null, 'age', ['public', 'app'])).toHaveLength(2);
    expect(index.functionsNamed(null, 'label', ['public']).map(({ schema }) => schema)).toEqual(['other']);
    expect(index.functionsNamed('public', 'label', [])).toEqual([]);
    expect(index.functionsNamed(null, 'now', ['public'])).toEqual([]);
  });
});
