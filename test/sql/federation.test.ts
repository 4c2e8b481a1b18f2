import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DialectId, dialectOf, POSTGRES } from '../../src/sql/dialect.js';
import { type FederatedRead, attachedDatabases, executedLiterals, federatedReads, placeOf, tableReferences, usedCatalog } from '../../src/sql/federation.js';
import { type Parsers, createParsers } from '../../src/sql/parse/parsers.js';

let parsers: Parsers;
beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(() => parsers.close());

async function reads(id: DialectId, sql: string): Promise<FederatedRead[]> {
  const dialect = dialectOf(id) ?? POSTGRES;
  await parsers.prepare(dialect, [sql]);
  return parsers.parse(dialect)(sql).statements.flatMap(({ statement }) => federatedReads(statement));
}

describe('SQL that a function sends to another database', () => {
  test.each<[DialectId, string, Partial<FederatedRead>]>([
    ['bigquery', "SELECT t.region, x.n FROM EXTERNAL_QUERY('regulator.eu.production', 'SELECT region_code, count(*) AS n FROM app.case_file GROUP BY 1') AS x JOIN plan.targets AS t ON t.region = x.region_code",
      { via: 'external_query', connection: 'regulator.eu.production', sql: 'SELECT region_code, count(*) AS n FROM app.case_file GROUP BY 1', engine: null }],
    ['bigquery', "SELECT * FROM EXTERNAL_QUERY('regulator.eu.production', '''SELECT case_id FROM app.case_file WHERE status = 'OPEN' ''')", { sql: "SELECT case_id FROM app.case_file WHERE status = 'OPEN' " }],
    ['postgres', "SELECT * FROM dblink('host=db.internal port=5433 dbname=casework user=loader password=s3cr3t', 'SELECT case_id FROM app.case_file') AS t (case_id bigint)",
      { via: 'dblink', connection: null, host: 'db.internal:5433', database: 'casework', engine: 'postgres', sql: 'SELECT case_id FROM app.case_file' }],
    ['postgres', "SELECT * FROM dblink('SELECT case_id FROM app.case_file') AS t (case_id bigint)", { connection: null, sql: 'SELECT case_id FROM app.case_file' }],
    ['postgres', "SELECT * FROM dblink('production', 'SELECT case_id FROM app.case_file'::text, false) AS t (case_id bigint)", { connection: 'production' }],
    ['duckdb', "SELECT * FROM postgres_query('production', 'SELECT case_id FROM app.case_file')", { via: 'postgres_query', connection: 'production' }],
    ['duckdb', "SELECT status FROM postgres_scan('dbname=casework host=db.internal', 'app', 'case_file')", { wholeTable: true, sql: 'SELECT * FROM app.case_file', database: 'casework', host: 'db.internal' }],
    ['clickhouse', "SELECT status, count() FROM postgresql('db.internal:5432', 'casework', 'case_file', 'loader', 's3cr3t', 'app') GROUP BY status",
      { wholeTable: true, sql: 'SELECT * FROM app.case_file', host: 'db.internal:5432', database: 'casework', engine: 'postgres' }],
    ['clickhouse', "SELECT * FROM mysql('db.internal:3306', 'shop', 'Orders', 'loader', 's3cr3t')", { sql: 'SELECT * FROM `Orders`', database: 'shop', engine: 'mysql' }],
    ['tsql', "SELECT * FROM OPENQUERY(CASEWORK, 'SELECT case_id FROM app.case_file') AS q", { via: 'openquery', connection: 'casework', engine: null }],
  ])('%s: %s', async (dialect, sql, expected) => {
    const [read, ...more] = await reads(dialect, sql);
    expect(read).toMatchObject(expected);
    expect(more).toEqual([]);
    expect(JSON.stringify(read)).not.toContain('s3cr3t');
    if (read && !read.wholeTable) expect(sql.slice(read.offset)).toMatch(/^'+SELECT/);
  });

  test('is not told where it is built at run time', async () => {
    expect(await reads('postgres', "SELECT * FROM dblink('production', 'SELECT * FROM ' || name) AS t (a int)")).toEqual([]);
    expect(await reads('duckdb', "SELECT postgres_version, length('SELECT 1 FROM app.case_file') FROM plan.targets")).toEqual([]);
  });
});

test('relations of another catalogue, and databases that a text attaches', async () => {
  const sql = "ATTACH 'postgresql://loader:s3cr3t@db.internal:5432/casework' AS pg (TYPE postgres, READ_ONLY);\nATTACH 'local.duckdb' AS local;\nSELECT count(*) FROM pg.app.case_file";
  expect([...attachedDatabases(sql)]).toEqual([['pg', { engine: 'postgres', host: 'db.internal:5432', database: 'casework' }]]);
  const trino = dialectOf('trino') ?? POSTGRES;
  const text = 'SELECT count(*) FROM casework_pg.app.case_file AS c JOIN hive.plan.targets AS t ON t.region = c.region_code JOIN plan.period ON true';
  await parsers.prepare(trino, [text]);
  expect(parsers.parse(trino)(text).statements.flatMap(({ statement }) => tableReferences(statement)).filter(({ catalog }) => catalog !== null).map(({ catalog, schema, name }) => `${catalog}.${schema}.${name}`)).toEqual(['casework_pg.app.case_file', 'hive.plan.targets']);
});

test.each([
  ["EXECUTE IMMEDIATE 'SELECT status FROM app.case_file WHERE note = ''x'''", "SELECT status FROM app.case_file WHERE note = 'x'", null],
  ['execute immediate $$SELECT status FROM app.case_file$$', 'SELECT status FROM app.case_file', null],
  ["SET x = 1; EXEC('SELECT status FROM app.case_file') AT CASEWORK", 'SELECT status FROM app.case_file', 'CASEWORK'],
])('%s runs a literal', (text, sql, connection) => {
  expect(executedLiterals(text)).toMatchObject([{ via: 'execute', sql, connection }]);
});

test('EXECUTE of a prepared statement or of a text that is built runs no literal', () => {
  for (const text of ['EXECUTE open_cases(5)', "EXECUTE IMMEDIATE 'SELECT * FROM ' || name", 'EXEC sp_who', "SELECT 'EXECUTE'"]) expect(executedLiterals(text)).toEqual([]);
});

test('a connection string is taken apart, and its user and password stay behind', () => {
  expect(placeOf('postgresql://loader:s3cr3t@db.internal:5432/casework?sslmode=require')).toEqual({ connection: null, host: 'db.internal:5432', database: 'casework' });
  expect(placeOf("host='db.internal' dbname='case work' password='s3cr3t'")).toEqual({ connection: null, host: 'db.internal', database: 'case work' });
  expect(placeOf('regulator.eu.production')).toEqual({ connection: 'regulator.eu.production', host: null, database: null });
});

test.each([
  ['USE pg; SELECT 1', { catalog: 'pg', schema: null }],
  ['ATTACH \'a\' AS pg; USE "pg".app; SELECT 1', { catalog: 'pg', schema: 'app' }],
  ["SELECT 'USE pg' FROM plan.use", null],
])('%s', (text, expected) => {
  expect(usedCatalog(text)).toEqual(expected);
});
