import { beforeAll, describe, expect, test } from 'vitest';
import { lineageContext, resolveStatement, type LineageContext } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

const DDL = `
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, tenant_id bigint NOT NULL, status text NOT NULL, region_code text,
    opened_at timestamptz NOT NULL, closed_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint NOT NULL REFERENCES app.case_file, assignee text, done boolean);
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text NOT NULL, phone text, full_name text, born_on date);
  CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, amount numeric, placed_at timestamptz);
  CREATE VIEW integration.v_customer_v1 AS SELECT customer_id, md5(email) AS email_hash, left(phone, 3) AS area FROM shop.customer WHERE email IS NOT NULL;
  CREATE VIEW integration.v_order_v1 (id, buyer, value) AS SELECT o.order_id, c.email, o.amount FROM shop.orders o JOIN shop.customer c USING (customer_id);
`;

let context: LineageContext;
let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
  context = lineageContext(new SchemaIndex(await catalogFromDdl(DDL)), parse, { searchPath: ['shop', 'app'] });
});

function resolve(sql: string) {
  const outcome = parse(sql);
  expect(outcome.diagnostics).toEqual([]);
  const first = outcome.statements[0];
  if (!first) throw new Error('no statement');
  return resolveStatement(first.statement, context);
}

/** `name <- column:mask, …` for each output, as a person would write it down. */
function outputs(sql: string): string[] {
  return resolve(sql).outputs.map(
    ({ name, flows }) => `${name} <- ${[...flows].map(([column, flow]) => (flow.mask === 'raw' ? column : `${column}:${flow.mask}`)).sort().join(', ')}`,
  );
}

function uses(sql: string): string[] {
  return [...new Set(resolve(sql).uses.map(({ column, role }) => `${role} ${column}`))].sort();
}

describe('what an output is made of', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['a column by alias', 'SELECT c.email FROM customer c', ['email <- shop.customer.email']],
    ['a schema-qualified column', 'SELECT shop.customer.email FROM shop.customer', ['email <- shop.customer.email']],
    ['a star in order', 'SELECT * FROM task', ['task_id <- app.task.task_id', 'case_id <- app.task.case_id', 'assignee <- app.task.assignee', 'done <- app.task.done']],
    ['a star over USING: merged columns first and once', 'SELECT * FROM orders JOIN customer USING (customer_id)', [
      'customer_id <- shop.orders.customer_id', 'order_id <- shop.orders.order_id', 'amount <- shop.orders.amount', 'placed_at <- shop.orders.placed_at',
      'email <- shop.customer.email', 'phone <- shop.customer.phone', 'full_name <- shop.customer.full_name', 'born_on <- shop.customer.born_on',
    ]],
    ['USING in a right join shows the right side', 'SELECT customer_id FROM orders RIGHT JOIN customer USING (customer_id)', ['customer_id <- shop.customer.customer_id']],
    ['USING in a full join shows both', 'SELECT customer_id FROM orders FULL JOIN customer USING (customer_id)', ['customer_id <- shop.customer.customer_id, shop.orders.customer_id']],
    ['through a common table with names of its own', 'WITH c(a, b) AS (SELECT email, phone FROM customer) SELECT b FROM c', ['b <- shop.customer.phone']],
    ['a common table hides a table, unless a schema is named', 'WITH orders AS (SELECT email FROM customer) SELECT o.*, p.amount FROM orders o, shop.orders p', ['email <- shop.customer.email', 'amount <- shop.orders.amount']],
    ['a recursive common table that swaps its columns', 'WITH RECURSIVE r(a, b) AS (SELECT email, phone FROM customer UNION ALL SELECT b, a FROM r) SELECT a FROM r', ['a <- shop.customer.email, shop.customer.phone']],
    ['without RECURSIVE a common table does not see itself', 'WITH customer AS (SELECT phone AS email FROM customer) SELECT email FROM customer', ['email <- shop.customer.phone']],
    ['a common table does not see the FROM beside it', 'WITH c AS (SELECT done FROM customer) SELECT c.done FROM c, task', ['done <- ']],
    ['a table under other column names', 'SELECT t.b FROM task t(a, b)', ['b <- app.task.case_id']],
    ['a system column tells nothing of the row', 'SELECT ctid, t.xmin FROM task t', ['ctid <- app.task.ctid:constant', 'xmin <- app.task.xmin:constant']],
    ['a JSON table', "SELECT j.x FROM customer c, JSON_TABLE(to_jsonb(c.email), '$' COLUMNS (NESTED PATH '$.a' COLUMNS (x text PATH '$.x'))) j", ['x <- shop.customer.email']],
    ['what a JSON predicate tells', "SELECT JSON_EXISTS(to_jsonb(email), '$.a') AS v, email IS JSON AS w FROM customer", ['v <- shop.customer.email:predicate', 'w <- shop.customer.email:predicate']],
    ['set operations by position', 'SELECT email AS x FROM customer UNION ALL SELECT full_name FROM customer', ['x <- shop.customer.email, shop.customer.full_name']],
    ['what EXCEPT takes away is not shown', 'SELECT email AS x FROM customer EXCEPT SELECT full_name FROM customer', ['x <- shop.customer.email']],
    ['a scalar sub-query that looks outwards', 'SELECT (SELECT max(o.amount) FROM orders o WHERE o.customer_id = c.customer_id) AS top FROM customer c', ['top <- shop.orders.amount']],
    ['LATERAL', 'SELECT l.v FROM customer c, LATERAL (SELECT c.email || o.amount AS v FROM orders o WHERE o.customer_id = c.customer_id) l', ['v <- shop.customer.email, shop.orders.amount']],
    ['a whole row as JSON', 'SELECT row_to_json(t) AS j FROM task t', ['j <- app.task.assignee, app.task.case_id, app.task.done, app.task.task_id']],
    ['CASE shows its results, not its conditions', "SELECT CASE WHEN phone IS NULL THEN email ELSE full_name END AS v FROM customer", ['v <- shop.customer.email, shop.customer.full_name']],
    ['FILTER decides and is not shown', 'SELECT sum(amount) FILTER (WHERE placed_at > now()) AS s FROM orders', ['s <- shop.orders.amount:aggregate']],
    ['WITHIN GROUP is shown', 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS p FROM orders', ['p <- shop.orders.amount']],
    ['a view with masked columns', 'SELECT * FROM integration.v_customer_v1', ['customer_id <- shop.customer.customer_id', 'email_hash <- shop.customer.email:pseudonymous-weak', 'area <- shop.customer.phone:partial']],
    ['a view with names of its own', 'SELECT buyer FROM integration.v_order_v1', ['buyer <- shop.customer.email']],
    ['VALUES', "SELECT v.a FROM (VALUES (1, 'x')) v(a, b)", ['a <- ']],
    ['a function in FROM', 'SELECT e.key FROM customer c, jsonb_each(to_jsonb(c.email)) e', ['key <- shop.customer.email']],
    ['RETURNING', 'UPDATE customer SET phone = NULL WHERE customer_id = 1 RETURNING email', ['email <- shop.customer.email']],
    ['a writing common table', 'WITH d AS (DELETE FROM customer RETURNING email) SELECT email FROM d', ['email <- shop.customer.email']],
    ['COPY of a table', 'COPY shop.customer (email, phone) TO STDOUT', ['email <- shop.customer.email', 'phone <- shop.customer.phone']],
    ['an unknown table keeps its columns', 'SELECT x.secret FROM elsewhere.thing x', ['secret <- elsewhere.thing.secret']],
    ['a star over an unknown table', 'SELECT * FROM elsewhere.thing', ['* <- elsewhere.thing.*']],
    ['a column out of a star over an unknown table', 'SELECT s.a FROM (SELECT * FROM elsewhere.thing) s', ['a <- elsewhere.thing.a']],
    ['an alias that is another column', 'SELECT s.phone FROM (SELECT email AS phone FROM customer) s', ['phone <- shop.customer.email']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(outputs(sql)).toEqual(expected);
  });
});

describe('how much of the value is left', () => {
  const cases: [expression: string, mask: string][] = [
    ['lower(trim(email))', 'raw'],
    ['coalesce(email, phone)', 'raw'],
    ["split_part(email, '@', 1)", 'raw'],
    ["split_part(email, '@', 2)", 'partial'],
    ['left(email, 3)', 'partial'],
    ['left(email, 50)', 'raw'],
    ["encode(convert_to(email, 'UTF8'), 'base64')", 'reversible'],
    ['md5(lower(email))', 'pseudonymous-weak'],
    ["md5(email || 'pepper')", 'pseudonymous-weak'],
    ['upper(md5(email))', 'pseudonymous-weak'],
    ['count(DISTINCT email)', 'aggregate'],
    ['max(email)', 'raw'],
    ["string_agg(email, ',')", 'raw'],
    ["email LIKE '%@example.org'", 'predicate'],
    ['email IS NOT NULL', 'predicate'],
    ["regexp_replace(email, '^.*@', '***@')", 'partial'],
    ["replace(email, '.', '')", 'raw'],
    ['length(email)', 'aggregate'],
  ];
  test.each(cases)('%s is %s', (expression, mask) => {
    const [output] = resolve(`SELECT ${expression} AS v FROM shop.customer`).outputs;
    expect(output?.flows.get('shop.customer.email')?.mask).toBe(mask);
  });

  test('the lowest level over all paths counts', () => {
    expect(outputs('SELECT md5(email) || email AS v FROM customer')).toEqual(['v <- shop.customer.email']);
  });
});

describe('what decides without being shown', () => {
  test('filters, joins, groups, orders and windows are told apart', () => {
    expect(
      uses(`SELECT c.region_code, count(*), rank() OVER (ORDER BY min(c.opened_at))
            FROM case_file c JOIN task t ON t.case_id = c.case_id
            WHERE c.status = 'OPEN' AND NOT t.done GROUP BY c.region_code HAVING max(c.closed_at) IS NULL ORDER BY c.region_code`),
    ).toEqual([
      'filter app.case_file.status', 'filter app.task.done', 'group app.case_file.region_code', 'having app.case_file.closed_at',
      'join app.case_file.case_id', 'join app.task.case_id', 'order app.case_file.region_code', 'window app.case_file.opened_at',
    ]);
  });

  test('GROUP BY prefers the input column, ORDER BY the output', () => {
    expect(uses('SELECT upper(email) AS phone FROM customer GROUP BY phone, email ORDER BY phone')).toEqual([
      'group shop.customer.email', 'group shop.customer.phone', 'order shop.customer.email',
    ]);
  });

  test('sub-queries in LIMIT decide how many rows are shown', () => {
    expect(uses('SELECT done FROM task LIMIT (SELECT max(amount) FROM orders)')).toEqual(['filter shop.orders.amount']);
  });

  test('ordinals stand for outputs', () => {
    expect(uses('SELECT status, count(*) FROM case_file GROUP BY 1')).toEqual(['group app.case_file.status']);
  });

  test('the conditions of a view belong to those who read it', () => {
    expect(uses('SELECT area FROM integration.v_customer_v1')).toEqual(['filter shop.customer.email']);
  });
});

describe('what the text refers to', () => {
  test('only relations that it names, with every column that it mentions', () => {
    const { direct, base } = resolve("SELECT s.status FROM (SELECT status, region_code FROM case_file WHERE tenant_id = 1) s JOIN integration.v_order_v1 v ON v.id = 1");
    expect([...direct].map(([key, columns]) => `${key}: ${[...columns].sort().join(', ')}`)).toEqual([
      'app.case_file: region_code, status, tenant_id', 'integration.v_order_v1: id',
    ]);
    expect([...base].sort()).toEqual(['app.case_file', 'shop.customer', 'shop.orders']);
  });

  test('a common table that nobody reads reads nothing', () => {
    expect([...resolve('WITH unread AS (SELECT email FROM customer) SELECT status FROM case_file').direct.keys()]).toEqual(['app.case_file']);
  });

  test('what cannot be resolved is counted, not guessed', () => {
    const { references, unknownRelations } = resolve('SELECT amount_due FROM elsewhere.invoice i, elsewhere.account a');
    expect(references).toEqual({ total: 1, resolved: 0 });
    expect([...unknownRelations]).toEqual(['elsewhere.invoice', 'elsewhere.account']);
  });

  test('system catalogues are no relations of the business', () => {
    expect(resolve('SELECT relname FROM pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace').direct.size).toBe(0);
  });
});

describe('what is written', () => {
  test('INSERT … SELECT maps by position', () => {
    const { writes } = resolve('INSERT INTO orders (order_id, amount) SELECT customer_id, 0 FROM customer');
    expect([...writes].map(([key, slots]) => [key, slots.map((slot) => `${slot.name} <- ${[...slot.flows.keys()].join()}`)])).toEqual([
      ['shop.orders', ['order_id <- shop.customer.customer_id', 'amount <- ']],
    ]);
  });

  test('a recursive common table before INSERT', () => {
    const { writes, unknownRelations } = resolve(`WITH RECURSIVE r AS (SELECT task_id, assignee FROM task UNION ALL SELECT task_id + 1, assignee FROM r)
      INSERT INTO customer (customer_id, email) SELECT task_id, assignee FROM r`);
    expect(writes.get('shop.customer')?.map((slot) => `${slot.name} <- ${[...slot.flows.keys()].join()}`)).toEqual(['customer_id <- app.task.task_id', 'email <- app.task.assignee']);
    expect(unknownRelations.size).toBe(0);
  });

  test('SET (a, b) = (SELECT …) maps by ordinal', () => {
    const { writes } = resolve('UPDATE customer SET (email, phone) = (SELECT assignee, status FROM task JOIN case_file USING (case_id) LIMIT 1)');
    expect(writes.get('shop.customer')?.map((slot) => `${slot.name} <- ${[...slot.flows.keys()].join()}`)).toEqual(['email <- app.task.assignee', 'phone <- app.case_file.status']);
  });
});
