import { describe, expect, test } from 'vitest';
import { readLine } from '../../../src/cli/metrics/compare/request.js';
import { sessionFlags } from '../../../src/cli/metrics/compare/session-flags.js';
import { sessionSettings } from '../../../src/cli/metrics/compare/session.js';
import { POSTGRES } from '../../../src/sql/dialect.js';

const PAIR = { id: 7, sql_a: 'SELECT count(*) FROM case_file', sql_b: 'SELECT 1', schema_ddl: 'CREATE TABLE case_file (case_id int)' };

function asked(line: unknown) {
  return readLine(typeof line === 'string' ? line : JSON.stringify(line), { dialect: POSTGRES, session: {} });
}

describe('a line', () => {
  test('asks with its queries, schema and session', () => {
    const read = asked({ ...PAIR, late_ddl: 'ALTER TABLE case_file ADD note text', session: { timezone: 'Asia/Jakarta', search_path: 'app, "$user", public' } });
    expect('question' in read && read.question).toMatchObject({
      a: { sql: PAIR.sql_a, session: { timeZone: 'Asia/Jakarta', searchPath: ['app', 'public'] } },
      b: { sql: PAIR.sql_b, session: { timeZone: 'Asia/Jakarta', searchPath: ['app', 'public'] } },
      ddl: PAIR.schema_ddl,
      late: 'ALTER TABLE case_file ADD note text',
    });
  });

  test('may give each query a session of its own', () => {
    const read = asked({ ...PAIR, session: { TimeZone: 'UTC' }, session_b: { TimeZone: 'Europe/Berlin' } });
    expect('question' in read && [read.question.a.session.timeZone, read.question.b.session.timeZone]).toEqual(['UTC', 'Europe/Berlin']);
  });

  test('that does not ask says why, with its id where it has one', () => {
    const { sql_b: _, ...half } = PAIR;
    expect(['{', '[]', '"x"', half, { ...PAIR, id: { a: 1 } }, { ...PAIR, sql_a: null }, { ...PAIR, dialect: 'postgress' }, { ...PAIR, session: { DateStyle: 'SQL, DMY' } },
      { ...PAIR, session: { TimeZone: "UTC'; DROP TABLE x" } }, `{"id": 9, "sql_a": "\uFFFD"}`].map((line) => asked(line))).toMatchInlineSnapshot(`
        [
          {
            "fault": "the line is no JSON",
            "id": null,
          },
          {
            "fault": "the line is no object, as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}",
            "id": null,
          },
          {
            "fault": "the line is no object, as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}",
            "id": null,
          },
          {
            "fault": "the line has no usable "sql_b", as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}",
            "id": 7,
          },
          {
            "fault": "the line has no usable "id", as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}",
            "id": null,
          },
          {
            "fault": "the line has no usable "sql_a", as in {"id": 1, "sql_a": "SELECT …", "sql_b": "SELECT …", "schema_ddl": "CREATE TABLE …"}",
            "id": 7,
          },
          {
            "fault": "there is no dialect 'postgress'; did you mean 'postgres'?",
            "id": 7,
          },
          {
            "fault": "the session setting DateStyle can change what a query answers and is not reproduced: only TimeZone and search_path are",
            "id": 7,
          },
          {
            "fault": "the session's time zone "UTC'; DROP TABLE x" is no name of a time zone",
            "id": 7,
          },
          {
            "fault": "the line is not valid UTF-8",
            "id": 9,
          },
        ]
      `);
  });
});

test('settings that change no answer, and those that are as ever, are passed over', () => {
  expect(sessionSettings({ application_name: 'metabase', DateStyle: 'ISO, MDY', statement_timeout: 0, TimeZone: 'utc' })).toEqual({ timeZone: 'utc', searchPath: null });
});

test('the flag names one query or both', () => {
  expect(sessionFlags(['timezone=UTC', 'b.TimeZone=Asia/Jakarta', 'search_path=app,public'])).toEqual({
    both: { timezone: 'UTC', search_path: 'app,public' }, a: {}, b: { timezone: 'Asia/Jakarta' }, apart: true,
  });
  expect(() => sessionFlags(['timezone'])).toThrowErrorMatchingInlineSnapshot(`[UsageError: --session takes a setting and its value, not 'timezone']`);
});
