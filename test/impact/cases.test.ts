import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchEngine } from '../../src/scratch/index.js';
import { createParsers, type Parsers } from '../../src/sql/parse/parsers.js';
import { statistics } from '../support/estate.js';
import { CLERK_INSERT, hits, impactOfSql } from './support/casework.js';

let parsers: Parsers;
const engine = scratchEngine('pglite');

beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(async () => {
  await Promise.all([parsers.close(), engine.close()]);
});

/** What a person who reads the migration beside the cards says of it. */
const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ['an index', 'CREATE INDEX case_opened ON app.case_file (opened_at);', []],
  ['a comment', "COMMENT ON TABLE app.case_file IS 'Files of cases.';", []],
  ['a new table', 'CREATE TABLE app.appeal (appeal_id bigint PRIMARY KEY, case_id bigint REFERENCES app.case_file);', []],
  ['a column that nobody reads', 'ALTER TABLE app.task DROP COLUMN done_at;', ['breaks Tasks done']],
  ['a column that only * shows', 'ALTER TABLE app.case_file DROP COLUMN note;', ['meaning Backlog list']],
  ['a column that * shows and others group by, with views on it', 'ALTER TABLE app.case_file DROP COLUMN region_code;', [
    'breaks Cases by region', 'breaks Contract regions', 'breaks Open contract cases', 'breaks Region names', 'breaks view integration.v_case_v1', 'breaks view integration.v_open_case_v1', 'meaning Backlog list',
  ]],
  ['the same with CASCADE', 'ALTER TABLE app.case_file DROP COLUMN region_code CASCADE;', [
    'breaks Cases by region', 'breaks Contract regions', 'breaks Open contract cases', 'breaks Region names', 'contract contract integration.v_case_v1', 'contract contract integration.v_open_case_v1', 'meaning Backlog list',
  ]],
  ['a renamed column: views follow, texts do not', 'ALTER TABLE app.case_file RENAME COLUMN region_code TO region;', ['breaks Cases by region', 'breaks Region names', 'meaning Backlog list']],
  ['a renamed table', 'ALTER TABLE app.task RENAME TO case_task;', ['breaks Holidays and tasks', 'breaks Tasks done', 'breaks Tasks of cases']],
  ['a renamed table with a view in its place', 'ALTER TABLE app.task RENAME TO case_task; CREATE VIEW app.task AS SELECT * FROM app.case_task;', []],
  ['a table in another schema', 'CREATE SCHEMA hr; ALTER TABLE app.officer SET SCHEMA hr;', ['breaks Officers', 'breaks Officers with cases']],
  ['a dropped table', 'DROP TABLE app.holiday;', ['breaks Holidays and tasks']],
  ['a dropped contract view', 'DROP VIEW integration.v_open_case_v1;', ['breaks Open contract cases', 'contract contract integration.v_open_case_v1']],
  ['a column of a name that another table has', 'ALTER TABLE app.task ADD COLUMN case_number text;', ['breaks Tasks of cases']],
  ['a column of a name that a NATURAL JOIN compares', 'ALTER TABLE app.task ADD COLUMN day date;', ['meaning Holidays and tasks']],
  ['a column more', 'ALTER TABLE app.case_file ADD COLUMN channel text;', ['meaning Backlog list']],
  ['text in place of a number', 'ALTER TABLE app.case_file ALTER COLUMN score TYPE text;', ['breaks Fee per point', 'breaks High scores', 'meaning Backlog list']],
  ['whole numbers in place of fractions', 'ALTER TABLE app.case_file ALTER COLUMN fee TYPE integer;', ['meaning Backlog list', 'meaning Fee per point']],
  ['wider numbers', 'ALTER TABLE app.case_file ALTER COLUMN score TYPE bigint;', []],
  ['a time of day that loses its zone', 'ALTER TABLE app.case_file ALTER COLUMN opened_at TYPE timestamp;', [
    'breaks view integration.v_case_v1', 'meaning Backlog list', 'meaning Opened per day',
  ]],
  ['a time of day in place of a day', 'ALTER TABLE app.case_file ALTER COLUMN due_on TYPE timestamptz;', ['meaning Backlog list', 'meaning Due this week']],
  ['a zone where there was none', 'ALTER TABLE app.task ALTER COLUMN done_at TYPE timestamptz;', ['meaning Tasks done']],
  ['a new value of a CHECK', "ALTER TABLE app.case_file DROP CONSTRAINT case_status_check; ALTER TABLE app.case_file ADD CONSTRAINT case_status_check CHECK (status IN ('OPEN', 'IN_REVIEW', 'ESCALATED', 'CLOSED'));", [
    'meaning Backlog list', 'meaning Open cases', 'meaning Open contract cases', 'meaning view integration.v_open_case_v1',
  ]],
  ['a new value of an enum', "ALTER TYPE app.priority ADD VALUE 'URGENT';", ['meaning Priorities']],
  ['a renamed value of an enum', "ALTER TYPE app.priority RENAME VALUE 'HIGH' TO 'TOP';", ['breaks Priorities']],
  ['a value of a CHECK that goes', "ALTER TABLE app.case_file DROP CONSTRAINT case_status_check, ADD CONSTRAINT case_status_check CHECK (status IN ('OPEN', 'CLOSED'));", [
    'meaning Backlog list', 'meaning Open contract cases', 'meaning view integration.v_open_case_v1',
  ]],
  ['NULL where there was none, compared by <>', 'ALTER TABLE app.case_file ALTER COLUMN status DROP NOT NULL;', ['meaning Open cases']],
  ['NULL where there was none, only shown', 'ALTER TABLE app.officer ALTER COLUMN email DROP NOT NULL;', []],
  ['no NULL any more', 'ALTER TABLE app.officer ALTER COLUMN display_name SET NOT NULL;', []],
  ['another default that a card compares with', "ALTER TABLE app.case_file ALTER COLUMN status SET DEFAULT 'CLOSED';", ['meaning Backlog list', 'meaning Open cases', 'meaning Open contract cases', 'meaning view integration.v_open_case_v1']],
  ['another default within what cards count', "ALTER TABLE app.case_file ALTER COLUMN status SET DEFAULT 'IN_REVIEW';", []],
  ['a view that says the same in other words', "CREATE OR REPLACE VIEW integration.v_open_case_v1 AS SELECT case_id, region_code FROM app.case_file WHERE status = 'OPEN' OR status = 'IN_REVIEW';", []],
  ['a view that counts less', "CREATE OR REPLACE VIEW integration.v_open_case_v1 AS SELECT case_id, region_code FROM app.case_file WHERE status = 'OPEN';", ['meaning Open contract cases']],
  ['a view with a column more', "CREATE OR REPLACE VIEW integration.v_open_case_v1 AS SELECT case_id, region_code, opened_at FROM app.case_file WHERE status IN ('OPEN', 'IN_REVIEW');", []],
  ['rows that are written anew', "UPDATE app.case_file SET region_code = 'N1' WHERE region_code = 'N0';", ['meaning Backlog list', 'meaning Cases by region', 'meaning Contract regions', 'meaning Region names']],
  ['a backfill of what is new', "ALTER TABLE app.task ADD COLUMN channel text; UPDATE app.task SET channel = 'MAIL';", []],
  ['rows that are deleted', "DELETE FROM app.task WHERE state = 'VOID';", ['meaning Holidays and tasks', 'meaning Tasks done', 'meaning Tasks of cases']],
  ['a key that goes', 'ALTER TABLE app.region DROP CONSTRAINT region_pkey CASCADE;', ['meaning Region names']],
  ['row security', 'ALTER TABLE app.officer ENABLE ROW LEVEL SECURITY;', ['meaning Officers', 'meaning Officers with cases']],
  ['a function that goes', 'DROP FUNCTION app.weight(integer);', ['breaks Weights']],
  ['a function that is replaced', 'CREATE OR REPLACE FUNCTION app.weight(score integer) RETURNS integer LANGUAGE sql AS $$ SELECT score * 3 $$;', ['meaning Weights']],
  ['a DO block', "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'app.task'; END $$;", []],
];

describe('with an engine', () => {
  test.each(CASES)('%s', async (_, sql, expected) => {
    expect(hits(await impactOfSql(sql, parsers, { scratch: () => engine.open() })).filter((hit) => !hit.startsWith('('))).toEqual([...expected].sort());
  }, 30_000);
});

describe('of what writes', () => {
  const clerk = statistics(CLERK_INSERT, { role: 'case_app', calls: 840 });

  test.each([
    ['a column that must have a value', 'ALTER TABLE app.case_file ADD COLUMN channel text NOT NULL;', ['breaks role role case_app']],
    ['one with a default', "ALTER TABLE app.case_file ADD COLUMN channel text NOT NULL DEFAULT 'POST';", []],
    ['a default that goes', 'ALTER TABLE app.case_file ALTER COLUMN status DROP DEFAULT;', ['breaks role role case_app']],
    ['a column that becomes required', 'ALTER TABLE app.case_file ALTER COLUMN note SET NOT NULL;', ['breaks role role case_app']],
    ['a column that is renamed', 'ALTER TABLE app.case_file RENAME COLUMN fee TO fee_amount;', ['breaks role role case_app']],
  ])('%s', async (_, sql, expected) => {
    const report = await impactOfSql(sql, parsers, { cards: {}, statements: [clerk], scratch: () => engine.open() });
    expect(hits(report)).toEqual(expected);
    expect(report.impacts.map(({ calls }) => calls)).toEqual(expected.map(() => 840));
  }, 30_000);
});
