import { describe, expect, it } from 'vitest';
import { proofOf, restsOf } from './support.js';

const cases = 'select count(*) from case_file where';

type Pair = [first: string, second: string, ...restsOn: string[]];

/** Both orders: a proof has no direction. */
const proved = (pairs: readonly Pair[]): void => {
  it.each(pairs)('%s | %s', async (first, second, ...restsOn) => {
    for (const [a, b] of [[first, second], [second, first]] as const) {
      const proof = await proofOf(a, b);
      expect({ equal: proof.equal, why: proof.why, restsOn: restsOf(proof) }).toEqual({ equal: true, why: null, restsOn: restsOn.toSorted() });
    }
  });
};

describe('filters of one table', () => {
  proved([
    [`${cases} status <> 'CLOSED'`, `${cases} closed_at is null`, 'check closed_has_date', 'not_null case_file.status'],
    [`${cases} status = 'CLOSED'`, `${cases} status = 'CLOSED' and closed_at is not null`, 'check closed_has_date'],
    [`${cases} not (score >= 10 and score < 20)`, `${cases} score < 10 or score >= 20`],
    [`${cases} score > 9`, `${cases} score >= 10`],
    [`${cases} fee > 9.99`, `${cases} fee >= 10`],
    [`${cases} stage in ('DRAFT', 'FILED')`, `${cases} stage <> 'DECIDED'`, 'type case_file.stage'],
    [`${cases} stage < 'DECIDED'`, `${cases} stage <= 'FILED'`, 'type case_file.stage'],
    [`${cases} coalesce(reason, '') <> 'FRAUD'`, `${cases} reason is distinct from 'FRAUD'`],
    [`${cases} fee >= 0`, 'select count(*) from case_file', 'check fee_positive', 'not_null case_file.fee'],
    [`${cases} opened_at >= '2024-01-01' and opened_at < '2024-02-01'`, `${cases} date_trunc('month', opened_at) = '2024-01-01'`],
    [`${cases} opened_at::date = '2024-01-31'`, `${cases} opened_at >= '2024-01-31' and opened_at < '2024-02-01'`],
    [`${cases} extract(year from opened_at) = 2024`, `${cases} opened_at >= '2024-01-01' and opened_at < '2025-01-01'`],
    [`${cases} due_on < '2024-03-31'`, `${cases} due_on <= '2024-03-30'`],
    [`${cases} seen_at >= '2024-01-01' and seen_at < '2024-01-02'`, `${cases} seen_at::date = '2024-01-01'`],
    [`${cases} lower(reason) = 'fraud' and urgent`, `${cases} urgent is true and lower(reason) = 'fraud'`],
    [`${cases} fee - discount > 5`, `${cases} not (fee - discount <= 5)`],
  ]);
});

describe('joins', () => {
  const region = ['foreign_key case_file(region_id)', 'not_null case_file.region_id', 'primary_key region(region_id)'];
  proved([
    ['select count(*) from case_file', 'select count(*) from case_file c join region r on r.region_id = c.region_id', ...region],
    ['select count(*) from case_file', 'select count(*) from case_file natural join (select region_id from region) r', ...region],
    [`${cases} officer_id is not null`, 'select count(*) from case_file c join officer o using (officer_id)', 'foreign_key case_file(officer_id)', 'primary_key officer(officer_id)'],
    ['select count(*) from case_file', 'select count(*) from case_file c left join officer o on o.officer_id = c.officer_id', 'primary_key officer(officer_id)'],
    ['select count(*) from case_file', 'select count(*) from case_file c left join event e on e.case_id = c.case_id and e.seq = 1', 'primary_key event(case_id,seq)'],
    ['select count(*) from case_file', 'select count(distinct c.case_id) from case_file c left join event e on e.case_id = c.case_id', 'primary_key case_file(case_id)'],
    ['select count(*) from case_file c left join officer o on o.officer_id = c.officer_id where o.active', 'select count(*) from case_file c join officer o on o.officer_id = c.officer_id and o.active'],
    ['select r.code, count(*) from case_file c left join region r on r.region_id = c.region_id group by 1', 'select r.code, count(*) from region r right join case_file c using (region_id) group by r.code'],
    ['select count(*) from case_file a, case_file b where a.officer_id = b.officer_id and a.fee > b.fee', 'select count(*) from case_file x join case_file y on y.fee < x.fee where y.officer_id = x.officer_id'],
    [
      "select count(*) from case_file c left join region r on r.region_id = c.region_id where r.country is null and r.code is not null",
      'select count(*) from case_file c join region r on r.region_id = c.region_id where r.country is null', 'not_null region.code',
    ],
  ]);
});

describe('sub-queries', () => {
  proved([
    ["select count(*) from case_file where case_id in (select case_id from event where kind = 'APPEAL')", "select count(*) from case_file c where exists (select 1 from event e where e.kind = 'APPEAL' and c.case_id = e.case_id)"],
    ["select count(*) from case_file c where exists (select 1 from region r where r.region_id = c.region_id and r.country = 'NL')", "select count(*) from case_file c join region r on r.region_id = c.region_id where r.country = 'NL'", 'primary_key region(region_id)'],
    ["select count(distinct c.case_id) from case_file c join event e on e.case_id = c.case_id where e.kind = 'APPEAL'", "select count(*) from case_file c where c.case_id = any (select case_id from event where kind = 'APPEAL')", 'primary_key case_file(case_id)'],
    ['select count(*) from case_file where case_id not in (select case_id from payment)', 'select count(*) from case_file c where not exists (select from payment p where p.case_id = c.case_id)', 'not_null payment.case_id', 'primary_key case_file(case_id)'],
    ['select count(*) from case_file c left join payment p on p.case_id = c.case_id where p.payment_id is null', 'select count(*) from case_file c where not exists (select 1 from payment p where p.case_id = c.case_id)', 'primary_key payment(payment_id)'],
    ['select count(distinct case_id) from payment', 'select count(*) from case_file c where exists (select 1 from payment p where p.case_id = c.case_id)', 'foreign_key payment(case_id)', 'primary_key case_file(case_id)'],
    ['select c.number, (select r.code from region r where r.region_id = c.region_id) from case_file c', 'select c.number, r.code from case_file c left join region r on r.region_id = c.region_id', 'primary_key region(region_id)'],
    ["select count(*) from case_file c where exists (select 1 from event e where e.case_id = c.case_id and e.seq > 3)", 'select count(*) from case_file c where exists (select * from event e where e.seq >= 4 and c.case_id = e.case_id limit 1)'],
    ['select count(*) from case_file c where (select count(*) from event e where e.case_id = c.case_id) > 2', 'select count(*) from case_file f where (select count(*) from event where event.case_id = f.case_id) >= 3'],
    ["with open as (select * from case_file where status <> 'CLOSED') select count(*) from open where urgent", "select count(*) from (select urgent from case_file where not (status = 'CLOSED')) x where urgent = true"],
    ['select count(*) from open_case where urgent', "select count(*) from case_file where urgent and status <> 'CLOSED'"],
  ]);
});

describe('aggregates', () => {
  proved([
    ["select count(*) filter (where status <> 'CLOSED') from case_file", 'select count(case when closed_at is null then 1 end) from case_file', 'check closed_has_date', 'not_null case_file.status'],
    ["select coalesce(sum(case when urgent then 1 else 0 end), 0) from case_file", 'select count(*) from case_file where urgent'],
    ['select region_id, sum(case when urgent then 1 else 0 end) from case_file group by 1', 'select region_id, count(*) filter (where urgent) from case_file group by region_id'],
    ['select count(number) from case_file', 'select count(distinct case_id) from case_file', 'not_null case_file.number', 'primary_key case_file(case_id)'],
    ['select count(distinct reference) from case_file', 'select count(reference) from case_file', 'unique case_file(reference)'],
    ['select avg(discount) from case_file', 'select sum(discount) / count(discount) from case_file'],
    ['select avg(coalesce(discount, 0)) from case_file', 'select sum(coalesce(discount, 0)) / count(*) from case_file'],
    ['select avg(score) from case_file', 'select sum(score)::numeric / nullif(count(score), 0) from case_file'],
    ["select count(*) - count(*) filter (where status = 'CLOSED') from case_file", "select count(*) from case_file where status is distinct from 'CLOSED'"],
    ["select count(*) filter (where urgent) + count(*) filter (where not urgent and score > 5) from case_file", 'select count(*) from case_file where urgent or (urgent is false and score > 5)'],
    ["select 100.0 * count(*) filter (where urgent) / nullif(count(*), 0) from case_file", "select 100 * (sum(case when urgent then 1 else 0 end)::numeric / nullif(count(*), 0)) from case_file having true"],
    ['select coalesce(sum(fee), 0) - coalesce(sum(fee) filter (where urgent), 0) from case_file', 'select coalesce(sum(case when urgent then 0 else fee end), 0) from case_file'],
    ['select (select count(*) from case_file) - (select count(*) from case_file where urgent)', 'select count(*) from case_file where urgent is not true'],
    ['with a as (select count(*) n from case_file where urgent), b as (select count(*) n from case_file) select a.n::numeric / nullif(b.n, 0) from a, b', 'select count(*) filter (where urgent)::numeric / nullif(count(*), 0) from case_file'],
    ['select max(distinct score) from case_file', 'select max(score) from case_file where score is not null'],
    ['select officer_id, count(*) from case_file group by 1 having count(*) > 5', 'select officer_id, count(*) from case_file group by officer_id having count(*) >= 6'],
    ["select officer_id, count(*) from case_file group by 1 having officer_id > 3", 'select officer_id, count(*) from case_file where officer_id > 3 group by 1'],
    ['select distinct region_id from case_file', 'select region_id from case_file group by region_id'],
    ['select distinct case_id, status from case_file', 'select case_id, status from case_file', 'primary_key case_file(case_id)'],
    ["select date_trunc('month', opened_at), count(*) from case_file group by 1", "select date_trunc('month', opened_at)::date, count(*) from case_file group by to_char(opened_at, 'YYYY-MM'), date_trunc('month', opened_at)"],
    ["select count(*) from case_file where urgent union all select count(*) from case_file where score > 1", "select count(*) from case_file where score >= 2 union all select count(*) from case_file where urgent is true"],
    ["select case_id from case_file where urgent union all select case_id from case_file where not urgent", 'select case_id from case_file where urgent is not null'],
    ["select officer_id from case_file where urgent union select officer_id from case_file where score > 1", 'select distinct officer_id from case_file where urgent or score > 1'],
    ['select number, rank() over (partition by region_id, officer_id order by fee desc) from case_file', 'select number, rank() over (partition by officer_id, region_id order by fee desc nulls first) from case_file'],
    ['select number from case_file order by fee desc, case_id limit 5', 'select c.number from case_file c order by c.fee desc, c.case_id limit 5'],
  ]);
});

describe('time', () => {
  it('keeps the moment of the run symbolic', async () => {
    expect((await proofOf(`${cases} opened_at >= now() - interval '30 days'`, `${cases} not (opened_at < now() - interval '30 days')`)).equal).toBe(true);
  });

  it('needs one time zone where the answer depends on it', async () => {
    const text = `${cases} seen_at::date = '2024-01-31'`;
    expect((await proofOf(text, text, { zones: ['Asia/Jakarta', 'Asia/Jakarta'] })).equal).toBe(true);
    expect((await proofOf(text, text, { zones: ['UTC', 'Asia/Jakarta'] })).why).toBe('their sessions are in different time zones, and the answer depends on it');
    expect((await proofOf(`${cases} seen_at is null`, `${cases} not (seen_at is not null)`, { zones: ['UTC', 'Asia/Jakarta'] })).equal).toBe(true);
  });
});
