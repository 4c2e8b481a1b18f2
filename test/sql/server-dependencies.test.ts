import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/cli/demo/postgres-server.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

/**
 * The server itself records which columns a view refers to. What we read in the same text must be the same. Whole rows of a
 * table are left out: for these the server records the table and no columns.
 */

const DDL = `
  CREATE SCHEMA app;
  CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, name text, parent_id bigint);
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, unit_id bigint REFERENCES app.unit, name text, email text, tags text[], profile jsonb);
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, officer_id bigint REFERENCES app.officer, status text, priority int, opened_at timestamptz, closed_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, title text, effort numeric, done boolean);
`;

const QUERIES: Record<string, string> = {
  'a filter': "SELECT case_id FROM app.case_file WHERE status = 'OPEN'",
  'a star': 'SELECT * FROM app.unit',
  'a star of one side': 'SELECT t.* FROM app.task t JOIN app.case_file c ON c.case_id = t.case_id',
  'a join with USING': 'SELECT title, status FROM app.task JOIN app.case_file USING (case_id)',
  'a natural join': 'SELECT title, status FROM app.task NATURAL JOIN app.case_file',
  'a full join with USING': 'SELECT case_id FROM app.task FULL JOIN app.case_file USING (case_id)',
  'a self join': 'SELECT child.name, parent.name AS parent_name FROM app.unit child LEFT JOIN app.unit parent ON parent.unit_id = child.parent_id',
  'an aggregate': 'SELECT status, count(*), sum(priority) FROM app.case_file GROUP BY status HAVING max(opened_at) > now()',
  'FILTER': 'SELECT count(*) FILTER (WHERE closed_at IS NULL) AS n FROM app.case_file',
  'an ordinal': 'SELECT status, priority FROM app.case_file ORDER BY 2',
  'an order by a hidden column': 'SELECT status FROM app.case_file ORDER BY opened_at',
  'a window': 'SELECT case_id, rank() OVER (PARTITION BY officer_id ORDER BY priority) AS r FROM app.case_file',
  'a named window': 'SELECT sum(effort) OVER w AS s FROM app.task WINDOW w AS (PARTITION BY case_id ORDER BY task_id)',
  'CASE': "SELECT CASE status WHEN 'OPEN' THEN priority ELSE 0 END AS p FROM app.case_file",
  'a correlated scalar sub-query': 'SELECT name, (SELECT max(opened_at) FROM app.case_file c WHERE c.officer_id = o.officer_id) AS latest FROM app.officer o',
  'EXISTS': 'SELECT case_id FROM app.case_file c WHERE EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id AND NOT t.done)',
  'IN with a sub-query': 'SELECT title FROM app.task WHERE case_id IN (SELECT case_id FROM app.case_file WHERE priority > 3)',
  'ANY over an array column': "SELECT name FROM app.officer WHERE 'senior' = ANY (tags)",
  'LATERAL': 'SELECT o.name, l.status FROM app.officer o, LATERAL (SELECT c.status FROM app.case_file c WHERE c.officer_id = o.officer_id LIMIT 1) l',
  'unnest': 'SELECT o.name, t.tag FROM app.officer o, unnest(o.tags) AS t(tag)',
  'unnest with ordinality': 'SELECT t.tag, t.n FROM app.officer, unnest(tags) WITH ORDINALITY AS t(tag, n)',
  'jsonb_each': 'SELECT e.key FROM app.officer o, jsonb_each(o.profile) e',
  'jsonb_to_recordset': 'SELECT r.a FROM app.officer, jsonb_to_recordset(profile) AS r(a int, b text)',
  'a JSON path': "SELECT profile -> 'address' ->> 'city' AS city FROM app.officer",
  'a common table': "WITH open AS (SELECT case_id, officer_id FROM app.case_file WHERE status = 'OPEN') SELECT o.name FROM open JOIN app.officer o USING (officer_id)",
  'a recursive common table': 'WITH RECURSIVE tree AS (SELECT unit_id, name FROM app.unit WHERE parent_id IS NULL UNION ALL SELECT u.unit_id, u.name FROM app.unit u JOIN tree t ON u.parent_id = t.unit_id) SELECT name FROM tree',
  'nested common tables of one name': 'WITH a AS (SELECT case_id FROM app.case_file) SELECT * FROM (WITH a AS (SELECT task_id FROM app.task) SELECT task_id FROM a) s, a',
  'UNION': 'SELECT name FROM app.officer UNION ALL SELECT name FROM app.unit ORDER BY 1',
  'EXCEPT': 'SELECT officer_id FROM app.officer EXCEPT SELECT officer_id FROM app.case_file',
  'DISTINCT ON': 'SELECT DISTINCT ON (officer_id) status FROM app.case_file ORDER BY officer_id, opened_at DESC',
  'GROUPING SETS': 'SELECT status, priority, count(*) FROM app.case_file GROUP BY GROUPING SETS ((status), (priority), ())',
  'ROLLUP': "SELECT date_trunc('month', opened_at) AS m, status, count(*) FROM app.case_file GROUP BY ROLLUP (1, 2)",
  'a row comparison': 'SELECT title FROM app.task WHERE (case_id, done) = (1, true)',
  'VALUES joined': "SELECT c.case_id FROM app.case_file c JOIN (VALUES ('OPEN', 1), ('CLOSED', 2)) v(s, rank) ON v.s = c.status",
  'coalesce and nullif': "SELECT coalesce(nullif(name, ''), email) AS n FROM app.officer",
  'casts and intervals': "SELECT (closed_at - opened_at) > interval '30 days' AS late FROM app.case_file",
  'extract at a time zone': "SELECT extract(isodow FROM opened_at AT TIME ZONE 'Europe/Vienna') AS d FROM app.case_file",
  'percentile': 'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY effort) AS p FROM app.task',
  'an ordered aggregate': "SELECT string_agg(title, ', ' ORDER BY task_id) AS t FROM app.task",
  'an array of a sub-query': 'SELECT ARRAY(SELECT t.title FROM app.task t WHERE t.case_id = c.case_id) AS titles FROM app.case_file c',
  'a row of a derived table': 'SELECT row_to_json(s) AS j FROM (SELECT name, email FROM app.officer) s',
  'a derived table with names of its own': 'SELECT s.b FROM (SELECT case_id, status FROM app.case_file) s(a, b)',
  'a join with an alias': 'SELECT j.title, j.status FROM (app.task t JOIN app.case_file c USING (case_id)) AS j',
  'BETWEEN SYMMETRIC': 'SELECT case_id FROM app.case_file WHERE priority BETWEEN SYMMETRIC 5 AND 1',
  'IS DISTINCT FROM': 'SELECT case_id FROM app.case_file WHERE opened_at IS DISTINCT FROM closed_at',
  'TABLESAMPLE': 'SELECT title FROM app.task TABLESAMPLE SYSTEM (10)',
  'columns of a table under names of its own': 'SELECT u.label, u.parent_id FROM app.unit u(id, label)',
  'a common table with the name of the table that it reads': 'WITH unit AS (SELECT name FROM app.unit), officer AS (SELECT name AS title FROM unit) SELECT title FROM officer',
  'common tables in any order under RECURSIVE': 'WITH RECURSIVE b AS (SELECT i FROM a), a AS (SELECT unit_id AS i FROM app.unit) SELECT i FROM b',
  'a common table of values': 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n',
  'sub-queries in LIMIT and OFFSET': 'SELECT name FROM app.unit LIMIT (SELECT max(priority) FROM app.case_file) OFFSET (SELECT count(done) FROM app.task)',
  'system columns': 'SELECT u.tableoid, name FROM app.unit u',
  'the row of a function that gives one value': "SELECT value ->> 'x' AS x FROM app.officer, jsonb_array_elements(profile)",
  'ROWS FROM': 'SELECT tag, n FROM app.officer, ROWS FROM (unnest(tags), generate_series(1, 3)) AS x(tag, n)',
  'a JSON table': "SELECT j.* FROM app.officer o, JSON_TABLE(o.profile, '$.posts[*]' PASSING o.name AS n COLUMNS (id FOR ORDINALITY, city text PATH '$.c', NESTED PATH '$.k[*]' COLUMNS (zip text PATH '$.z'))) j",
  'an XML table': "SELECT x.label, x.n FROM app.officer o, XMLTABLE('/r' PASSING (xmlelement(name r, o.name)) COLUMNS label text PATH 'a' DEFAULT o.email, n FOR ORDINALITY) x",
  'JSON expressions': "SELECT JSON_VALUE(profile, '$.a'), JSON_QUERY(profile, '$.b'), JSON_EXISTS(profile, '$.c'), JSON_OBJECT('k' VALUE name), JSON_ARRAY(email), profile IS JSON FROM app.officer",
  'JSON aggregates': 'SELECT JSON_ARRAYAGG(name ORDER BY officer_id RETURNING jsonb), JSON_OBJECTAGG(name VALUE email) FILTER (WHERE unit_id > 1) FROM app.officer',
  'XML expressions': 'SELECT xmlelement(name p, xmlattributes(name AS n), email), xmlforest(unit_id) FROM app.officer',
  'names of casts': "SELECT name::varchar(10), '1'::int, (profile -> 'x')::text::int8, 2.5::float4 = 1, NULL::timestamptz FROM app.officer",
  'names of CASE and of what it ends with': 'SELECT CASE WHEN done THEN 1 ELSE length(title) END, CASE WHEN done THEN 1 ELSE (SELECT max(priority) FROM app.case_file) END FROM app.task',
  'names of special calls': "SELECT now() AT TIME ZONE 'UTC', trim(name), name COLLATE \"C\", current_date, substring(email FROM 2), ARRAY[1], tags[1] FROM app.officer",
  'a correlated sub-query of three levels': 'SELECT name FROM app.unit u WHERE EXISTS (SELECT 1 FROM app.officer o WHERE o.unit_id = u.unit_id AND o.officer_id IN (SELECT c.officer_id FROM app.case_file c WHERE c.status = u.name))',
  'a chain of LATERAL items': 'SELECT z.w FROM app.case_file c, LATERAL (SELECT c.priority * 2 AS y) x, LATERAL (SELECT x.y + 1 AS w) z',
  'a window that extends another': 'SELECT sum(effort) OVER (w ORDER BY title) AS s FROM app.task WINDOW w AS (PARTITION BY done)',
  'FULL JOIN of three by USING': 'SELECT officer_id FROM app.officer FULL JOIN app.case_file USING (officer_id) FULL JOIN (SELECT unit_id AS officer_id FROM app.unit) x USING (officer_id)',
  'a natural join that also meets a common name': 'SELECT officer_id, name FROM app.officer NATURAL JOIN app.unit',
  'grouping sets by output name': "SELECT date_trunc('month', opened_at) AS month, status, grouping(status) FROM app.case_file GROUP BY month, GROUPING SETS ((status), ())",
  'quoted and unicode text': `SELECT 'Prüfung €' AS "Größe", name FROM app.unit WHERE name <> 'für später'`,
};

let server: PostgresServer;
let client: pg.Client;
let parse: Parse;
let index: SchemaIndex;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(DDL));
  server = await startPostgres({});
  client = new pg.Client({ connectionString: server.superuserUrl });
  await client.connect();
  await client.query(DDL);
}, 90_000);

afterAll(async () => {
  await client.end();
  await server.stop();
});

const RECORDED = `
  SELECT DISTINCT d.refobjid::regclass::text || '.' || a.attname AS name
  FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE r.ev_class = $1::regclass AND d.refobjid <> r.ev_class
  ORDER BY 1`;

describe('columns that a query refers to, as the server records them', () => {
  test.each(Object.entries(QUERIES))('%s', async (_name, sql) => {
    const { fields } = await client.query(sql);
    // A view needs names that differ, a query does not.
    await client.query(`CREATE TEMPORARY VIEW seen (${fields.map((_, position) => `c${position}`).join(', ')}) AS ${sql}`);
    const recorded = await client.query<{ name: string }>(RECORDED, ['seen']);
    await client.query('DROP VIEW seen');

    const statement = parse(sql).statements[0]?.statement;
    if (!statement) throw new Error('not parsed');
    const resolution = resolveStatement(statement, lineageContext(index, parse, { searchPath: [] }));
    const referred = [...resolution.direct].flatMap(([relation, columns]) => [...columns].map((column) => `${relation}.${column}`));

    expect(referred.sort()).toEqual(recorded.rows.map((row) => row.name).sort());
    expect(resolution.outputs.map((output) => output.name)).toEqual(fields.map((field) => field.name));
    expect(resolution.references.resolved).toBe(resolution.references.total);
    expect([...resolution.opaque]).toEqual([]);
  });
});
