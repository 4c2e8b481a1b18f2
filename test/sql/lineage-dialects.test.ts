import { describe, expect, test } from 'vitest';
import type { Catalog, Relation } from '../../src/model/catalog.js';
import { emptyCatalog } from '../../src/sql/catalog.js';
import type { DialectId } from '../../src/sql/dialect.js';
import { dialectReader } from './lineage-reading.js';

/** A relation with its columns, written `schema.name (column type, …)`. */
function table(schema: string, name: string, columns: Record<string, string>): Relation {
  return {
    schema, name, kind: 'table', owner: null, comment: null, definition: null, rows: null, size_bytes: null, rowSecurity: false, rowSecurityForced: false,
    options: [], partitionOf: null, recordedColumns: null,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: true, comment: null, label: null, enumValues: null })),
  };
}

const catalog: Catalog = {
  ...emptyCatalog(),
  relations: [
    table('mart', 'customer', { customer_id: 'bigint', email: 'varchar', phone: 'varchar', region: 'varchar' }),
    table('mart', 'orders', { order_id: 'bigint', customer_id: 'bigint', amount: 'decimal', placed_at: 'timestamp', payload: 'variant', items: 'ARRAY<STRUCT<sku STRING, qty INT64>>' }),
    table('raw', 'events_20260101', { user_id: 'STRING', event_params: 'ARRAY<STRUCT<key STRING, value STRUCT<string_value STRING>>>' }),
    table('raw', 'events_20260102', { user_id: 'STRING', event_params: 'ARRAY<STRUCT<key STRING, value STRUCT<string_value STRING>>>', city: 'STRING' }),
    table('SALES', 'REFUND', { Refund_Id: 'NUMBER', OrderId: 'NUMBER' }),
  ],
};

type Case = [dialect: DialectId, name: string, sql: string, outputs: string[], uses: string[]];

const CASES: Case[] = [
  ['snowflake', 'an output used by a later one', 'SELECT upper(email) AS mail, mail || phone AS both FROM mart.customer', ['mail <- mart.customer.email', 'both <- mart.customer.email, mart.customer.phone'], []],
  ['snowflake', 'an output in WHERE, where no column has the name', "SELECT upper(email) AS mail FROM mart.customer WHERE mail <> ''", ['mail <- mart.customer.email'], ['filter mart.customer.email']],
  ['snowflake', 'a column comes before an output', "SELECT upper(email) AS phone FROM mart.customer WHERE phone <> ''", ['phone <- mart.customer.email'], ['filter mart.customer.phone']],
  ['clickhouse', 'an output comes before a column', "SELECT upper(email) AS phone FROM mart.customer WHERE phone <> ''", ['phone <- mart.customer.email'], ['filter mart.customer.email']],
  ['clickhouse', 'an output that is named as the column in it', "SELECT upper(email) AS email FROM mart.customer WHERE email <> ''", ['email <- mart.customer.email'], ['filter mart.customer.email']],
  ['clickhouse', 'an output used before it stands', 'SELECT mail || phone AS both, lower(email) AS mail FROM mart.customer', ['both <- mart.customer.email, mart.customer.phone', 'mail <- mart.customer.email'], []],
  ['clickhouse', 'an expression of WITH', 'WITH lower(email) AS mail SELECT mail FROM mart.customer WHERE mail != $$x$$', ['mail <- mart.customer.email'], ['filter mart.customer.email']],
  ['clickhouse', 'the condition of an aggregate with If', "SELECT sumIf(amount, customer_id > 5) AS s FROM mart.orders", ['s <- mart.orders.amount:aggregate'], ['filter mart.orders.customer_id']],
  ['bigquery', 'HAVING and ORDER BY know the outputs', 'SELECT region AS r, count(email) AS n FROM mart.customer GROUP BY r HAVING n > 5 ORDER BY n DESC', ['r <- mart.customer.region', 'n <- mart.customer.email:aggregate'],
    ['group mart.customer.region', 'having mart.customer.email', 'order mart.customer.email']],
  ['snowflake', 'QUALIFY', 'SELECT order_id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at) AS n FROM mart.orders QUALIFY n = 1 AND amount > 5', ['order_id <- mart.orders.order_id', 'n <- '],
    ['qualify mart.orders.amount', 'window mart.orders.customer_id', 'window mart.orders.placed_at']],
  ['duckdb', 'GROUP BY ALL', 'SELECT region, upper(phone) AS p, max(email) AS m FROM mart.customer GROUP BY ALL', ['region <- mart.customer.region', 'p <- mart.customer.phone', 'm <- mart.customer.email'], ['group mart.customer.phone', 'group mart.customer.region']],
  ['duckdb', 'a star without some columns', 'SELECT * EXCLUDE (email, phone) FROM mart.customer', ['customer_id <- mart.customer.customer_id', 'region <- mart.customer.region'], []],
  ['duckdb', 'a star with another value in the same place', "SELECT * REPLACE (md5(email) AS email) FROM mart.customer", [
    'customer_id <- mart.customer.customer_id', 'email <- mart.customer.email:pseudonymous-weak', 'phone <- mart.customer.phone', 'region <- mart.customer.region',
  ], []],
  ['snowflake', 'a star with another name', 'SELECT * EXCLUDE (customer_id, email, region) RENAME (phone AS number) FROM mart.customer', ['number <- mart.customer.phone'], []],
  ['duckdb', 'UNION BY NAME', 'SELECT email, phone FROM mart.customer UNION ALL BY NAME SELECT region AS phone, email FROM mart.customer', ['email <- mart.customer.email', 'phone <- mart.customer.phone, mart.customer.region'], []],
  ['duckdb', 'a semi join', 'SELECT * FROM mart.customer c SEMI JOIN mart.orders o ON o.customer_id = c.customer_id', [
    'customer_id <- mart.customer.customer_id', 'email <- mart.customer.email', 'phone <- mart.customer.phone', 'region <- mart.customer.region',
  ], ['join mart.customer.customer_id', 'join mart.orders.customer_id']],
  ['duckdb', 'an anti join', 'SELECT c.email FROM mart.customer c ANTI JOIN mart.orders o USING (customer_id)', ['email <- mart.customer.email'], ['join mart.customer.customer_id', 'join mart.orders.customer_id']],
  ['duckdb', 'the parameter of a lambda hides a column', 'SELECT list_transform(items, email -> email.sku) AS skus FROM mart.orders', ['skus <- mart.orders.items'], []],
  ['duckdb', 'COLUMNS by a pattern', "SELECT max(COLUMNS('^e.*l$')) FROM mart.customer", ['email <- mart.customer.email'], []],
  ['bigquery', 'the fields of an unpacked struct', 'SELECT item.sku, off FROM mart.orders, UNNEST(items) AS item WITH OFFSET AS off', ['sku <- mart.orders.items', 'off <- mart.orders.items:aggregate'], []],
  ['bigquery', 'fields without a name before them', "SELECT user_id, (SELECT value.string_value FROM UNNEST(event_params) WHERE key = 'page') AS page FROM raw.events_20260101", ['user_id <- raw.events_20260101.user_id', 'page <- raw.events_20260101.event_params'],
    ['filter raw.events_20260101.event_params']],
  ['bigquery', 'a path into a struct', 'SELECT o.payload.address.city FROM mart.orders o', ['city <- mart.orders.payload'], []],
  ['bigquery', 'a wildcard over tables', 'SELECT user_id, city FROM `raw.events_*` WHERE _TABLE_SUFFIX > $$20260101$$'.replaceAll('$$', "'"), ['user_id <- raw.events_20260101.user_id, raw.events_20260102.user_id', 'city <- raw.events_20260102.city'], ['filter raw.events_*._table_suffix']],
  ['bigquery', 'a unit of time is no column', 'SELECT DATE_TRUNC(placed_at, MONTH) AS m FROM mart.orders', ['m <- mart.orders.placed_at:partial'], []],
  ['snowflake', 'LATERAL FLATTEN', 'SELECT f.value:sku AS sku, f.index FROM mart.orders o, LATERAL FLATTEN(input => o.payload) f', ['sku <- mart.orders.payload', 'index <- mart.orders.payload'], []],
  ['snowflake', 'names without regard to case, in the spelling of the catalogue', 'SELECT r.refund_id, r.ORDERID FROM sales.refund r', ['refund_id <- SALES.REFUND.Refund_Id', 'orderid <- SALES.REFUND.OrderId'], []],
  ['snowflake', 'a star in the spelling of the catalogue', 'SELECT * FROM Sales.Refund', ['Refund_Id <- SALES.REFUND.Refund_Id', 'OrderId <- SALES.REFUND.OrderId'], []],
  ['snowflake', 'the value of the latest row', 'SELECT max_by(email, customer_id) AS e FROM mart.customer', ['e <- mart.customer.email'], ['order mart.customer.customer_id']],
  ['mysql', 'IF decides by its condition', 'SELECT IF(region = 1, email, phone) AS c FROM mart.customer', ['c <- mart.customer.email, mart.customer.phone'], ['case mart.customer.region']],
  ['redshift', 'an output used by a later one', 'SELECT lower(email) AS mail, left(mail, 2) AS m FROM mart.customer', ['mail <- mart.customer.email', 'm <- mart.customer.email:partial'], []],
  ['redshift', 'a value of the relation to the left, unpacked', 'SELECT i.sku FROM mart.orders o, o.items i', ['sku <- mart.orders.items'], []],
];

describe('what the dialects mean by the same letters', () => {
  test.each(CASES)('%s: %s', async (id, _name, sql, outputs, uses) => {
    const read = await dialectReader(id, catalog, ['mart']);
    const written = read(sql);
    expect(written.outputs).toEqual(outputs);
    expect(written.uses).toEqual(uses);
    expect(written.warnings).toEqual([]);
  });
});

describe('what is not understood is held to be anything that went in', () => {
  test('PIVOT: the columns that it spreads, and those that pass', async () => {
    const read = await dialectReader('snowflake', catalog, ['mart']);
    const { outputs, resolution } = read("SELECT p.customer_id, p.\"'A'\" FROM (SELECT customer_id, region, phone FROM mart.customer) PIVOT (max(phone) FOR region IN ('A', 'B')) p");
    expect(outputs[0]).toBe('customer_id <- mart.customer.customer_id');
    expect(outputs[1]).toContain('mart.customer.phone');
    expect([...resolution.opaque]).toEqual([]);
  });

  test('PIVOT over values that only the rows tell: what it spreads may be any of its source', async () => {
    const read = await dialectReader('snowflake', catalog, ['mart']);
    const { outputs, resolution } = read("SELECT p.customer_id, p.\"'A'\" FROM (SELECT customer_id, region, phone FROM mart.customer) PIVOT (max(phone) FOR region IN (ANY)) p");
    expect(outputs[0]).toBe('customer_id <- mart.customer.customer_id');
    expect(outputs[1]).toContain('mart.customer.phone');
    expect(resolution.opaque.size).toBe(1);
  });

  test('a file is read from outside', async () => {
    const read = await dialectReader('duckdb', catalog, ['mart']);
    expect(read("SELECT email FROM read_csv('customers.csv')").warnings).toEqual(['read_csv reads files: what it reads there is not known']);
  });

  test('a function in a schema of its own', async () => {
    const read = await dialectReader('snowflake', catalog, ['mart']);
    expect(read('SELECT crm.tokenise(email) AS t FROM mart.customer').warnings).toEqual(['the function crm.tokenise is not known: what it reads is not known, and its value may be any of its arguments']);
  });
});
