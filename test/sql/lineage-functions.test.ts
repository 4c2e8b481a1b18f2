import { beforeAll, describe, expect, test } from 'vitest';
import { postgresReader, type Read } from './lineage-reading.js';

const DDL = `
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint, amount numeric, lines jsonb);
  CREATE FUNCTION shop.contacts(wanted bigint) RETURNS TABLE (id bigint, mail text) LANGUAGE sql AS
    $$ SELECT customer_id, lower(email) FROM shop.customer WHERE customer_id = wanted $$;
  CREATE FUNCTION shop.contact(wanted bigint, OUT mail text, OUT digits text) LANGUAGE sql AS $$ SELECT email, right(phone, 4) FROM shop.customer WHERE customer_id = $1 $$;
  CREATE FUNCTION shop.everybody() RETURNS SETOF shop.customer LANGUAGE sql AS $$ SELECT * FROM shop.customer $$;
  CREATE FUNCTION shop.everybody_whole() RETURNS SETOF shop.customer LANGUAGE sql AS $$ SELECT c FROM shop.customer c $$;
  CREATE FUNCTION shop.label(c shop.customer) RETURNS text LANGUAGE sql AS $$ SELECT c.full_name || ' ' || c.email $$;
  CREATE FUNCTION shop.hashed(value text, salt text DEFAULT 'x') RETURNS text LANGUAGE sql AS $$ SELECT md5(value || salt) $$;
  CREATE FUNCTION shop.mask_nothing(value text) RETURNS text LANGUAGE sql AS $$ SELECT shop.same(value) $$;
  CREATE FUNCTION shop.same(value text) RETURNS text LANGUAGE sql AS $$ SELECT value $$;
  CREATE FUNCTION shop.around(n int) RETURNS int LANGUAGE sql AS $$ SELECT CASE WHEN n > 0 THEN shop.around(n - 1) ELSE n END $$;
  CREATE FUNCTION shop.two_steps(wanted bigint) RETURNS text LANGUAGE sql AS $$ UPDATE shop.orders SET amount = 0 WHERE false; SELECT email FROM shop.customer WHERE customer_id = wanted $$;
  CREATE FUNCTION shop.customer_json(wanted bigint) RETURNS jsonb LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
  CREATE FUNCTION shop.any_table(name text) RETURNS SETOF record LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY EXECUTE 'SELECT * FROM ' || name; END $$;
  CREATE VIEW shop.v_label AS SELECT customer_id, shop.hashed(email) AS mail FROM shop.customer;
`;

let read: Read;

beforeAll(async () => {
  read = await postgresReader(DDL);
});

type Case = [name: string, sql: string, expected: string[]];

describe('functions of the catalogue are read', () => {
  const cases: Case[] = [
    ['a table function', 'SELECT f.mail FROM shop.contacts(7) f', ['mail <- shop.customer.email']],
    ['under other names', 'SELECT b, f.a FROM shop.contacts(7) AS f (a, b)', ['b <- shop.customer.email', 'a <- shop.customer.customer_id']],
    ['an argument flows only where the body shows it', 'SELECT f.mail FROM orders o, shop.contacts(o.customer_id) f', ['mail <- shop.customer.email']],
    ['OUT parameters and $1', 'SELECT f.* FROM shop.contact(1) f', ['mail <- shop.customer.email', 'digits <- shop.customer.phone:partial']],
    ['RETURNS SETOF table', 'SELECT * FROM shop.everybody() e', ['customer_id <- shop.customer.customer_id', 'email <- shop.customer.email', 'phone <- shop.customer.phone', 'full_name <- shop.customer.full_name']],
    ['a body that selects whole rows', 'SELECT e.phone FROM shop.everybody_whole() e', ['phone <- shop.customer.phone']],
    ['the row of a function as JSON', 'SELECT to_jsonb(f) AS j FROM shop.contacts(1) f', ['j <- shop.customer.customer_id, shop.customer.email']],
    ['a column of a function in the select list', 'SELECT (shop.contact(1)).digits', ['digits <- shop.customer.phone:partial']],
    ['all columns of a function in the select list', 'SELECT (shop.contact(1)).*', ['mail <- shop.customer.email', 'digits <- shop.customer.phone:partial']],
    ['a row as argument: only the fields that the body reads', 'SELECT shop.label(c) AS l FROM customer c', ['l <- shop.customer.email, shop.customer.full_name']],
    ['a function written like a column', 'SELECT c.label FROM customer c', ['label <- shop.customer.email, shop.customer.full_name']],
    ['a column written like a function', 'SELECT email(c) AS e FROM customer c', ['e <- shop.customer.email']],
    ['what the body leaves of an argument', 'SELECT shop.hashed(email) AS h FROM customer', ['h <- shop.customer.email:pseudonymous-weak']],
    ['named arguments in any order', 'SELECT shop.hashed(salt => phone, value => email) AS h FROM customer', ['h <- shop.customer.email:pseudonymous-weak, shop.customer.phone:pseudonymous-weak']],
    ['a name that promises a mask is no mask', 'SELECT shop.mask_nothing(email) AS m FROM customer', ['m <- shop.customer.email']],
    ['a function that calls itself', 'SELECT shop.around(customer_id::int) AS n FROM orders', ['n <- shop.orders.customer_id']],
    ['the last statement of several', 'SELECT shop.two_steps(1) AS t', ['t <- shop.customer.email']],
    ['within a view', 'SELECT mail FROM shop.v_label', ['mail <- shop.customer.email:pseudonymous-weak']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings } = read(sql);
    expect(outputs).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test('what the body decides by is a condition of who calls it, and so is the argument that it compares', () => {
    expect(read('SELECT f.mail FROM orders o, shop.contacts(o.customer_id) f').uses).toEqual(['filter shop.customer.customer_id', 'filter shop.orders.customer_id']);
  });

  test('the tables behind a function are read, but not named', () => {
    const { resolution } = read('SELECT * FROM shop.contacts(1)');
    expect([...resolution.base]).toEqual(['shop.customer']);
    expect([...resolution.direct]).toEqual([]);
  });
});

describe('functions that cannot be read give any of their arguments, and it is said', () => {
  test('another language', () => {
    const { outputs, warnings } = read('SELECT shop.customer_json(o.customer_id) AS j FROM orders o');
    expect(outputs).toEqual(['j <- shop.orders.customer_id']);
    expect(warnings).toEqual(['what shop.customer_json reads is not known: its language is plpgsql']);
  });

  test('SQL that is built at run time', () => {
    expect(read('SELECT x.a FROM shop.any_table($1) AS x (a text)').warnings).toEqual(['what shop.any_table reads is not known: it builds SQL at run time']);
  });

  test('a function that nobody knows', () => {
    const { outputs, warnings, resolution } = read('SELECT tokenise(email) AS t FROM customer');
    expect(outputs).toEqual(['t <- shop.customer.email']);
    expect(warnings).toEqual(['the function tokenise is not known: what it reads is not known, and its value may be any of its arguments']);
    expect(resolution.diagnostics[0]?.offset).toBe(7);
  });

  test('functions of the engine and of extensions are known', () => {
    expect(read("SELECT jsonb_path_query(lines, '$.a'), pg_catalog.lower('A'), similarity('a', 'b'), public.digest('a', 'sha256'), st_area(NULL), CURRENT_DATE, GROUPING(amount), anon.fake_city() FROM orders GROUP BY lines, amount").warnings).toEqual([]);
  });
});

describe('functions of the engine in FROM', () => {
  const cases: Case[] = [
    ['a series of constants has no source', "SELECT d, c.email FROM generate_series('2026-01-01'::date, '2026-02-01', '1 day') d, customer c", ['d <- ', 'email <- shop.customer.email']],
    ['a series up to a column', 'SELECT n FROM orders o, generate_series(1, o.amount) AS n', ['n <- shop.orders.amount']],
    ['jsonb_each by its own names', 'SELECT key, e.value FROM orders, jsonb_each(lines) e', ['key <- shop.orders.lines', 'value <- shop.orders.lines']],
    ['jsonb_to_recordset', 'SELECT r.sku, r.n FROM orders o, jsonb_to_recordset(o.lines) AS r (sku text, n int)', ['sku <- shop.orders.lines', 'n <- shop.orders.lines']],
    ['jsonb_populate_record of a row type', 'SELECT p.* FROM orders o, jsonb_populate_record(NULL::shop.customer, o.lines) p', ['customer_id <- shop.orders.lines', 'email <- shop.orders.lines', 'phone <- shop.orders.lines', 'full_name <- shop.orders.lines']],
    ['jsonb_populate_record of a row: the row shows through', 'SELECT p.email FROM customer c, orders o, jsonb_populate_record(c, o.lines) p', ['email <- shop.customer.customer_id, shop.customer.email, shop.customer.full_name, shop.customer.phone, shop.orders.lines']],
    ['ROWS FROM, column by column', 'SELECT a, b FROM orders o, ROWS FROM (jsonb_array_elements(o.lines), generate_series(1, 3)) AS x (a, b)', ['a <- shop.orders.lines', 'b <- ']],
    ['unnest of several arrays, column by column', 'SELECT u.a, u.b FROM customer c, unnest(ARRAY[c.email], ARRAY[c.phone]) AS u (a, b)', ['a <- shop.customer.email', 'b <- shop.customer.phone']],
    ['the position tells how many there are', 'SELECT e.i FROM orders o, jsonb_array_elements(o.lines) WITH ORDINALITY AS e (v, i)', ['i <- shop.orders.lines:aggregate']],
    ['XMLTABLE', "SELECT x.v FROM customer c, XMLTABLE('/r' PASSING (xmlelement(name r, c.email)) COLUMNS v text PATH '.') x", ['v <- shop.customer.email']],
    ['SQL in a literal is read', "SELECT query_to_xml('SELECT email FROM shop.customer WHERE phone IS NULL', true, false, '') AS x", ['x <- shop.customer.email']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings } = read(sql);
    expect(outputs).toEqual(expected);
    expect(warnings).toEqual([]);
  });
});
