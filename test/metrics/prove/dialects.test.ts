import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/model/catalog.js';
import type { Definition, MetricSchema } from '../../../src/metrics/definition.js';
import { dialectDifference } from '../../../src/metrics/prove/dialect-difference.js';
import { asEnforced } from '../../../src/metrics/prove/dialect-schema.js';
import { prove, type Proof } from '../../../src/metrics/prove/index.js';
import { type DialectId, POSTGRES, dialectOf } from '../../../src/sql/dialect.js';
import { createParsers, type Parsers } from '../../../src/sql/parse/parsers.js';
import { schemaOf } from './support.js';

let parsers: Parsers;
let catalog: Catalog;

beforeAll(async () => {
  parsers = await createParsers();
  ({ catalog } = await schemaOf(`
    create table app.officer (officer_id bigint primary key, badge text);
    create table app.case_file (
      case_id bigint primary key, status varchar(20) not null, officer_id bigint not null references app.officer (officer_id), opened_at timestamp not null, closed_at timestamp, due_on date, seen_at timestamptz,
      fee numeric(10,2) not null, weight double precision, score integer, urgent boolean, check ((status = 'CLOSED') = (closed_at is not null)))`));
});
afterAll(async () => {
  await parsers.close();
});

async function definition(text: string, dialect: DialectId, timeZone: string | null = null): Promise<Definition> {
  const known = dialectOf(dialect) ?? POSTGRES;
  await parsers.prepare(known, [text]);
  const { statements, diagnostics } = parsers.parse(known)(text);
  const [first] = statements;
  if (first === undefined) throw new Error(`${dialect} ${text}: ${JSON.stringify(diagnostics)}`);
  return { text, statement: first.statement, dialect, timeZone };
}

const schema = (): MetricSchema => ({ catalog, searchPath: ['app'], ddl: '', late: '', failures: [] });

async function proofIn(dialect: DialectId, one: string, other: string, enforcedOnly = true): Promise<Proof> {
  const read = enforcedOnly ? asEnforced(schema(), dialect) : schema();
  return prove(await definition(one, dialect), await definition(other, dialect), read, parsers.postgres);
}

const of = (rest: string): string => `select count(*) from app.case_file ${rest}`;

describe('two definitions that are the same in their dialect', () => {
  it.each<[DialectId, string, string]>([
    ['snowflake', of(`where status <> 'CLOSED'`), of(`where status not in ('CLOSED')`)],
    ['snowflake', of(`where opened_at >= '2024-03-01' and opened_at < '2024-04-01'`), of(`where date_trunc('month', opened_at) = '2024-03-01'`)],
    ['snowflake', 'select sum(iff(urgent, fee, 0)) from app.case_file', 'select sum(case when urgent then fee else 0 end) from app.case_file'],
    ['snowflake', 'select case_id from app.case_file qualify rank() over (partition by officer_id order by case_id) = 1', 'select case_id from app.case_file where true qualify rank() over (partition by officer_id order by case_id) = 1'],
    ['bigquery', 'select countif(score > 5) from app.case_file', of('where score >= 6')],
    ['bigquery', of(`where date_trunc(due_on, month) = '2024-03-01'`), of(`where due_on between '2024-03-01' and '2024-03-31'`)],
    ['databricks', of('where year(due_on) = 2024'), of(`where due_on >= '2024-01-01' and due_on < '2025-01-01'`)],
    ['spark', 'select status, count(*) from app.case_file group by all', 'select status, count(*) from app.case_file group by 1'],
    ['trino', 'select count(*) filter (where score between 1 and 5) from app.case_file', of('where score >= 1 and score < 6')],
    ['redshift', of('where score is not null and score > 3'), of('where score >= 4')],
    ['redshift', of(`where status in ('OPEN', 'WAITING')`), of(`where status = 'WAITING' or status = 'OPEN'`)],
    ['mysql', 'select sum(if(score > 3, 1, 0)) from app.case_file', 'select sum(case when score > 3 then 1 else 0 end) from app.case_file'],
    ['mysql', of(`where ifnull(score, 0) > 3`), of('where score > 3')],
    ['mysql', of('join app.officer using (officer_id)'), of('')],
    ['tsql', 'select count(*) from app.case_file where score >= 5', 'select count(*) from app.case_file where not (score < 5)'],
    ['tsql', of('where due_on > \'2024-01-31\''), of('where due_on >= \'2024-02-01\'')],
    ['clickhouse', 'select countIf(score > 3) from app.case_file', of('where score >= 4')],
  ])('%s: %s', async (dialect, one, other) => {
    expect(await proofIn(dialect, one, other)).toMatchObject({ equal: true, why: null });
  });
});

describe('what is the same in PostgreSQL and is not proved where it is not', () => {
  it.each<[string, DialectId, string, string]>([
    ['texts by a collation', 'mysql', of(`where status = 'OPEN'`), of(`where status = 'OPEN' and status <> 'open'`)],
    ['texts by a collation', 'tsql', of(`where status = 'OPEN'`), of(`where status = 'OPEN' and status <> 'OPEN '`)],
    ['blanks at the end', 'redshift', of(`where status = 'OPEN'`), of(`where status = 'OPEN' and status <> 'OPEN '`)],
    ['NaN', 'bigquery', of('where weight is not null'), of('where weight > 1 or weight <= 1')],
    ['fractions below a microsecond', 'snowflake', of(`where opened_at < '2024-04-01'`), of(`where opened_at <= '2024-03-31 23:59:59.999999'`)],
    ['a count of nothing is NULL', 'snowflake', 'select count_if(urgent) from app.case_file', of('where urgent')],
    ['NULL where a setting puts it', 'snowflake', 'select score from app.case_file order by score desc limit 3', 'select score from app.case_file order by score desc nulls first limit 3'],
    ['a key that nobody keeps', 'snowflake', 'select count(distinct case_id) from app.case_file', of('')],
    ['a parent that nobody keeps', 'bigquery', of('join app.officer using (officer_id)'), of('')],
    ['a CHECK that nobody keeps', 'redshift', of(`where status <> 'CLOSED'`), of('where closed_at is null')],
    ['an average of integers', 'tsql', 'select avg(score) * 2 from app.case_file', 'select avg(score * 2) from app.case_file'],
    ['a date as a number', 'mysql', of('where due_on > current_date - 30'), of('where due_on >= current_date - 29')],
    ['nothing summed is 0', 'clickhouse', 'select sum(case when score > 3 then 1 else 0 end) from app.case_file', 'select sum(case when score >= 4 then 1 else 0 end) from app.case_file'],
    ['outer joins fill with defaults', 'clickhouse', of('left join app.officer o on o.officer_id = case_file.officer_id where o.badge is null'), of('left join app.officer o on o.officer_id = case_file.officer_id where o.badge is null')],
    ['GREATEST of NULL', 'snowflake', of('where greatest(score, 1) > 0'), of('where true')],
    ['whole quotients', 'bigquery', of('where score / 2 >= 1'), of('where score >= 2')],
    ['a function that is not known', 'snowflake', of('where jarowinkler_similarity(status, status) > 1'), of('where jarowinkler_similarity(status, status) > 1')],
    ['an empty text is NULL', 'oracle', of(`where status = ''`), of(`where status = ''`)],
    ['a sample', 'snowflake', 'select count(*) from app.case_file sample (10)', 'select count(*) from app.case_file sample (10)'],
    ['a backslash', 'bigquery', `select count(*) from app.case_file where status = 'a\\\\'`, `select count(*) from app.case_file where status = 'a\\\\'`],
  ])('%s: %s', async (_, dialect, one, other) => {
    expect((await proofIn(dialect, one, other)).equal).toBe(false);
  });

  it('says which constraints it would take', async () => {
    const proof = await proofIn('snowflake', 'select count(distinct case_id) from app.case_file', of(''), false);
    expect(proof.restsOn.map(({ kind }) => kind)).toEqual(['primary_key']);
    expect(asEnforced(schema(), 'snowflake').catalog.constraints.filter(({ enforced }) => enforced).map(({ kind }) => kind)).not.toContain('primary_key');
  });

  it('compares no two dialects with each other', async () => {
    const proof = await prove(await definition(of(''), 'snowflake'), await definition(of(''), 'bigquery'), schema(), parsers.postgres);
    expect(proof).toMatchObject({ equal: false, why: 'the two are written for different engines' });
  });
});

describe('one text on two engines', () => {
  it.each<[string, DialectId, DialectId, [string | null, string | null], string | null]>([
    ['select count(case when urgent then 1 end) / count(*) from app.case_file', 'postgres', 'duckdb', [null, null], 'a quotient of integers keeps its fraction in duckdb and loses it in postgres; a quotient by zero fails in postgres and is infinity in duckdb'],
    ['select count(*) * 1.0 / nullif(count(score), 0) from app.case_file', 'postgres', 'duckdb', [null, null], null],
    [of(`where status = 'OPEN'`), 'postgres', 'mysql', [null, null], 'texts that differ in case or in blanks at the end may be equal in mysql and are not in postgres'],
    ['select case_id from app.case_file order by score desc limit 5', 'postgres', 'bigquery', [null, null], 'the first rows of an order have NULL in another place in postgres than in bigquery'],
    ['select case_id from app.case_file order by score desc nulls last limit 5', 'postgres', 'bigquery', [null, null], null],
    [`select date_trunc('month', seen_at), count(*) from app.case_file group by 1`, 'postgres', 'duckdb', ['Europe/Berlin', null], 'a day or month of a time with zone begins at midnight of the session: Europe/Berlin and UTC'],
    [`select date_trunc('month', opened_at), count(*) from app.case_file group by 1`, 'postgres', 'duckdb', ['Europe/Berlin', null], null],
    [of('where urgent'), 'postgres', 'snowflake', [null, null], null],
  ])('%s in %s and %s', async (text, one, other, [zoneA, zoneB], expected) => {
    expect(dialectDifference(await definition(text, one, zoneA), await definition(text, other, zoneB), one, other, catalog)).toBe(expected);
  });
});
