-- schema funnel
create schema mart;
create table mart.dim_campaign (
  campaign_key bigint primary key,
  name text,
  channel text not null,
  paid boolean not null
);
create table mart.dim_user (
  user_key bigint primary key,
  user_id text not null,
  is_current boolean not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  segment text,
  constraint current_is_open check (is_current = (valid_to is null))
);
create unique index dim_user_current on mart.dim_user (user_id) where is_current;
create table mart.fct_event (
  event_id text not null,
  user_id text,
  anonymous_id text not null,
  campaign_key bigint not null default -1,
  event_name text not null,
  occurred_at timestamptz not null,
  _loaded_at timestamptz not null,
  properties jsonb not null default '{}'
);
create table mart.fct_order (
  order_id text primary key,
  user_id text,
  campaign_key bigint,
  ordered_at timestamptz not null,
  revenue double precision not null,
  is_test boolean not null default false,
  status text not null
);

-- pair fun-01 | looser or different | kind: distinctness or population or fan-out
-- why: events come twice from the tracker and nothing keeps their ids apart
select count(*) from mart.fct_event where event_name = 'signup';
-- and
select count(distinct event_id) from mart.fct_event where event_name = 'signup';

-- pair fun-02 | different | kind: distinctness or measure
-- why: people against devices
select date_trunc('day', occurred_at) as day, count(distinct user_id) from mart.fct_event group by 1;
-- and
select date_trunc('day', occurred_at) as day, count(distinct anonymous_id) from mart.fct_event group by 1;

-- pair fun-03 | different | kind: null-handling or distinctness or measure
-- why: who is not signed in counts by the device
select count(distinct coalesce(user_id, anonymous_id)) from mart.fct_event;
-- and
select count(distinct user_id) from mart.fct_event;

-- pair fun-04 | equal
-- why: COALESCE with the same fallback as a CASE
select count(distinct coalesce(user_id, anonymous_id)) from mart.fct_event;
-- and
select count(distinct case when user_id is not null then user_id else anonymous_id end) from mart.fct_event;

-- pair fun-05 | different | kind: fan-out
-- why: a user has a row for each time something changed
select sum(o.revenue) from mart.fct_order o left join mart.dim_user u on u.user_id = o.user_id where not o.is_test;
-- and
select sum(o.revenue) from mart.fct_order o where not o.is_test;

-- pair fun-06 | equal-under or undecided
-- why: one current row for a user, by the partial index, which is no axiom of whoever leaves it undecided
-- rests: ?
select sum(o.revenue) from mart.fct_order o left join mart.dim_user u on u.user_id = o.user_id and u.is_current where not o.is_test;
-- and
select sum(o.revenue) from mart.fct_order o where not o.is_test;

-- pair fun-07 | equal-under
-- why: what is current has no end
-- rests: check dim_user.current_is_open; not_null dim_user.is_current
select segment, count(*) from mart.dim_user where is_current group by segment;
-- and
select segment, count(*) from mart.dim_user where valid_to is null group by segment;

-- pair fun-08 | different or overlapping | kind: time-column or population or time-zone or measure
-- why: as it was at the time of the order against as it is now
select u.segment, sum(o.revenue) from mart.fct_order o join mart.dim_user u on u.user_id = o.user_id and o.ordered_at >= u.valid_from and (o.ordered_at < u.valid_to or u.valid_to is null) group by 1;
-- and
select u.segment, sum(o.revenue) from mart.fct_order o join mart.dim_user u on u.user_id = o.user_id and u.is_current group by 1;

-- pair fun-09 | stricter | kind: rows-lost
-- why: no foreign key: orders of unknown campaigns, and those without any, are lost
select count(*) from mart.fct_order o join mart.dim_campaign c on c.campaign_key = o.campaign_key;
-- and
select count(*) from mart.fct_order;

-- pair fun-10 | stricter | kind: rows-lost
-- why: the campaign of an event is never NULL, but it need not be there
select count(*) from mart.fct_event e join mart.dim_campaign c using (campaign_key);
-- and
select count(*) from mart.fct_event where campaign_key is not null;

-- pair fun-11 | equal-under
-- why: the key of campaigns keeps the left join from multiplying
-- rests: primary_key dim_campaign(campaign_key)
select date_trunc('week', o.ordered_at), sum(o.revenue) from mart.fct_order o left join mart.dim_campaign c on c.campaign_key = o.campaign_key group by 1;
-- and
select date_trunc('week', ordered_at), sum(revenue) from mart.fct_order group by 1;

-- pair fun-12 | looser | kind: population or null-handling
-- why: organic is what is not paid, or what has no campaign at all
select count(*) from mart.fct_order o left join mart.dim_campaign c on c.campaign_key = o.campaign_key where c.paid is not true;
-- and
select count(*) from mart.fct_order o left join mart.dim_campaign c on c.campaign_key = o.campaign_key where not c.paid;

-- pair fun-13 | equal
-- why: the anti-join in three spellings: not paid by a known campaign
select count(*) from mart.fct_order o where not exists (select 1 from mart.dim_campaign c where c.campaign_key = o.campaign_key and c.paid);
-- and
select count(*) from mart.fct_order o left join mart.dim_campaign c on c.campaign_key = o.campaign_key and c.paid where c.campaign_key is null;

-- pair fun-14 | equal
-- why: a property of the event by its operator or by its path
select properties ->> 'plan' as plan, count(*) from mart.fct_event where event_name = 'upgrade' group by 1;
-- and
select properties #>> array['plan'], count(*) from mart.fct_event where 'upgrade' = event_name group by properties #>> array['plan'];

-- pair fun-15 | different | kind: distinctness or measure or population or null-handling
-- why: conversion of those who viewed against orders over views
select count(distinct e.user_id) filter (where e.event_name = 'purchase') * 1.0 / nullif(count(distinct e.user_id) filter (where e.event_name = 'view'), 0) from mart.fct_event e;
-- and
select count(*) filter (where e.event_name = 'purchase') * 1.0 / nullif(count(*) filter (where e.event_name = 'view'), 0) from mart.fct_event e;

-- pair fun-16 | equal
-- why: seven days of a rolling window by the clock of the query, twice
select count(distinct user_id) from mart.fct_event where occurred_at > now() - interval '7 days' and occurred_at <= now();
-- and
select count(distinct user_id) from mart.fct_event where occurred_at <= current_timestamp and not occurred_at <= now() - interval '7 days';

-- pair fun-17 | different or looser or stricter | kind: boundary
-- why: seven days to the second against seven whole days
select count(*) from mart.fct_event where occurred_at >= now() - interval '7 days';
-- and
select count(*) from mart.fct_event where occurred_at >= date_trunc('day', now()) - interval '7 days';

-- pair fun-18 | different | kind: ingestion-time
-- why: what arrived against what happened in the last day
select count(*) from mart.fct_event where _loaded_at >= now() - interval '1 day';
-- and
select count(*) from mart.fct_event where occurred_at >= now() - interval '1 day';

-- pair fun-19 | different | cosmetic: yes | kind: empty
-- why: without orders the mean is NULL and its guarded form 0
select coalesce(avg(revenue), 0) from mart.fct_order;
-- and
select avg(revenue) from mart.fct_order;

-- pair fun-20 | equal-under or undecided
-- why: a revenue is never missing, so the number of rows divides the sum as the mean does
-- rests: not_null fct_order.revenue
select avg(revenue) from mart.fct_order where status = 'complete';
-- and
select sum(revenue) / nullif(count(*), 0) from mart.fct_order where status = 'complete';

-- pair fun-21 | looser | kind: population
-- why: tests are orders in one of them
select sum(revenue) from mart.fct_order where status not in ('cancelled', 'refunded');
-- and
select sum(revenue) from mart.fct_order where status not in ('cancelled', 'refunded') and is_test = false;
