-- schema subscriptions
create domain plan_code as text check (value in ('free', 'team', 'business'));
create domain money_cents as bigint not null check (value >= 0);
create table account (
  account_id uuid primary key,
  name text not null,
  signed_up_at timestamptz not null,
  internal boolean not null default false,
  settings jsonb
);
create table subscription (
  subscription_id bigint primary key,
  account_id uuid not null references account (account_id) on delete cascade,
  plan plan_code not null,
  seats integer not null,
  started_on date not null,
  ended_on date,
  mrr_cents money_cents,
  trial boolean not null,
  constraint ends_after_start check (ended_on > started_on),
  constraint trial_is_free check (not trial or mrr_cents = 0),
  constraint seats_positive check (seats between 1 and 5000)
);
create unique index one_open_subscription on subscription (account_id) where ended_on is null;
create table invoice (
  invoice_id bigint primary key,
  account_id uuid not null references account (account_id),
  subscription_id bigint references subscription (subscription_id),
  issued_at timestamptz not null,
  paid_at timestamptz,
  amount_cents bigint not null,
  state text not null default 'draft' check (state in ('draft', 'open', 'paid', 'void')),
  constraint paid_has_time check ((state = 'paid') = (paid_at is not null))
);

-- pair subs-01 | equal-under or undecided
-- why: a trial costs nothing, so leaving trials out changes no sum; COALESCE covers the case of trials alone
-- rests: check subscription.trial_is_free; not_null subscription.trial
select coalesce(sum(mrr_cents), 0) from subscription where ended_on is null and not trial;
-- and
select coalesce(sum(mrr_cents), 0) from subscription where ended_on is null;

-- pair subs-02 | different or stricter | kind: population
-- why: a trial counts as a subscription though it costs nothing
select count(*) from subscription where ended_on is null and not trial;
-- and
select count(*) from subscription where ended_on is null;

-- pair subs-03 | equal-under
-- why: the domain knows three plans, and the column is never NULL
-- rests: type subscription.plan; not_null subscription.plan
select count(*) from subscription where plan in ('team', 'business');
-- and
select count(*) from subscription where plan is distinct from 'free';

-- pair subs-04 | equal-under
-- why: every subscription has exactly one account, and its key undoes what a join might multiply
-- rests: foreign_key subscription(account_id); not_null subscription.account_id; primary_key subscription(subscription_id)
select count(distinct s.subscription_id) from account a join subscription s on s.account_id = a.account_id and s.ended_on is null;
-- and
select count(*) from subscription where ended_on is null;

-- pair subs-05 | equal-under or undecided or equal
-- why: the partial unique index keeps open subscriptions apart by account
-- rests: ?
select count(distinct account_id) from subscription where ended_on is null;
-- and
select count(*) from subscription where ended_on is null;

-- pair subs-06 | different | kind: distinctness
-- why: ended subscriptions are outside of the partial index
select count(distinct account_id) from subscription where ended_on is not null;
-- and
select count(*) from subscription where ended_on is not null;

-- pair subs-07 | equal-under
-- why: paid means a time of payment
-- rests: check invoice.paid_has_time; not_null invoice.state
select date_trunc('month', issued_at), sum(amount_cents) / 100.0 from invoice where state = 'paid' group by 1;
-- and
select date_trunc('month', issued_at) as month, sum(amount_cents) / 100.0 as cash from invoice where paid_at is not null group by 1 order by 1;

-- pair subs-08 | different | kind: time-column
-- why: by month of issue against by month of payment
select date_trunc('month', issued_at), sum(amount_cents) from invoice where state = 'paid' group by 1;
-- and
select date_trunc('month', paid_at), sum(amount_cents) from invoice where state = 'paid' group by 1;

-- pair subs-09 | different | kind: time-zone | session: TimeZone=Asia/Jakarta
-- why: months of Jakarta against months of UTC
select date_trunc('month', issued_at), count(*) from invoice group by 1;
-- and
select date_trunc('month', issued_at at time zone 'UTC'), count(*) from invoice group by 1;

-- pair subs-10 | equal | session: TimeZone=UTC
-- why: in a session of UTC the two give the same months; a midnight is its date
select date_trunc('month', issued_at)::date, count(*) from invoice group by 1;
-- and
select date_trunc('month', issued_at at time zone 'UTC')::date, count(*) from invoice group by 1;

-- pair subs-11 | equal | session: TimeZone=Europe/Berlin
-- why: the session's own zone, written out
select date_trunc('day', issued_at)::date, count(*) from invoice group by 1;
-- and
select (issued_at at time zone 'Europe/Berlin')::date, count(*) from invoice group by 1;

-- pair subs-12 | different or overlapping | kind: time-zone or boundary | session: TimeZone=Europe/Berlin
-- why: the literals of one are UTC, those of the other the session's
select count(*) from invoice where issued_at >= '2024-03-01' and issued_at < '2024-04-01';
-- and
select count(*) from invoice where issued_at >= '2024-03-01T00:00:00Z' and issued_at < '2024-04-01T00:00:00Z';

-- pair subs-13 | equal | session: TimeZone=UTC
-- why: in UTC the literals mean the same
select count(*) from invoice where issued_at >= '2024-03-01' and issued_at < '2024-04-01';
-- and
select count(*) from invoice where issued_at >= '2024-03-01T00:00:00Z' and issued_at < '2024-04-01T00:00:00Z';

-- pair subs-14 | different or stricter or looser or overlapping or undecided
-- why: equal at one instant only: thirty days before now is no fixed date
select count(*) from invoice where issued_at >= now() - interval '30 days';
-- and
select count(*) from invoice where issued_at >= timestamptz '2024-03-01 10:30:00+00';

-- pair subs-15 | equal
-- why: current_timestamp is now(), written within the same expression
select count(*) from invoice where issued_at >= now() - interval '30 days' and state <> 'void';
-- and
select count(*) from invoice where state <> 'void' and issued_at >= current_timestamp - '30 days'::interval;

-- pair subs-16 | looser or stricter or different | kind: boundary or time-zone
-- why: from midnight of that day against from the same time of that day
select count(*) from invoice where issued_at >= current_date - 30;
-- and
select count(*) from invoice where issued_at >= now() - interval '30 days';

-- pair subs-17 | different or stricter or looser | kind: boundary or time-column or population
-- why: ended today or later counts in the first
select count(*) from subscription where ended_on is null or ended_on >= current_date;
-- and
select count(*) from subscription where ended_on is null or ended_on > current_date;

-- pair subs-18 | equal
-- why: dates are whole days
select count(*) from subscription where ended_on > date '2024-06-30';
-- and
select count(*) from subscription where ended_on >= date '2024-07-01';

-- pair subs-19 | equal
-- why: key by arrow or by path
select count(*) from account where settings ->> 'sso' = 'on';
-- and
select count(*) from account where settings #>> '{sso}' = 'on';

-- pair subs-20 | looser or different | kind: population or null-handling
-- why: accounts without the setting
select count(*) from account where coalesce(settings ->> 'sso', 'off') <> 'on';
-- and
select count(*) from account where settings ->> 'sso' <> 'on';

-- pair subs-21 | different | kind: measure
-- why: average per subscription against average per account
select avg(mrr_cents) from subscription where ended_on is null or ended_on > date '2024-01-31';
-- and
select avg(m) from (select account_id, sum(mrr_cents) as m from subscription where ended_on is null or ended_on > date '2024-01-31' group by account_id) x;

-- pair subs-22 | equal
-- why: the sum of sums is the sum
select sum(m) from (select account_id, sum(mrr_cents) as m from subscription where seats > 10 group by account_id) x;
-- and
select sum(mrr_cents) from subscription where seats > 10;

-- pair subs-23 | equal-under
-- why: seats stay below 5001, and a seat is at least one
-- rests: check subscription.seats_positive; not_null subscription.seats
select plan, count(*) from subscription where seats < 5001 and seats <> 0 group by plan;
-- and
select plan, count(*) from subscription group by plan;

-- pair subs-24 | different | kind: error | cosmetic: any
-- why: nothing but the division by zero parts them: without a paid invoice the first fails
select count(*) filter (where state = 'void') / count(*) filter (where state = 'paid') from invoice;
-- and
select count(*) filter (where state = 'void') / nullif(count(*) filter (where state = 'paid'), 0) from invoice;

-- pair subs-25 | undecided
-- why: a random sample
select count(*) from account where random() < 0.5;
-- and
select count(*) from account where random() < 0.5 and not internal;
