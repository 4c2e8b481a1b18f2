-- schema giving
create table donor (
  donor_id integer primary key,
  email text not null,
  country text,
  anonymised_at timestamptz
);
create unique index donor_email_folded on donor (lower(email));
create table pledge (
  pledge_id integer primary key,
  donor_id integer not null references donor,
  interval_months smallint not null,
  amount numeric(9,2) not null,
  started date not null,
  cancelled date,
  constraint pledge_rhythm check (interval_months in (1, 3, 12))
);
create table gift (
  gift_id bigint primary key,
  pledge_id integer references pledge,
  donor_id integer references donor,
  amount numeric(9,2) not null,
  fee numeric(9,2) not null default 0,
  net numeric(9,2) generated always as (amount - fee) stored,
  state text not null,
  paid_at timestamp,
  refunded_at timestamp,
  gift_aid boolean,
  constraint gift_state check (state in ('pending', 'paid', 'refunded', 'failed')),
  constraint paid_has_time check ((state in ('paid', 'refunded')) = (paid_at is not null)),
  constraint refunded_has_time check ((state = 'refunded') = (refunded_at is not null))
);

-- pair give-01 | equal-under
-- why: paid and not given back is the state paid
-- rests: check gift.paid_has_time; check gift.refunded_has_time; not_null gift.state
SELECT SUM(amount) AS raised FROM gift WHERE state = 'paid';
-- and
SELECT SUM(amount) AS raised FROM gift WHERE paid_at IS NOT NULL AND refunded_at IS NULL;

-- pair give-02 | equal
-- why: the same filter and sum through three steps
with source as (select * from public.gift),
renamed as (select gift_id as id, amount as gross, state as gift_state, paid_at::date as paid_on from source),
final as (select * from renamed where gift_state = 'paid')
select paid_on, sum(gross) as raised, count(*) as gifts from final group by 1;
-- and
SELECT "source"."paid_at"::date AS "paid_at", SUM("source"."amount") AS "sum", COUNT(*) AS "count" FROM (SELECT "public"."gift"."paid_at" AS "paid_at", "public"."gift"."amount" AS "amount", "public"."gift"."state" AS "state" FROM "public"."gift") AS "source" WHERE "source"."state" = 'paid' GROUP BY "source"."paid_at"::date ORDER BY "source"."paid_at"::date ASC;

-- pair give-03 | equal-under
-- why: three rhythms, each divided by itself
-- rests: check pledge.pledge_rhythm
SELECT SUM(amount / interval_months) AS monthly FROM pledge WHERE cancelled IS NULL;
-- and
SELECT SUM(CASE interval_months WHEN 1 THEN amount WHEN 3 THEN amount / 3 WHEN 12 THEN amount / 12 END) AS monthly FROM pledge WHERE cancelled IS NULL;

-- pair give-04 | equal-under
-- why: a donor of a pledge is there, and counts once however often
-- rests: foreign_key pledge(donor_id)
SELECT COUNT(DISTINCT donor_id) AS regular_donors FROM pledge WHERE cancelled IS NULL;
-- and
SELECT COUNT(DISTINCT d.donor_id) AS regular_donors FROM pledge p JOIN donor d ON d.donor_id = p.donor_id WHERE p.cancelled IS NULL;

-- pair give-05 | equal-under
-- why: a gift with a donor finds the one donor
-- rests: foreign_key gift(donor_id)
SELECT COUNT(*) FROM gift g JOIN donor d USING (donor_id) WHERE g.state = 'paid';
-- and
SELECT COUNT(g.donor_id) FROM gift g WHERE g.state = 'paid';

-- pair give-06 | different | kind: null-handling or population or measure
-- why: gifts that say nothing are counted with the refusals in one
SELECT COUNT(*) FILTER (WHERE gift_aid IS FALSE) AS refused FROM gift;
-- and
SELECT COUNT(*) - COUNT(*) FILTER (WHERE gift_aid) AS refused FROM gift;

-- pair give-07 | different or overlapping | kind: time-column or null-handling or population
-- why: refunds count on the day of the refund in one
SELECT SUM(amount), COUNT(*) FROM gift WHERE COALESCE(refunded_at, paid_at) >= '2024-04-01' AND COALESCE(refunded_at, paid_at) < '2024-05-01';
-- and
SELECT SUM(amount), COUNT(*) FROM gift WHERE paid_at >= '2024-04-01' AND paid_at < '2024-05-01';

-- pair give-08 | stricter or different | kind: null-handling or population
-- why: one gift without a donor empties NOT IN
SELECT COUNT(*) FROM donor WHERE donor_id NOT IN (SELECT donor_id FROM gift);
-- and
SELECT COUNT(*) FROM donor d WHERE NOT EXISTS (SELECT 1 FROM gift g WHERE g.donor_id = d.donor_id);

-- pair give-09 | equal or undecided
-- why: the first gift by the smallest time or by the order of time
SELECT date_trunc('month', f.first_paid) AS month, COUNT(*) AS new_donors FROM (SELECT donor_id, MIN(paid_at) AS first_paid FROM gift WHERE state = 'paid' GROUP BY donor_id) f GROUP BY 1;
-- and
SELECT date_trunc('month', paid_at) AS month, COUNT(*) AS new_donors FROM (SELECT DISTINCT ON (donor_id) donor_id, paid_at FROM gift WHERE state = 'paid' ORDER BY donor_id, paid_at) f GROUP BY 1;

-- pair give-10 | equal or undecided
-- why: ROLLUP has a row for all, an empty table too
SELECT state, COUNT(*) FROM gift GROUP BY ROLLUP (state);
-- and
SELECT state, COUNT(*) FROM gift GROUP BY state UNION ALL SELECT NULL, COUNT(*) FROM gift;

-- pair give-11 | equal
-- why: lists, ranges and negation of the same states
SELECT state, COUNT(*), SUM(net) FROM gift WHERE NOT (state = 'failed' OR state = 'pending') GROUP BY 1;
-- and
SELECT state, COUNT(*), SUM(net) FROM gift WHERE state <> ALL (ARRAY['pending', 'failed']) GROUP BY state;
