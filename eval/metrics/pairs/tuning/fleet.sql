-- schema fleet
create type fuel as enum ('diesel', 'petrol', 'electric');
create table depot (depot_id int primary key, town text not null, zone text not null default 'Europe/Paris');
create table vehicle (
  plate varchar(10) not null,
  country char(2) not null,
  depot_id int references depot (depot_id),
  fuel fuel not null,
  leased boolean not null,
  bought_on date not null,
  sold_on date,
  replaces_plate varchar(10),
  replaces_country char(2),
  tags text[] not null default '{}',
  primary key (plate, country),
  constraint replaced foreign key (replaces_plate, replaces_country) references vehicle (plate, country) match full,
  constraint sold_after check (sold_on is null or sold_on > bought_on)
);
create table trip (
  trip_id bigint not null,
  day date not null,
  plate varchar(10) not null,
  country char(2) not null,
  driver text,
  started_at timestamptz not null,
  ended_at timestamptz,
  km numeric(7,1) not null,
  state text not null,
  toll_cents int,
  paid boolean not null default false,
  foreign key (plate, country) references vehicle (plate, country),
  primary key (trip_id, day),
  constraint trip_state check (state in ('driven', 'aborted')),
  constraint paid_toll check (not paid or toll_cents > 0)
) partition by range (day);
create table trip_2023 partition of trip for values from ('2023-01-01') to ('2024-01-01');
create table trip_2024 partition of trip for values from ('2024-01-01') to ('2025-01-01');
create table trip_rest partition of trip default;
create table refuel (
  plate varchar(10) not null,
  country char(2) not null,
  at timestamp not null,
  pump smallint not null,
  litres numeric(6,2) not null check (litres > 0),
  card text,
  unique (plate, country, at, pump)
);
create table target (depot_id int not null references depot (depot_id), month date not null, km numeric(9,1), primary key (depot_id, month), constraint month_begins check (extract(day from month) = 1));

-- pair fleet-01 | different | kind: distinctness or measure
-- why: a partitioned table is read through its parent: trips against days on which there was one
select count(*) from trip where state = 'driven';
-- and
select count(distinct day) from trip where state = 'driven';

-- pair fleet-02 | different | kind: measure
-- why: kilometres against those of driven trips counted twice
select day, sum(km) from trip group by day;
-- and
select day, sum(case when state = 'driven' then km else -km end) from trip group by day;

-- pair fleet-03 | equal-under
-- why: within a day the number of a trip is unique
-- rests: primary_key trip(trip_id,day)
select day, count(*) from trip group by day;
-- and
select day, count(distinct trip_id) from trip group by day;

-- pair fleet-04 | equal-under
-- why: of one pump at one time a vehicle is filled once; the pump is fixed by the filter
-- rests: not_null refuel.at; not_null refuel.plate; not_null refuel.country; unique refuel(plate,country,at,pump)
select plate, country, count(*) from refuel where pump = 1 group by plate, country;
-- and
select plate, country, count(distinct at) from refuel where pump = 1 group by plate, country;

-- pair fleet-05 | different | kind: fan-out
-- why: two countries may give the same plate
select v.fuel, sum(t.km) from trip t join vehicle v on v.plate = t.plate group by v.fuel;
-- and
select v.fuel, sum(t.km) from trip t join vehicle v on v.plate = t.plate and v.country = t.country group by v.fuel;

-- pair fleet-06 | different | kind: population or source
-- why: vehicles that replace none against vehicles that none replaces
select count(*) from vehicle where replaces_plate is null;
-- and
select count(*) from vehicle v where not exists (select 1 from vehicle n where n.replaces_plate = v.plate and n.replaces_country = v.country);

-- pair fleet-07 | different or overlapping | kind: time-zone or boundary | session: TimeZone=Europe/Paris
-- why: the morning by the clock on the wall or by UTC
select count(*) from trip where extract(hour from started_at) between 7 and 9;
-- and
select count(*) from trip where extract(hour from started_at at time zone 'UTC') between 7 and 9;

-- pair fleet-08 | equal | session: TimeZone=Europe/Paris
-- why: whole hours: up to nine is below ten
select count(*) from trip where extract(hour from started_at) between 7 and 9;
-- and
select count(*) from trip where date_part('hour', started_at) >= 7 and date_part('hour', started_at) < 10;

-- pair fleet-09 | different | kind: time-zone | session: TimeZone=Europe/Paris
-- why: a trip after ten at night in summer, or eleven in winter, is on the next day in Paris
select started_at::date, sum(km) from trip where state = 'driven' group by 1;
-- and
select (started_at at time zone 'UTC')::date, sum(km) from trip where state = 'driven' group by 1;

-- pair fleet-10 | equal | session: TimeZone=UTC
-- why: days of UTC in two spellings, a range with Z and one with an offset
select date_trunc('day', started_at), sum(km) from trip where started_at between '2024-05-01T00:00:00Z' and '2024-05-31T22:00:00Z' group by 1;
-- and
select (started_at at time zone 'UTC')::date, sum(km) from trip where started_at >= '2024-05-01T00:00:00Z' and started_at <= timestamptz '2024-05-31 22:00+00' group by 1;

-- pair fleet-11 | equal | session: TimeZone=Europe/Paris
-- why: a day of the session written as its two midnights, by the name of the zone
select count(*) from trip where ended_at::date = '2024-10-27';
-- and
select count(*) from trip where ended_at >= timestamptz '2024-10-27 00:00 Europe/Paris' and ended_at < timestamptz '2024-10-28 00:00 Europe/Paris';

-- pair fleet-12 | looser or different | kind: population
-- why: names in capitals
select count(*) from trip where driver ilike 'ines%';
-- and
select count(*) from trip where driver like 'ines%';

-- pair fleet-13 | equal
-- why: one element by ANY, by containment or by overlap
select count(*) from vehicle where 'cold' = any (tags);
-- and
select count(*) from vehicle where array['cold'] && tags;

-- pair fleet-14 | different | kind: fan-out
-- why: a vehicle of two tags is there twice
select count(*) from vehicle v, unnest(v.tags) as tag;
-- and
select count(*) from vehicle where cardinality(tags) > 0;

-- pair fleet-15 | equal-under
-- why: a correlated count and a grouped outer join
-- rests: primary_key depot(depot_id)
select d.town, (select count(*) from vehicle v where v.depot_id = d.depot_id and v.leased) from depot d;
-- and
select d.town, count(v.depot_id) from depot d left join vehicle v on v.depot_id = d.depot_id and v.leased = true group by d.depot_id, d.town;

-- pair fleet-16 | equal-under
-- why: two states
-- rests: check trip.trip_state; not_null trip.state
select plate, count(*) filter (where state = 'aborted') from trip group by plate;
-- and
select plate, count(case when state = 'driven' then null else 1 end) from trip group by plate;

-- pair fleet-17 | equal
-- why: the longest trips of each vehicle: the first rank has no gaps before it
select plate, count(*) from (select plate, rank() over (partition by plate, country order by km desc) as r from trip) x where r = 1 group by plate;
-- and
select plate, count(*) from (select plate, dense_rank() over (partition by plate, country order by km desc) as r from trip) x where r = 1 group by plate;

-- pair fleet-18 | equal-under
-- why: a target stands on the first of its month
-- rests: check target.month_begins
select month, sum(km) from target group by month;
-- and
select date_trunc('month', month)::date, sum(km) from target group by 1;

-- pair fleet-19 | overlapping | kind: population or null-handling
-- why: the CHECK passes where the toll is NULL, and a toll may be owed
select count(*) from trip where paid;
-- and
select count(*) from trip where toll_cents > 0;

-- pair fleet-20 | different | kind: null-handling
-- why: trips without a driver are a driver with an empty name
select count(distinct coalesce(driver, '')) from trip;
-- and
select count(distinct driver) from trip;

-- pair fleet-21 | different | kind: limit or measure or population
-- why: two ranks instead of one
select plate, count(*) from (select plate, rank() over (partition by plate order by km desc) as r from trip) x where r <= 2 group by plate;
-- and
select plate, count(*) from (select plate, dense_rank() over (partition by plate order by km desc) as r from trip) x where r <= 2 group by plate;

-- pair fleet-22 | different | kind: measure or population or time-column
-- why: vehicles still owned are as old as today in one, and not counted in the other
select avg(coalesce(sold_on, current_date) - bought_on) from vehicle;
-- and
select avg(sold_on - bought_on) from vehicle;
