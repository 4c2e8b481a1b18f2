import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.js';
import type { Catalog } from '../../src/model/catalog.js';
import type { CollectedQuery } from '../../src/model/query.js';
import type { Report } from '../../src/model/report.js';
import type { StoreSnapshot } from '../../src/model/snapshot.js';
import { loadRules } from '../../src/rules/load.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import { card, configuration, statistics, store } from '../support/estate.js';

let casework: Catalog;
let mart: Catalog;

beforeAll(async () => {
  casework = await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text, opened_at timestamptz);
    CREATE TABLE app.customer (customer_id bigint PRIMARY KEY, full_name text, email text, segment text);
  `);
  mart = await catalogFromDdl('CREATE TABLE plan.targets (region_code text, target integer); CREATE TABLE linked.case_copy (case_id bigint, status text, region_code text);');
});

const production = (overrides: Partial<StoreSnapshot> = {}): StoreSnapshot => store(casework, { address: { host: 'db.internal', port: 5432 }, ...overrides });
const warehouse = (overrides: Partial<StoreSnapshot> = {}): StoreSnapshot => store(mart, { name: 'warehouse', role: 'warehouse', engine: 'duckdb', database: 'warehouse', statementWindow: null, ...overrides });

function chart(sql: string, engine = 'duckdb', overrides: Partial<CollectedQuery> = {}): CollectedQuery {
  return card(sql, { id: 'superset:chart:0f1e', kind: 'superset', title: 'Open cases beside targets', container: null, connection: { id: '3', name: 'Warehouse', engine, host: null, database: null }, ...overrides });
}

async function judged(queries: CollectedQuery[], stores: StoreSnapshot[] = [production(), warehouse()]): Promise<Report> {
  const snapshot = { takenAt: '2026-09-01T08:00:00.000Z', stores, queries, sources: [], gaps: [] };
  return audit(snapshot, configuration({ zones: [{ zone: 'internal', patterns: ['app.*'] }] }), await loadRules(), '0.0.0');
}

const found = ({ findings }: Report): string[] => findings.filter(({ area }) => area !== 'drift').map(({ ruleId, consumer, relation }) => `${ruleId} | ${consumer} | ${relation}`).sort();
const NAME = 'superset chart Open cases beside targets';
const COUNT = 'SELECT region_code, count(*) AS n FROM app.case_file GROUP BY region_code';

describe('a query of the warehouse that reads production', () => {
  test('is judged there as if it had been sent there, and joined with what production ran', async () => {
    const rows = [statistics(COUNT, { role: 'warehouse_link', calls: 48 })];
    const report = await judged([chart(`SELECT t.region_code, x.n FROM postgres_query('production', '${COUNT}') AS x JOIN plan.targets AS t ON t.region_code = x.region_code`)], [production({ statements: rows }), warehouse()]);
    expect(found(report)).toEqual([
      `analytical-on-operational | ${NAME} | app.case_file`,
      `dashboard-reads-internal | ${NAME} | app.case_file`,
      `federated-operational-read | ${NAME} | app.case_file`,
    ]);
    const [federated] = report.findings.filter(({ ruleId }) => ruleId === 'federated-operational-read');
    expect(federated?.message).toBe(`${NAME} reads app.case_file of production by POSTGRES_QUERY through connection production`);
    expect(federated?.evidence[1]).toBe('48 calls of 21 ms and 16 MiB each: 100,000 blocks, 100 % of all block reads');
    expect(federated?.links?.map(({ by }) => by)).toEqual(['fingerprint', 'role']);
    expect(report.gaps).toEqual([]);
    expect(report.coverage.queries).toMatchObject({ total: 1, parsed: 1 });
  });

  test.each([
    ['BigQuery, though nobody looked at it', 'bigquery', `SELECT * FROM EXTERNAL_QUERY('regulator.eu.production', '${COUNT}')`, 'EXTERNAL_QUERY through connection regulator.eu.production'],
    ['a connection string, by its host and database', 'duckdb', `SELECT * FROM postgres_query('host=db.internal port=5432 dbname=casework password=s3cr3t', '${COUNT}')`, 'POSTGRES_QUERY through database casework on host db.internal:5432'],
    ['a table function of ClickHouse', 'clickhouse', "SELECT region_code, count() FROM postgresql('db.internal:5432', 'casework', 'case_file', 'loader', 's3cr3t', 'app') GROUP BY region_code", 'POSTGRESQL through database casework on host db.internal:5432'],
    ['a linked server', 'sqlserver', "SELECT * FROM OPENQUERY(PRODUCTION, 'SELECT region_code FROM app.case_file')", 'OPENQUERY through connection production'],
    ['a catalogue of Trino that is called as the store', 'trino', 'SELECT region_code, count(*) FROM production.app.case_file GROUP BY region_code', 'catalogue production'],
    ['a database that its own text attaches', 'duckdb', "ATTACH 'dbname=casework host=db.internal port=5432' AS pg (TYPE postgres); SELECT region_code, count(*) FROM pg.app.case_file GROUP BY region_code", 'catalogue pg'],
    ['a database that is attached and used', 'duckdb', "ATTACH 'dbname=casework host=db.internal port=5432 password=s3cr3t' AS pg (READ_ONLY, TYPE 'postgres'); USE pg.app; SELECT region_code, count(*) FROM case_file GROUP BY region_code", 'catalogue pg'],
    ['a driver of SQL Server', 'sqlserver', "SELECT * FROM OPENROWSET('MSDASQL', 'Server=db.internal;Database=casework;Uid=loader;Pwd=s3cr3t;', 'SELECT region_code FROM app.case_file')", 'OPENROWSET through database casework on host db.internal'],
  ])('through %s', async (_, engine, sql, via) => {
    const report = await judged([chart(sql, engine)]);
    const messages = report.findings.filter(({ ruleId }) => ruleId === 'federated-operational-read').map(({ message }) => message);
    expect(messages).toEqual([`${NAME} reads app.case_file of production by ${via}`]);
    expect(JSON.stringify(report)).not.toContain('s3cr3t');
  });

  test('through a foreign table, with the columns that it reads', async () => {
    const linked = { schema: 'linked', name: 'case_copy', server: 'casework_prod', wrapper: 'postgres_fdw', host: 'db.internal', port: 5432, database: 'casework', remoteSchema: 'app', remoteName: 'case_file' };
    const reporting = store(mart, { name: 'reporting', role: 'warehouse', database: 'reporting', foreignTables: [linked] });
    const query = chart('SELECT c.region_code, count(*) FROM linked.case_copy AS c GROUP BY c.region_code', 'postgres', { connection: { id: '4', name: 'Reporting', engine: 'postgres', host: null, database: 'reporting' } });
    const report = await judged([query], [production(), reporting]);
    expect(report.findings.find(({ ruleId }) => ruleId === 'federated-operational-read')?.message).toBe(`${NAME} reads app.case_file of production by foreign table linked.case_copy of server casework_prod`);
    expect(report.findings.find(({ ruleId }) => ruleId === 'dashboard-reads-internal')?.evidence[0]).toBe('uses region_code');
  });

  test('shows no person where it reads other columns of a whole table', async () => {
    const scan = "SELECT segment, count(*) FROM postgres_scan('host=db.internal dbname=casework', 'app', 'customer') GROUP BY segment";
    expect(found(await judged([chart(scan)]))).not.toContain(expect.stringMatching(/^personal-data/));
    const shown = "SELECT email FROM postgres_scan('host=db.internal dbname=casework', 'app', 'customer')";
    expect(found(await judged([chart(shown)]))).toContain(`personal-data-shown | ${NAME} | app.customer.email`);
  });
});

test('where it leads by a guess, the guess is told; where it may lead to two, nothing is judged', async () => {
  const query = chart(`SELECT * FROM postgres_query('cases', '${COUNT}')`);
  expect((await judged([query])).assumptions).toContain('connection cases within a query taken for store production: it is the only operational store');
  const two = await judged([query], [production(), production({ name: 'shop', database: 'shop' }), warehouse()]);
  expect(found(two)).toEqual([]);
  expect(two.gaps.map(({ cause }) => cause)).toEqual(['postgres_query runs SQL in another database: what it reads there is not known, at character 15']);
});

test('SQL that a card executes as a literal is its own work on the same store', async () => {
  const query = card(`SELECT 1; EXECUTE IMMEDIATE '${COUNT}'`, { connection: { id: '3', name: 'Warehouse', engine: 'snowflake', host: null, database: null } });
  expect(found(await judged([query]))).toEqual([]);
});

test('an extract of a tool is no read of any store, and no gap', async () => {
  const report = await judged([chart('SELECT region_code FROM case_file', 'duckdb-extract')]);
  expect([found(report), report.gaps]).toEqual([[], []]);
});
