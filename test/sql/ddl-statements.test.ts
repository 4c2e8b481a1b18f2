import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredFunction } from '../../src/model/catalog.js';
import { catalogFromStatements, type StatementCatalog } from '../../src/sql/ddl.js';
import { functionFromText } from '../../src/sql/ddl-function.js';
import { dialectOf, type Dialect } from '../../src/sql/dialect.js';
import type { FrontEnd } from '../../src/sql/parse/front-end.js';
import { createPolyglotFrontEnd } from '../../src/sql/parse/polyglot.js';
import { createSqlparserFrontEnd } from '../../src/sql/parse/sqlparser.js';
import { relationKey, SchemaIndex } from '../../src/sql/schema-index.js';

function dialect(name: string): Dialect {
  const found = dialectOf(name);
  if (!found) throw new Error(`no dialect ${name}`);
  return found;
}

function shown(stored: StoredFunction | null): string | null {
  if (!stored) return null;
  const parameters = stored.arguments.map(({ name, type }) => `${name} ${type}`.trim()).join(', ');
  const result = stored.columns ? ` (${stored.columns.map(({ name, type }) => `${name} ${type}`).join(', ')})` : stored.returnsSet ? ' set' : '';
  return `${stored.schema}.${stored.name}(${parameters})/${stored.defaults}${result} ${stored.language}: ${stored.body}`;
}

describe('functions in the DDL of warehouses', () => {
  test.each([
    ['duckdb', 'CREATE MACRO analytics.is_late(opened, allowed := 30) AS opened < now() - to_days(allowed)', 'analytics.is_late(opened, allowed)/1 sql: SELECT opened < now() - to_days(allowed)'],
    ['duckdb', 'create or replace temp macro "Open Cases"(s) as table select case_id from cases where status = s', 'main.open cases(s)/0 set sql: select case_id from cases where status = s'],
    ['duckdb', 'CREATE FUNCTION one() AS (SELECT max(x) FROM t)', 'main.one()/0 sql: SELECT max(x) FROM t'],
    ['duckdb', 'CREATE MACRO two() AS (SELECT 1) + (SELECT 2)', 'main.two()/0 sql: (SELECT 1) + (SELECT 2)'],
    ['bigquery', 'CREATE OR REPLACE FUNCTION `acme.shop.net`(gross NUMERIC, rate NUMERIC) RETURNS NUMERIC AS (gross / (1 + rate)) OPTIONS (description="x")', 'shop.net(gross NUMERIC, rate NUMERIC)/0 sql: SELECT gross / (1 + rate)'],
    ['bigquery', 'CREATE TABLE FUNCTION shop.by_country(c STRING) RETURNS TABLE<id INT64, name STRING> AS SELECT id, name FROM shop.customer WHERE country = c', 'shop.by_country(c STRING)/0 (id INT64, name STRING) sql: SELECT id, name FROM shop.customer WHERE country = c'],
    ['bigquery', "CREATE TEMP FUNCTION slug(s STRING) RETURNS STRING LANGUAGE js AS 'return s.trim()'", '.slug(s STRING)/0 js: null'],
    ['snowflake', "CREATE SECURE FUNCTION IF NOT EXISTS shop.label(n number default 1) RETURNS varchar AS 'select ''n '' || n'", "shop.label(n number)/1 sql: select 'n ' || n"],
    ['snowflake', 'CREATE FUNCTION orders_of(c number) RETURNS TABLE (id number, total number) AS $$ select id, total from orders where customer = c $$', 'public.orders_of(c number)/0 (id number, total number) sql: select id, total from orders where customer = c'],
    ['databricks', 'CREATE FUNCTION area(x DOUBLE, y DOUBLE) RETURNS DOUBLE RETURN x * y', 'default.area(x DOUBLE, y DOUBLE)/0 sql: SELECT x * y'],
    ['clickhouse', 'CREATE FUNCTION linear AS (x, k, b) -> k * x + b', 'default.linear(x, k, b)/0 sql: SELECT k * x + b'],
  ])('%s: %s', (name, text, expected) => {
    const spoken = dialect(name);
    expect(shown(functionFromText(text, spoken, spoken.searchPath[0] ?? ''))).toBe(expected);
  });

  test.each(['CREATE TABLE f (a int)', 'CREATE', 'CREATE FUNCTION', 'DROP FUNCTION f', '', "CREATE MACRO '"])('are not seen in %j', (text) => {
    expect(functionFromText(text, dialect('duckdb'), 'main')).toBeNull();
  });

  test.each(['CREATE MACRO f(', 'CREATE MACRO f(a', 'CREATE MACRO f(a) AS', 'CREATE MACRO f(a) AS (', 'CREATE FUNCTION f AS (', 'CREATE FUNCTION f AS x -', 'CREATE FUNCTION f() RETURNS TABLE', "CREATE FUNCTION f() AS '"])(
    'that are cut off are no failure: %s',
    (text) => {
      expect(functionFromText(text, dialect('snowflake'), 'public')?.name).toBe('f');
    },
  );
});

describe('the catalogue of DDL', () => {
  let sqlparser: FrontEnd;
  let polyglot: FrontEnd;
  beforeAll(async () => {
    [sqlparser, polyglot] = await Promise.all([createSqlparserFrontEnd(), createPolyglotFrontEnd()]);
  });

  const read = (frontEnd: FrontEnd, name: string, ddl: string): StatementCatalog & { relations: string[] } => {
    const spoken = dialect(name);
    const parse = (text: string) => frontEnd.parse(text, spoken);
    const result = catalogFromStatements(parse(ddl), ddl, spoken, parse);
    const relations = result.catalog.relations.map((relation) => `${relation.kind} ${relationKey(relation)} (${relation.columns.map((column) => column.name + (column.nullable ? '' : '!')).join(', ')})`);
    return { ...result, relations };
  };

  test('of Snowflake: names are folded, and USE SCHEMA says where the next ones are', () => {
    const { relations, catalog, diagnostics } = read(
      sqlparser,
      'snowflake',
      `CREATE TABLE shop.ORDERS (order_id number PRIMARY KEY, "CustomerId" number NOT NULL, total number(10,2));
       CREATE OR REPLACE VIEW shop.big AS SELECT order_id, total FROM shop.orders WHERE total > 100;
       create view shop.bigger as select * from Shop.Big;
       CREATE TABLE cloned CLONE shop.orders; CREATE TABLE lost CLONE shop.nowhere;
       USE SCHEMA mart; CREATE TABLE daily AS SELECT total * 2 AS twice FROM shop.orders;`,
    );
    expect(relations).toEqual([
      'table mart.daily (twice)',
      'table public.cloned (order_id!, customerid!, total)',
      'view shop.big (order_id, total)',
      'view shop.bigger (order_id, total)',
      'table shop.orders (order_id!, customerid!, total)',
    ]);
    expect(catalog.relations[2]?.definition).toBe('CREATE OR REPLACE VIEW shop.big AS SELECT order_id, total FROM shop.orders WHERE total > 100');
    expect(diagnostics.map(({ message }) => message)).toEqual(['no statement before creates nowhere']);
  });

  test('of BigQuery and MySQL: a table that is named without its dataset has its bare name', () => {
    const { relations, catalog } = read(sqlparser, 'bigquery', 'CREATE TABLE `acme.shop.orders` (order_id INT64 NOT NULL); CREATE TABLE bare (a INT64); CREATE VIEW w AS SELECT * FROM bare; CREATE FUNCTION shop.net(x NUMERIC) AS (x * 2)');
    expect(relations).toEqual(['table bare (a)', 'table shop.orders (order_id!)', 'view w (a)']);
    expect(catalog.functions.map(shown)).toEqual(['shop.net(x NUMERIC)/0 sql: SELECT x * 2']);
    const mysql = read(sqlparser, 'mysql', 'CREATE TABLE `Orders` (id int PRIMARY KEY, total decimal(10,2)) ENGINE=InnoDB; CREATE VIEW v AS SELECT id, TOTAL FROM orders; USE shop; CREATE TABLE items (sku int, UNIQUE KEY (sku))');
    expect(mysql.relations).toEqual(['table orders (id!, total)', 'table shop.items (sku)', 'view v (id, total)']);
    const index = new SchemaIndex(mysql.catalog, dialect('mysql'));
    expect(index.find('anywhere', 'orders', [])?.name).toBe('orders');
    expect(index.uniqueKeys('orders')).toEqual([['id']]);
    expect(index.uniqueKeys('shop.items')).toEqual([['sku']]);
  });

  test('of ClickHouse, Databricks and DuckDB', () => {
    const clickhouse = read(polyglot, 'clickhouse', 'CREATE TABLE events (at DateTime, UserId Nullable(UInt64)) ENGINE = MergeTree ORDER BY at; CREATE MATERIALIZED VIEW mv ENGINE = SummingMergeTree ORDER BY d AS SELECT toDate(at) AS d, count() AS n FROM events GROUP BY d');
    expect(clickhouse.relations).toEqual(['table default.events (at!, UserId)', 'materialized_view default.mv (d, n)']);
    const databricks = read(polyglot, 'databricks', 'CREATE TABLE t (a INT, b STRING) USING delta; CREATE FUNCTION area(x DOUBLE) RETURNS DOUBLE RETURN x * 2');
    expect([databricks.relations, databricks.catalog.functions.map(shown)]).toEqual([['table default.t (a, b)'], ['default.area(x DOUBLE)/0 sql: SELECT x * 2']]);
    const duckdb = read(sqlparser, 'duckdb', 'CREATE TABLE raw.CaseFile (CaseId bigint PRIMARY KEY); CREATE VIEW open AS SELECT caseid FROM raw.casefile; CREATE OR REPLACE TABLE raw.casefile AS SELECT 1 AS other; CREATE MACRO late(a) AS a > 30');
    expect(duckdb.relations).toEqual(['view main.open (caseid)', 'table raw.casefile (other)']);
    expect(duckdb.catalog.constraints).toEqual([]);
    expect(duckdb.catalog.functions.map(shown)).toEqual(['main.late(a)/0 sql: SELECT a > 30']);
  });
});
