import { beforeAll, describe, expect, test } from 'vitest';
import { postgresReader, type Read } from './lineage-reading.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text, updated_at timestamptz);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint, amount numeric, updated_at timestamptz);
  CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, parent_id bigint, name text);
  CREATE TYPE app.address AS (street text, city text);
  CREATE TABLE app.office (office_id bigint, "Office Name" text, place app.address, earlier app.address[]);
  CREATE TABLE app.reading (reading_id bigint, taken_on date, value numeric) PARTITION BY RANGE (taken_on);
`;

let read: Read;

beforeAll(async () => {
  read = await postgresReader(DDL);
});

type Case = [name: string, sql: string, expected: string[]];

describe('what names mean', () => {
  const cases: Case[] = [
    ['an alias that is another column', 'SELECT email AS phone, phone AS email FROM customer', ['phone <- shop.customer.email', 'email <- shop.customer.phone']],
    ['an alias is no column of its own SELECT', 'SELECT email AS contact FROM customer WHERE phone = $1', ['contact <- shop.customer.email']],
    ['a natural join also compares what nobody thought of', 'SELECT updated_at FROM customer NATURAL JOIN orders', ['updated_at <- shop.customer.updated_at']],
    ['a name in quotes', 'SELECT "Office Name" FROM app.office', ['Office Name <- app.office.Office Name']],
    ['a name is cut to 63 bytes', `SELECT email AS ${'a'.repeat(70)} FROM customer`, [`${'a'.repeat(63)} <- shop.customer.email`]],
    ['a field of a composite column', 'SELECT (o.place).city, (place).street FROM app.office o', ['city <- app.office.place', 'street <- app.office.place']],
    ['all fields of a composite column', 'SELECT (o.place).* FROM app.office o', ['street <- app.office.place', 'city <- app.office.place']],
    ['all fields of an unpacked array of a composite type', 'SELECT e.* FROM app.office o, unnest(o.earlier) e', ['street <- app.office.earlier', 'city <- app.office.earlier']],
    ['one field of an element', 'SELECT (o.earlier[1]).city FROM app.office o', ['city <- app.office.earlier']],
    ['a partitioned table, ONLY itself', 'SELECT value FROM ONLY app.reading', ['value <- app.reading.value']],
    ['columns of one name keep their places', 'WITH x AS (SELECT c.customer_id, o.customer_id FROM customer c, orders o) SELECT x.* FROM x', ['customer_id <- shop.customer.customer_id', 'customer_id <- shop.orders.customer_id']],
    ['WITH of the same name within', 'WITH x AS (SELECT email AS v FROM customer) SELECT y.v, x.v FROM x, (WITH x AS (SELECT phone AS v FROM customer) SELECT v FROM x) y', ['v <- shop.customer.phone', 'v <- shop.customer.email']],
    ['an alias of USING', 'SELECT j.customer_id, c.email FROM orders o JOIN customer c USING (customer_id) AS j', ['customer_id <- shop.orders.customer_id', 'email <- shop.customer.email']],
    ['an alias of a join', 'SELECT j.email, j.customer_id FROM (orders JOIN customer USING (customer_id)) AS j', ['email <- shop.customer.email', 'customer_id <- shop.orders.customer_id']],
    ['an alias of a join with names', 'SELECT j.a, j.b FROM (orders JOIN customer USING (customer_id, updated_at)) AS j (a, u, b)', ['a <- shop.orders.customer_id', 'b <- shop.orders.order_id']],
    ['TABLE', 'TABLE app.unit', ['unit_id <- app.unit.unit_id', 'parent_id <- app.unit.parent_id', 'name <- app.unit.name']],
    ['a correlated name goes to the nearest query that has it', 'SELECT (SELECT max(name) FROM app.unit u WHERE u.unit_id = customer_id) AS n FROM customer', ['n <- app.unit.name']],
    ['a derived table does not see its neighbours', 'SELECT s.v FROM customer c, (SELECT name AS v FROM app.unit) s', ['v <- app.unit.name']],
    ['VALUES of columns', 'SELECT v.at FROM customer c, LATERAL (VALUES (c.email, 1), (c.phone, 2)) v (at, n)', ['at <- shop.customer.email, shop.customer.phone']],
    ['INTERSECT shows what both have', 'SELECT email AS v FROM customer INTERSECT SELECT name FROM app.unit', ['v <- app.unit.name, shop.customer.email']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings } = read(sql);
    expect(outputs).toEqual(expected);
    expect(warnings).toEqual([]);
  });
});

describe('whole rows', () => {
  const every = 'shop.orders.amount, shop.orders.customer_id, shop.orders.order_id, shop.orders.updated_at';
  const cases: Case[] = [
    ['as JSON', 'SELECT row_to_json(o) AS j FROM orders o', [`j <- ${every}`]],
    ['as a value', 'SELECT o FROM orders o', [`o <- ${every}`]],
    ['as text', 'SELECT o::text AS t FROM orders o', [`t <- ${every}`]],
    ['of a derived table', 'SELECT to_jsonb(s) AS j FROM (SELECT amount, order_id AS id FROM orders) s', ['j <- shop.orders.amount, shop.orders.order_id']],
    ['in a row', 'SELECT ROW(o.*, 1) AS r FROM orders o', [`r <- ${every}`]],
    ['aggregated', 'SELECT jsonb_agg(o) AS j FROM orders o', [`j <- ${every}`]],
    ['one column of a row', 'SELECT (o).amount FROM orders o', ['amount <- shop.orders.amount']],
    ['every column of a row', 'SELECT (o).* FROM orders o', ['order_id <- shop.orders.order_id', 'customer_id <- shop.orders.customer_id', 'amount <- shop.orders.amount', 'updated_at <- shop.orders.updated_at']],
    ['one column of a row that a sub-query gives', 'SELECT (s.o).amount FROM (SELECT o, 1 AS n FROM orders o) s', ['amount <- shop.orders.amount']],
    ['every column of a row that a common table gives', 'WITH s AS (SELECT o FROM orders o) SELECT (s.o).* FROM s', ['order_id <- shop.orders.order_id', 'customer_id <- shop.orders.customer_id', 'amount <- shop.orders.amount', 'updated_at <- shop.orders.updated_at']],
    ['one column of the first of many rows', 'SELECT ((array_agg(o ORDER BY updated_at))[1]).amount FROM orders o', ['amount <- shop.orders.amount']],
    ['a row of a row', 'SELECT to_jsonb(s) AS j FROM (SELECT o FROM orders o) s', [`j <- ${every}`]],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings } = read(sql);
    expect(outputs).toEqual(expected);
    expect(warnings).toEqual([]);
  });
});

describe('recursive common tables', () => {
  const cases: Case[] = [
    ['columns that change places', 'WITH RECURSIVE r (a, b, c) AS (SELECT email, phone, full_name FROM customer UNION ALL SELECT c, a, b FROM r) SELECT a FROM r', ['a <- shop.customer.email, shop.customer.full_name, shop.customer.phone']],
    ['a mask that one round takes off', 'WITH RECURSIVE r (a, b) AS (SELECT md5(email), email FROM customer UNION ALL SELECT b, b FROM r) SELECT a FROM r', ['a <- shop.customer.email']],
    ['SEARCH adds a column', `WITH RECURSIVE t AS (SELECT unit_id, name FROM app.unit UNION ALL SELECT u.unit_id, u.name FROM app.unit u JOIN t ON u.parent_id = t.unit_id)
      SEARCH DEPTH FIRST BY name SET place SELECT * FROM t`, ['unit_id <- app.unit.unit_id', 'name <- app.unit.name', 'place <- app.unit.name']],
    ['CYCLE adds two', `WITH RECURSIVE t (id, parent) AS (SELECT unit_id, parent_id FROM app.unit UNION ALL SELECT u.unit_id, u.parent_id FROM app.unit u JOIN t ON u.parent_id = t.id)
      CYCLE id SET seen USING way SELECT seen, way, parent FROM t`, ['seen <- app.unit.unit_id:predicate', 'way <- app.unit.unit_id', 'parent <- app.unit.parent_id']],
    ['several branches before the recursion', 'WITH RECURSIVE r (v) AS (SELECT email FROM customer UNION ALL SELECT phone FROM customer UNION ALL SELECT v FROM r) SELECT v FROM r', ['v <- shop.customer.email, shop.customer.phone']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings } = read(sql);
    expect(outputs).toEqual(expected);
    expect(warnings).toEqual([]);
  });
});
