-- schema insurance
create type claim_state as enum ('notified', 'open', 'settled', 'rejected', 'reopened');
create table policy (
  policy_no text,
  version smallint,
  product text not null,
  effective date not null,
  expiry date,
  premium numeric(10,2) not null,
  primary key (policy_no, version)
);
create table claim (
  claim_no text primary key,
  policy_no text not null,
  policy_version smallint,
  state claim_state not null,
  loss_date date not null,
  reported_date date not null,
  settled_date date,
  reserve numeric(12,2) not null,
  paid numeric(12,2) not null default 0,
  recovered numeric(12,2),
  incurred numeric(13,2) generated always as (reserve + paid) stored,
  foreign key (policy_no, policy_version) references policy,
  constraint reported_after_loss check (reported_date >= loss_date),
  constraint settled_has_date check ((state = 'settled') = (settled_date is not null)),
  constraint paid_not_negative check (paid >= 0)
);
create table payment (
  payment_id integer primary key,
  claim_no text not null references claim,
  paid_on date not null,
  amount numeric(12,2) not null,
  payee text
);

-- pair insur-01 | equal-under
-- why: three of five states, the other two left out
-- rests: type claim.state
SELECT COUNT(*) AS "open claims" FROM "public"."claim" WHERE ("public"."claim"."state" = 'notified' OR "public"."claim"."state" = 'open' OR "public"."claim"."state" = 'reopened');
-- and
SELECT COUNT(*) FROM claim WHERE state NOT IN ('settled', 'rejected');

-- pair insur-02 | equal-under
-- why: what is settled has a date
-- rests: check claim.settled_has_date; not_null claim.state
select loss_date, sum(reserve), count(*) from claim where state <> 'settled' group by loss_date;
-- and
select loss_date, sum(reserve), count(*) from claim where settled_date is null group by loss_date;

-- pair insur-03 | looser | kind: population
-- late: alter table claim add constraint reserve_sane check (reserve >= 0) not valid;
-- why: rows from before the rule may have a negative reserve
select count(*) from claim;
-- and
select count(*) from claim where reserve >= 0;

-- pair insur-04 | equal-under
-- late: alter table claim add constraint reserve_sane check (reserve >= 0) not valid;
-- late: alter table claim validate constraint reserve_sane;
-- why: the rule was validated
-- rests: check claim.reserve_sane; not_null claim.reserve
select count(*) from claim;
-- and
select count(*) from claim where reserve >= 0;

-- pair insur-05 | equal-under or undecided
-- why: incurred is the sum of two columns that are there
-- rests: not_null claim.reserve; not_null claim.paid
SELECT state, SUM(incurred) AS incurred FROM claim GROUP BY state;
-- and
SELECT state, SUM(reserve) + SUM(paid) AS incurred FROM claim GROUP BY state;

-- pair insur-06 | different | kind: time-column or grain
-- why: the year of the loss against the year of the report
SELECT EXTRACT(YEAR FROM loss_date) AS year, COUNT(*) FROM claim GROUP BY 1 ORDER BY 1;
-- and
SELECT EXTRACT(YEAR FROM reported_date) AS year, COUNT(*) FROM claim GROUP BY 1 ORDER BY 1;

-- pair insur-07 | equal-under or undecided
-- why: a claim without payments adds nothing to the sum
-- rests: check claim.paid_not_negative
SELECT AVG(paid) FILTER (WHERE paid > 0) AS severity FROM claim;
-- and
SELECT SUM(paid) / NULLIF(COUNT(*) FILTER (WHERE paid > 0), 0) AS severity FROM claim;

-- pair insur-08 | different | kind: population or measure
-- why: nothing keeps a recovery from being negative, and it is in one sum only
SELECT AVG(recovered) FILTER (WHERE recovered > 0) AS severity FROM claim;
-- and
SELECT SUM(recovered) / NULLIF(COUNT(*) FILTER (WHERE recovered > 0), 0) AS severity FROM claim;

-- pair insur-09 | different | kind: fan-out
-- why: every payment repeats the reserve of its claim
SELECT c.state, SUM(c.reserve) AS reserve FROM claim c LEFT JOIN payment p ON p.claim_no = c.claim_no GROUP BY c.state;
-- and
SELECT state, SUM(reserve) AS reserve FROM claim GROUP BY state;

-- pair insur-10 | equal-under or undecided
-- why: every payment is of one claim
-- rests: foreign_key payment(claim_no); not_null payment.claim_no
with source as (select * from public.payment),
renamed as (select claim_no, sum(amount) as total_paid from source group by claim_no),
final as (select c.claim_no, coalesce(r.total_paid, 0) as total_paid from public.claim c left join renamed r on r.claim_no = c.claim_no)
select coalesce(sum(total_paid), 0) as paid from final;
-- and
select coalesce(sum(amount), 0) from payment;

-- pair insur-11 | different | kind: fan-out or rows-lost or population
-- why: all versions of a policy against the one that the claim names
SELECT p.product, COUNT(*) FROM claim c JOIN policy p ON p.policy_no = c.policy_no AND p.version = c.policy_version GROUP BY p.product;
-- and
SELECT p.product, COUNT(*) FROM claim c JOIN policy p ON p.policy_no = c.policy_no GROUP BY p.product;

-- pair insur-12 | stricter | kind: boundary
-- why: the last day counts in one of them
SELECT COUNT(*) AS in_force FROM policy WHERE effective <= '2024-01-01' AND (expiry > '2024-01-01' OR expiry IS NULL);
-- and
SELECT COUNT(*) AS in_force FROM policy WHERE '2024-01-01' BETWEEN effective AND COALESCE(expiry, '9999-12-31');

-- pair insur-13 | equal-under or undecided
-- why: the parts of the key are not NULL
-- rests: primary_key policy(policy_no,version)
SELECT COUNT(*) FROM (SELECT DISTINCT ON (policy_no) policy_no, version, product FROM policy ORDER BY policy_no, version DESC) AS latest;
-- and
SELECT COUNT(DISTINCT policy_no) FROM policy;
