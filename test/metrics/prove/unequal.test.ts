import { describe, expect, it } from 'vitest';
import { DDL, proofOf } from './support.js';

const cases = 'select count(*) from case_file where';

type Pair = [why: string, first: string, second: string];

const notProved = (pairs: readonly Pair[], ddl?: string, engine = false): void => {
  it.each(pairs)('%s', async (_why, first, second) => {
    for (const [a, b] of [[first, second], [second, first]] as const) expect((await proofOf(a, b, ddl === undefined ? {} : { ddl, engine })).equal).toBe(false);
  });
};

describe('what looks equal and is not', () => {
  notProved([
    ['a nullable foreign key drops rows', 'select count(*) from case_file', 'select count(*) from case_file c join officer o using (officer_id)'],
    ['a column without a foreign key finds no parent', 'select count(*) from note', 'select count(*) from note n join case_file c on c.case_id = n.case_id'],
    ['half a key multiplies rows', 'select count(*) from case_file', 'select count(*) from case_file c left join event e on e.case_id = c.case_id'],
    ['a condition of ON is no condition of WHERE', 'select count(*) from case_file c left join officer o on o.officer_id = c.officer_id and o.active', 'select count(*) from case_file c left join officer o on o.officer_id = c.officer_id where o.active'],
    ['a nullable unique column holds many NULLs', 'select count(distinct reference) from case_file', 'select count(*) from case_file'],
    ['a key that a join copies', 'select count(distinct c.case_id) from case_file c join event e using (case_id)', 'select count(*) from case_file c join event e using (case_id)'],
    ['NOT IN over a column that may be NULL', 'select count(*) from case_file where case_id not in (select case_id from note)', 'select count(*) from case_file c where not exists (select 1 from note n where n.case_id = c.case_id)'],
    ['NOT IN of a value that may be NULL', 'select count(*) from case_file where officer_id not in (select officer_id from officer)', 'select count(*) from case_file c where not exists (select 1 from officer o where o.officer_id = c.officer_id)'],
    ['an anti-join on a column that may be NULL', 'select count(*) from case_file c left join officer o on o.officer_id = c.officer_id where o.region_id is null', 'select count(*) from case_file c where not exists (select 1 from officer o where o.officer_id = c.officer_id)'],
    ['NULL is not unequal', `${cases} reason <> 'FRAUD'`, `${cases} reason is distinct from 'FRAUD'`],
    ['a truth value has three values', `${cases} not urgent`, `${cases} urgent is not true`],
    ['a column compared with itself is not NULL', `${cases} score = score`, 'select count(*) from case_file'],
    ['cents lie between', `${cases} fee > 9`, `${cases} fee >= 10`],
    ['the last day of BETWEEN ends at its midnight', `${cases} opened_at between '2024-01-01' and '2024-01-31'`, `${cases} opened_at >= '2024-01-01' and opened_at < '2024-02-01'`],
    ['a rolling window is no calendar window', `${cases} opened_at >= now() - interval '30 days'`, `${cases} opened_at >= current_date - 30`],
    ['equal at one instant only', `${cases} opened_at >= now() - interval '30 days'`, `${cases} opened_at >= '2024-03-01 10:30'`],
    ['a written time zone', `${cases} (seen_at at time zone 'Asia/Jakarta')::date = '2024-01-31'`, `${cases} seen_at::date = '2024-01-31'`],
    ['COUNT leaves NULL out', 'select count(score) from case_file', 'select count(*) from case_file'],
    ['SUM over nothing is NULL', "select sum(case when urgent then 1 else 0 end) from case_file", 'select count(*) from case_file where urgent'],
    ['a sum of sums is NULL where one is', 'select sum(fee) filter (where urgent) + sum(fee) filter (where urgent is not true) from case_file', 'select sum(fee) from case_file'],
    ['integers divide to integers', 'select avg(score) from case_file', 'select sum(score) / count(score) from case_file'],
    ['an average leaves NULL out', 'select avg(discount) from case_file', 'select sum(discount) / count(*) from case_file'],
    ['a divisor of zero fails', 'select 100.0 * count(*) filter (where urgent) / nullif(count(*) filter (where score > 1), 0) from case_file', 'select 100.0 * count(*) filter (where urgent) / count(*) filter (where score > 1) from case_file'],
    ['a difference of counts that overlap', 'select count(*) filter (where urgent) + count(*) filter (where score > 5) from case_file', 'select count(*) from case_file where urgent or score > 5'],
    ['UNION drops copies', 'select officer_id from case_file where urgent union select officer_id from case_file where not urgent', 'select officer_id from case_file where urgent is not null'],
    ['UNION ALL keeps what both have', 'select case_id from case_file where urgent union all select case_id from case_file where score > 1', 'select case_id from case_file where urgent or score > 1'],
    ['an empty total is still a row', 'select count(*) from case_file having count(*) > 0', 'select count(*) from case_file'],
    ['groups that a FILTER keeps', 'select region_id, count(*) filter (where urgent) from case_file group by 1', 'select region_id, count(*) from case_file where urgent group by 1'],
    ['another breakdown', 'select region_id, count(*) from case_file group by 1', 'select officer_id, count(*) from case_file group by 1'],
    ['another position', 'select region_id, officer_id from case_file', 'select officer_id, region_id from case_file'],
    ['another argument', 'select sum(fee) from case_file', 'select sum(discount) from case_file'],
    ['DISTINCT', 'select count(distinct officer_id) from case_file', 'select count(officer_id) from case_file'],
    ['another partition', 'select number, rank() over (partition by region_id order by fee) from case_file', 'select number, rank() over (order by fee) from case_file'],
    ['another direction', 'select number, rank() over (order by fee) from case_file', 'select number, rank() over (order by fee desc) from case_file'],
    ['a limit that cuts elsewhere', 'select case_id from case_file order by case_id limit 5', 'select case_id from case_file order by case_id limit 6'],
    ['a look-up is no join', 'select c.number, (select o.badge from officer o where o.officer_id = c.officer_id) from case_file c', 'select c.number, o.badge from case_file c join officer o on o.officer_id = c.officer_id'],
    ['text has no order that a proof may use', `${cases} number < 'B'`, `${cases} number <= 'A'`],
  ]);

  it.each([
    ['select random() from case_file', 'random() gives another value each time'],
    ['select case_id from case_file order by fee limit 3', 'the limit cuts between rows that are equal in its order'],
    ['select array_agg(number) from case_file', 'an aggregate depends on the order of rows'],
    ['select row_number() over (order by fee) from case_file', 'a window function depends on the order of rows that are equal in it'],
    ['select sum(fee) over w from case_file window w as (order by case_id rows between 3 preceding and current row)', 'a window frame with distances is not compared'],
  ])('is not proved of a query whose answer its text does not decide: %s', async (text, why) => {
    const proof = await proofOf(text, text);
    expect([proof.equal, proof.why]).toEqual([false, why]);
  });

  it('is not proved where one may fail and the other answers', async () => {
    const proof = await proofOf(`${cases} score > 0 and 100 / score > 3`, `${cases} score between 1 and 25`);
    expect([proof.equal, proof.why]).toEqual([false, 'one of them may fail on rows for which the other answers']);
  });

  it('tells NULL against 0 apart from any other difference', async () => {
    const cosmetic = await proofOf('select sum(case when urgent then 1 else 0 end) from case_file', 'select count(*) from case_file where urgent');
    expect([cosmetic.equal, cosmetic.butForEmpty]).toEqual([false, true]);
    const real = await proofOf('select sum(case when urgent then 2 else 0 end) from case_file', 'select count(*) from case_file where urgent');
    expect([real.equal, real.butForEmpty]).toEqual([false, false]);
  });
});

describe('constraints that do not hold of every row', () => {
  const loosened = DDL.replace('status text not null', 'status text');
  notProved([['a CHECK passes on NULL', `${cases} status <> 'CLOSED'`, `${cases} closed_at is null`]], loosened);
  const unvalidated = `${DDL.replace("constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)),", '')}
    alter table app.case_file add constraint closed_has_date check ((status = 'CLOSED') = (closed_at is not null)) not valid;`;
  notProved([['a CHECK that is NOT VALID', `${cases} status <> 'CLOSED'`, `${cases} closed_at is null`]], unvalidated);
});

describe('a name that pg_catalog has', () => {
  const shadowed = `${DDL} create table app.pg_class (oid bigint primary key, relname text not null, constraint one_name check (relname = 'x'));`;
  notProved([['is not that of the table of the same name', "select count(*) from pg_class where relname = 'x'", 'select count(*) from pg_class']], shadowed);
});

describe('near what the rules allow', () => {
  const numbered = (test: string, more = ''): string => `select kind from (select e.*, row_number() over (partition by case_id order by seq desc) as n from event e ${more}) t where ${test}`;
  notProved([
    ['a minute more', `${cases} closed_at - opened_at <= interval '12 hours'`, `${cases} closed_at - opened_at <= interval '721 minutes'`],
    ['the end of a span', `${cases} closed_at - opened_at < interval '1 day'`, `${cases} closed_at <= opened_at + interval '1 day'`],
    ['a month has no fixed length', `${cases} closed_at < opened_at + interval '1 month'`, `${cases} closed_at - opened_at < interval '30 days'`],
    ['days between may be none', `${cases} due_on - opened_at::date >= 1`, `${cases} due_on >= opened_at::date`],
    ['a time of day is cut', `${cases} closed_at - opened_at >= interval '1 day'`, `${cases} closed_at::date - opened_at::date >= 1`],
    ['NaN is above every number', `${cases} fee - discount > 0`, `${cases} fee > discount`],
    ['the same month of every year', `${cases} extract(month from opened_at) = 2`, `${cases} extract(year from opened_at) = 2024 and extract(month from opened_at) = 2`],
    ['an alternative that is not closed', `${cases} reason ~ '^FRAUD|LOSS$'`, `${cases} reason in ('FRAUD', 'LOSS')`],
    ['a part of a text', `${cases} reason ~ 'FRAUD'`, `${cases} reason = 'FRAUD'`],
    ['any character', `${cases} reason ~ '^FR.UD$'`, `${cases} reason = 'FR.UD'`],
    ['a prefix', `${cases} reason similar to 'FRAUD%'`, `${cases} reason = 'FRAUD'`],
    ['a sum of integer quotients', 'select sum(score) / 1000 from case_file', 'select sum(score / 1000) from case_file'],
    ['a truth value that is not known', 'select sum(case when urgent then 0.5 else 1 end) from case_file', 'select sum(1 - urgent::int * 0.5) from case_file'],
    ['a sum that is NULL where its divisor is not 0', 'select sum(score)::numeric / nullif(count(*), 0) from case_file', 'select coalesce(sum(score), 0)::numeric / nullif(count(*), 0) from case_file'],
    ['a sum of some rows over a count of more', 'select 100.0 * sum(case when score > 3 then 1 else 0 end) / nullif(count(score), 0) from case_file', 'select 100.0 * sum(case when score > 3 then 1 end) / nullif(count(score), 0) from case_file'],
    ['groups by a unique column that may be NULL', 'select count(*) from case_file group by reference', 'select count(*) from case_file group by reference, number'],
    ['several rows where a unique column is NULL', 'select count(distinct (badge, active)) from officer', 'select count(*) from officer'],
    ['half a key', 'select count(distinct (case_id, kind)) from event', 'select count(*) from event'],
    ['half a key in groups of something else', 'select kind, count(distinct seq) from event group by kind', 'select kind, count(*) from event group by kind'],
    ['a key of which a group leaves a part open', 'select region_id, count(distinct number) from case_file group by 1', 'select region_id, count(distinct officer_id) from case_file group by 1'],
    ['NULL first or last', 'select number from (select c.*, rank() over (partition by region_id order by closed_at desc) as n from case_file c) t where n = 1', 'select number from (select c.*, rank() over (partition by region_id order by closed_at desc nulls last) as n from case_file c) t where n = 1'],
    ['an average of averages', 'select avg(m) from (select region_id, avg(fee) as m from case_file group by 1) x', 'select avg(fee) from case_file'],
    ['a sum of some groups', 'select sum(m) from (select region_id, sum(fee) as m from case_file group by 1 having count(*) > 1) x', 'select sum(fee) from case_file'],
    ['a sum of different sums', 'select sum(distinct m) from (select region_id, sum(fee) as m from case_file group by 1) x', 'select sum(fee) from case_file'],
    ['a sum of counts of none is NULL', 'select sum(n) from (select region_id, count(*) as n from case_file group by 1) x', 'select count(*) from case_file'],
    ['the group of NULL', 'select count(*) from (select officer_id from case_file group by officer_id) x', 'select count(distinct officer_id) from case_file'],
    ['the greatest of sums', 'select max(m) from (select region_id, sum(fee) as m from case_file group by 1) x', 'select max(fee) from case_file'],
    ['the second latest', numbered('n = 1'), numbered('n = 2')],
    ['the latest under a filter', numbered("n = 1 and kind = 'APPEAL'"), numbered('n = 1', "where kind = 'APPEAL'")],
    ['the first and the latest', numbered('n = 1'), 'select e.kind from event e where not exists (select 1 from event x where x.case_id = e.case_id and x.seq < e.seq)'],
    ['the latest of other rows', "select e.kind from event e where e.seq = (select max(x.seq) from event x where x.case_id = e.case_id and x.kind = 'APPEAL')", numbered('n = 1', "where kind = 'APPEAL'")],
    ['a partition of NULL', 'select kind from (select e.*, rank() over (partition by actor order by happened_at desc) as n from event e) t where n = 1', 'select e.kind from event e where e.happened_at = (select max(x.happened_at) from event x where x.actor = e.actor)'],
    ['an order with NULL', 'select number from (select c.*, rank() over (partition by region_id order by closed_at desc) as n from case_file c) t where n = 1', 'select c.number from case_file c where c.closed_at = (select max(x.closed_at) from case_file x where x.region_id = c.region_id)'],
    ['EXCEPT leaves copies out', 'select count(*) from (select region_id from case_file except select region_id from officer) x', 'select count(*) from case_file c where not exists (select 1 from officer o where o.region_id = c.region_id)'],
    ['to EXCEPT NULL is NULL', 'select count(*) from (select distinct badge from officer where badge is null except select reference from case_file) x', 'select count(*) from (select distinct badge from officer o where badge is null and not exists (select 1 from case_file c where c.reference = o.badge)) x'],
    ['the total of a rollup', 'select region_id, count(*) from case_file group by rollup (region_id)', 'select region_id, count(*) from case_file group by region_id'],
    ['a rollup is no cube', 'select region_id, urgent, count(*) from case_file group by rollup (region_id, urgent)', 'select region_id, urgent, count(*) from case_file group by cube (region_id, urgent)'],
    ['no total is no 0', 'select c.number, x.n from case_file c left join (select case_id, count(*) as n from event group by 1) x on x.case_id = c.case_id', 'select c.number, (select count(*) from event e where e.case_id = c.case_id) from case_file c'],
    ['the latest before, or none', "select count(*) from case_file c left join (select case_id, max(happened_at) as m from event group by 1) x on x.case_id = c.case_id where m <= '2024-01-01'", "select count(*) from case_file c where not exists (select 1 from event e where e.case_id = c.case_id and e.happened_at > '2024-01-01')"],
    ['a frame of four', 'select sum(fee) over (order by case_id rows between 3 preceding and current row) from case_file', 'select sum(fee) over (order by case_id rows between 4 preceding and current row) from case_file'],
    ['the row before the last', 'select fee - lag(fee) over (order by case_id) from case_file', 'select fee - lag(fee, 2) over (order by case_id) from case_file'],
  ]);
  const billing = `create table plan (plan_id integer primary key, trial boolean, cents integer not null, kind text, check (not trial or cents = 0));
    create unique index on plan (kind) where trial;
    create table bill (bill_id integer primary key, plan_id integer, total numeric(10,2) not null, rebate numeric(10,2), net numeric(12,1) generated always as (total - rebate) stored, paid numeric(10,2) generated always as (coalesce(rebate, 0)) stored);
    create table label (case_id integer, tag text, note jsonb, code char(3), unique (case_id, tag));`;
  notProved([
    ['a flag that may be NULL', 'select coalesce(sum(cents), 0) from plan', 'select coalesce(sum(cents), 0) from plan where not trial'],
    ['a sum of nothing where rows of 0 are', 'select sum(cents) from plan', 'select sum(cents) from plan where trial is not true'],
    ['a generated column that is rounded', 'select sum(net) from bill', 'select sum(total - rebate) from bill'],
    ['a generated column of a row that is missing', 'select sum(b.paid) from plan p left join bill b on b.plan_id = p.plan_id', 'select sum(coalesce(b.rebate, 0)) from plan p left join bill b on b.plan_id = p.plan_id'],
    ['an index of some rows', 'select count(distinct kind) from plan where kind is not null', 'select count(*) from plan where kind is not null'],
    ['a key in which NULLs differ', 'select count(*) from label', 'select count(*) from (select distinct case_id, tag from label) t'],
    ['a place in an array', "select count(*) from label where note #>> '{0}' = 'a'", "select count(*) from label where note ->> '0' = 'a'"],
    ['a prefix that leaves something open', "select count(*) from label where code like 'EU%'", "select count(*) from label where code = 'EU'"],
  ], billing, true);

  it('is not proved where a day need not have 24 hours', async () => {
    const zones: [string, string] = ['Europe/Berlin', 'Europe/Berlin'];
    expect((await proofOf(`${cases} now() - seen_at < interval '30 days'`, `${cases} seen_at > now() - interval '30 days'`, { zones })).equal).toBe(false);
    expect((await proofOf(`${cases} seen_at + interval '1 day' > now()`, `${cases} seen_at + interval '24 hours' > now()`, { zones })).equal).toBe(false);
    expect((await proofOf(`${cases} (seen_at at time zone 'UTC')::date = '2024-01-31'`, `${cases} seen_at::date = '2024-01-31'`, { zones })).equal).toBe(false);
  });
});
