import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskComment } from '../../src/snapshot/mask-comment.js';
import { maskStatement } from '../../src/snapshot/mask-statement.js';

beforeAll(() => loadModule());

const parses = (sql: string): boolean => {
  try {
    parseSync(sql);
    return true;
  } catch {
    return false;
  }
};

describe('maskStatement', () => {
  it.each([
    ["select note from app.case_file where note = 'Anna asked for delay' and fee > 250.75", "select note from app.case_file where note = '?' and fee > 0"],
    ["copy (select case_id from app.case_file where email = E'a\\'b@c.de') to stdout with (format csv, delimiter ';')", "copy (select case_id from app.case_file where email = E'?') to stdout with (format csv, delimiter '?')"],
    ["create role metabase login password 'spring tide' connection limit 5", "create role metabase login password '?' connection limit 5"],
    ["alter role metabase set statement_timeout = '30s'", "alter role metabase set statement_timeout = '?'"],
    ["do $$ begin update app.officer set email = 'a@b.de' where officer_id = 7; end $$", 'do $$?$$'],
    ['create function app.f() returns int language sql as $body$ select 4711 $body$', 'create function app.f() returns int language sql as $$?$$'],
    ["declare c cursor for select case_id from app.case_file where case_id = 4711 and status in ('OPEN', 'CLOSED')", "declare c cursor for select case_id from app.case_file where case_id = 0 and status in ('?', '?')"],
    ["execute by_officer(4711, 'Anna')", "execute by_officer(0, '?')"],
    ["insert into app.officer values (-7, U&'d\\0061t' uescape '!', B'1011', X'1F', N'Anna')", "insert into app.officer values (-0, U&'?' uescape '!', B'0', X'0', N'?')"],
    ["select 'It''s'\n  ' late'", "select '?'"],
    ['select case_id from app.case_file where case_id = $1 and fee > $2 limit $3', 'select case_id from app.case_file where case_id = $1 and fee > $2 limit $3'],
    ["comment on column app.officer.email is 'ask Anna'", "comment on column app.officer.email is '?'"],
    ['select "O\'Brien" from app."case 4711"', 'select "O\'Brien" from app."case 4711"'],
    ["set session authorization 'anna'", "set session authorization '?'"],
    ["select interval '4711' second(3), date '1980-05-01'", "select interval '?' second(3), date '?'"],
  ])('masks %s', (sql, masked) => {
    expect(maskStatement(sql)).toBe(masked);
    expect(parses(sql)).toBe(true);
    expect(parses(maskStatement(sql))).toBe(true);
  });

  it.each([
    'select status, count(*) from app.case_file group by 1 order by 2 desc, 1 limit 10 offset 20',
    'select status from app.case_file order by status fetch first 5 rows only',
    'select sum(fee) over (order by opened_at rows between 6 preceding and 1 following) from app.case_file',
    'select fee::numeric(10,2), note::varchar(50), opened_at::timestamp(3) with time zone from app.case_file',
    'create table app.fee (amount numeric(12,4), code char(3), bits bit varying(8))',
    'select status, officer_id, count(*) from app.case_file group by status, 2 having count(*) > $1',
  ])('keeps numbers that are no values: %s', (sql) => {
    expect(maskStatement(sql)).toBe(sql);
  });

  it.each([
    ['select case_id from app.case_file order by case_id = 4711', '4711'],
    ['select case_id from app.case_file group by case_id, 4711', '4711'],
    ['select coalesce(fee, 4711) from app.case_file group by 1', '4711'],
    ['select numeric(471147) from app.case_file', '471147'],
    ['create table app.x as select 4711 as case_id', '4711'],
    ['select array[4711, 4712]', '4712'],
    ['explain select case_id from app.case_file where case_id between 4711 and 4712', '4712'],
  ])('masks a number that is a value: %s', (sql, value) => {
    expect(maskStatement(sql)).not.toContain(value);
  });

  it('drops what follows a quote that may not close its string', () => {
    expect(maskStatement("select 'C:\\', note from app.case_file where note = 'Anna'")).toBe("select '?'");
    expect(maskStatement("select E'C:\\\\', note from app.case_file where note = 'Anna'")).toBe("select E'?', note from app.case_file where note = '?'");
  });

  it('masks a text that is cut within a literal or a comment', () => {
    expect(maskStatement("select 1 where note = 'Anna as")).toBe("select 0 where note = '?'");
    expect(maskStatement('do $body$ select anna@ex')).toBe('do $$?$$');
    expect(maskStatement("select 1 /* note = 'Anna as")).not.toContain('Anna as ');
  });

  it('lets no literal through, and keeps a statement readable', () => {
    const secret = fc.stringMatching(/^[a-z]{6,12}$/).filter((text) => !/^(select|status|between|values|insert|delete|update)$/.test(text));
    const quoted = secret.map((text) => [text, `'${text}'`] as const);
    const literal = fc.oneof(
      quoted,
      secret.map((text) => [text, `E'\\'${text}'`] as const),
      secret.map((text) => [text, `$q$${text}$q$`] as const),
      secret.map((text) => [text, `U&'${text}'`] as const),
      secret.map((text) => [text, `'${text}''s'`] as const),
      fc.integer({ min: 10_000, max: 99_999_999 }).map((number) => [String(number), String(number)] as const),
      fc.integer({ min: 10_000, max: 99_999_999 }).map((number) => [`${number}.5`, `${number}.5e3`] as const),
    );
    const shape = fc.constantFrom(
      (a: string, b: string) => `select case_id from app.case_file where note = ${a} and fee in (${b}, ${a})`,
      (a: string, b: string) => `copy (select ${a}, note from app.case_file order by ${b} || note) to stdout`,
      (a: string, b: string) => `create table x as select ${a} as y union all select ${b} limit 10`,
      (a: string, b: string) => `insert into app.officer values (${a}, ${b}) on conflict do nothing returning coalesce(email, ${b})`,
      (a: string, b: string) => `with w as (select ${a} as n) select n::varchar(20) from w group by 1 having max(n) > ${b} order by 1 desc`,
      (a: string, b: string) => `explain update app.officer set email = ${a}::text where officer_id = ${b}::int`,
    );
    fc.assert(
      fc.property(shape, literal, literal, (form, a, b) => {
        const sql = form(a[1], b[1]);
        const masked = maskStatement(sql);
        expect(masked).not.toContain(a[0]);
        expect(masked).not.toContain(b[0]);
        expect(parses(masked)).toBe(parses(sql));
        expect(maskStatement(masked)).toBe(masked);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws and never grows without bound, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => maskStatement(text).length <= text.length * 6 + 10),
    );
    const hostile = `select ${'('.repeat(10_000)}1${')'.repeat(10_000)} order by ${'1,'.repeat(100_000)}1 ${"'".repeat(100_001)}`;
    expect(maskStatement(hostile)).not.toContain("''");
  });
});

describe('maskComment', () => {
  it('leaves nothing of one that is longer than any signature', () => {
    expect(maskComment(`/* ${'generated by the reporting tool '.repeat(400)}for Anna */`)).toBe('/* ? */');
    expect(maskStatement(`select note -- ${'late '.repeat(3_000)}\nfrom app.case_file`)).toBe('select note -- ?\nfrom app.case_file');
  });

  it.each([
    ['-- Metabase:: userID: 7 queryType: native queryHash: 9f86d081884c7d65', '-- Metabase:: userID: 7 queryType: native queryHash: 9f86d081884c7d65'],
    ['/* {"app": "dbt", "dbt_version": "1.8.0", "node_id": "model.casework.open_cases"} */', '/* {"app": "dbt", "dbt_version": "1.8.0", "node_id": "model.casework.open_cases"} */'],
    ["/*action='show',controller='cases',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01'*/", "/*action='show',controller='cases',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01'*/"],
    ['/* Username: anna@example.org, query_id: 12, Queue: queries, Query Hash: 9f86d081 */', '/* Username: [user], query_id: 12, Queue: queries, Query Hash: 9f86d081 */'],
    ['-- {"user":"Anna Lindqvist","email":"anna@example.org","url":"https://modeanalytics.com/x/reports/1"}', '-- {"user":"[user]","email":"[user]","url":"https://modeanalytics.com/x/reports/1"}'],
    [`-- Looker Query Context '{"user_id":7,"history_slug":"abc123"}'`, `-- Looker Query Context '{"user_id":7,"history_slug":"abc123"}'`],
    ["/*route='/users/anna%40example.org'*/", "/*route='/users/[email]'*/"],
    ["-- and customer = 'Anna Lindqvist' and account = 4711471", "-- and customer = '?' and account = 0"],
    ['/* asked for by anna@example.org in 2026 */', '/* asked for by [email] in 2026 */'],
    ['/* postgres://app:tide@db/casework */', '/* postgres://app:[password]@db/casework */'],
    ['/*, ... */', '/*, ... */'],
  ])('%s', (comment, masked) => {
    expect(maskComment(comment)).toBe(masked);
    expect(maskStatement(`select note ${comment}\nfrom app.case_file`)).toBe(`select note ${masked}\nfrom app.case_file`);
  });
});
