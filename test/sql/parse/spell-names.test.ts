import { beforeAll, describe, expect, test } from 'vitest';
import { StatementReader } from '../../../src/graph/statement-reader.js';
import { emptyCatalog } from '../../../src/sql/catalog.js';
import { dialectOf } from '../../../src/sql/dialect.js';
import { type Parsers, createParsers } from '../../../src/sql/parse/parsers.js';

let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});

async function namesOf(id: string, sql: string): Promise<string[]> {
  const dialect = dialectOf(id);
  if (dialect === null) throw new Error('no dialect');
  await parsers.prepare(dialect, [sql]);
  const { parts } = new StatementReader({ catalog: emptyCatalog(), dialect, parse: parsers.parse(dialect) }).readOnce(sql);
  return parts.flatMap(({ resolution }) => [...resolution.outputs, ...[...resolution.writes.values()].flat()].map(({ name }) => name));
}

describe('names of outputs where names have no case', () => {
  test.each([
    ['snowflake', 'SELECT c.Status AS "Open Cases", c.Region, SUM(fee) AS FeeTotal FROM (SELECT * FROM app.case_file) c', ['Open Cases', 'Region', 'FeeTotal']],
    ['bigquery', 'WITH a AS (SELECT Email AS ContactMail FROM app.person) SELECT ContactMail, a.CONTACTMAIL AS `Second One` FROM a', ['ContactMail', 'Second One']],
    ['mysql', 'SELECT COUNT(*) `Anzahl`, opened_at Opened FROM case_file', ['Anzahl', 'Opened']],
    ['duckdb', 'CREATE TABLE report AS SELECT status AS "Status", fee FROM case_file', ['Status', 'fee']],
    ['bigquery', 'INSERT INTO app.report (status, fee) SELECT Status, Fee AS Amount FROM app.case_file', ['status', 'fee']],
  ])('%s: are spelt as the text spells them', async (dialect, sql, names) => {
    expect(await namesOf(dialect, sql)).toEqual(names);
  });
});
