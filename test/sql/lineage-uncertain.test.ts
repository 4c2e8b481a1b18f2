import { beforeAll, describe, expect, test } from 'vitest';
import { postgresReader, type Read } from './lineage-reading.js';

const DDL = `
  CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, status text, region_code text);
  CREATE TABLE app.task (task_id bigint PRIMARY KEY, case_id bigint, title text);
  CREATE VIEW app.v_broken AS SELECT owed FROM elsewhere.ledger, elsewhere.account;
`;

let read: Read;

beforeAll(async () => {
  read = await postgresReader(DDL);
});

/** Every warning with the text at which it points. */
function warnings(sql: string): string[] {
  return read(sql).resolution.diagnostics.map(({ message, offset }) => (offset === null ? message : `${sql.slice(offset).split(/[\s,(]/)[0]}: ${message}`));
}

describe('what could be meant in several ways is said and not guessed', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['two unknown relations', 'SELECT amount FROM a, b', ['amount: amount could be a column of a or of b, whose columns are not known']],
    ['two unknown relations below a star', 'SELECT s.amount FROM (SELECT * FROM a JOIN b ON a.id = b.id) s', ['s.amount: s.amount could be a column of a or of b, whose columns are not known']],
    ['an unknown relation inside and a known one outside', 'SELECT 1 FROM case_file WHERE EXISTS (SELECT 1 FROM b WHERE status = $1)', ['status: status could be a column of b or of case_file, and not all columns of these are known']],
    ['two known relations', 'SELECT case_id FROM task, case_file', ['case_id: case_id is a column of task and of case_file, and nothing says which is meant']],
    ['two known relations in GROUP BY', 'SELECT t.case_id, count(*) FROM task t, case_file c GROUP BY case_id', ['case_id: case_id is a column of t and of c, and nothing says which is meant']],
    ['the row that ON CONFLICT calls excluded', "INSERT INTO task (task_id, title) VALUES (1, 'x') ON CONFLICT (task_id) DO UPDATE SET title = lower(title)", []],
    ['a name of a sub-query hides one outside', 'SELECT 1 FROM task WHERE EXISTS (SELECT 1 FROM case_file WHERE case_id = 1)', []],
    ['a name that nothing owns', 'SELECT statuus FROM case_file', ['statuus: nothing in FROM has a column named statuus']],
    ['a column that a known table has not', 'SELECT c.statuus FROM case_file c', ['c.statuus: app.case_file has no column named statuus']],
    ['a relation that is not in FROM', 'SELECT x.status FROM case_file c', ['x.status: no relation in FROM is named x']],
    ['a column without FROM', 'SELECT status', ['status: nothing here has a column named status: there is no FROM']],
    ['a star of what is not in FROM', 'SELECT x.* FROM case_file c', ['x.*: no relation is named x']],
    ['NATURAL JOIN with an unknown relation', 'SELECT title FROM task NATURAL JOIN b', ['which columns NATURAL JOIN compares is not known, since not all columns of its sides are']],
    ['in a view that is read', 'SELECT owed FROM app.v_broken', ['in the view app.v_broken: owed could be a column of ledger or of account, whose columns are not known']],
    ['a block of code', 'DO $$ BEGIN DELETE FROM app.task; END $$', ['DO runs a block of code: what it reads and writes is not known']],
    ['a procedure', 'CALL app.close_month(1)', ['CALL runs a procedure: what it reads and writes is not known']],
    ['a prepared statement', 'EXECUTE monthly (1)', ['EXECUTE runs a statement that was prepared elsewhere: what it reads is not known']],
    ['SQL in another database', "SELECT t.x FROM dblink('warehouse', 'SELECT 1') AS t (x int)", ['dblink: dblink runs SQL in another database: what it reads there is not known']],
    ['SQL that is no literal', 'SELECT query_to_xml($1, true, false, $2)', ['query_to_xml: query_to_xml runs SQL that is built at run time: what it reads is not known']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    expect(warnings(sql)).toEqual(expected);
  });

  test('a doubtful column has no source', () => {
    expect(read('SELECT amount FROM a, b').outputs).toEqual(['amount <- ']);
    expect(read('SELECT amount FROM a, b').resolution.references).toEqual({ total: 1, resolved: 0 });
  });
});

describe('what is unknown and yet certain is no warning', () => {
  const cases: [name: string, sql: string, expected: string[]][] = [
    ['one unknown relation', 'SELECT amount FROM elsewhere.ledger', ['amount <- elsewhere.ledger.amount']],
    ['beside a known one without such a column', 'SELECT amount, title FROM task, elsewhere.ledger', ['amount <- elsewhere.ledger.amount', 'title <- app.task.title']],
    ['both with their names before the point', 'SELECT a.x, b.y FROM a, b', ['x <- a.x', 'y <- b.y']],
    ['a star, read one level up', 'WITH s AS (SELECT * FROM elsewhere.ledger) SELECT t.amount FROM (SELECT * FROM s) t', ['amount <- elsewhere.ledger.amount']],
    ['stars of both branches of a union', 'SELECT u.x FROM (SELECT * FROM a UNION ALL SELECT * FROM b) u', ['x <- a.x, b.x']],
    ['a star of an unknown relation and one of a known', 'SELECT j.amount, j.title FROM (SELECT * FROM task, elsewhere.ledger) j', ['amount <- elsewhere.ledger.amount', 'title <- app.task.title']],
    ['the whole row of an unknown relation', 'SELECT to_jsonb(l) AS j FROM elsewhere.ledger l', ['j <- elsewhere.ledger.*']],
    ['a system catalogue, however its columns are written', 'SELECT relname FROM pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace', ['relname <- ']],
    ['the output by its name', "SELECT date_trunc('year', opened_at) AS year FROM elsewhere.ledger GROUP BY year ORDER BY year", ['year <- elsewhere.ledger.opened_at:partial']],
  ];
  test.each(cases)('%s', (_name, sql, expected) => {
    const { outputs, warnings: said } = read(sql);
    expect(outputs).toEqual(expected);
    expect(said).toEqual([]);
  });
});
