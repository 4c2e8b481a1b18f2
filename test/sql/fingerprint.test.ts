import { beforeAll, describe, expect, test } from 'vitest';
import type { Column, Relation } from '../../src/model/catalog.js';
import { fingerprint } from '../../src/sql/fingerprint.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { SchemaIndex, relationKey } from '../../src/sql/schema-index.js';

let parse: Parse;
let index: SchemaIndex;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(`
    CREATE TABLE app.case_file (case_id bigint, status text, priority int, opened_at timestamptz, officer_id bigint, email text);
    CREATE TABLE app.officer (officer_id bigint, name text, email text);
    CREATE TABLE shop.orders (order_id bigint, status text);
    CREATE TABLE archive.orders (order_id bigint, status text);
  `));
});

function statementOf(sql: string) {
  const [first, another] = parse(sql).statements;
  if (!first || another) throw new Error(`not one statement: ${sql}`);
  return first.statement;
}

function of(sql: string): string {
  return fingerprint(statementOf(sql));
}

/** With a catalogue, names are looked for in the schemas of a session. */
function known(sql: string, searchPath: string[]): string {
  const relationOf = (schema: string | null, name: string): { key: string; columns: Column[] } | null => {
    const relation: Relation | null = index.find(schema, name, searchPath);
    return relation && { key: relationKey(relation), columns: relation.columns };
  };
  return fingerprint(statementOf(sql), { relationOf });
}

const OPEN = "SELECT region, count(*) AS n FROM app.case_file WHERE status = 'OPEN' GROUP BY region";

describe('one fingerprint for a card and its row in the statistics', () => {
  test.each([
    ['literals and parameters', "SELECT count(*) FROM app.case_file WHERE status = 'OPEN' AND priority > 3", 'SELECT count(*) FROM app.case_file WHERE status = $1 AND priority > $2'],
    ['formatting and comments', '-- Metabase:: userID: 1\nselect  COUNT(*)\nfrom app.case_file /* x */', 'SELECT count(*) FROM app.case_file'],
    ['the cursor of a driver', 'SELECT status FROM app.case_file', 'DECLARE "SQL_CUR0x7f2c" CURSOR WITH HOLD FOR SELECT status FROM app.case_file'],
    ['the comment of a tool in front', "/* {\"app\": \"metabase\", \"dashboard\": 7} */ SELECT count(*) FROM app.case_file", 'SELECT count(*) FROM app.case_file'],
    ['the case of names, and quotes that change nothing', 'SELECT Status FROM App.Case_File', 'SELECT "status" FROM "app"."case_file"'],
    ['the length of a list', "SELECT 1 FROM app.case_file WHERE status IN ('x', 'y', 'z')", 'SELECT 1 FROM app.case_file WHERE status IN ($1 /*, ... */)'],
    ['a list of rows', "SELECT 1 FROM app.case_file WHERE (status, priority) IN (('x', 1), ('y', 2))", 'SELECT 1 FROM app.case_file WHERE (status, priority) IN (($1, $2), ($3, $4), ($5, $6))'],
    ['an array of literals', "SELECT 1 FROM app.case_file WHERE status = ANY (ARRAY['x', 'y'])", 'SELECT 1 FROM app.case_file WHERE status = ANY (ARRAY[$1 /*, ... */])'],
    ['an array with a cast', "SELECT 1 FROM app.case_file WHERE status = ANY ('{x,y}'::text[])", 'SELECT 1 FROM app.case_file WHERE status = ANY ($1::text[])'],
    ['rows of VALUES', "INSERT INTO app.case_file (status, priority) VALUES ('OPEN', 1), ('CLOSED', 2)", 'INSERT INTO app.case_file (status, priority) VALUES ($1, $2)'],
    ['typed literals', "SELECT 1 FROM app.case_file WHERE opened_at > now() - interval '30 days' AND closed_at >= DATE '2026-01-01' AND priority = '5'::int", 'SELECT 1 FROM app.case_file WHERE opened_at > now() - interval $1 AND closed_at >= DATE $2 AND priority = $3::int'],
    ['an interval with its unit', "SELECT 1 FROM app.case_file WHERE opened_at > now() - interval '7' day", 'SELECT 1 FROM app.case_file WHERE opened_at > now() - interval $1 day'],
    ['a row limit', 'SELECT case_id FROM app.case_file LIMIT 10 OFFSET 20', 'SELECT case_id FROM app.case_file LIMIT $1 OFFSET $2'],
    ['negative numbers', 'SELECT 1 FROM app.case_file WHERE priority > -5', 'SELECT 1 FROM app.case_file WHERE priority > $1'],
    ['NULL as a value', 'SELECT coalesce(closed_at, NULL) FROM app.case_file', 'SELECT coalesce(closed_at, $1) FROM app.case_file'],
    ['the field of extract', 'SELECT extract(year FROM opened_at) FROM app.case_file', 'SELECT extract($1 FROM opened_at) FROM app.case_file'],
    ['the other spelling of unequal', "SELECT 1 FROM app.case_file WHERE status != 'OPEN'", 'SELECT 1 FROM app.case_file WHERE status <> $1'],
  ])('%s', (_name, one, other) => {
    expect(of(one)).toBe(of(other));
  });
});

describe('names that a statement gives do not count', () => {
  test.each([
    ['outputs', 'SELECT count(*) AS n FROM app.case_file', 'SELECT count(*) AS open_cases FROM app.case_file'],
    ['tables', 'SELECT c.status FROM app.case_file AS c', 'SELECT case_file.status FROM app.case_file'],
    ['the only table, left away', 'SELECT c.status FROM app.case_file c WHERE c.priority > 1', 'SELECT status FROM app.case_file WHERE priority > 1'],
    ['the star of the only table', 'SELECT c.* FROM app.case_file c', 'SELECT * FROM app.case_file'],
    ['derived tables', 'SELECT a.n + 1 FROM (SELECT count(*) AS n FROM app.case_file) AS a', 'SELECT b.cases + 1 FROM (SELECT count(*) AS cases FROM app.case_file) AS b'],
    ['columns of derived tables', 'SELECT s.b FROM (SELECT case_id, status FROM app.case_file) AS s(a, b)', 'SELECT x.status FROM (SELECT case_id, status FROM app.case_file) AS x'],
    ['outputs through a star', 'SELECT o.late FROM (SELECT i.* FROM (SELECT priority > 3 AS late FROM app.case_file) i) o', 'SELECT a.due FROM (SELECT b.* FROM (SELECT priority > 3 AS due FROM app.case_file) b) a'],
    ['common tables', 'WITH open AS (SELECT case_id AS id FROM app.case_file) SELECT count(id) FROM open', 'WITH o AS (SELECT case_id AS k FROM app.case_file) SELECT count(k) FROM o'],
    ['recursive ones', 'WITH RECURSIVE t(i) AS (SELECT unit_id FROM app.unit UNION ALL SELECT u.unit_id FROM app.unit u JOIN t ON u.parent_id = t.i) SELECT i FROM t', 'WITH RECURSIVE tree(node) AS (SELECT unit_id FROM app.unit UNION ALL SELECT c.unit_id FROM app.unit c JOIN tree ON c.parent_id = tree.node) SELECT node FROM tree'],
    ['windows', 'SELECT rank() OVER w FROM app.case_file WINDOW w AS (PARTITION BY officer_id ORDER BY priority)', 'SELECT rank() OVER (PARTITION BY officer_id ORDER BY priority) FROM app.case_file'],
    ['functions in FROM', 'SELECT d FROM generate_series(1, 9) AS d', 'SELECT g.day FROM generate_series(1, 9) AS g(day)'],
    ['whole rows', 'SELECT row_to_json(c) FROM app.case_file c', 'SELECT row_to_json(f) FROM app.case_file f'],
    ['grouping by an alias, a number or the expression', "SELECT date_trunc('month', opened_at) AS month, count(*) FROM app.case_file GROUP BY month ORDER BY month", "SELECT date_trunc('month', opened_at), count(*) FROM app.case_file GROUP BY 1 ORDER BY date_trunc('month', opened_at)"],
    ['two sides of one table', 'SELECT a.name FROM app.unit a JOIN app.unit b ON a.parent_id = b.unit_id', 'SELECT b.name FROM app.unit b JOIN app.unit a ON b.parent_id = a.unit_id'],
    ['outer rows of a correlated query', 'SELECT 1 FROM app.officer o WHERE EXISTS (SELECT 1 FROM app.case_file c WHERE c.officer_id = o.officer_id)', 'SELECT 1 FROM app.officer x WHERE EXISTS (SELECT 1 FROM app.case_file y WHERE y.officer_id = x.officer_id)'],
    ['a join', 'SELECT j.title FROM (app.task t JOIN app.case_file c USING (case_id)) AS j', 'SELECT k.title FROM (app.task a JOIN app.case_file b USING (case_id)) AS k'],
    ['columns that USING joins', 'SELECT d.n FROM app.officer JOIN (SELECT officer_id, count(*) AS n FROM app.case_file GROUP BY 1) d USING (officer_id)', 'SELECT e.cases FROM app.officer JOIN (SELECT officer_id, count(*) AS cases FROM app.case_file GROUP BY 1) e USING (officer_id)'],
    ['the target of a change', "UPDATE app.case_file AS c SET status = 'CLOSED' WHERE c.case_id = 5", 'UPDATE app.case_file SET status = $1 WHERE case_id = $2'],
  ])('%s', (_name, one, other) => {
    expect(of(one)).toBe(of(other));
  });
});

describe('what tools put around a query does not count', () => {
  test.each([
    ['a star', `SELECT * FROM (${OPEN}) AS source`],
    ['Metabase, a limit', `SELECT * FROM (${OPEN}) "source" LIMIT 2000`],
    ['Metabase, columns', `SELECT "source"."region" AS "region", "source"."n" AS "n" FROM (${OPEN}) AS "source" LIMIT 1048575`],
    ['Superset', `SELECT * FROM (${OPEN}) AS virtual_table LIMIT 1001`],
    ['Superset, columns', `SELECT region AS region, n AS n FROM (${OPEN}) AS virtual_table ORDER BY n DESC LIMIT 1000`],
    ['dbt show', `select * from (\n${OPEN}\n) as __dbt_sbq\nlimit 500`],
    ['dbt, an import', `with cases as (${OPEN}), final as (select * from cases) select * from final`],
    ['Looker', `WITH t AS (${OPEN}) SELECT t.region AS "t.region", t.n AS "t.n" FROM t ORDER BY 2 DESC LIMIT 500`],
    ['Tableau', `SELECT "Custom SQL Query"."region" AS "region", "Custom SQL Query"."n" AS "n" FROM (${OPEN}) "Custom SQL Query"`],
    ['Power BI', `select "_"."region", "_"."n" from (select "$Table"."region", "$Table"."n" from (${OPEN}) "$Table") "_" limit 1000`],
    ['other names', `SELECT s.region AS "Region", s.n AS "Cases" FROM (${OPEN}) s`],
  ])('%s', (_name, wrapped) => {
    expect(of(wrapped)).toBe(of(OPEN));
  });

  test('a wrapper within a query', () => {
    expect(of(`SELECT sum(v.n) FROM (SELECT * FROM (${OPEN}) AS inner_table) AS v`)).toBe(of(`SELECT sum(v.n) FROM (${OPEN}) AS v`));
    expect(of(`SELECT sum(v.cases) FROM (SELECT i.region, i.n AS cases FROM (${OPEN}) AS i) AS v`)).toBe(of(`SELECT sum(v.n) FROM (${OPEN}) AS v`));
  });

  test.each([
    ['a filter', `SELECT * FROM (${OPEN}) s WHERE n > 5`],
    ['fewer columns', `SELECT s.n FROM (${OPEN}) s`],
    ['columns in another order', `SELECT s.n, s.region FROM (${OPEN}) s`],
    ['a column twice', `SELECT s.n, s.n FROM (${OPEN}) s`],
    ['a computed column', `SELECT s.region, s.n * 2 AS n FROM (${OPEN}) s`],
    ['one column more', `SELECT 1 AS one, s.region, s.n FROM (${OPEN}) s`],
    ['a count', `SELECT count(*) FROM (${OPEN}) s`],
    ['DISTINCT', `SELECT DISTINCT * FROM (${OPEN}) s`],
    ['a grouping', `SELECT s.region, s.n FROM (${OPEN}) s GROUP BY 1, 2`],
    ['a second table', `SELECT * FROM (${OPEN}) s, app.officer`],
    ['a limit in the middle', `SELECT sum(n) FROM (SELECT * FROM (${OPEN}) s LIMIT 10) t`],
    ['a lock', `SELECT * FROM (${OPEN}) s FOR UPDATE`],
  ])('but a wrapper with %s is a query of its own', (_name, wrapped) => {
    const without = wrapped.includes('sum(n)') ? `SELECT sum(n) FROM (${OPEN}) t` : OPEN;
    expect(of(wrapped)).not.toBe(of(without));
  });
});

describe('with a catalogue', () => {
  test('a name without a schema is the relation that the search path finds', () => {
    expect(known('SELECT count(*) FROM orders', ['shop'])).toBe(known('SELECT count(*) FROM shop.orders', ['public']));
    expect(known('SELECT count(*) FROM orders', ['archive', 'shop'])).not.toBe(known('SELECT count(*) FROM shop.orders', ['public']));
    expect(known('WITH orders AS (SELECT 1 AS x) SELECT count(*) FROM orders', ['shop'])).not.toBe(known('SELECT count(*) FROM shop.orders', ['shop']));
  });

  test('a bare column is that of its table', () => {
    const bare = 'SELECT name, status FROM app.officer JOIN app.case_file ON case_file.officer_id = officer.officer_id';
    const full = 'SELECT o.name, c.status FROM app.officer o JOIN app.case_file c ON c.officer_id = o.officer_id';
    expect(known(bare, [])).toBe(known(full, []));
  });

  test('GROUP BY prefers a column to an output, ORDER BY an output', () => {
    const own = 'SELECT lower(email) AS email, count(*) FROM app.officer GROUP BY email';
    expect(known(own, [])).toBe(known('SELECT lower(email) AS e, count(*) FROM app.officer GROUP BY email', []));
    expect(known(own, [])).not.toBe(known('SELECT lower(email) AS email, count(*) FROM app.officer GROUP BY 1', []));
    expect(known('SELECT lower(email) AS email FROM app.officer ORDER BY email', [])).toBe(known('SELECT lower(email) AS e FROM app.officer ORDER BY 1', []));
  });

  test('a bare name of a table without a column of that name is its row', () => {
    expect(known('SELECT to_json(officer) FROM app.officer', [])).toBe(known('SELECT to_json(o) FROM app.officer o', []));
  });
});

describe('different fingerprints for different work', () => {
  test.each([
    ['the schema', 'SELECT a FROM app.t', 'SELECT a FROM shop.t'],
    ['the table', 'SELECT a FROM t1', 'SELECT a FROM t2'],
    ['a partition', 'SELECT a FROM part_2026_01', 'SELECT a FROM part_2026_02'],
    ['the column', 'SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE c = 1'],
    ['the column that is shown', 'SELECT a AS x FROM t', 'SELECT b AS x FROM t'],
    ['the order of outputs', 'SELECT a, b FROM t', 'SELECT b, a FROM t'],
    ['swapped aliases of outputs below', 'SELECT s.x FROM (SELECT a AS x, b AS y FROM t) s', 'SELECT s.x FROM (SELECT a AS y, b AS x FROM t) s'],
    ['the operator', 'SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE b <> 1'],
    ['equality and a list', 'SELECT a FROM t WHERE b = 1', 'SELECT a FROM t WHERE b IN (1, 2)'],
    ['a test for NULL', 'SELECT a FROM t WHERE b IS NULL', 'SELECT a FROM t WHERE b IS NOT NULL'],
    ['AND and OR', 'SELECT a FROM t WHERE b = 1 AND c = 2', 'SELECT a FROM t WHERE b = 1 OR c = 2'],
    ['a negation', 'SELECT a FROM t WHERE b LIKE $1', 'SELECT a FROM t WHERE b NOT LIKE $1'],
    ['the aggregate', 'SELECT sum(a) FROM t', 'SELECT max(a) FROM t'],
    ['where NULL comes', 'SELECT a FROM t ORDER BY b DESC', 'SELECT a FROM t ORDER BY b DESC NULLS LAST'],
    ['the unit of a frame', 'SELECT sum(a) OVER (ORDER BY b ROWS 6 PRECEDING) FROM t', 'SELECT sum(a) OVER (ORDER BY b GROUPS 6 PRECEDING) FROM t'],
    ['a frame and none', 'SELECT sum(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t', 'SELECT sum(a) OVER (ORDER BY b) FROM t'],
    ['the end of a frame', 'SELECT avg(a) OVER w FROM t WINDOW w AS (ORDER BY b ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING)', 'SELECT avg(a) OVER w FROM t WINDOW w AS (ORDER BY b ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)'],
    ['what a frame leaves out', 'SELECT sum(a) OVER (ORDER BY b GROUPS 1 PRECEDING) FROM t', 'SELECT sum(a) OVER (ORDER BY b GROUPS 1 PRECEDING EXCLUDE TIES) FROM t'],
    ['rows and values counted', 'SELECT count(*) FROM t', 'SELECT count(a) FROM t'],
    ['a FILTER', 'SELECT count(*) FROM t', 'SELECT count(*) FILTER (WHERE a) FROM t'],
    ['the kind of join', 'SELECT 1 FROM t JOIN u ON t.a = u.a', 'SELECT 1 FROM t LEFT JOIN u ON t.a = u.a'],
    ['the sides of a join', 'SELECT x.a FROM t x JOIN t y ON x.b = y.c', 'SELECT y.a FROM t x JOIN t y ON x.b = y.c'],
    ['the side that a self join compares', 'SELECT x.a FROM t x JOIN t y ON x.b = y.c', 'SELECT x.a FROM t x JOIN t y ON y.b = x.c'],
    ['the correlation', 'SELECT 1 FROM t x WHERE EXISTS (SELECT 1 FROM t y WHERE y.a = x.a)', 'SELECT 1 FROM t x WHERE EXISTS (SELECT 1 FROM t y WHERE y.a = y.a)'],
    ['the common table that is read', 'WITH p AS (SELECT a FROM t), q AS (SELECT a FROM u) SELECT p.a FROM p, q', 'WITH p AS (SELECT a FROM t), q AS (SELECT a FROM u) SELECT q.a FROM p, q'],
    ['a row limit', 'SELECT a FROM t', 'SELECT a FROM t LIMIT 10'],
    ['a row limit and an offset', 'SELECT a FROM t LIMIT 10', 'SELECT a FROM t OFFSET 10'],
    ['the order', 'SELECT a FROM t ORDER BY a', 'SELECT a FROM t ORDER BY a DESC'],
    ['the output that orders', 'SELECT a, b FROM t ORDER BY 1', 'SELECT a, b FROM t ORDER BY 2'],
    ['the grouping', 'SELECT a, count(*) FROM t GROUP BY a', 'SELECT a, count(*) FROM t GROUP BY a, b'],
    ['the output that groups', 'SELECT a, b, count(*) FROM t GROUP BY 1', 'SELECT a, b, count(*) FROM t GROUP BY 2'],
    ['grouping sets', 'SELECT a, b FROM t GROUP BY ROLLUP (a, b)', 'SELECT a, b FROM t GROUP BY CUBE (a, b)'],
    ['the partition of a window', 'SELECT rank() OVER (PARTITION BY a) FROM t', 'SELECT rank() OVER (ORDER BY a) FROM t'],
    ['an aggregate and a window', 'SELECT sum(a) FROM t', 'SELECT sum(a) OVER () FROM t'],
    ['a list of columns and a list of values', 'SELECT 1 FROM t WHERE a IN (b, c)', 'SELECT 1 FROM t WHERE a IN (1, 2)'],
    ['the JSON function', "SELECT JSON_VALUE(a, '$.x') FROM t", "SELECT JSON_QUERY(a, '$.x') FROM t"],
    ['DISTINCT in an aggregate', 'SELECT count(a) FROM t', 'SELECT count(DISTINCT a) FROM t'],
    ['DISTINCT', 'SELECT a FROM t', 'SELECT DISTINCT a FROM t'],
    ['UNION and UNION ALL', 'SELECT a FROM t UNION SELECT a FROM u', 'SELECT a FROM t UNION ALL SELECT a FROM u'],
    ['the type of a cast', 'SELECT a::date FROM t', 'SELECT a::timestamp FROM t'],
    ['a scalar and an array of a sub-query', 'SELECT (SELECT a FROM t)', 'SELECT ARRAY(SELECT a FROM t)'],
    ['ONLY', 'SELECT a FROM t', 'SELECT a FROM ONLY t'],
    ['a lock', 'SELECT a FROM t', 'SELECT a FROM t FOR UPDATE'],
    ['the column that is written', 'UPDATE t SET a = 1', 'UPDATE t SET b = 1'],
    ['the columns of an insert', 'INSERT INTO t (a, b) SELECT x, y FROM u', 'INSERT INTO t (b, a) SELECT x, y FROM u'],
    ['a row taken for a column', 'SELECT row_to_json(c) FROM app.case_file c', 'SELECT row_to_json(c.c) FROM app.case_file c'],
  ])('%s', (_name, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });
});

test('a text that repeats its long parts is written in the length of the text', () => {
  const window = `PARTITION BY ${Array.from({ length: 2000 }, (_, n) => `column_${n}`).join(', ')}`;
  const sql = `SELECT ${Array.from({ length: 2000 }, () => 'rank() OVER w').join(', ')} FROM t WINDOW w AS (${window})`;
  expect(of(sql)).toMatch(/^[0-9a-f]{16}$/);
});
