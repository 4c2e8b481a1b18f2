import { describe, expect, test } from 'vitest';
import { source } from '../../src/sources/redash.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { readValues } from './fixture.js';

const QUERY = { query_hash: 'h', is_draft: false, api_key: 's3cr3t', data_source_id: 3 };
const dataSource = (name: string, more: object = {}) => ({ id: 3, name, type: 'pg', syntax: 'sql', options: { host: `${name.toLowerCase()}-db`, dbname: name.toLowerCase(), password: 's3cr3t' }, ...more });

function one(values: Record<string, unknown>, id: string) {
  const found = readValues(source, values).find((query) => query.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

test('two installations in one folder keep their numbers apart', () => {
  const read = readValues(source, {
    'eu/data_sources.json': [dataSource('Casework')],
    'eu/queries.json': { results: [{ ...QUERY, id: 12, query: 'select 1 from casework.appeal' }] },
    'us/data_sources.json': [dataSource('Shop')],
    'us/queries.json': { results: [{ ...QUERY, id: 12, query: 'select 1 from shop.orders' }] },
  });
  expect(read.map(({ id, connection }) => [id, connection?.host])).toEqual([['redash:eu:query:12', 'casework-db'], ['redash:us:query:12', 'shop-db']]);
  expect(JSON.stringify(read)).not.toContain('s3cr3t');
});

describe('a query', () => {
  test('of a list counts before the copy that a dashboard holds, whichever file comes first', () => {
    const whole = { ...QUERY, id: 7, query: 'select region from casework.appeal', schedule: { interval: 3600, time: null, day_of_week: null }, name: 'Regions' };
    const dashboard = { id: 2, slug: 'board', name: 'Board', widgets: [{ id: 1, visualization: { query: { ...QUERY, id: 7, query: 'select 1' } } }] };
    expect(one({ 'a/dashboard.json': dashboard, 'a/queries.json': { results: [whole] } }, 'redash:query:7')).toMatchObject({
      raw: 'select region from casework.appeal', schedule: '3600s', container: { id: '2', title: 'Board' },
    });
  });

  test('has the schedule of releases up to v5: seconds, or a time of the day', () => {
    const scheduled = (schedule: unknown) => one({ 'q.json': { ...QUERY, id: 1, query: 'select 1', schedule } }, 'redash:query:1').schedule;
    expect(['86400', '18:30', '', 'hourly', null].map(scheduled)).toEqual(['86400s', '86400s at 18:30', null, null, null]);
  });

  test('of a data source that is no database is kept without SQL, and its host without a password', () => {
    const es = { id: 3, name: 'Portal', type: 'elasticsearch', syntax: 'json', options: { server: 'https://elastic:s3cr3t@logs.example:9200/x' } };
    const read = one({ 'd.json': [es], 'q.json': { ...QUERY, id: 1, query: '{"match_all": {}}' } }, 'redash:query:1');
    expect(read).toMatchObject({ raw: '{"match_all": {}}', variants: [], connection: { host: 'logs.example' }, problems: [{ code: 'unsupported', message: 'its data source speaks elasticsearch, not SQL' }] });
  });

  test('of Query Results reads other queries: their arguments fall away, and one that is missing is a problem', () => {
    const results = { id: 3, name: 'Query Results', type: 'results', syntax: 'sql' };
    const text = "select * from query_1 a join param_query_2_{office=North&since={{ day }}} b using (id) join cached_query_9 c using (id)";
    const read = one({ 'd.json': [results], 'q.json': [{ ...QUERY, id: 1, query: 'select 1 as id', data_source_id: 4 }, { ...QUERY, id: 2, query: 'select 1 as id', data_source_id: 4 }, { ...QUERY, id: 3, query: text }] }, 'redash:query:3');
    expect(read.variants.map(({ sql }) => sql)).toEqual(['select * from query_1 a join param_query_2 b using (id) join cached_query_9 c using (id)']);
    expect(read.problems).toEqual([{ code: 'missing-reference', message: 'query 9, whose result it reads, is not in the export' }]);
  });

  test('with one parameter in two names gives both one value at a time', () => {
    const parameters = [{ name: 'grain', type: 'enum', enumOptions: 'firm\nsector', value: 'firm' }];
    const read = one({ 'q.json': { ...QUERY, id: 1, query: 'select n.{{grain}} from fines n group by n.{{ grain }}', options: { parameters } } }, 'redash:query:1');
    expect(read.variants.map(({ label, sql }) => [label, sql])).toEqual([
      ['default', 'select n.firm from fines n group by n.firm'],
      ['grain = sector', 'select n.sector from fines n group by n.sector'],
    ]);
  });

  test('with a date that is computed when it runs has a day in its string', () => {
    const parameters = [{ name: 'as_of', type: 'date', value: 'd_now' }];
    expect(one({ 'q.json': { ...QUERY, id: 1, query: "select '{{ as_of }}'::date", options: { parameters } } }, 'redash:query:1').variants[0]?.sql).toBe("select '2024-01-01'::date");
  });
});

test('a widget that the account may not see is counted', () => {
  const dashboard = { id: 2, slug: 'board', name: 'Board', widgets: [{ id: 20, restricted: true }, { id: 21, text: 'select your firm', visualization: null }] };
  expect(readValues(source, { 'd.json': dashboard })).toMatchObject([
    { id: 'redash:query:widget-20', container: { title: 'Board' }, raw: '', variants: [], problems: [{ message: 'the account that asked may not see the query of this widget; export it as an administrator' }] },
  ]);
});

test('a script that names its data source by number or name is connected to it', () => {
  const script = (dataSourceName: string) => new SourceFile('r/officers.sql', `/*\nName: Officers\nData source: ${dataSourceName}\nCreated By: Ruth\n*/\nselect 1`);
  const list = new SourceFile('r/data_sources.json', JSON.stringify([dataSource('Casework')]));
  for (const name of ['3', 'Casework']) {
    const [read] = source.read([list, script(name)], { connection: null, gap: () => undefined });
    expect(read?.connection).toEqual({ id: '3', name: 'Casework', engine: 'pg', host: 'casework-db', database: 'casework' });
  }
  const [unknown] = source.read([list, script('Legacy')], { connection: null, gap: () => undefined });
  expect(unknown?.connection).toMatchObject({ id: 'Legacy', engine: null });
});

describe('hostile answers', () => {
  test('with ten thousand queries that name each other are read in one go', () => {
    const text = Array.from({ length: 50 }, (_, index) => `select * from query_${index}`).join(' union all ');
    const read = readValues(source, { 'd.json': [{ id: 3, name: 'Query Results', type: 'results', syntax: 'sql' }], 'q.json': Array.from({ length: 10_000 }, (_, id) => ({ ...QUERY, id, query: text })) });
    expect(read).toHaveLength(10_000);
    expect(read.every(({ problems }) => problems.length === 0)).toBe(true);
  });

  test('of braces, dots and escapes end, and say what they could not read', () => {
    for (const text of ['param_query_1_{'.repeat(50_000), '{{'.repeat(200_000), `param_query_1_{${'{{x}}'.repeat(50_000)}`, '{{#a}}'.repeat(30_000), `select '\u001b[31m{{ constructor }}' , {{ __proto__ }}`]) {
      const [read] = readValues(source, { 'd.json': [{ id: 3, name: 'Query Results', type: 'results', syntax: 'sql' }], 'q.json': { ...QUERY, id: 1, query: text } });
      expect((read?.variants.length ?? 0) + (read?.problems.length ?? 0)).toBeGreaterThan(0);
    }
  });
});
