-- schema metering
create table tariff (
  code text primary key,
  kind text not null check (kind in ('flat', 'two-rate')),
  pence_per_kwh numeric(6,3) not null
);
create table supply_point (
  mpan bigint primary key,
  tariff_code text not null references tariff (code),
  connected_on date not null,
  disconnected_on date,
  smart boolean,
  constraint connected_before check (disconnected_on >= connected_on)
);
create table half_hour (
  mpan bigint not null references supply_point (mpan),
  slot_start timestamptz not null,
  kwh numeric(9,3) not null check (kwh >= 0),
  estimated boolean not null,
  received_at timestamptz,
  primary key (mpan, slot_start),
  constraint estimated_or_received check (estimated or received_at is not null)
);
create table bill (
  bill_no integer primary key,
  mpan bigint not null references supply_point (mpan),
  period_from date not null,
  period_to date not null,
  kwh numeric(12,3) not null,
  net_pence bigint not null,
  vat_pence bigint not null,
  gross_pence bigint generated always as (net_pence + vat_pence) stored,
  replaces integer unique references bill (bill_no),
  constraint bill_period check (period_to > period_from),
  constraint no_overlap_start unique (mpan, period_from, replaces)
);

-- pair grid-01 | equal | session: TimeZone=UTC
-- why: half hours to days in UTC
select date_trunc('day', slot_start) as time, sum(kwh) as value from half_hour where slot_start between '2024-03-01T00:00:00Z' and '2024-03-31T23:30:00Z' group by 1 order by 1;
-- and
select (slot_start at time zone 'UTC')::date, sum(kwh) from half_hour where slot_start >= '2024-03-01T00:00:00Z' and slot_start <= timestamptz '2024-03-31 23:30+00' group by 1;

-- pair grid-02 | different | kind: time-zone | session: TimeZone=Europe/London
-- why: British summer time moves the border of the day by an hour
select date_trunc('day', slot_start)::date, sum(kwh) from half_hour where not estimated group by 1;
-- and
select (slot_start at time zone 'UTC')::date, sum(kwh) from half_hour where not estimated group by 1;

-- pair grid-03 | different or overlapping | kind: time-zone or boundary | session: TimeZone=Europe/London
-- why: the peak from four to seven by the clock on the wall or by UTC
select sum(kwh) from half_hour where extract(hour from slot_start) between 16 and 18;
-- and
select sum(kwh) from half_hour where extract(hour from slot_start at time zone 'UTC') between 16 and 18;

-- pair grid-04 | equal | session: TimeZone=Europe/London
-- why: the hour of the clock on the wall: 16 up to but not including 19
select sum(kwh) from half_hour where extract(hour from slot_start) between 16 and 18;
-- and
select sum(kwh) from half_hour where date_part('hour', slot_start) >= 16 and date_part('hour', slot_start) < 19;

-- pair grid-05 | stricter | kind: population
-- why: what was received may be marked as estimated all the same
select count(*) from half_hour where not estimated;
-- and
select count(*) from half_hour where received_at is not null;

-- pair grid-06 | equal-under
-- why: what is not estimated was received
-- rests: check half_hour.estimated_or_received
select mpan, sum(kwh) from half_hour where not estimated and received_at is not null group by mpan;
-- and
select mpan, sum(kwh) from half_hour where estimated = false group by mpan;

-- pair grid-07 | equal-under
-- why: a slot is once there for a point, so that half hours are distinct slots of the point
-- rests: primary_key half_hour(mpan,slot_start)
select mpan, count(distinct slot_start) from half_hour group by mpan;
-- and
select mpan, count(*) from half_hour group by mpan;

-- pair grid-08 | different | kind: distinctness
-- why: slots of several points coincide
select count(distinct slot_start) from half_hour;
-- and
select count(*) from half_hour;

-- pair grid-09 | different | kind: measure
-- why: net against gross
select date_trunc('month', period_to)::date, sum(net_pence) / 100.0 from bill group by 1;
-- and
select date_trunc('month', period_to)::date, sum(gross_pence) / 100.0 from bill group by 1;

-- pair grid-10 | equal or equal-under or undecided
-- why: the generated column is the sum of the two
-- rests: ?
select mpan, sum(gross_pence) from bill group by mpan;
-- and
select mpan, sum(net_pence + vat_pence) from bill group by mpan;

-- pair grid-11 | equal-under or undecided
-- why: a bill is replaced at most once, and what replaces refers to a bill that exists
-- rests: ?
select count(*) from bill b where not exists (select 1 from bill r where r.replaces = b.bill_no);
-- and
select count(*) from bill b left join bill r on r.replaces = b.bill_no where r.bill_no is null;

-- pair grid-12 | different | kind: population
-- why: bills that were replaced against bills that replace
select sum(gross_pence) from bill where replaces is null;
-- and
select sum(b.gross_pence) from bill b where not exists (select 1 from bill r where r.replaces = b.bill_no);

-- pair grid-13 | equal-under or undecided
-- why: as many replace as are replaced, since each is replaced once
-- rests: ?
select count(*) from bill b join bill r on r.replaces = b.bill_no;
-- and
select count(*) from bill where replaces is not null;

-- pair grid-14 | equal-under
-- why: no bill is missing its point and tariff
-- rests: foreign_key bill(mpan); not_null bill.mpan; foreign_key supply_point(tariff_code); not_null supply_point.tariff_code or foreign_key bill(mpan); not_null bill.mpan; foreign_key supply_point(tariff_code); not_null supply_point.tariff_code; primary_key supply_point(mpan); primary_key tariff(code)
select count(*), sum(b.kwh) from bill b join supply_point s on s.mpan = b.mpan join tariff t on t.code = s.tariff_code;
-- and
select count(*), sum(kwh) from bill;

-- pair grid-15 | equal-under
-- why: the two kinds of tariff
-- rests: check tariff.tariff_kind_check; not_null tariff.kind
select t.code, count(*) filter (where t.kind = 'two-rate') from supply_point s join tariff t on t.code = s.tariff_code group by t.code;
-- and
select t.code, count(case when t.kind = 'flat' then null else 1 end) from tariff t, supply_point s where s.tariff_code = t.code group by t.code;

-- pair grid-16 | equal
-- why: three decimals: more than 0.999 is one or more
select count(*) from half_hour where kwh > 0.999;
-- and
select count(*) from half_hour where kwh >= 1;

-- pair grid-17 | looser | kind: boundary or population
-- why: three decimals: 0.995 is more than 0.99
select count(*) from half_hour where kwh > 0.99;
-- and
select count(*) from half_hour where kwh >= 1;

-- pair grid-18 | different | kind: measure or null-handling or empty
-- why: points without any reading have no line, or a line of nothing
select avg(x.total) from (select s.mpan, sum(h.kwh) as total from supply_point s join half_hour h on h.mpan = s.mpan group by s.mpan) x;
-- and
select avg(x.total) from (select s.mpan, coalesce(sum(h.kwh), 0) as total from supply_point s left join half_hour h on h.mpan = s.mpan group by s.mpan) x;

-- pair grid-19 | equal or equal-under or undecided
-- why: AVG leaves the NULL sum of points without readings out; a sum of readings is never NULL
-- rests: ?
select avg(x.total) from (select s.mpan, sum(h.kwh) as total from supply_point s join half_hour h on h.mpan = s.mpan group by s.mpan) x;
-- and
select avg(x.total) from (select s.mpan, sum(h.kwh) as total from supply_point s left join half_hour h on h.mpan = s.mpan group by s.mpan) x;

-- pair grid-20 | different | kind: boundary or population or measure
-- why: the running total up to this slot against the total of the day
select mpan, slot_start, sum(kwh) over (partition by mpan order by slot_start) from half_hour;
-- and
select mpan, slot_start, sum(kwh) over (partition by mpan) from half_hour;

-- pair grid-21 | equal-under or undecided
-- why: rows up to the current one or its peers: without peers the same
-- rests: ?
select mpan, slot_start, sum(kwh) over (partition by mpan order by slot_start) from half_hour;
-- and
select mpan, slot_start, sum(kwh) over (partition by mpan order by slot_start rows between unbounded preceding and current row) from half_hour;

-- pair grid-22 | stricter or different | kind: null-handling or population
-- why: points of which nobody knows whether they are smart
select count(*) from supply_point where smart = false;
-- and
select count(*) from supply_point where smart is not true;

-- pair grid-23 | equal
-- why: one clock, in three spellings: active since thirty days or more
select count(*) from supply_point where connected_on <= current_date - 30 and disconnected_on is null;
-- and
select count(*) from supply_point where not (disconnected_on is not null) and connected_on + 30 <= current_date;

-- pair grid-24 | different or stricter or looser | kind: boundary
-- why: thirty days are not a month
select count(*) from supply_point where connected_on <= current_date - 30;
-- and
select count(*) from supply_point where connected_on <= current_date - interval '1 month';
