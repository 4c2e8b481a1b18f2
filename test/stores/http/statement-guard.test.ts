import { describe, expect, it } from 'vitest';
import { guardStatement, type Lexis } from '../../../src/stores/http/statement-guard.js';

const snowflake: Lexis = { quotes: ["'", '"'], backslash: ["'"], dollars: true, lineComments: ['--', '//'] };
const bigquery: Lexis = { quotes: ["'", '"', '`'], backslash: ["'", '"', '`'], tripleQuotes: true, lineComments: ['--', '#'] };

const databricks: Lexis = { quotes: ["'", '"', '`'], backslash: ["'", '"'], rawTexts: true, lineComments: ['--'] };
const trino: Lexis = { quotes: ["'", '"'], backslash: [], lineComments: ['--'] };

const passes = (sql: string, lexis: Lexis): boolean => {
  try {
    guardStatement('warehouse', sql, lexis);
    return true;
  } catch {
    return false;
  }
};

describe('what may be sent to a service without read-only sessions', () => {
  it.each([
    'select case_id from analytics.case_file',
    '  -- cases of today\n select 1',
    '(select 1) union all (select 2)',
    'with open_case as (select * from case_file where status = \'OPEN\') select count(*) from open_case',
    'with a as (select 1), b as (select 2) select * from a, b',
    "select ';' as separator, 'drop table case_file; --' as text",
    'select "a;b" from case_file',
    "select 'it''s; fine'",
    'show tables in schema analytics',
    'describe table analytics.case_file',
    'explain using json select 1',
    'select update_time, "delete" from case_file',
  ])('%s', (sql) => {
    expect(passes(sql, snowflake)).toBe(true);
  });

  it.each([
    '',
    '-- nothing',
    'delete from case_file',
    'select 1; drop table case_file',
    'select 1;',
    "select 'a\\'; drop table case_file; --'; delete from case_file",
    'select "a\\"; drop table case_file',
    'select 1 /* ; */ ; delete from case_file',
    'select 1 -- comment\n; delete from case_file',
    'with gone as (select 1) delete from case_file',
    'with gone as (select 1), more as (select ")") insert into case_file select * from gone',
    'call archive_cases()',
    'explain analyze delete from case_file',
    'copy into @stage from case_file',
    'begin; select 1; end',
    '$$ select 1 $$',
  ])('not: %s', (sql) => {
    expect(passes(sql, snowflake)).toBe(false);
  });

  it('knows the quoting of the dialect', () => {
    expect(passes("select r'a\\'; b', \"\"\"x; ' y\"\"\" # ; comment", bigquery)).toBe(true);
    expect(passes('select `a;b` from `project.dataset.cases`', bigquery)).toBe(true);
    expect(passes("select '''a'b''' ; drop table cases", bigquery)).toBe(false);
    expect(passes('select 1 # comment\n; drop table cases', bigquery)).toBe(false);
  });

  it.each([
    // Spark: the query may come first.
    ['from case_file insert into archive select *', databricks],
    ['with gone as (select 1) from gone insert into archive select *', databricks],
    ['with gone as (select 1) insert overwrite archive select * from gone', databricks],
    // A raw text ends at its quote, whatever stands before.
    ["with gone as (select r'\\' as mark) insert into archive select \"it's\" from gone", databricks],
    ["select r'\\'; drop table case_file; --'", databricks],
    // Comments in comments: some dialects end at the first mark, others at the last.
    ['/* /* */ select 1 /* */ */ delete from case_file', databricks],
    ['select 1 /* /* */ into archive */', trino],
    // Ends of lines that some dialects take and others do not.
    ['with gone as (select 1) --\r insert into archive select * from gone', databricks],
    ['select 1 --\r; drop table case_file', snowflake],
    ['-- cases \\\nselect 1', databricks],
    // Snowflake: statements in a chain, and a procedure for one call.
    ['show tables ->> create table archive as select * from $1', snowflake],
    ['select 1 ->> call archive_cases()', snowflake],
    ["with archive as procedure () returns string language sql as 'begin delete from case_file; end' call archive()", snowflake],
    ["select system$cancel_all_queries('1')", snowflake],
    ['select case_number.nextval', snowflake],
    // PostgreSQL's kind, which Redshift might take over.
    ['with gone as (delete from case_file returning *) select * from gone', trino],
    ['with gone as (update case_file set status = 1 returning *) select * from gone', trino],
    ['explain verbose analyze select 1', trino],
    ['explain (verbose, analyze) select 1', trino],
    ['explain (analyze true) delete from case_file', trino],
    ['explain analyse select 1', trino],
    ['explain insert into archive select 1', databricks],
    ['select * into archive from case_file', trino],
    // BigQuery: other statements in pipes.
    ['from case_file |> export data options (uri = \'gs://elsewhere\') as select 1', bigquery],
    ['select 1 |> insert into archive', bigquery],
  ] as const)('nor: %s', (sql, lexis) => {
    expect(passes(sql, lexis)).toBe(false);
  });

  it.each([
    ['select "insert", "into" from case_file where note = \'insert into archive\' -- delete from nothing', trino],
    ['select insert(name, 1, 2, \'x\') from person', snowflake],
    ['select r\'a\\b\' as pattern from case_file', databricks],
    ["select 'it\\'s; fine' from case_file", databricks],
    ['explain cost select count(*) from case_file', databricks],
    ['explain (type io, format json) select count(*) from case_file', trino],
    ['explain select analyze_date from case_file', trino],
    ['select deleted_from, updated, "call" from case_file', trino],
    ['select 1 /* a comment\r\nof two lines */', trino],
    ['select last_value(status) over (partition by case_id) from case_file', bigquery],
  ] as const)('but: %s', (sql, lexis) => {
    expect(passes(sql, lexis)).toBe(true);
  });

  it('says what is wrong, never the text', () => {
    expect(() => guardStatement('warehouse', "select 'Erika'; drop table person", snowflake)).toThrow(/^warehouse: tidemark sends one reading statement at a time, and this has a semicolon$/);
    expect(() => guardStatement('warehouse', 'DELETE FROM person', snowflake)).toThrow(/and this begins with DELETE$/);
  });
});
