import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/metrics/definition.js';
import { prove, type Proof } from '../../../src/metrics/prove/index.js';
import { schemaFromDdl } from '../../../src/metrics/schema/read.js';
import { search } from '../../../src/metrics/search/index.js';
import { scratchEngine } from '../../../src/scratch/index.js';
import { POSTGRES, dialectOf } from '../../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';

const engine = scratchEngine('duckdb');
const DUCKDB = dialectOf('duckdb') ?? POSTGRES;
let parsers: Parsers;

beforeAll(async () => {
  parsers = await createParsers();
});
afterAll(async () => {
  await parsers.close();
  await engine.close();
});

/** The case work of a regulator, as a warehouse in DuckDB holds it. */
const DDL = `
create schema app;
create type app_stage as enum ('FILED', 'DRAFT', 'DECIDED');
create table app.officer (officer_id bigint primary key, badge varchar unique, region varchar);
create table app.case_file (
  case_id bigint primary key, status varchar not null, stage enum('FILED', 'DRAFT', 'DECIDED') not null, officer_id bigint not null references app.officer (officer_id),
  opened_at timestamp not null, closed_at timestamp, due_on date, seen_at timestamptz, fee decimal(10,2) not null, discount decimal(10,2), score integer, urgent boolean,
  check ((status = 'CLOSED') = (closed_at is not null)));
create table app.survey (survey_id integer primary key, rounds utinyint, tags varchar[]);
create view app.open_case as select * from app.case_file where status <> 'CLOSED';
`;

async function definition(text: string): Promise<Definition> {
  await parsers.prepare(DUCKDB, [text]);
  const { statements, diagnostics } = parsers.parse(DUCKDB)(text);
  const [first] = statements;
  if (first === undefined) throw new Error(`${text}: ${JSON.stringify(diagnostics)}`);
  return { text, statement: first.statement, dialect: 'duckdb', timeZone: null };
}

/** The proof, and what a search in DuckDB finds against it. */
async function compare(one: string, other: string, ddl = DDL): Promise<{ proof: Proof; found: string }> {
  const space = await engine.open();
  try {
    const schema = await schemaFromDdl(space, ddl);
    if (schema.failures.length > 0) throw new Error(JSON.stringify(schema.failures));
    const definitions = [await definition(one), await definition(other)] as const;
    const proof = await prove(definitions[0], definitions[1], schema, parsers.postgres);
    const { unsupported, differences } = await search(definitions, schema, space, { milliseconds: 4_000, worlds: 300, hints: proof.hints });
    expect(unsupported).toEqual([null, null]);
    return { proof, found: differences[0]?.how ?? 'none' };
  } finally {
    await space.close();
  }
}

const of = (rest: string): string => `select count(*) from app.case_file ${rest}`;

describe('two definitions in DuckDB that are the same', () => {
  it.each([
    ['a list and its exclusion', of(`where status <> 'CLOSED'`), of(`where status not in ('CLOSED')`), []],
    ['by the CHECK', of(`where status <> 'CLOSED'`), of('where closed_at is null'), ['check', 'not_null']],
    ['by the members of an enum', of(`where stage <> 'FILED'`), of(`where stage in ('DRAFT', 'DECIDED')`), ['type']],
    ['a month and its days', of(`where date_trunc('month', opened_at) = date '2024-03-01'`), of(`where opened_at >= '2024-03-01' and opened_at < '2024-04-01'`), []],
    ['a month of dates', of(`where date_trunc('month', due_on) = date '2024-03-01'`), of(`where due_on between '2024-03-01' and '2024-03-31'`), []],
    ['a year', of('where year(opened_at) = 2024'), of(`where date_part('year', opened_at) = 2024`), []],
    ['the day of a time', of(`where opened_at::date = '2024-03-01'`), of(`where opened_at >= timestamp '2024-03-01' and opened_at < timestamp '2024-03-02'`), []],
    ['a condition in the count, which is a sum in DuckDB', 'select count_if(urgent) from app.case_file', 'select sum(case when urgent then 1 when not urgent then 0 end) from app.case_file', []],
    ['a condition as FILTER', `select count(*) filter (where status = 'OPEN') from app.case_file`, of(`where status = 'OPEN'`), []],
    ['a sum of a condition and of its choice', `select sum(status = 'OPEN') from app.case_file`, `select sum(case when status = 'OPEN' then 1 else 0 end) from app.case_file`, ['not_null']],
    ['IF and CASE', `select sum(if(status = 'OPEN', fee, 0)) from app.case_file`, `select sum(case when status = 'OPEN' then fee else 0 end) from app.case_file`, []],
    ['grouped by all', 'select status, count(*) from app.case_file group by all', 'select status, count(*) from app.case_file group by status', []],
    ['grouped by an output', `select date_trunc('month', opened_at) as month_of_opening, count(*) from app.case_file group by month_of_opening`, `select date_trunc('month', opened_at), count(*) from app.case_file group by 1`, []],
    ['a parent that is always there', of('join app.officer using (officer_id)'), of(''), ['foreign_key', 'not_null', 'primary_key']],
    ['a distinct count of a key', 'select count(distinct case_id) from app.case_file', of(''), ['primary_key']],
    ['count()', 'select count() from app.case_file', of(''), []],
    ['a view', 'select count(*) from app.open_case', of(`where status <> 'CLOSED'`), []],
    ['EXCLUDE', 'select count(*) from (select * exclude (score) from app.case_file)', of(''), []],
    ['an average by hand', 'select avg(fee) from app.case_file', 'select sum(fee) / count(fee) from app.case_file', []],
    ['a ratio, the divisor guarded twice', 'select sum(fee) / nullif(count(score), 0) from app.case_file', 'select case when count(score) = 0 then null else sum(fee) / count(score) end from app.case_file', []],
    ['QUALIFY and a sub-query', 'select case_id from app.case_file qualify row_number() over (partition by officer_id order by case_id) = 1', 'select case_id from (select case_id, row_number() over (partition by officer_id order by case_id) as place from app.case_file) where place = 1', ['primary_key']],
    ['QUALIFY by an output', 'select case_id, row_number() over (order by case_id) as place from app.case_file qualify place <= 3', 'select case_id, row_number() over (order by case_id) from app.case_file qualify row_number() over (order by case_id) < 4', []],
    ['QUALIFY over the same', 'select officer_id, opened_at from app.case_file qualify rank() over (partition by officer_id order by opened_at desc) = 1', 'select officer_id, opened_at from app.case_file where true qualify rank() over (partition by officer_id order by opened_at desc) <= 1', null],
    ['a unit under another name', of(`where date_part('mon', opened_at) = 3`), of(`where month(opened_at) = 3`), null],
    ['a boolean as a number', 'select sum(urgent::int) from app.case_file', 'select sum(case when urgent then 1 when not urgent then 0 end) from app.case_file', []],
    ['the last 30 days', of('where opened_at > current_date - 30'), of('where opened_at > today() - 30'), []],
    ['HAVING by an output', 'select status, count(*) as cases from app.case_file group by status having cases > 2', 'select status, count(*) from app.case_file group by status having count(*) >= 3', []],
    ['NULL at the end both ways', 'select case_id from app.case_file order by score desc, case_id limit 5', 'select case_id from app.case_file order by score desc nulls last, case_id limit 5', []],
    ['twelve hours in minutes', of('where closed_at - opened_at > interval 12 hour'), of('where closed_at - opened_at > interval 720 minute'), []],
    ['days moved to the other side', of('where due_on + 30 <= current_date'), of('where due_on <= current_date - 30'), []],
    ['a year and a month', of(`where date_part('year', opened_at) = 2024 and month(opened_at) = 3`), of(`where date_trunc('month', opened_at) = '2024-03-01'`), []],
    ['a year and a quarter', of(`where date_part('year', due_on) = 2024 and quarter(due_on) = 1`), of(`where date_trunc('quarter', due_on) = '2024-01-01'`), []],
    ['a date in a text with a time', of(`where due_on in ('2024-01-05 10:00:00')`), of(`where due_on = '2024-01-05'`), []],
    ['a share, guarded', 'select count(*) filter (where urgent) / nullif(count(*), 0) from app.case_file', 'select avg(case when urgent then 1 else 0 end) from app.case_file', []],
    ['two decimals', of('where fee > 9.99'), of('where fee >= 10'), []],
    ['division by a number', 'select sum(score / 2) from app.case_file', 'select sum(score / 2) from app.case_file where true', []],
  ])('%s', async (_, one, other, rests) => {
    const { proof, found } = await compare(one, other);
    expect(found).toBe('none');
    if (rests === null) return;
    expect({ equal: proof.equal, why: proof.why }).toMatchObject({ equal: true });
    expect([...new Set(proof.restsOn.map(({ kind }) => kind))].toSorted()).toEqual(rests);
  });
});

describe('two definitions in DuckDB that are not the same', () => {
  it.each([
    ['a fraction and its whole part', 'select sum(score) / 2 from app.case_file', 'select sum(score) // 2 from app.case_file'],
    ['a condition counted where nothing is', 'select count_if(urgent) from app.case_file', of('where urgent')],
    ['infinity and NULL', 'select sum(fee / score) from app.case_file', 'select sum(fee / nullif(score, 0)) from app.case_file'],
    ['a remainder of nothing', of('where score % 0 = 1 or true'), of('where score % 0 = 1')],
    ['members of an enum in the order of their letters', of(`where stage < 'FILED'`), of(`where stage = 'FILED' or false`)],
    ['a number in a text is rounded', of(`where score = '5.5'`), of('where score = 5.5')],
    ['a text and a number', of('where status = 5'), of(`where status = '5'`)],
    ['a quotient by zero is known', of('where score / 2 > 1 or score / 2 <= 1'), of('where score / 0 is not null')],
    ['a number rounded by a cast', of('where fee::integer > 1'), of('where fee > 1')],
    ['NULL first', 'select case_id from app.case_file order by score desc, case_id limit 1', 'select case_id from app.case_file order by score desc nulls first, case_id limit 1'],
    ['a quotient of integers', of('where score / 2 >= 1'), of('where score >= 3')],
    ['a condition summed where nothing is known', 'select sum(urgent = true) from app.case_file', 'select sum(case when urgent = true then 1 else 0 end) from app.case_file'],
    ['a cast that may fail', of(`where try_cast(status as integer) is null`), of('where cast(score as integer) is null')],
    ['an excluded column', 'select distinct * exclude (case_id) from app.case_file', 'select distinct * from app.case_file'],
    ['QUALIFY in another order', 'select case_id from app.case_file qualify row_number() over (partition by officer_id order by case_id) = 1', 'select case_id from app.case_file qualify row_number() over (partition by officer_id order by case_id desc) = 1'],
    ['a part of a time in whole seconds', of('where extract(second from opened_at) < 1'), of('where extract(second from opened_at) <= 0.5')],
    ['grouped by all, one column more', 'select status, count(*) from app.case_file group by all', 'select status, count(*) from app.case_file group by status, stage'],
  ])('%s', async (_, one, other) => {
    const { proof } = await compare(one, other);
    expect(proof.equal).toBe(false);
  });
});

const SURVEYS = `insert into app.survey values (1, 0, ['gift']), (2, 254, []), (3, 255, ['gift', 'late']), (4, null, null), (5, 7, ['late', null])`;

describe('types that only DuckDB has', () => {
  it.each([
    ['unsigned numbers', 'where rounds >= 0', 'where rounds is not null', true],
    ['the largest of an unsigned number', 'where rounds > 254', 'where rounds = 255', true],
    ['not the largest of a signed one', 'where rounds > 253', 'where rounds = 255', false],
    ['a list that holds something', `where list_contains(tags, 'gift')`, `where list_contains(tags, 'gift') and survey_id is not null`, true],
    ['a list that is not empty', `where list_contains(tags, 'gift')`, 'where len(tags) > 0', false],
  ])('%s', async (_, one, other, same) => {
    const space = await engine.open();
    try {
      const schema = await schemaFromDdl(space, DDL);
      await space.run(SURVEYS);
      const [a, b] = [`select count(*) from app.survey ${one}`, `select count(*) from app.survey ${other}`];
      const answers = [(await space.rows(a)).rows, (await space.rows(b)).rows];
      const proof = await prove(await definition(a), await definition(b), schema, parsers.postgres);
      expect({ equal: proof.equal, agree: JSON.stringify(answers[0]) === JSON.stringify(answers[1]) }).toEqual({ equal: same, agree: same });
    } finally {
      await space.close();
    }
  });
});

describe('the four definitions of an article, over four schemas', () => {
  const A = `select count(*) from case_file where status <> 'CLOSED'`;
  const B = 'select count(*) from case_file where closed_at is null';
  const C = `select count(*) from case_file where status in ('OPEN', 'IN_PROGRESS', 'WAITING')`;
  const D = `select count(*) from case_file where status not in ('CLOSED', 'CANCELLED', 'DUPLICATE')`;
  const table = (status: string, more: string): string => `create table case_file (case_id integer primary key, status ${status}, closed_at timestamp${more})`;
  const both = `, check ((status = 'CLOSED') = (closed_at is not null))`;
  const list = `, check (status in ('OPEN', 'IN_PROGRESS', 'WAITING', 'CLOSED', 'CANCELLED', 'DUPLICATE'))`;
  const pairs = [[A, B], [A, C], [A, D], [B, C], [B, D], [C, D]] as const;

  it.each([
    ['with the CHECK', table('varchar not null', both), ['equal', 'looser', 'looser', 'looser', 'looser', 'stricter']],
    ['without any CHECK', table('varchar not null', ''), ['overlapping', 'looser', 'looser', 'overlapping', 'overlapping', 'stricter']],
    ['with the CHECK and a closed list', table('varchar not null', both + list), ['equal', 'looser', 'looser', 'looser', 'looser', 'equal']],
    ['with the CHECK, the status may be NULL', table('varchar', both), ['stricter', 'looser', 'looser', 'looser', 'looser', 'stricter']],
  ])('%s', async (_, ddl, expected) => {
    const seen: string[] = [];
    for (const [one, other] of pairs) {
      const { proof, found } = await compare(one, other, ddl);
      expect(found).toBe(proof.equal ? 'none' : 'real');
      seen.push(proof.rows ?? 'not known');
    }
    expect(seen).toEqual(expected);
  });
});

describe('what the tree of a text does not hold is not proved', () => {
  it.each([
    ['select count(*) from app.case_file a asof join app.case_file b on a.officer_id = b.officer_id and a.opened_at >= b.opened_at', 'an ASOF join is not read entirely'],
    ['select count(*) from app.case_file using sample 10%', 'a sample is not read entirely'],
    ['select count(*) from app.case_file where try_cast(status as integer) = 1', 'a cast that gives NULL where it fails is not read entirely'],
    ['select case_id from app.case_file order by case_id limit 10%', 'a limit in percent is not read entirely'],
    ['select count(*) from app.case_file where jaro_similarity(status, status) > 1', 'jaro_similarity() is not known in duckdb'],
  ])('%s', async (text, why) => {
    const { proof } = await proofOnly(text);
    expect(proof).toMatchObject({ equal: false, why });
  });
});

async function proofOnly(text: string): Promise<{ proof: Proof }> {
  const space = await engine.open();
  try {
    const schema = await schemaFromDdl(space, DDL);
    const one = await definition(text);
    return { proof: await prove(one, one, schema, parsers.postgres) };
  } finally {
    await space.close();
  }
}
