import { beforeAll, describe, expect, test } from 'vitest';
import { StatementReader } from '../../src/graph/statement-reader.js';
import { POSTGRES } from '../../src/sql/dialect.js';
import type { Parse } from '../../src/sql/parse/front-end.js';
import { createPostgresParser } from '../../src/sql/parse/postgres.js';
import { catalogFromDdl } from '../../src/sql/parse/postgres/ddl.js';

let parse: Parse;

beforeAll(async () => {
  parse = await createPostgresParser();
});

/** The outputs of the last statement of a script, `name <- sources`. */
async function lastOutputs(sql: string): Promise<string[]> {
  const catalog = await catalogFromDdl(`
    CREATE SCHEMA app; CREATE SCHEMA mart;
    CREATE TABLE app.person (person_id bigint PRIMARY KEY, email text);
    CREATE TABLE app.case_file (case_id bigint PRIMARY KEY, person_id bigint, title text);
    CREATE TABLE mart.contact (person_id bigint, email text);
  `);
  const read = new StatementReader({ catalog, dialect: POSTGRES, parse }).readOnce(sql);
  expect(read.diagnostics).toEqual([]);
  return (read.parts.at(-1)?.resolution.outputs ?? []).map(({ name, flows }) => `${name} <- ${[...flows.keys()].sort().join(' ')}`);
}

describe('what a script makes is known to the statements after it', () => {
  test.each([
    ['CREATE TABLE AS', 'CREATE TEMP TABLE best AS SELECT email AS mail FROM app.person; SELECT mail FROM best', ['mail <- app.person.email']],
    ['a view', 'CREATE VIEW mart.v AS SELECT email AS mail FROM app.person; SELECT mail FROM mart.v', ['mail <- app.person.email']],
    ['a table that INSERT fills', 'CREATE TEMP TABLE s (k bigint, m text); INSERT INTO s (m) SELECT email FROM app.person; SELECT k, m FROM s', ['k <- ', 'm <- app.person.email']],
    ['what comes later is there too', 'CREATE TEMP TABLE q AS SELECT email AS x FROM app.person; INSERT INTO q SELECT title FROM app.case_file; SELECT x FROM q', ['x <- app.case_file.title app.person.email']],
    ['UPDATE', 'CREATE TEMP TABLE q AS SELECT 1 AS id, email AS x FROM app.person; UPDATE q SET x = c.title FROM app.case_file c WHERE c.case_id = q.id; SELECT x FROM q', ['x <- app.case_file.title app.person.email']],
    ['made anew', 'CREATE TEMP TABLE q AS SELECT email AS x FROM app.person; DROP TABLE q; CREATE TEMP TABLE q AS SELECT title AS x FROM app.case_file; SELECT x FROM q', ['x <- app.case_file.title']],
    ['a table that nothing fills stays a table', 'CREATE TABLE mart.day (day date); SELECT day FROM mart.day', ['day <- mart.day.day']],
    ['what the catalogue has stays what it is', 'CREATE TABLE IF NOT EXISTS mart.contact (person_id bigint, email text); INSERT INTO mart.contact SELECT person_id, email FROM app.person; SELECT email FROM mart.contact', ['email <- mart.contact.email']],
  ])('%s', async (_name, sql, expected) => {
    expect(await lastOutputs(sql)).toEqual(expected);
  });
});

test('a text without a statement says so', () => {
  const reader = new StatementReader({ catalog: { relations: [], constraints: [], indexes: [], roles: [], grants: [], policies: [], extensions: [], publications: [], functions: [], settings: {} }, dialect: POSTGRES, parse });
  expect(reader.readOnce('-- nothing yet')).toMatchObject({ status: 'unparsed', diagnostics: [{ severity: 'error', message: 'there is no statement in the text', offset: 0 }] });
});
