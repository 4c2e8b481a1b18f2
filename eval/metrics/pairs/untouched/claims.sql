-- schema claims
create schema ins;
create table ins.policy (
  policy_no varchar(10),
  version int,
  product char(2) not null,
  starts_on date not null,
  ends_on date not null,
  premium numeric(9,2) not null,
  primary key (policy_no, version),
  constraint policy_runs check (starts_on <= ends_on)
);
create table ins.claim (
  claim_no int primary key,
  policy_no varchar(10),
  policy_version int,
  stage text not null,
  reported_at timestamptz not null,
  loss_on date not null,
  reserve numeric(11,2) not null default 0,
  paid numeric(11,2),
  fraud_score real,
  reopened_from int references ins.claim (claim_no),
  constraint claim_policy foreign key (policy_no, policy_version) references ins.policy (policy_no, version) match full,
  constraint stage_known check (upper(stage) = stage and stage in ('FNOL', 'ASSESS', 'PAID', 'DECLINED')),
  constraint paid_amount check (stage <> 'PAID' or paid > 0),
  constraint loss_before_report check (loss_on <= reported_at::date)
);
create table ins.claim_note (
  claim_no int not null references ins.claim (claim_no) deferrable initially immediate,
  written_at timestamp not null,
  author text,
  internal bool not null
);
create function ins.is_business_day(d date) returns boolean language sql immutable as $$ select extract(isodow from d) < 6 $$;

-- pair claim-01 | stricter | kind: rows-lost
-- why: a claim may have no policy at all
select count(*) from ins.claim c join ins.policy p on p.policy_no = c.policy_no and p.version = c.policy_version;
-- and
select count(*) from ins.claim;

-- pair claim-02 | equal-under or undecided
-- why: MATCH FULL: both halves of the reference or none, so one half tells that the policy exists
-- rests: foreign_key claim(policy_no,policy_version) or foreign_key claim(policy_no,policy_version); primary_key policy(policy_no,version)
select count(*) from ins.claim c join ins.policy p on p.policy_no = c.policy_no and p.version = c.policy_version;
-- and
select count(*) from ins.claim where policy_no is not null;

-- pair claim-03 | different | kind: fan-out
-- why: joined without the version a claim meets every version of its policy
select p.product, sum(c.paid) from ins.claim c join ins.policy p on p.policy_no = c.policy_no group by p.product;
-- and
select p.product, sum(c.paid) from ins.claim c join ins.policy p on p.policy_no = c.policy_no and p.version = c.policy_version group by p.product;

-- pair claim-04 | equal-under
-- why: four stages; two are over
-- rests: check claim.stage_known
select count(*) from ins.claim where stage in ('FNOL', 'ASSESS');
-- and
select count(*) from ins.claim where stage not in ('PAID', 'DECLINED');

-- pair claim-05 | overlapping | kind: population or null-handling
-- why: the CHECK passes where the amount is NULL, and something may be paid on a claim at another stage
select count(*) from ins.claim where stage = 'PAID';
-- and
select count(*) from ins.claim where paid > 0;

-- pair claim-06 | looser | kind: population or null-handling
-- why: an amount means the stage of payment, but the CHECK passes where the amount is NULL
-- ddl: alter table ins.claim drop constraint paid_amount;
-- ddl: alter table ins.claim add constraint paid_amount check ((stage = 'PAID') = (paid > 0));
select count(*) from ins.claim where stage = 'PAID';
-- and
select count(*) from ins.claim where paid > 0;

-- pair claim-07 | equal-under
-- ddl: alter table ins.claim drop constraint paid_amount;
-- ddl: alter table ins.claim add constraint paid_amount check ((stage = 'PAID') = coalesce(paid > 0, false));
-- why: with COALESCE the CHECK has no way out
-- rests: check claim.paid_amount; not_null claim.stage
select count(*) from ins.claim where stage = 'PAID';
-- and
select count(*) from ins.claim where paid > 0;

-- pair claim-08 | different | kind: measure
-- why: paid and reserved against paid alone
select sum(coalesce(paid, 0) + reserve) from ins.claim where stage <> 'DECLINED';
-- and
select sum(paid) from ins.claim where stage <> 'DECLINED';

-- pair claim-09 | equal-under or undecided
-- why: a sum of two columns is the sum of their sums, where neither hides the other by NULL
-- rests: not_null claim.reserve
select sum(coalesce(paid, 0) + reserve) from ins.claim;
-- and
select coalesce(sum(paid), 0) + sum(reserve) from ins.claim;

-- pair claim-10 | different | kind: null-handling or measure
-- why: NULL plus a reserve is NULL: unpaid claims lose their reserve
select coalesce(sum(coalesce(paid, 0) + reserve), 0) from ins.claim;
-- and
select coalesce(sum(paid + reserve), 0) from ins.claim;

-- pair claim-11 | equal-under or undecided
-- why: notes by author, the last one each; what ties shares its time, and no time is NULL, which would come first in descending order
-- rests: not_null claim_note.written_at
select author, max(written_at) from ins.claim_note where not internal group by author;
-- and
select distinct author, first_value(written_at) over (partition by author order by written_at desc) from ins.claim_note where internal is false;

-- pair claim-12 | equal-under
-- why: a note has its claim
-- rests: foreign_key claim_note(claim_no); not_null claim_note.claim_no or foreign_key claim_note(claim_no); not_null claim_note.claim_no; primary_key claim(claim_no)
select author, count(*) from ins.claim_note n join ins.claim c on c.claim_no = n.claim_no group by author;
-- and
select author, count(*) from ins.claim_note group by author;

-- pair claim-13 | different | kind: distinctness
-- why: notes have no key: two equal notes are two rows, and one of a DISTINCT
select count(*) from ins.claim_note;
-- and
select count(*) from (select distinct * from ins.claim_note) n;

-- pair claim-14 | stricter or different | kind: population
-- why: business days only
select count(*) from ins.claim where ins.is_business_day(loss_on);
-- and
select count(*) from ins.claim;

-- pair claim-15 | equal-under or equal or undecided
-- why: the function of the schema twice, in a filter and as its negation counted away
-- rests: ?
select count(*) filter (where ins.is_business_day(loss_on)) from ins.claim;
-- and
select count(*) - count(*) filter (where not ins.is_business_day(loss_on)) from ins.claim;

-- pair claim-16 | stricter | kind: population
-- ddl: alter table ins.claim add constraint weekday_reports check (ins.is_business_day(loss_on) or stage = 'FNOL');
-- why: a CHECK that calls a function still binds the rows; a loss on a business day may be at any stage
select count(*) from ins.claim where stage = 'DECLINED' and reserve > 0;
-- and
select count(*) from ins.claim where stage = 'DECLINED' or stage = 'PAID' and reserve < 0;

-- pair claim-17 | equal
-- why: high scores among those that have one; real numbers, one threshold
select count(*) from ins.claim where fraud_score >= 0.5;
-- and
select count(*) from ins.claim where not (fraud_score < 0.5);

-- pair claim-18 | looser or stricter | kind: null-handling or population
-- why: no score is not a low score
select count(*) from ins.claim where (fraud_score < 0.5) is not true;
-- and
select count(*) from ins.claim where fraud_score >= 0.5;

-- pair claim-19 | different | kind: time-column
-- why: by loss or by report
select extract(year from loss_on), count(*) from ins.claim group by 1;
-- and
select extract(year from reported_at), count(*) from ins.claim group by 1;

-- pair claim-20 | equal
-- why: losses before 2024 in one spelling or another
select coalesce(sum(paid) filter (where loss_on < '2024-01-01'), 0) from ins.claim;
-- and
select coalesce(sum(case when date_part('year', loss_on) <= 2023 then paid end), 0) from ins.claim;

-- pair claim-21 | different | kind: grain
-- why: by product against by product and stage
select p.product, max(c.paid) from ins.claim c left join ins.policy p on (p.policy_no, p.version) = (c.policy_no, c.policy_version) group by p.product;
-- and
select p.product, max(c.paid) from ins.claim c left join ins.policy p on (p.policy_no, p.version) = (c.policy_no, c.policy_version) group by p.product, c.stage;

-- pair claim-22 | different | kind: error | cosmetic: any
-- why: a policy of a single day: nothing but the division by its length parts them
select sum(premium / (ends_on - starts_on)) from ins.policy;
-- and
select sum(premium / nullif(ends_on - starts_on, 0)) from ins.policy;

-- pair claim-23 | undecided or different
-- why: the note that comes first is any of those written at the same time
select distinct on (claim_no) claim_no, author from ins.claim_note order by claim_no, written_at;
-- and
select distinct on (claim_no) claim_no, author from ins.claim_note where not internal or internal order by claim_no, written_at;

-- pair claim-24 | undecided
-- why: a sample
select sum(paid) from ins.claim tablesample bernoulli (10);
-- and
select sum(paid) from ins.claim tablesample bernoulli (20);
