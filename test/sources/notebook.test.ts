import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CollectedQuery } from '../../src/model/query.js';
import { SourceFile } from '../../src/sources/common/source-file.js';
import { source } from '../../src/sources/notebook.js';
import { alone, fixtures, queriesOf, readValues, textAt } from './fixture.js';

let queries: Map<string, CollectedQuery>;

beforeAll(async () => {
  await loadModule();
  queries = await queriesOf('notebook');
});

function query(id: string): CollectedQuery {
  const found = queries.get(`notebook:notebook/${id}`);
  if (found === undefined) throw new Error(`${id} was not read: ${[...queries.keys()].join(' ')}`);
  return found;
}

function sql(id: string): string | undefined {
  return query(id).variants[0]?.sql;
}

function cells(...sources: (string | string[])[]): CollectedQuery[] {
  return readValues(source, { 'a.ipynb': { nbformat: 4, metadata: {}, cells: sources.map((text) => ({ cell_type: 'code', source: text, metadata: {} })) } });
}

const REPLICA = { id: null, name: null, engine: 'postgresql', host: 'replica.cases.example', database: 'casework' };
const WAREHOUSE = { ...REPLICA, host: 'dwh.cases.example', database: 'dwh' };

describe('a Jupyter notebook', () => {
  test('gives its magics and strings by cell', () => {
    expect([...queries.keys()].filter((id) => id.includes('fees.ipynb')).map((id) => id.split(':').at(-1))).toEqual(['fees', 'other', 'pandas', 'pandas#2', 'spliced', 'top']);
    expect(query('fees.ipynb:top')).toMatchObject({
      container: { kind: 'notebook', id: 'notebook/fees.ipynb', title: 'Fees by office' },
      owners: [{ name: 'Ines Krall', via: 'author' }],
      origin: { pointer: 'cell 4' },
      title: 'result',
    });
  });

  test('fills f-strings, format and Jinja with what the notebook defines', () => {
    expect(sql('fees.ipynb:pandas')).toBe("SELECT o.name, 'é' AS sign\n    FROM app.fee AS f JOIN app.office AS o ON o.id = f.office\n    WHERE f.amount > $1");
    expect(sql('fees.ipynb:spliced')).toBe('SELECT id FROM app.case_file');
    expect(query('fees.ipynb:spliced').raw).toBe('SELECT id FROM {}');
    expect(sql('fees.ipynb:fees')).toBe("SELECT office, sum(amount) AS amount\nFROM app.fee\nWHERE booked_on >= '2024-01-01'\nGROUP BY office");
  });

  test('puts kept queries in front of those that use them', () => {
    expect(query('fees.ipynb:fees')).toMatchObject({ role: 'relation', title: 'fee_by_office' });
    expect(query('fees.ipynb:top').raw).toBe('SELECT office\nFROM fee_by_office\nWHERE amount > :least');
    expect(sql('fees.ipynb:top')).toBe(
      `WITH "fee_by_office" AS (\n${sql('fees.ipynb:fees')}\n)\nSELECT office\nFROM fee_by_office\nWHERE amount > $1`,
    );
    const [, second] = cells('%%sql --save a\nSELECT id FROM app.fee', '%%sql --with a\nWITH b AS (SELECT id FROM a) SELECT id FROM b');
    expect(second?.variants[0]?.sql).toBe('WITH "a" AS (\nSELECT id FROM app.fee\n), b AS (SELECT id FROM a) SELECT id FROM b');
    expect(cells('%%sql --with gone\nSELECT id FROM gone')[0]?.problems).toEqual([{ code: 'missing-reference', message: 'no cell of the notebook keeps a query as gone' }]);
  });

  test('knows the connection of a magic and of a string', () => {
    expect(query('fees.ipynb:fees').connection).toEqual(REPLICA);
    expect(query('fees.ipynb:pandas').connection).toEqual(WAREHOUSE);
    expect(query('fees.ipynb:pandas#2').connection).toEqual(REPLICA);
    expect(query('fees.ipynb:other').connection).toMatchObject({ engine: 'bigquery', host: null });
    expect(query('shelf.py:2').connection).toMatchObject({ engine: 'postgresql', host: 'orders-db.internal' });
    expect(query('shelf.py:3').connection).toMatchObject({ engine: 'duckdb-extract' });
  });

  test('begins a text where its cell does, whatever constant of another cell stands before it', () => {
    const [found] = cells("schema = 'wards'\nprefix = 'set search_path to ' + schema + ';'", 'query = prefix + """\nSELECT id FROM stay\n"""\npd.read_sql(query, con)');
    expect(found).toMatchObject({ raw: 'prefix +\nSELECT id FROM stay', origin: { pointer: 'cell 2' } });
    expect(found?.variants[0]?.sql).toBe('set search_path to wards;\nSELECT id FROM stay');
  });

  test('that breaks off in one cell keeps the others', () => {
    const found = cells('pd.read_sql("SELECT id FROM ward", con)', 'note = """written in haste', 'pd.read_sql("SELECT id FROM stay", con', 'pd.read_sql("SELECT id FROM bed", con)');
    expect(found.map(({ raw, origin }) => [raw, origin.pointer])).toEqual([
      ['SELECT id FROM ward', 'cell 1'],
      ['SELECT id FROM stay', 'cell 3'],
      ['SELECT id FROM bed', 'cell 4'],
    ]);
  });

  test('reads the forms of a magic', () => {
    const forms = cells(
      '%%sql @dwh\nSELECT 1 AS a FROM b', '%%sql mssql://u:s3cr3t@h/d SELECT 2 AS a FROM b', '%sql frame << SELECT 3 AS a FROM b', 'x = %sql --section dwh SELECT 4 AS a FROM b',
      '%%sql alias\n\nSELECT 5 AS a FROM b', '%%time\nframe.run("SELECT 6 AS a FROM b")', '%sql SELECT 7 AS a FROM b -- done', '%%sql\n-- by office\nSELECT 8 AS a FROM b;',
    );
    expect(forms.map(({ raw, connection }) => [raw, connection?.name ?? connection?.host])).toEqual([
      ['SELECT 1 AS a FROM b', 'dwh'],
      ['SELECT 2 AS a FROM b', 'h'],
      ['SELECT 3 AS a FROM b', 'h'],
      ['SELECT 4 AS a FROM b', 'dwh'],
      ['SELECT 5 AS a FROM b', 'alias'],
      ['SELECT 6 AS a FROM b', undefined],
      ['SELECT 7 AS a FROM b -- done', 'alias'],
      ['-- by office\nSELECT 8 AS a FROM b;', 'alias'],
    ]);
    expect(JSON.stringify(forms)).not.toContain('s3cr3t');
  });

  test('says where each text stands, through lists of lines', async () => {
    for (const [id, words] of [['fees.ipynb:fees', 'SELECT office, sum'], ['fees.ipynb:top', 'SELECT office\\nFROM'], ['fees.ipynb:pandas', "SELECT o.name, 'é'"], ['fees.ipynb:pandas#2', 'SELECT count(*)'], ['fees.ipynb:spliced', 'SELECT id '], ['orders-v3.ipynb:1', 'SELECT id, total']]) {
      const { origin } = query(id ?? '');
      expect(textAt(await readFile(join(fixtures, origin.file), 'utf8'), origin).startsWith(words ?? ''), id).toBe(true);
    }
  });
});

describe('notebooks as text', () => {
  test('of Databricks, Zeppelin, R Markdown and marimo give their cells', () => {
    expect(sql('quarter.py:2')).toBe("SELECT date_trunc('quarter', placed_on) AS quarter, count(*)\nFROM shop.orders\nGROUP BY 1");
    expect(query('quarter.py:2')).toMatchObject({ title: 'Orders by quarter', container: { title: 'Quarterly orders' }, origin: { line: 9, column: 9, pointer: 'cell 2' } });
    expect(sql('quarter.py:3')).toBe('SELECT id FROM shop.customer');
    expect([sql('customers.sql:1'), query('customers.sql:3').origin.line]).toEqual(['SELECT id, name FROM shop.customer', 10]);
    expect(query('refunds.zpln:p1')).toMatchObject({ title: 'Open refunds', raw: 'SELECT order_id FROM shop.refund WHERE paid_on IS NULL', connection: { name: 'shop' } });
    expect(query('letter.Rmd:decisions')).toMatchObject({ raw: 'SELECT id, decided_on\nFROM app.decision', connection: { name: 'con' }, owners: [{ name: 'Ines Krall' }], container: { title: 'Letter to the ministry' }, origin: { line: 12, column: 1 } });
    expect(query('letter.Rmd:setup').raw).toBe('SELECT reference FROM app.case_file WHERE closed_at IS NULL');
    expect(sql('shelf.py:2')).toBe('SELECT sku, quantity FROM shop.stock WHERE quantity > $1');
    expect(query('shelf.py:2').container?.title).toBe('Shelf');
  });
});

test('all of them parse as PostgreSQL', () => {
  for (const { id, variants } of queries.values()) for (const { sql: text } of variants) expect(() => parseSync(text), `${id} ${text}`).not.toThrow();
});

test('files are recognised by what they hold', () => {
  const certainty = (text: string, path: string): number => source.recognises(new SourceFile(path, text), alone);
  expect(certainty('{"nbformat":4,"cells":[]}', 'x.json')).toBeGreaterThan(0.5);
  expect(certainty('{"cells":[{"cellType":"SQL"}]}', 'x.json')).toBe(0);
  expect(certainty('', 'x.ipynb')).toBe(0);
  expect(certainty('# plain\ntext', 'x.Rmd')).toBeLessThan(0.5);
  expect(certainty('```{r}\nplot(x)\n```', 'x.qmd')).toBeLessThan(0.5);
});

test('broken notebooks cost nothing but themselves', () => {
  for (const value of [{ cells: 7 }, { cells: [null, 7, [], { cell_type: 'code', source: 7 }, { cell_type: 'code', source: [null, 'x', 7] }, { cell_type: 'code', source: { a: 1 } }] }, { nbformat: 3, worksheets: [null, { cells: 3 }] }, { nbformat: 4, metadata: { authors: 7, kernelspec: 'x' }, cells: [{ cell_type: 'code', source: `%%sql ${'-'.repeat(50_000)}` }, { cell_type: 'code', source: '%sql'.repeat(20_000) }, { cell_type: 'code', source: '%%sql --save\n' }] }]) {
    expect(() => readValues(source, { 'a.ipynb': { nbformat: 4, ...value } })).not.toThrow();
  }
});
