import { beforeAll, describe, expect, test } from 'vitest';
import { postgresReader, type Read } from './lineage-reading.js';

const DDL = `
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, tenant_id bigint, status text, region_code text, opened_at timestamptz, closed_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint, assignee text, done boolean);
  CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text);
  CREATE VIEW app.v_open AS SELECT case_id, status FROM app.case_file WHERE closed_at IS NULL;
`;

let read: Read;

beforeAll(async () => {
  read = await postgresReader(DDL);
});

describe('what a column that is not shown decides', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['HAVING', 'SELECT region_code FROM case_file GROUP BY region_code HAVING count(closed_at) > 1', ['group app.case_file.region_code', 'having app.case_file.closed_at']],
    ['CASE, not its results', "SELECT CASE WHEN status = 'OPEN' THEN region_code END FROM case_file", ['case app.case_file.status']],
    ['CASE with an operand', "SELECT CASE status WHEN region_code THEN 1 END FROM case_file", ['case app.case_file.region_code', 'case app.case_file.status']],
    ['the order within an aggregate', "SELECT string_agg(status, ',' ORDER BY opened_at) FROM case_file", ['order app.case_file.opened_at']],
    ['the filter of an aggregate', 'SELECT count(*) FILTER (WHERE done) FROM task', ['filter app.task.done']],
    ['the argument of WITHIN GROUP is shown', 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY opened_at) FROM case_file', []],
    ['PARTITION BY and ORDER BY of a window', 'SELECT row_number() OVER (PARTITION BY region_code ORDER BY opened_at) FROM case_file', ['window app.case_file.opened_at', 'window app.case_file.region_code']],
    ['a named window', 'SELECT lag(status) OVER w FROM case_file WINDOW w AS (PARTITION BY region_code)', ['window app.case_file.region_code']],
    ['EXISTS: its select list is idle', 'SELECT 1 FROM case_file c WHERE EXISTS (SELECT t.assignee FROM task t WHERE t.case_id = c.case_id)', ['filter app.case_file.case_id', 'filter app.task.case_id']],
    ['IN: both sides', 'SELECT 1 FROM task WHERE case_id IN (SELECT case_id FROM case_file)', ['filter app.case_file.case_id', 'filter app.task.case_id']],
    ['NOT IN', 'SELECT 1 FROM task WHERE case_id NOT IN (SELECT case_id FROM case_file)', ['filter app.case_file.case_id', 'filter app.task.case_id']],
    ['IN that is shown: the sub-query decides', 'SELECT case_id IN (SELECT case_id FROM case_file) FROM task', ['filter app.case_file.case_id']],
    ['a sub-query in a join condition', 'SELECT 1 FROM task t JOIN case_file c ON t.case_id = c.case_id AND c.tenant_id = ANY (SELECT customer_id FROM customer)', [
      'join app.case_file.case_id', 'join app.case_file.tenant_id', 'join app.task.case_id', 'join shop.customer.customer_id',
    ]],
    ['USING', 'SELECT 1 FROM task JOIN case_file USING (case_id)', ['join app.case_file.case_id', 'join app.task.case_id']],
    ['DISTINCT groups by what it shows', 'SELECT DISTINCT status, region_code FROM case_file', ['distinct app.case_file.region_code', 'distinct app.case_file.status']],
    ['DISTINCT ON', 'SELECT DISTINCT ON (region_code) status FROM case_file ORDER BY region_code, opened_at', ['distinct app.case_file.region_code', 'order app.case_file.opened_at', 'order app.case_file.region_code']],
    ['what EXCEPT takes away', 'SELECT case_id FROM case_file EXCEPT SELECT case_id FROM task', ['filter app.task.case_id']],
    ['the order of a union, by the name of its first branch', 'SELECT email AS who FROM customer UNION ALL SELECT assignee FROM task ORDER BY who', ['order app.task.assignee', 'order shop.customer.email']],
    ['GROUPING SETS and rows of columns', 'SELECT 1 FROM case_file GROUP BY GROUPING SETS ((status, region_code), ROLLUP (tenant_id))', ['group app.case_file.region_code', 'group app.case_file.status', 'group app.case_file.tenant_id']],
    ['a view filters for its reader', 'SELECT status FROM app.v_open', ['filter app.case_file.closed_at']],
    ['an alias of a sub-query groups by itself, though a query outside has a column of the name', "SELECT (SELECT count(*) FROM (SELECT upper(t.assignee) AS status FROM task t GROUP BY status) s) FROM case_file", ['group app.task.assignee']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(read(sql).uses).toEqual(expected);
  });
});

/** Each use with the text at its position. */
function placed(sql: string): string[] {
  return read(sql).resolution.uses.map(({ role, column, span }) => `${role} ${column.slice(column.lastIndexOf('.') + 1)}: ${span ? sql.slice(span.start, span.end) : 'nowhere'}`);
}

/** The text at each place on the way of the first output. */
function way(sql: string): string[] {
  return [...(read(sql).resolution.outputs[0]?.flows ?? [])].map(([column, { spans, transformation }]) =>
    `${column.slice(column.lastIndexOf('.') + 1)} ${transformation}: ${spans.map(({ start, end }) => sql.slice(start, end)).join(' > ')}`);
}

describe('where the text says so', () => {
  test('a condition points at each reference, not at itself', () => {
    expect(placed("SELECT 1 FROM case_file c WHERE lower(c.status) = 'open' AND (c.opened_at > $1 OR c.opened_at IS NULL)")).toEqual([
      'filter status: c.status', 'filter opened_at: c.opened_at', 'filter opened_at: c.opened_at',
    ]);
  });

  test('a condition on a common table points at the reference to it', () => {
    expect(placed('WITH o AS (SELECT status AS s FROM case_file) SELECT 1 FROM o WHERE o.s IS NULL')).toEqual(['filter status: o.s']);
  });

  test('ordinals and names of outputs', () => {
    expect(placed('SELECT status AS s, region_code FROM case_file GROUP BY s, 2 ORDER BY 2')).toEqual(['group status: s', 'group region_code: 2', 'order region_code: 2']);
  });

  test('what only a view names stands nowhere', () => {
    expect(placed('SELECT status FROM app.v_open')).toEqual(['filter closed_at: nowhere']);
  });

  test('an output points at every place on its way', () => {
    expect(way('WITH a AS (SELECT email AS e FROM customer), b AS (SELECT upper(a.e) AS u FROM a) SELECT b.u FROM b')).toEqual(['email transformation: email > a.e > b.u']);
    expect(way('SELECT * FROM (SELECT c.email FROM customer c) s')).toEqual(['email identity: c.email > *']);
    expect(way('SELECT to_jsonb(c) FROM customer c').slice(0, 2)).toEqual(['customer_id transformation: c', 'email transformation: c']);
    expect(way('SELECT status FROM app.v_open')).toEqual(['status identity: status']);
  });

  test('a text with letters beyond ASCII', () => {
    expect(placed("SELECT 'Prüfung für Größe' FROM case_file WHERE status = 'ä'")).toEqual(['filter status: status']);
  });
});

describe('what happened on the way', () => {
  const cases: [expression: string, transformation: string][] = [
    ['email', 'identity'], ['(SELECT c.email)', 'identity'], ['email::varchar', 'transformation'], ['max(email)', 'aggregation'], ['lower(max(email))', 'aggregation'],
    ['max(lower(email))', 'aggregation'], ['first_value(email) OVER (ORDER BY customer_id)', 'transformation'], ['sum(length(email)) OVER ()', 'aggregation'],
    ['CASE WHEN true THEN email END', 'transformation'], ["email || 'x'", 'transformation'], ['ARRAY(SELECT c.email)', 'transformation'],
  ];
  test.each(cases)('%s: %s', (expression, transformation) => {
    expect(read(`SELECT ${expression} AS v FROM shop.customer c`).resolution.outputs[0]?.flows.get('shop.customer.email')?.transformation).toBe(transformation);
  });

  test('through a view, a union and a common table the strongest counts', () => {
    expect(way('WITH m AS (SELECT max(email) AS e FROM customer UNION ALL SELECT email FROM customer) SELECT e FROM m')).toEqual(['email aggregation: email > email > e']);
  });
});
