import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Examined } from '../../src/doctor/check.js';
import { examineStore } from '../../src/doctor/examine.js';
import { warehouseRole } from '../../src/doctor/warehouse/role.js';
import type { StoreConfiguration } from '../../src/model/configuration.js';
import { ENGINES } from '../../src/model/store.js';
import { type ClickHouseServer, startClickHouse } from '../support/clickhouse.js';
import { configuration } from '../support/estate.js';
import { noContext } from '../support/store-context.js';

let server: ClickHouseServer;
let folder: string;

beforeAll(async () => {
  server = await startClickHouse({ users: { audit_ro: { password: 'neap', readonly: 2, denied: ['system.query_log'] } } });
  await server.run('create database mart', 'create table mart.order_line (order_id UInt64) engine = MergeTree order by order_id');
  folder = await mkdtemp(join(tmpdir(), 'tidemark-doctor-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (select 1 as order_id) to '${join(folder, 'order_placed.parquet')}'`);
  connection.closeSync();
  instance.closeSync();
  await writeFile(join(folder, 'damaged.parquet'), 'PAR1');
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function examined(store: Partial<StoreConfiguration>): Promise<Examined> {
  const whole: StoreConfiguration = { name: 'warehouse', role: 'warehouse', engine: 'clickhouse', url: server.url('mart'), match: [], ...store };
  return examineStore({ store: whole, unset: [] }, { configuration: configuration({ stores: [whole] }), context: noContext, now: () => 0, elapsed: () => 0, role: null });
}

const lines = ({ checks }: Examined): string[] =>
  checks.map(({ state, id, seen, lost, remedy }) => `${state} ${id}: ${seen}${lost === null ? '' : ` | loses ${lost}`}${remedy === null ? '' : ` | ${remedy.text}`}`.replaceAll(folder, 'FOLDER').replaceAll(basename(folder), 'FOLDER').replaceAll(String(server.port), 'PORT').replace(/20\d\d-\d\d-\d\dT\d\d:\d\d/g, 'TIME').replace(/\d+ texts? of \d+ users?/, 'N texts'));

describe('what can be looked at of a warehouse', () => {
  test('everything', async () => {
    const all = await examined({ scan_bytes_max: 50 * 2 ** 30 });
    expect(all.description).toMatch(/^ClickHouse 26\.\d+.*, warehouse$/);
    expect(lines(all)).toMatchInlineSnapshot(`
      [
        "warning connection: version 26.7.2.1, mart, as default, who may do everything | tidemark needs to read only: tidemark doctor --sql prints a role that may do no more.",
        "ok catalogue: 1 table, 0 views and other relations",
        "ok history: N texts from TIME to TIME",
        "ok scan-limit: statements that would read more than 50 GiB are not run where the engine tells",
      ]
    `);
  });

  test('not the history, without a limit of scans', async () => {
    expect(lines(await examined({ url: server.url('mart', 'audit_ro', 'neap') }))).toMatchInlineSnapshot(`
      [
        "ok connection: version 26.7.2.1, mart, as default",
        "ok catalogue: 1 table, 0 views and other relations",
        "not available history: audit_ro: Not enough privileges. To execute this query, it's necessary to have the grant SELECT ON system.query_log (ACCESS_DENIED) | loses who reads what in the warehouse, exports of personal data and the cost of dashboards | GRANT SELECT ON system.query_log TO default;",
        "warning scan-limit: scan_max is not set: a reconciliation may read as much as its tables hold | Set scan_max of the store in tidemark.yaml, as in 50GiB.",
      ]
    `);
  });

  test('nothing', async () => {
    expect(lines(await examined({ url: server.url('mart', 'audit_ro', 'wrong') }))).toMatchInlineSnapshot(`
      [
        "not available connection: 127.0.0.1:PORT/mart: audit_ro: Authentication failed: password is incorrect, or there is no user with such name (AUTHENTICATION_FAILED) | loses the whole store | Correct user and password in the URL, under credentials, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD.",
      ]
    `);
  });

  test('Parquet files, one of them damaged', async () => {
    expect(lines(await examined({ engine: 'duckdb', url: `${folder}/` }))).toMatchInlineSnapshot(`
      [
        "ok connection: version 1.5.5, FOLDER",
        "ok catalogue: 1 table, 0 views and other relations",
        "warning catalogue-1: Invalid Input Error: File 'FOLDER/damaged.parquet' too small to be a Parquet file | loses the table damaged",
      ]
    `);
  });
});

describe('the least role', () => {
  const needs = [{ schema: 'mart', name: 'order_line', columns: [], purposes: ['reconciliation of orders'], required: true }];
  const store = (engine: StoreConfiguration['engine']): StoreConfiguration => ({ name: 'warehouse', role: 'warehouse', engine, url: null, match: [] });

  test('of each engine with roles, as text', () => {
    expect(ENGINES.map((engine) => `== ${engine}\n${warehouseRole(store(engine), null, 'analytics', needs)?.sql ?? ''}`).join('')).toMatchInlineSnapshot(`
      "== bigquery
      -- BigQuery grants by IAM: run these with gcloud and bq, as an administrator of the project.
      -- gcloud iam service-accounts create tidemark-ro --project=analytics
      -- gcloud projects add-iam-policy-binding analytics --member=serviceAccount:tidemark-ro@analytics.iam.gserviceaccount.com --role=roles/bigquery.jobUser
      -- gcloud projects add-iam-policy-binding analytics --member=serviceAccount:tidemark-ro@analytics.iam.gserviceaccount.com --role=roles/bigquery.metadataViewer
      -- gcloud projects add-iam-policy-binding analytics --member=serviceAccount:tidemark-ro@analytics.iam.gserviceaccount.com --role=roles/bigquery.resourceViewer
      GRANT \`roles/bigquery.dataViewer\` ON TABLE \`analytics.mart.order_line\` TO "serviceAccount:tidemark-ro@analytics.iam.gserviceaccount.com";
      == clickhouse
      CREATE SETTINGS PROFILE IF NOT EXISTS tidemark_ro SETTINGS readonly = 2, max_execution_time = 60, max_threads = 2, max_memory_usage = 4000000000;
      CREATE USER IF NOT EXISTS tidemark_ro IDENTIFIED WITH sha256_password BY 'CHOOSE_ONE' SETTINGS PROFILE 'tidemark_ro';
      GRANT SHOW ON *.* TO tidemark_ro;
      GRANT SHOW ROW POLICIES ON *.* TO tidemark_ro;
      GRANT SELECT ON system.query_log TO tidemark_ro;
      GRANT SELECT ON system.tables TO tidemark_ro;
      GRANT SELECT ON system.columns TO tidemark_ro;
      GRANT SELECT ON system.parts TO tidemark_ro;
      -- Of a cluster, for the history of all replicas: GRANT REMOTE ON *.* TO tidemark_ro;
      GRANT SELECT ON mart.order_line TO tidemark_ro;
      == databricks
      GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG analytics TO \`tidemark_ro\`;
      GRANT USE CATALOG ON CATALOG system TO \`tidemark_ro\`;
      GRANT USE SCHEMA, SELECT ON SCHEMA system.query TO \`tidemark_ro\`;
      GRANT SELECT ON TABLE analytics.mart.order_line TO \`tidemark_ro\`;
      -- And "Can use" on the SQL warehouse, in its permissions.
      == duckdb
      == postgres
      == redshift
      CREATE USER tidemark_ro PASSWORD DISABLE SYSLOG ACCESS UNRESTRICTED CONNECTION LIMIT 5;
      ALTER USER tidemark_ro SET statement_timeout TO 300000;
      -- Rows and sizes without a scan, and the names of applications:
      GRANT SELECT ON svv_table_info TO tidemark_ro;
      GRANT SELECT ON sys_connection_log TO tidemark_ro;
      GRANT USAGE ON SCHEMA mart TO tidemark_ro;
      GRANT SELECT ON mart.order_line TO tidemark_ro;
      == snowflake
      CREATE ROLE IF NOT EXISTS tidemark_ro;
      GRANT USAGE ON WAREHOUSE WAREHOUSE_NAME TO ROLE tidemark_ro;
      GRANT USAGE ON DATABASE analytics TO ROLE tidemark_ro;
      GRANT USAGE ON ALL SCHEMAS IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT REFERENCES ON ALL TABLES IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT REFERENCES ON ALL VIEWS IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT USAGE ON FUTURE SCHEMAS IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT REFERENCES ON FUTURE TABLES IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT REFERENCES ON FUTURE VIEWS IN DATABASE analytics TO ROLE tidemark_ro;
      GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE tidemark_ro;
      GRANT DATABASE ROLE SNOWFLAKE.SECURITY_VIEWER TO ROLE tidemark_ro;
      GRANT SELECT ON analytics.mart.order_line TO ROLE tidemark_ro;
      CREATE USER IF NOT EXISTS tidemark_ro TYPE = SERVICE DEFAULT_ROLE = tidemark_ro DEFAULT_WAREHOUSE = WAREHOUSE_NAME RSA_PUBLIC_KEY = 'PUBLIC_KEY';
      ALTER USER tidemark_ro SET STATEMENT_TIMEOUT_IN_SECONDS = 300;
      GRANT ROLE tidemark_ro TO USER tidemark_ro;
      == trino
      -- Trino's rights are those of its access control. By file (rules.json), for the user tidemark_ro:
      -- {"catalogs": [{"user": "tidemark_ro", "catalog": "(analytics|system)", "allow": "read-only"}],
      --  "queries": [{"user": "tidemark_ro", "allow": ["execute", "view"]}]}
      -- with SELECT on analytics.mart.order_line
      "
    `);
  });

  test('takes no name into its text that is more than a name', () => {
    const hostile = warehouseRole(store('snowflake'), 'x"; DROP TABLE a', 'a; DROP', [{ schema: 'mart', name: 'x; DROP TABLE y', columns: [], purposes: [], required: true }]);
    expect(hostile?.sql).not.toContain('DROP');
    expect(hostile?.role).toBe('tidemark_ro');
  });
});
