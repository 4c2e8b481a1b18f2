import { beforeAll, describe, expect, test } from 'vitest';
import { lineageContext, resolveStatement } from '../../src/sql/lineage.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { reachOf } from '../../src/sql/reach.js';
import { SchemaIndex } from '../../src/sql/schema-index.js';

const DDL = `
  CREATE TABLE app.unit (unit_id bigint PRIMARY KEY, parent_id bigint, name text);
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, case_number text UNIQUE, unit_id bigint, status text, opened_at timestamptz);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file, state text);
  CREATE TABLE app.event (tenant_id bigint, event_no bigint, case_id bigint, payload text, PRIMARY KEY (tenant_id, event_no));
  CREATE TABLE app.officer (officer_id bigint PRIMARY KEY, tags text[], name text);
  CREATE INDEX ON app.task (case_id);
  CREATE INDEX ON app.officer (tags);
  CREATE VIEW app.v_case AS SELECT case_id, status, unit_id FROM app.case_file;
  CREATE VIEW app.v_newest AS SELECT case_id, status FROM app.case_file ORDER BY opened_at DESC LIMIT 100;
  CREATE VIEW app.v_ranked AS SELECT case_id, unit_id, rank() OVER (PARTITION BY unit_id ORDER BY opened_at) AS place FROM app.case_file;
  CREATE VIEW app.v_load AS SELECT case_id, count(*) AS tasks FROM app.task GROUP BY case_id;
  CREATE VIEW app.v_last AS SELECT DISTINCT ON (case_id) case_id, task_id FROM app.task ORDER BY case_id, task_id DESC;
`;

let index: SchemaIndex;
let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
  index = new SchemaIndex(await catalogFromDdl(DDL));
});

/** `table: reach` for every table, sorted. */
function reach(sql: string): string {
  const statement = parse(sql).statements[0]?.statement;
  if (!statement) throw new Error(`not parsed: ${sql}`);
  const { block } = resolveStatement(statement, lineageContext(index, parse, { searchPath: ['app'] }));
  return [...reachOf(block, index)].map(([table, way]) => `${table.replace('app.', '')}: ${way.reach}`).sort().join(', ');
}

type Case = [name: string, sql: string, expected: string];

describe('tables that a key reaches', () => {
  const cases: Case[] = [
    ['a key of two columns', 'SELECT payload FROM event WHERE (tenant_id, event_no) = ($1, $2)', 'event: unique'],
    ['a list of composite keys', 'SELECT payload FROM event WHERE (tenant_id, event_no) IN (($1, $2), ($3, $4))', 'event: unique'],
    ['= ANY with an array', 'SELECT status FROM case_file WHERE case_id = ANY ($1::bigint[])', 'case_file: unique'],
    ['a constant on the left', 'SELECT status FROM case_file WHERE $1 = case_id', 'case_file: unique'],
    ['one key or another of the same column', 'SELECT status FROM case_file WHERE case_id = 1 OR case_id = 2', 'case_file: unique'],
    ['a value that is worked out once', 'SELECT status FROM case_file WHERE case_id = (SELECT max(case_id) FROM v_load WHERE case_id = 7)', 'case_file: unique, task: indexed'],
    ['IN over a key', 'SELECT status FROM case_file WHERE case_id IN (SELECT case_id FROM task WHERE task_id = $1)', 'case_file: unique, task: unique'],
    ['EXISTS over a key', 'SELECT status FROM case_file c WHERE EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.case_id AND t.task_id = $1)', 'case_file: unique, task: unique'],
    ['EXISTS below a key', 'SELECT status FROM case_file c WHERE c.case_id = $1 AND EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.case_id)', 'case_file: unique, task: indexed'],
    ['a derived table with its own key', 'SELECT t.state FROM (SELECT case_id FROM case_file WHERE case_number = $1 LIMIT 1) c JOIN task t USING (case_id)', 'case_file: unique, task: indexed'],
    ['a common table with its own key, read twice', 'WITH c AS (SELECT case_id FROM case_file WHERE case_id = $1) SELECT 1 FROM c a JOIN c b USING (case_id)', 'case_file: unique'],
    ['values joined', 'SELECT c.status FROM (VALUES (1), (2)) v(id) JOIN case_file c ON c.case_id = v.id', 'case_file: unique'],
    ['an array joined', 'SELECT c.status FROM unnest($1::bigint[]) AS v(id) JOIN case_file c ON c.case_id = v.id', 'case_file: unique'],
    ['LATERAL below a key', 'SELECT t.state FROM case_file c, LATERAL (SELECT state FROM task WHERE case_id = c.case_id LIMIT 1) t WHERE c.case_id = $1', 'case_file: unique, task: indexed'],
    ['a left join from a key', 'SELECT 1 FROM case_file c LEFT JOIN task t ON t.case_id = c.case_id LEFT JOIN event e ON e.tenant_id = t.task_id WHERE c.case_id = $1', 'case_file: unique, event: indexed, task: indexed'],
    ['a left join that WHERE makes an inner one', 'SELECT 1 FROM case_file c LEFT JOIN task t ON t.case_id = c.case_id WHERE t.task_id = $1', 'case_file: unique, task: unique'],
    ['a right join from a key', 'SELECT 1 FROM task t RIGHT JOIN case_file c USING (case_id) WHERE c.case_id = $1', 'case_file: unique, task: indexed'],
    ['both sides of a self join', 'SELECT p.name FROM unit u JOIN unit p ON p.unit_id = u.parent_id WHERE u.unit_id = $1', 'unit: unique'],
    ['an aggregating view by its group', 'SELECT tasks FROM v_load WHERE case_id = $1', 'task: indexed'],
    ['a view below DISTINCT ON of the same column', 'SELECT task_id FROM v_last WHERE case_id = $1', 'task: indexed'],
    ['both branches of a union', 'SELECT 1 FROM (SELECT case_id FROM task UNION ALL SELECT case_id FROM case_file) x WHERE case_id = $1', 'case_file: unique, task: indexed'],
    ['MERGE from the client', 'MERGE INTO case_file c USING (VALUES ($1::bigint, $2)) v(id, s) ON c.case_id = v.id WHEN MATCHED THEN UPDATE SET status = v.s', 'case_file: unique'],
    ['DELETE joined from a key', 'DELETE FROM task t USING case_file c WHERE t.case_id = c.case_id AND c.case_number = $1', 'case_file: unique, task: indexed'],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(reach(sql)).toBe(expected);
  });
});

describe('tables that are read in full, whatever stands beside them', () => {
  const cases: Case[] = [
    ['the kept side of a left join', 'SELECT 1 FROM case_file c LEFT JOIN task t ON t.case_id = c.case_id AND c.case_id = $1', 'case_file: scan, task: indexed'],
    ['the kept side, with a key of the other', 'SELECT 1 FROM case_file c LEFT JOIN task t ON t.case_id = c.case_id AND t.task_id = $1', 'case_file: scan, task: unique'],
    ['the kept side of a right join', 'SELECT 1 FROM task t RIGHT JOIN case_file c ON c.case_id = t.case_id AND c.case_id = $1', 'case_file: scan, task: indexed'],
    ['the second of a table named twice', 'SELECT 1 FROM case_file a, case_file b WHERE a.case_id = $1', 'case_file: scan'],
    ['the second of a view named twice', 'SELECT 1 FROM v_case a JOIN v_case b ON b.status = a.status WHERE a.case_id = $1', 'case_file: scan'],
    ['a function of the key', 'SELECT 1 FROM case_file WHERE abs(case_id) = $1', 'case_file: scan'],
    ['a cast of the key', 'SELECT 1 FROM case_file WHERE case_id::text = $1', 'case_file: scan'],
    ['half of a composite key is no key', 'SELECT 1 FROM event WHERE event_no = $1', 'event: scan'],
    ['a key or something else', 'SELECT 1 FROM case_file WHERE case_id = $1 OR status = $2', 'case_file: scan'],
    ['NOT', 'SELECT 1 FROM case_file WHERE NOT (case_id = $1)', 'case_file: scan'],
    ['a key compared with itself', 'SELECT 1 FROM case_file WHERE case_id = case_id', 'case_file: scan'],
    ['a list with a column in it', 'SELECT 1 FROM unit WHERE unit_id IN ($1, parent_id)', 'unit: scan'],
    ['a constant among the members of an array', "SELECT 1 FROM officer WHERE 'senior' = ANY (tags)", 'officer: scan'],
    ['IS NOT DISTINCT FROM, which no index serves', 'SELECT 1 FROM case_file WHERE case_id IS NOT DISTINCT FROM $1', 'case_file: scan'],
    ['a value that every row has for itself', 'SELECT 1 FROM unit u WHERE u.unit_id = (SELECT max(p.unit_id) FROM unit p WHERE p.parent_id = u.parent_id)', 'unit: scan'],
    ['a view with LIMIT', 'SELECT status FROM v_newest WHERE case_id = $1', 'case_file: scan'],
    ['a window, by a column that does not partition it', 'SELECT place FROM v_ranked WHERE case_id = $1', 'case_file: scan'],
    ['DISTINCT ON, by another column', 'SELECT case_id FROM v_last WHERE task_id = $1', 'task: scan'],
    ['a common table read twice', 'WITH c AS (SELECT case_id FROM case_file) SELECT 1 FROM c a, c b WHERE a.case_id = $1', 'case_file: scan'],
    ['a recursive common table, from outside', 'WITH RECURSIVE t AS (SELECT unit_id FROM unit UNION ALL SELECT u.unit_id FROM unit u JOIN t ON u.parent_id = t.unit_id) SELECT 1 FROM t WHERE unit_id = $1', 'unit: scan'],
    ['NOT EXISTS over a key', 'SELECT 1 FROM case_file c WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.case_id AND t.task_id = $1)', 'case_file: scan, task: unique'],
    ['a key in the select list only', 'SELECT (SELECT state FROM task WHERE task_id = $1) FROM case_file', 'case_file: scan, task: unique'],
    ['FILTER', 'SELECT count(*) FILTER (WHERE case_id = $1) FROM case_file', 'case_file: scan'],
    ['the source of MERGE', 'MERGE INTO case_file c USING task t ON c.case_id = t.case_id AND t.task_id = $1 WHEN MATCHED THEN DELETE', 'case_file: scan, task: scan'],
    ['one branch of a union', 'SELECT 1 FROM task WHERE task_id = $1 UNION ALL SELECT 1 FROM case_file', 'case_file: scan, task: unique'],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(reach(sql)).toBe(expected);
  });
});

test('derived tables within derived tables are looked at a bounded number of times', () => {
  let sql = 'SELECT case_id FROM case_file WHERE case_id = $1';
  for (let depth = 0; depth < 60; depth++) sql = `SELECT t.case_id FROM (${sql}) s JOIN task t ON t.case_id = s.case_id`;
  expect(reach(sql)).toBe('case_file: unique, task: indexed');
});
