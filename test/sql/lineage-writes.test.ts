import { beforeAll, describe, expect, test } from 'vitest';
import { postgresReader, type Read } from './lineage-reading.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text, born_on date);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint, amount numeric, placed_at timestamptz);
  CREATE TABLE shop.outbox (event_id bigint, topic text, payload jsonb);
`;

let read: Read;

beforeAll(async () => {
  read = await postgresReader(DDL);
});

describe('what flows into written columns', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['INSERT by the order of the table', 'INSERT INTO shop.outbox SELECT customer_id, email, to_jsonb(phone) FROM customer', [
      'shop.outbox: event_id <- shop.customer.customer_id', 'shop.outbox: topic <- shop.customer.email', 'shop.outbox: payload <- shop.customer.phone',
    ]],
    ['INSERT of constants beside a column', 'INSERT INTO shop.outbox (event_id, topic) SELECT 1, c.email FROM customer c', ['shop.outbox: event_id <- ', 'shop.outbox: topic <- shop.customer.email']],
    ['ON CONFLICT adds what it assigns', "INSERT INTO customer (customer_id, email) SELECT order_id, placed_at::text FROM orders ON CONFLICT (customer_id) DO UPDATE SET email = excluded.email || customer.phone", [
      'shop.customer: customer_id <- shop.orders.order_id', 'shop.customer: email <- shop.customer.phone, shop.orders.placed_at',
    ]],
    ['UPDATE … FROM', 'UPDATE customer c SET email = lower(o.placed_at::text), phone = $1 FROM orders o WHERE o.customer_id = c.customer_id', ['shop.customer: email <- shop.orders.placed_at', 'shop.customer: phone <- ']],
    ['SET of a row of values', 'UPDATE customer SET (email, phone) = (phone, email)', ['shop.customer: email <- shop.customer.phone', 'shop.customer: phone <- shop.customer.email']],
    ['MERGE: every clause', `MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id
      WHEN MATCHED AND o.amount > 5 THEN UPDATE SET email = o.placed_at::text, phone = c.email
      WHEN NOT MATCHED THEN INSERT (customer_id, email) VALUES (o.customer_id, o.amount::text)`, [
      'shop.customer: email <- shop.orders.amount, shop.orders.placed_at', 'shop.customer: phone <- shop.customer.email', 'shop.customer: customer_id <- shop.orders.customer_id',
    ]],
    ['MERGE: INSERT by the order of the table', 'MERGE INTO shop.outbox b USING orders o ON false WHEN NOT MATCHED THEN INSERT VALUES (o.order_id, o.amount::text)', ['shop.outbox: event_id <- shop.orders.order_id', 'shop.outbox: topic <- shop.orders.amount']],
    ['CREATE TABLE AS with names', 'CREATE TABLE mart.c (a, b) AS SELECT email, phone FROM customer', ['mart.c: a <- shop.customer.email', 'mart.c: b <- shop.customer.phone']],
    ['SELECT INTO', 'SELECT email INTO mart.c FROM customer', ['mart.c: email <- shop.customer.email']],
    ['CREATE VIEW with names', 'CREATE VIEW mart.v (a) AS SELECT md5(email) FROM customer', ['mart.v: a <- shop.customer.email:pseudonymous-weak']],
    ['CREATE MATERIALIZED VIEW', 'CREATE MATERIALIZED VIEW mart.m AS SELECT count(email) AS n FROM customer', ['mart.m: n <- shop.customer.email:aggregate']],
    ['a writing WITH item beside a query', 'WITH gone AS (DELETE FROM orders RETURNING customer_id, amount) INSERT INTO shop.outbox (event_id, payload) SELECT customer_id, to_jsonb(amount) FROM gone', [
      'shop.outbox: event_id <- shop.orders.customer_id', 'shop.outbox: payload <- shop.orders.amount',
    ]],
    ['COPY FROM', 'COPY customer (email) FROM STDIN', ['shop.customer: email <- ']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(read(sql).writes).toEqual(expected);
  });
});

test('TRUNCATE writes to every table that it names, and reads none', () => {
  const { resolution } = read('TRUNCATE TABLE customer, shop.orders RESTART IDENTITY CASCADE');
  expect([...resolution.writes.keys()]).toEqual(['shop.customer', 'shop.orders']);
  expect([...resolution.base]).toEqual([]);
  expect([...read('VACUUM customer').resolution.writes.keys()]).toEqual([]);
});

describe('RETURNING shows the row after the write: of a written column what was written', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['INSERT … SELECT', 'INSERT INTO customer (customer_id, email) SELECT order_id, placed_at::text FROM orders RETURNING customer_id, email, phone', [
      'customer_id <- shop.orders.order_id', 'email <- shop.orders.placed_at', 'phone <- shop.customer.phone',
    ]],
    ['a written constant is of no column', "UPDATE customer SET email = 'x' RETURNING email, phone", ['email <- ', 'phone <- shop.customer.phone']],
    ['what DEFAULT fills is the column itself', "INSERT INTO customer (customer_id, email) VALUES (DEFAULT, $1) RETURNING customer_id, email", ['customer_id <- shop.customer.customer_id', 'email <- ']],
    ['a conflict may leave the old value', 'INSERT INTO customer (customer_id, email) SELECT order_id, placed_at::text FROM orders ON CONFLICT (customer_id) DO UPDATE SET phone = excluded.email RETURNING email', ['email <- shop.customer.email, shop.orders.placed_at']],
    ['the states before and after by name', 'UPDATE customer SET email = phone RETURNING old.email AS was, new.email AS becomes', ['was <- shop.customer.email', 'becomes <- shop.customer.phone']],
    ['DELETE … USING with a star', 'DELETE FROM shop.outbox b USING orders o WHERE o.order_id = b.event_id RETURNING b.*, o.amount', [
      'event_id <- shop.outbox.event_id', 'topic <- shop.outbox.topic', 'payload <- shop.outbox.payload', 'amount <- shop.orders.amount',
    ]],
    ['through a WITH item', 'WITH d AS (UPDATE customer c SET email = o.placed_at::text FROM orders o WHERE o.customer_id = c.customer_id RETURNING c.customer_id, c.email) SELECT email, customer_id FROM d', [
      'email <- shop.orders.placed_at', 'customer_id <- shop.customer.customer_id',
    ]],
    ['MERGE', 'MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id WHEN MATCHED THEN UPDATE SET email = o.amount::text RETURNING merge_action(), c.email, c.phone, o.order_id', [
      'merge_action <- ', 'email <- shop.orders.amount', 'phone <- shop.customer.phone', 'order_id <- shop.orders.order_id',
    ]],
    ['MERGE with a star: the source comes first', 'MERGE INTO shop.outbox b USING (SELECT order_id FROM orders) o ON o.order_id = b.event_id WHEN MATCHED THEN DELETE RETURNING *', [
      'order_id <- shop.orders.order_id', 'event_id <- shop.outbox.event_id', 'topic <- shop.outbox.topic', 'payload <- shop.outbox.payload',
    ]],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(read(sql).outputs).toEqual(expected);
  });
});

test('conditions of writes', () => {
  expect(read('INSERT INTO customer (customer_id) SELECT order_id FROM orders WHERE amount > 1 ON CONFLICT (customer_id) DO UPDATE SET email = $1 WHERE customer.born_on IS NULL').uses).toEqual([
    'filter shop.customer.born_on', 'filter shop.orders.amount',
  ]);
  expect(read('MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id WHEN MATCHED AND c.phone IS NULL THEN DELETE').uses).toEqual([
    'filter shop.customer.phone', 'join shop.customer.customer_id', 'join shop.orders.customer_id',
  ]);
  expect(read('DELETE FROM customer c USING orders o WHERE o.customer_id = c.customer_id').uses).toEqual(['filter shop.customer.customer_id', 'filter shop.orders.customer_id']);
});
