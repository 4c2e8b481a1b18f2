import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/cli/demo/postgres-server.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

/**
 * The server itself records which columns a view refers to. What we read in the same text must be the same. For the whole row of
 * a table it records the table and no column, where we list every column.
 */

const DDL = `
  CREATE SCHEMA app;
  CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, name text, parent_id bigint);
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, unit_id bigint REFERENCES app.unit, name text, email text, tags text[], profile jsonb);
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, officer_id bigint REFERENCES app.officer, status text, priority int, opened_at timestamptz, closed_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, title text, effort numeric, done boolean);
  CREATE FUNCTION app.cases_of(wanted bigint) RETURNS TABLE (id bigint, state text) LANGUAGE sql AS $$ SELECT case_id, status FROM app.case_file WHERE officer_id = wanted $$;
  CREATE FUNCTION app.officer_name(wanted bigint) RETURNS text LANGUAGE sql AS $$ SELECT name FROM app.officer WHERE officer_id = wanted $$;
  CREATE FUNCTION app.label(o app.officer) RETURNS text LANGUAGE sql AS $$ SELECT o.name || o.email $$;
  CREATE FUNCTION app.shout(value text, times int DEFAULT 1) RETURNS text LANGUAGE sql AS $$ SELECT repeat(upper(value), times) $$;
  CREATE FUNCTION app.days(amount int) RETURNS interval LANGUAGE plpgsql AS $$ BEGIN RETURN make_interval(days => amount); END $$;
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
  'a function of the catalogue in FROM': 'SELECT f.id, f.state FROM app.cases_of(7) f',
  'a function of the catalogue beside what it is given': 'SELECT o.name, f.state FROM app.officer o, app.cases_of(o.officer_id) f WHERE f.id > 5',
  'a function of the catalogue under other names': 'SELECT b, f.a FROM app.cases_of(7) AS f (a, b)',
  'a function of the catalogue, joined': 'SELECT t.title FROM app.task t LEFT JOIN app.cases_of(1) f ON f.id = t.case_id',
  'a function of one value': 'SELECT case_id, app.officer_name(officer_id) FROM app.case_file',
  'named arguments': 'SELECT app.shout(times => priority, value => status) FROM app.case_file',
  'a default': 'SELECT app.shout(name) AS loud FROM app.unit',
  'a function of another language': 'SELECT opened_at + app.days(priority) AS due FROM app.case_file',
  'all columns of a function in the select list': 'SELECT (app.cases_of(officer_id)).* FROM app.officer',
  'one column of a function in the select list': 'SELECT (app.cases_of(officer_id)).state FROM app.officer',
  'SEARCH': 'WITH RECURSIVE t AS (SELECT unit_id, name FROM app.unit UNION ALL SELECT u.unit_id, u.name FROM app.unit u JOIN t ON u.parent_id = t.unit_id) SEARCH BREADTH FIRST BY unit_id SET place SELECT t.unit_id, t.name FROM t ORDER BY place',
  'CYCLE': "WITH RECURSIVE t (id) AS (SELECT unit_id FROM app.unit UNION ALL SELECT u.parent_id FROM app.unit u JOIN t ON u.unit_id = t.id) CYCLE id SET seen TO 'y' DEFAULT 'n' USING way SELECT id, seen FROM t WHERE cardinality(way) > 0",
  'the alias of USING': 'SELECT m.case_id, title FROM app.task JOIN app.case_file USING (case_id) AS m',
  'columns of a join under names of its own': 'SELECT j.b FROM (app.task JOIN app.case_file USING (case_id)) AS j (a, b)',
  'a union of stars': 'SELECT * FROM app.unit UNION SELECT * FROM app.unit WHERE parent_id IS NULL ORDER BY 2',
  'INTERSECT': 'SELECT name FROM app.officer INTERSECT SELECT name FROM app.unit',
  'a union within a derived table': 'SELECT x.n FROM (SELECT name AS n FROM app.officer UNION ALL SELECT title FROM app.task) x WHERE x.n IS NOT NULL',
  'TABLE': 'TABLE app.unit',
  'VALUES as the query': "VALUES (1, 'a'), (2, 'b')",
  'VALUES of columns': 'SELECT v.at FROM app.case_file c, LATERAL (VALUES (c.opened_at), (c.closed_at)) v (at)',
  'nested aggregates and windows': 'SELECT status, rank() OVER (ORDER BY sum(priority) DESC) FROM app.case_file GROUP BY status',
  'a filter within a window': 'SELECT count(*) FILTER (WHERE done) OVER (PARTITION BY case_id) FROM app.task',
  'HAVING with a sub-query': 'SELECT officer_id FROM app.case_file GROUP BY officer_id HAVING count(*) > (SELECT avg(unit_id) FROM app.officer)',
  'GROUP BY an output and an input of one name': 'SELECT upper(status) AS status, count(*) FROM app.case_file GROUP BY status',
  'ORDER BY an output that hides a column': 'SELECT priority AS case_id FROM app.case_file ORDER BY case_id',
  'ORDER BY an expression of an input that an output hides': 'SELECT priority AS case_id FROM app.case_file ORDER BY case_id + 0',
  'DISTINCT ON an ordinal': 'SELECT DISTINCT ON (1) status, opened_at FROM app.case_file ORDER BY 1, priority',
  'NOT IN over a row': 'SELECT name FROM app.officer WHERE (unit_id, officer_id) NOT IN (SELECT unit_id, parent_id FROM app.unit)',
  'ALL over a sub-query': 'SELECT case_id FROM app.case_file WHERE priority > ALL (SELECT effort FROM app.task)',
  'a row of a sub-query': 'SELECT name FROM app.unit WHERE (unit_id, name) = (SELECT officer_id, email FROM app.officer LIMIT 1)',
  'a sub-query in the select list with its own WITH': 'SELECT (WITH latest AS (SELECT max(opened_at) AS at FROM app.case_file) SELECT at FROM latest) AS at, name FROM app.unit',
  'LATERAL below a left join': 'SELECT o.name, s.n FROM app.officer o LEFT JOIN LATERAL (SELECT count(*) AS n FROM app.case_file c WHERE c.officer_id = o.officer_id AND c.status <> o.name) s ON s.n > 0',
  'an array of rows': 'SELECT to_json(array_agg(ROW(name, email) ORDER BY officer_id)) AS rows FROM app.officer',
  'subscripts and slices': 'SELECT tags[unit_id::int], tags[1:2] FROM app.officer',
  'a JSON subscript': "SELECT profile['posts'][0] AS first FROM app.officer",
  'unnest of several': 'SELECT u.a, u.b FROM app.officer o, unnest(o.tags, ARRAY[o.name]) AS u (a, b)',
  'a set in the select list': 'SELECT name, unnest(tags) AS tag, generate_series(1, unit_id) AS n FROM app.officer',
  'xpath and text search': "SELECT to_tsvector('simple', name) @@ plainto_tsquery(email) AS found FROM app.officer",
  'GROUPING': 'SELECT grouping(status, priority), status FROM app.case_file GROUP BY CUBE (status, priority)',
  'a cast of a sub-query': "SELECT (SELECT title FROM app.task LIMIT 1)::varchar(5) AS t, name || (SELECT 'x') FROM app.unit",
  'IS JSON, OVERLAPS, BETWEEN': "SELECT (opened_at, closed_at) OVERLAPS (now(), interval '1 day') AS o, priority BETWEEN case_id AND 9 AS b FROM app.case_file",
  'SIMILAR, LIKE ESCAPE, regular expressions': "SELECT name SIMILAR TO '%a' AS a, email LIKE 'x!%' ESCAPE '!' AS b, name ~ email AS c FROM app.officer",
  'a join of joins in parentheses': 'SELECT t.title, o.name FROM app.task t JOIN (app.case_file c JOIN app.officer o ON o.officer_id = c.officer_id) ON c.case_id = t.case_id',
  'a natural left join and a comma': 'SELECT status, u.name FROM app.task NATURAL LEFT JOIN app.case_file, app.unit u',
  'window frames': 'SELECT avg(effort) OVER (ORDER BY task_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES) AS m FROM app.task',
  'hypothetical sets': 'SELECT rank(5) WITHIN GROUP (ORDER BY priority), mode() WITHIN GROUP (ORDER BY status) FROM app.case_file',
  'quoted and unicode text': `SELECT 'Prüfung €' AS "Größe", name FROM app.unit WHERE name <> 'für später'`,
};

/** Whole rows: the server records the table alone, unless some column of it stands in the text too. */
const WHOLE_ROWS: Record<string, string> = {
  'as a value': 'SELECT u FROM app.unit u',
  'as JSON': 'SELECT to_jsonb(o) AS j FROM app.officer o',
  'aggregated': 'SELECT json_agg(t) AS j FROM app.task t',
  'as text': 'SELECT u::text AS t FROM app.unit u',
  'as an argument of a function of the catalogue': 'SELECT app.label(o) AS l FROM app.officer o',
  'compared': 'SELECT 1 AS one FROM app.unit a JOIN app.unit b ON a IS DISTINCT FROM b',
  'beside a column': 'SELECT u, u.name FROM app.unit u',
  'expanded in a row': 'SELECT to_json(ROW(u.*)) AS r FROM app.unit u',
  'counted': 'SELECT count(u) AS n FROM app.unit u',
  'through a common table': 'WITH x AS (SELECT u FROM app.unit u) SELECT (x.u).name FROM x',
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

const RECORDED_TABLES = `
  SELECT DISTINCT d.refobjid::regclass::text AS name
  FROM pg_rewrite r
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid = 0
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
    expect(resolution.diagnostics.filter(({ message }) => !message.startsWith('what app.days reads'))).toEqual([]);
  });

  test.each(Object.entries(WHOLE_ROWS))('a whole row %s', async (_name, sql) => {
    const { fields } = await client.query(sql);
    await client.query(`CREATE TEMPORARY VIEW seen (${fields.map((_, position) => `c${position}`).join(', ')}) AS ${sql}`);
    const columns = await client.query<{ name: string }>(RECORDED, ['seen']);
    const tables = await client.query<{ name: string }>(RECORDED_TABLES, ['seen']);
    await client.query('DROP VIEW seen');

    const statement = parse(sql).statements[0]?.statement;
    if (!statement) throw new Error('not parsed');
    const { direct, outputs, diagnostics } = resolveStatement(statement, lineageContext(index, parse, { searchPath: [] }));
    const referred = new Set([...direct].flatMap(([relation, names]) => [...names].map((column) => `${relation}.${column}`)));
    const whole = [...direct].filter(([relation, names]) => index.get(relation)?.columns.every((column) => names.has(column.name))).map(([relation]) => relation);

    expect(columns.rows.map((row) => row.name).filter((name) => !referred.has(name))).toEqual([]);
    expect(whole).toEqual(expect.arrayContaining(tables.rows.map((row) => row.name)));
    expect([...direct.keys()].sort()).toEqual([...new Set([...tables.rows.map((row) => row.name), ...columns.rows.map((row) => row.name.replace(/\.[^.]*$/, ''))])].sort());
    expect(outputs.map((output) => output.name)).toEqual(fields.map((field) => field.name));
    expect(diagnostics).toEqual([]);
  });
});
