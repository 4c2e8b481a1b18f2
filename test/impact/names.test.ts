import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchEngine } from '../../src/scratch/index.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { hits, impactOfSql } from './support/casework.js';

let parsers: Parsers;
const engine = scratchEngine('pglite');

beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(async () => {
  await Promise.all([parsers.close(), engine.close()]);
});

/** Texts that PostgreSQL goes on accepting, and that mean something else. */
test.each([
  ['a name of a subquery that the query around it has too, once its own table has none', 'ALTER TABLE app.task RENAME COLUMN case_id TO file_id;', 'SELECT count(*) FROM app.case_file WHERE case_id IN (SELECT case_id FROM app.task)',
    ['meaning Card'], 'case_id in it means app.case_file.case_id from now on, and meant app.task.case_id'],
  ['the same with a drop', 'ALTER TABLE app.task DROP COLUMN case_id;', 'SELECT count(*) FROM app.case_file WHERE case_id IN (SELECT case_id FROM app.task)', ['meaning Card'], 'case_id in it means app.case_file.case_id from now on'],
  ['a name of the query around it, once the table of the subquery gains one', 'ALTER TABLE app.task ADD COLUMN note text;', "SELECT count(*) FROM app.case_file WHERE EXISTS (SELECT 1 FROM app.task WHERE task.case_id = case_file.case_id AND note = 'x')",
    ['meaning Card'], 'note in it means app.task.note from now on, and meant app.case_file.note'],
  ['a NATURAL JOIN that loses what it compared', 'ALTER TABLE app.task RENAME COLUMN case_id TO file_id;', 'SELECT count(*) FROM app.case_file NATURAL JOIN app.task', ['meaning Card'], 'its NATURAL JOIN no longer compares app.task.case_id'],
  ['a NATURAL JOIN that a new name joins', 'ALTER TABLE app.holiday RENAME COLUMN day TO state;', 'SELECT count(*) FROM app.task NATURAL LEFT JOIN app.holiday', ['breaks Card'], ''],
  ['a column that * shows a second time', 'ALTER TABLE app.task ADD COLUMN note text;', 'SELECT * FROM app.case_file JOIN app.task USING (case_id)', ['meaning Card'], 'its * shows one column more: note'],
  ['a column that is dropped and made anew', 'ALTER TABLE app.case_file DROP COLUMN note; ALTER TABLE app.case_file ADD COLUMN note text;', 'SELECT count(*) FROM app.case_file WHERE note IS NULL', ['meaning Card'], 'app.case_file.note is dropped and made anew: what stood in it is gone'],
  ['two columns that change their names', 'ALTER TABLE app.case_file RENAME COLUMN score TO old_score; ALTER TABLE app.case_file RENAME COLUMN officer_id TO score;', 'SELECT sum(score) FROM app.case_file', ['meaning Card'], 'app.case_file.score is what was officer_id until now'],
  ['a name that goes and comes back', 'ALTER TABLE app.case_file RENAME COLUMN score TO points; ALTER TABLE app.case_file RENAME COLUMN points TO score;', 'SELECT sum(score) FROM app.case_file', [], ''],
  ['a table that is made anew', 'DROP TABLE app.holiday; CREATE TABLE app.holiday (day date PRIMARY KEY);', 'SELECT count(*) FROM app.holiday', ['meaning Card'], 'app.holiday is dropped and made anew: what stood in it is gone'],
  ['a table that takes the place of another', 'ALTER TABLE app.holiday RENAME TO holiday_old; CREATE TABLE app.holiday (day date PRIMARY KEY);', 'SELECT count(*) FROM app.holiday', ['meaning Card'], 'app.holiday is another one from now on, which the migration makes'],
  ['NULL in what NOT IN looks through', 'ALTER TABLE app.task ALTER COLUMN case_id DROP NOT NULL;', 'SELECT count(*) FROM app.case_file WHERE case_id NOT IN (SELECT case_id FROM app.task)', ['meaning Card'], 'with one NULL among them NOT IN finds nothing at all'],
  ['NULL in what NOT EXISTS looks through', 'ALTER TABLE app.task ALTER COLUMN case_id DROP NOT NULL;', 'SELECT count(*) FROM app.case_file c WHERE NOT EXISTS (SELECT 1 FROM app.task t WHERE t.case_id = c.case_id)', ['(meaning Card)'], 'comparisons do not find such rows'],
  ['NULL where a join compares', 'ALTER TABLE app.task ALTER COLUMN case_id DROP NOT NULL;', 'SELECT count(*) FROM app.case_file c JOIN app.task t ON t.case_id = c.case_id', ['meaning Card'], 'a join finds no partner for such rows'],
  ['a value that is called otherwise and only shown', "ALTER TYPE app.priority RENAME VALUE 'HIGH' TO 'TOP';", 'SELECT priority, count(*) FROM app.case_file GROUP BY 1', ['(meaning Card)'], "it shows 'TOP' where it showed 'HIGH'"],
  ['a view that loses a column, for who reads the others', 'DROP VIEW integration.v_open_case_v1; CREATE VIEW integration.v_open_case_v1 AS SELECT case_id FROM app.case_file WHERE status IN (\'OPEN\', \'IN_REVIEW\');', 'SELECT count(case_id) FROM integration.v_open_case_v1', ['contract contract integration.v_open_case_v1'], ''],
])('%s', async (_, sql, text, expected, sentence) => {
  const report = await impactOfSql(sql, parsers, { cards: { Card: text }, scratch: () => engine.open() });
  expect(hits(report)).toEqual(expected);
  expect(report.impacts.map((impact) => impact.sentence).join('; ')).toContain(sentence);
}, 30_000);
