import { describe, expect, it } from 'vitest';
import { proofOf, restsOf } from './support.js';

const cases = 'select count(*) from case_file where';
const BILLING = `
create table plan (plan_id integer primary key, trial boolean not null, cents integer not null, check (not trial or cents = 0));
create table label (case_id integer, tag text, note jsonb, code char(3), unique nulls not distinct (case_id, tag));
create table bill (bill_id integer primary key, total numeric(10,2) not null, rebate numeric(10,2), net numeric(12,2) generated always as (total - coalesce(rebate, 0)) stored, half boolean not null);
`;

type Pair = [first: string, second: string, ...restsOn: string[]];

const proved = (pairs: readonly Pair[], ddl?: string): void => {
  it.each(pairs)('%s | %s', async (first, second, ...restsOn) => {
    for (const [a, b] of [[first, second], [second, first]] as const) {
      const proof = await proofOf(a, b, ddl === undefined ? {} : { ddl, engine: true });
      expect({ equal: proof.equal, why: proof.why, restsOn: restsOf(proof) }).toEqual({ equal: true, why: null, restsOn: restsOn.toSorted() });
    }
  });
};

describe('times that are counted', () => {
  proved([
    [`${cases} due_on - opened_at::date >= 1`, `${cases} due_on > opened_at::date`],
    [`${cases} due_on > opened_at::date`, `${cases} opened_at::date + 1 <= due_on`],
    [`${cases} due_on <= date '2024-06-30' - interval '18 years'`, `${cases} due_on < '2006-07-01'`],
    [`${cases} due_on <= date '2024-03-31' - interval '1 month'`, `${cases} due_on <= '2024-02-29'`],
    [`${cases} due_on >= current_date - 30`, `${cases} current_date - due_on <= 30`],
    [`${cases} closed_at - opened_at <= interval '12 hours'`, `${cases} closed_at - opened_at <= interval '720 minutes'`],
    [`${cases} closed_at - opened_at <= interval '12 hours'`, `${cases} closed_at <= opened_at + make_interval(hours => 12)`],
    [`${cases} closed_at - opened_at > interval '1 day'`, `${cases} extract(epoch from closed_at - opened_at) > 24 * 3600`],
    [`${cases} now() - seen_at < interval '30 days'`, `${cases} seen_at > now() - interval '720 hours'`],
    [`${cases} extract(year from opened_at) = 2024 and extract(month from opened_at) = 2`, `${cases} opened_at >= '2024-02-01' and opened_at < '2024-03-01'`],
    ["select (seen_at at time zone 'UTC')::date, count(*) from case_file group by 1", "select date_trunc('day', seen_at)::date, count(*) from case_file group by 1"],
    ['select sum(due_on - opened_at::date) from case_file', 'select sum(-(opened_at::date - due_on)) from case_file'],
    ['select avg(extract(epoch from (closed_at - opened_at)) / 3600.0) from case_file', 'select avg(extract(epoch from (closed_at - opened_at))) / 3600.0 from case_file'],
  ]);
});

describe('patterns and fields', () => {
  proved([
    [`${cases} reason ~ '^(FRAUD|LOSS)$'`, `${cases} reason in ('FRAUD', 'LOSS')`],
    [`${cases} reason similar to 'FRAUD'`, `${cases} reason like 'FRAUD'`],
    [`${cases} reason ~ '^FR'`, `${cases} reason like 'FR%'`],
    [`${cases} reason !~ 'FR|LO'`, `${cases} not (reason like '%FR%' or reason like '%LO%')`],
  ]);
  proved([
    ["select count(*) from label where note #>> '{owner,name}' = 'Ana'", "select count(*) from label where note -> 'owner' ->> 'name' = 'Ana'"],
    ["select count(*) from label where code like 'EUR%'", "select count(*) from label where code = 'EUR'"],
  ], BILLING);
});

describe('sums', () => {
  proved([
    ['select sum(fee) / 1000 from case_file', 'select sum(fee / 1000) from case_file'],
    ['select sum(case when urgent then 0.5 else 1 end) from case_file where urgent is not null', 'select sum(1 - urgent::int * 0.5) from case_file where urgent is not null'],
    ['select 100.0 * count(*) filter (where score > 3) / nullif(count(score), 0) from case_file', 'select 100.0 * sum(case when score > 3 then 1 else 0 end) / nullif(count(score), 0) from case_file'],
    ["select count(case reason when 'FRAUD' then 1 end)::numeric / nullif(count(reason), 0) from case_file", "select avg(case when reason = 'FRAUD' then 1.0 when reason is not null then 0 end) from case_file"],
  ]);
  proved([
    ['select coalesce(sum(cents), 0) from plan', 'select coalesce(sum(cents), 0) from plan where not trial', 'check plan_check', 'not_null plan.trial'],
    ['select sum(net) from bill', 'select sum(total - coalesce(rebate, 0)) from bill'],
    ['select count(*) from bill where net > 5', 'select count(*) from bill where total - coalesce(rebate, 0) > 5'],
  ], BILLING);
});

describe('groups and what they decide', () => {
  const ofCase = ['primary_key case_file(case_id)'];
  proved([
    ['select max(c.number), count(*) from case_file c join event e using (case_id) group by e.case_id', 'select c.number, count(*) from case_file c join event e using (case_id) group by c.case_id, c.number', ...ofCase],
    ['select count(distinct (case_id, seq)) from event', 'select count(*) from event', 'primary_key event(case_id,seq)'],
    ['select case_id, count(distinct seq) from event group by 1', 'select case_id, count(*) from event group by 1', 'primary_key event(case_id,seq)'],
    ['select sum(m) from (select region_id, sum(fee) as m from case_file group by 1) x', 'select sum(fee) from case_file'],
    ['select region_id, max(m), sum(n) from (select region_id, officer_id, max(fee) as m, count(*) as n from case_file group by 1, 2) x group by 1', 'select region_id, max(fee), count(*) from case_file group by 1'],
    ['select count(*) from (select region_id from case_file group by region_id) x', 'select count(distinct region_id) from case_file', 'not_null case_file.region_id'],
    ['select region_id, count(*) from case_file group by rollup (region_id)', 'select region_id, count(*) from case_file group by region_id union all select null, count(*) from case_file'],
    ['select region_id, urgent, count(*) from case_file group by cube (region_id, urgent)', 'select region_id, urgent, count(*) from case_file group by grouping sets ((urgent, region_id), (region_id), (urgent), ())'],
  ]);
  proved([["select count(*) from label where tag = 'fraud'", "select count(*) from (select distinct case_id, tag from label) t where tag = 'fraud'", 'unique label(case_id,tag)']], BILLING);
});

describe('the latest row of each', () => {
  const key = ['primary_key event(case_id,seq)'];
  const numbered = 'select kind, count(*) from (select e.*, row_number() over (partition by case_id order by seq desc) as n from event e) t where n = 1 group by kind';
  proved([
    [numbered, 'select kind, count(*) from (select distinct on (case_id) case_id, kind from event order by case_id, seq desc) t group by kind', ...key],
    [numbered, 'select e.kind, count(*) from event e where e.seq = (select max(x.seq) from event x where x.case_id = e.case_id) group by e.kind', ...key],
    [numbered, 'select e.kind, count(*) from event e where (case_id, seq) in (select case_id, max(seq) from event group by case_id) group by e.kind', ...key],
    [numbered, 'select e.kind, count(*) from event e join (select case_id, max(seq) as m from event group by 1) l on l.case_id = e.case_id and l.m = e.seq group by e.kind', ...key],
    [numbered, 'select e.kind, count(*) from event e where not exists (select 1 from event x where x.case_id = e.case_id and x.seq > e.seq) group by e.kind', ...key],
  ]);
});

describe('sets and totals of others', () => {
  proved([
    ['select count(*) from (select case_id from case_file except select case_id from event) x', 'select count(*) from case_file c where not exists (select 1 from event e where e.case_id = c.case_id)', 'primary_key case_file(case_id)'],
    ['select count(*) from (select case_id from case_file intersect select case_id from event) x', 'select count(*) from case_file c where exists (select 1 from event e where e.case_id = c.case_id)', 'primary_key case_file(case_id)'],
    [
      "select count(*) from case_file c left join (select case_id, max(happened_at) as m from event group by 1) x on x.case_id = c.case_id where m is null or m <= '2024-01-01'",
      "select count(*) from case_file c where not exists (select 1 from event e where e.case_id = c.case_id and e.happened_at > '2024-01-01')",
    ],
    [
      'select c.number, coalesce(x.n, 0) from case_file c left join (select case_id, count(*) as n from event group by 1) x on x.case_id = c.case_id',
      'select c.number, (select count(*) from event e where e.case_id = c.case_id) from case_file c',
    ],
    ['select case_id, sum(fee) over (order by case_id rows between 3 preceding and current row) from case_file', 'select c.case_id, sum(c.fee) over (order by c.case_id ROWS  BETWEEN 3 PRECEDING AND CURRENT ROW) from case_file c'],
    ['select fee - lag(fee) over (order by case_id) from case_file', 'select fee - lag(fee, 1) over w from case_file window w as (order by case_id)'],
  ]);
});

describe('statements and schemas out of proportion', () => {
  const refused = async (text: string): Promise<[boolean, string | null]> => {
    const { equal, why } = await proofOf(text, `${cases} score > 1`);
    return [equal, why];
  };

  it('refuses lists and nestings without end', async () => {
    expect(await refused(`${cases} score in (${Array.from({ length: 100_000 }, (_, place) => place).join()})`)).toEqual([false, 'the statement is too large to be compared']);
    expect(await refused(`${cases} score in (${Array.from({ length: 20_000 }, (_, place) => place).join()})`)).toEqual([false, 'the statement is too large to be compared']);
    expect(await refused(`${cases} ${'not ('.repeat(1200)}score > 1${')'.repeat(1200)}`)).toEqual([true, null]);
  });

  it('reads of two thousand tables those that are named', async () => {
    const tables = Array.from({ length: 2000 }, (_, place) => `create table t${place} (id integer primary key, up integer references t${Math.max(0, place - 1)} (id), kind text not null check (kind in ('a', 'b')));`).join('\n');
    const proof = await proofOf("select count(*) from t1999 where kind = 'a'", "select count(*) from t1999 where kind <> 'b'", { ddl: tables });
    expect([proof.equal, restsOf(proof)]).toEqual([true, ['check t1999_check']]);
  });
});

