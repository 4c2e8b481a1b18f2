-- schema logistics
create type leg_state as enum ('planned', 'moving', 'arrived', 'lost');
create table depot (
  depot_code varchar(5) primary key,
  country char(2) not null,
  opened_on date
);
create table shipment (
  shipment_id bigint not null,
  tenant_id integer not null,
  origin varchar(5) not null references depot (depot_code),
  destination varchar(5) references depot (depot_code),
  weight_kg numeric(9,3) check (weight_kg > 0),
  promised_on date not null,
  delivered_at timestamptz,
  cancelled boolean not null default false,
  primary key (tenant_id, shipment_id),
  constraint not_both check (not (cancelled and delivered_at is not null))
);
create table leg (
  tenant_id integer,
  shipment_id bigint,
  leg_no smallint not null check (leg_no >= 1),
  state leg_state,
  departed_at timestamptz,
  arrived_at timestamptz,
  km double precision,
  unique (tenant_id, shipment_id, leg_no),
  foreign key (tenant_id, shipment_id) references shipment (tenant_id, shipment_id),
  constraint arrived_has_time check (case when state = 'arrived' then arrived_at is not null else arrived_at is null end)
);

-- pair ship-01 | different or looser | kind: distinctness or fan-out or population
-- why: shipment_id repeats across tenants: half of the key of what is joined
select count(*) from leg l join shipment s on s.shipment_id = l.shipment_id;
-- and
select count(*) from leg l join shipment s on s.tenant_id = l.tenant_id and s.shipment_id = l.shipment_id;

-- pair ship-02 | equal-under
-- why: a composite key holds where none of its columns is NULL, and then exactly once
-- rests: foreign_key leg(tenant_id,shipment_id) or foreign_key leg(tenant_id,shipment_id); primary_key shipment(tenant_id,shipment_id)
select count(*) from leg l join shipment s on s.tenant_id = l.tenant_id and s.shipment_id = l.shipment_id;
-- and
select count(*) from leg where tenant_id is not null and shipment_id is not null;

-- pair ship-03 | stricter | kind: rows-lost
-- why: MATCH SIMPLE: a leg with a NULL in half of its reference has no shipment
select count(*) from leg l join shipment s using (tenant_id, shipment_id);
-- and
select count(*) from leg;

-- pair ship-04 | stricter | kind: rows-lost or null-handling or population
-- why: a leg with a tenant and no shipment passes the foreign key, and only the second counts it
select count(*) from leg l join shipment s using (tenant_id, shipment_id);
-- and
select count(*) from leg where tenant_id is not null;

-- pair ship-05 | stricter | kind: population
-- why: the ELSE branch of the CHECK holds for a NULL state too: no time either way; arrived implies a time, and a time implies arrived
-- ddl: alter table leg drop constraint arrived_has_time;
-- ddl: alter table leg add constraint arrived_has_time check (state <> 'arrived' or arrived_at is not null);
select count(*) from leg where state = 'arrived';
-- and
select count(*) from leg where arrived_at is not null;

-- pair ship-06 | equal-under
-- why: the CASE of the CHECK has no way out: a time if and only if arrived, NULL states have no time
-- rests: check leg.arrived_has_time
select count(*) from leg where state = 'arrived';
-- and
select count(*) from leg where arrived_at is not null;

-- pair ship-07 | equal
-- why: compared as an enum to itself, spelled with a cast
select state, sum(km) from leg where state <> 'lost' group by state;
-- and
select state, sum(km) from leg where not (state = 'lost'::leg_state) group by 1;

-- pair ship-08 | equal-under
-- why: planned and moving come before arrived in the order of the type
-- rests: type leg.state
select count(*) from leg where state < 'arrived';
-- and
select count(*) from leg where state in ('planned', 'moving');

-- pair ship-09 | equal-under
-- why: cancelled shipments are never delivered
-- rests: check shipment.not_both; not_null shipment.cancelled
select origin, count(*) filter (where delivered_at is not null) from shipment group by origin;
-- and
select origin, count(*) filter (where delivered_at is not null and not cancelled) from shipment group by origin;

-- pair ship-10 | equal
-- why: the negation of a conjunction, with IS forms that are never NULL
select count(*) from shipment where not (delivered_at is null and destination is null);
-- and
select count(*) from shipment where delivered_at is not null or destination is not null;

-- pair ship-11 | different or overlapping or looser or stricter | kind: time-zone or boundary | session: TimeZone=America/Sao_Paulo
-- why: late by the day of the session against late by the day of UTC
select count(*) from shipment where delivered_at::date > promised_on;
-- and
select count(*) from shipment where (delivered_at at time zone 'UTC')::date > promised_on;

-- pair ship-12 | equal | session: TimeZone=America/Sao_Paulo
-- why: later than the promised day is from the next midnight of the session on
select count(*) from shipment where delivered_at::date > promised_on;
-- and
select count(*) from shipment where cast(delivered_at as date) >= promised_on + 1;

-- pair ship-13 | different or stricter | kind: boundary
-- why: a date compared with a timestamp is its midnight: delivered at noon of the promised day is not on time for the first
select count(*) from shipment where delivered_at <= promised_on;
-- and
select count(*) from shipment where delivered_at::date <= promised_on;

-- pair ship-14 | looser or different | kind: rows-lost or null-handling or population
-- why: shipments whose destination is unknown drop out of the inner join
select count(*) from shipment s join depot o on o.depot_code = s.origin left join depot d on d.depot_code = s.destination;
-- and
select count(*) from shipment s join depot o on o.depot_code = s.origin join depot d on d.depot_code = s.destination;

-- pair ship-15 | overlapping or different | kind: population or measure
-- why: abroad by destination against abroad by either
select count(*) from shipment s join depot d on d.depot_code = s.destination where d.country <> 'BR';
-- and
select count(*) from shipment s join depot o on o.depot_code = s.origin where o.country <> 'BR';

-- pair ship-16 | equal or undecided
-- why: kilograms to tonnes before or after the sum; three decimals divide exactly
select sum(weight_kg) / 1000 from shipment where not cancelled;
-- and
select sum(weight_kg / 1000) from shipment where cancelled = false;

-- pair ship-17 | equal-under or undecided
-- why: two plans for one thing: the number of legs that are not the first of their shipment
-- rests: ?
select count(*) from leg where leg_no > 1;
-- and
select count(*) from leg where leg_no <> 1;

-- pair ship-18 | different | kind: measure
-- why: legs beyond the first are no leg numbers: numbers may have gaps
select sum(n - 1) from (select tenant_id, shipment_id, count(*) as n from leg group by 1, 2) x;
-- and
select count(*) from leg where leg_no > 1;

-- pair ship-19 | undecided or different
-- why: the order of the list is not said
select tenant_id, array_agg(destination) from shipment group by tenant_id;
-- and
select tenant_id, array_agg(destination) from shipment where shipment_id is not null group by 1;

-- pair ship-20 | equal-under or undecided
-- why: the order of the list is said, and the key makes it total
-- rests: ?
select tenant_id, string_agg(origin, ',' order by shipment_id) from shipment group by tenant_id;
-- and
select tenant_id, string_agg(origin::text, ',' order by shipment_id asc nulls last) from shipment group by 1;
