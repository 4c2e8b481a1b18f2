-- schema sensors
create table site (
  site_id integer primary key,
  name text not null,
  zone text not null default 'UTC'
);
create table device (
  device_id bigint primary key,
  serial text not null unique,
  site_id integer not null references site (site_id),
  retired boolean not null default false
);
create table reading (
  device_id bigint not null references device (device_id),
  measured_at timestamptz not null,
  received_at timestamptz not null,
  celsius double precision,
  quality smallint not null check (quality in (0, 1, 2)),
  constraint reading_once unique (device_id, measured_at),
  constraint received_later check (received_at >= measured_at),
  constraint plausible check (celsius between -60 and 80)
);
create table alarm (
  alarm_id bigserial primary key,
  device_id bigint not null,
  raised_at timestamptz not null,
  cleared_at timestamptz,
  level integer not null check (level in (1, 2, 3))
);

-- pair iot-01 | equal-under
-- why: quality knows three values
-- rests: check reading.reading_quality_check
select date_trunc('hour', measured_at) as t, avg(celsius) from reading where quality <> 0 group by 1;
-- and
select date_trunc('hour', measured_at) as t, avg(celsius) from reading where quality >= 1 group by 1 order by 1;

-- pair iot-02 | equal
-- why: whole numbers that are at least 1 are above 0
select count(*) from reading where quality > 0;
-- and
select count(*) from reading where quality >= 1;

-- pair iot-03 | different | kind: ingestion-time or time-column
-- why: by the hour of measuring against by the hour of arrival
select date_trunc('hour', measured_at) as t, count(*) from reading group by 1;
-- and
select date_trunc('hour', received_at) as t, count(*) from reading group by 1;

-- pair iot-04 | equal-under
-- why: the bounds of the CHECK leave nothing above 80
-- rests: check reading.plausible
select count(*) from reading where celsius > 30;
-- and
select count(*) from reading where celsius > 30 and celsius <= 100;

-- pair iot-05 | looser | kind: boundary or population
-- why: the sensor measures in fractions: 30.5 is above 30
select count(*) from reading where celsius > 30;
-- and
select count(*) from reading where celsius >= 31;

-- pair iot-06 | equal-under or undecided
-- why: latest reading of each device: measured_at is unique within one
-- rests: unique reading(device_id,measured_at); not_null reading.device_id; not_null reading.measured_at
select r.device_id, r.celsius from reading r join (select device_id, max(measured_at) as m from reading group by device_id) l on l.device_id = r.device_id and l.m = r.measured_at;
-- and
select distinct on (device_id) device_id, celsius from reading order by device_id, measured_at desc;

-- pair iot-07 | different | kind: ingestion-time or time-column or measure
-- why: what arrived last is not what was measured last
select distinct on (device_id) device_id, celsius from reading order by device_id, measured_at desc;
-- and
select distinct on (device_id) device_id, celsius from reading order by device_id, received_at desc, measured_at desc;

-- pair iot-08 | undecided or different
-- why: readings that arrived together tie
select distinct on (device_id) device_id, celsius from reading order by device_id, received_at desc;
-- and
select distinct on (device_id) device_id, celsius from reading where quality >= 0 order by device_id, received_at desc;

-- pair iot-09 | stricter | kind: rows-lost
-- why: alarms refer to no device by a key: those of unknown devices are lost
select count(*) from alarm a join device d on d.device_id = a.device_id where a.level = 3;
-- and
select count(*) from alarm where level = 3;

-- pair iot-10 | stricter | kind: rows-lost
-- late: alter table alarm add constraint alarm_device foreign key (device_id) references device (device_id) not valid;
-- why: a NOT VALID key says nothing about alarms that were there before
select count(*) from alarm a join device d on d.device_id = a.device_id where a.level = 3;
-- and
select count(*) from alarm where level = 3;

-- pair iot-11 | equal-under
-- late: alter table alarm add constraint alarm_device foreign key (device_id) references device (device_id);
-- why: a key that was added later and checked holds for all rows
-- rests: foreign_key alarm(device_id); not_null alarm.device_id or foreign_key alarm(device_id); not_null alarm.device_id; primary_key device(device_id)
select count(*) from alarm a join device d on d.device_id = a.device_id where a.level = 3;
-- and
select count(*) from alarm where level = 3;

-- pair iot-12 | different | kind: null-handling or population or boundary
-- why: an alarm that was never cleared has no duration: NULL is not above an hour
select count(*) from alarm where cleared_at - raised_at > interval '1 hour';
-- and
select count(*) from alarm where coalesce(cleared_at, now()) - raised_at > interval '1 hour';

-- pair iot-13 | equal
-- why: one bucket of five minutes, by date_bin or by arithmetic on seconds
select date_bin('5 minutes', measured_at, timestamptz '2024-01-01 00:00:00+00') as t, count(*) from reading group by 1;
-- and
select to_timestamp(floor(extract(epoch from measured_at) / 300) * 300) as t, count(*) from reading group by 1;

-- pair iot-14 | different | kind: time-zone | session: TimeZone=Asia/Kolkata
-- why: days of the site against days of the session
select (r.measured_at at time zone 'Europe/Madrid')::date, max(r.celsius) from reading r group by 1;
-- and
select r.measured_at::date, max(r.celsius) from reading r group by 1;

-- pair iot-15 | different | kind: time-zone or grain or boundary
-- why: AT TIME ZONE on the bucket moves the label, on the time it moves the border
select date_trunc('day', measured_at) at time zone 'Europe/Madrid', count(*) from reading group by 1;
-- and
select date_trunc('day', measured_at at time zone 'Europe/Madrid'), count(*) from reading group by 1;

-- pair iot-16 | equal or undecided
-- why: change against the reading before: the same window in two clauses
select count(*) from (select celsius - lag(celsius) over (partition by device_id order by measured_at) as d from reading) x where d > 5;
-- and
select count(*) from (select celsius - lag(celsius, 1) over w as d from reading window w as (partition by device_id order by measured_at)) x where x.d > 5;

-- pair iot-17 | different | kind: measure or grain or population
-- why: without PARTITION the reading before may be another device's
select count(*) from (select celsius - lag(celsius) over (partition by device_id order by measured_at) as d from reading) x where d > 5;
-- and
select count(*) from (select celsius - lag(celsius) over (order by measured_at, device_id) as d from reading) x where d > 5;

-- pair iot-18 | undecided or different
-- why: LEAD over rows in no order
select count(*) from (select celsius - lead(celsius) over () as d from reading) x where d > 5;
-- and
select count(*) from (select celsius - lead(celsius) over () as d from reading) x where d >= 6;

-- pair iot-19 | different | kind: population or null-handling or rows-lost | cosmetic: any
-- why: devices without readings are silent too
select count(*) from device d where not retired and not exists (select 1 from reading r where r.device_id = d.device_id and r.measured_at > now() - interval '1 day');
-- and
select count(*) from (select device_id, max(measured_at) as m from reading group by device_id) x join device d using (device_id) where not d.retired and m <= now() - interval '1 day';

-- pair iot-20 | equal or undecided
-- why: silent devices by NOT EXISTS or by the latest reading of a left join
-- rests: ?
select count(*) from device d where not retired and not exists (select 1 from reading r where r.device_id = d.device_id and r.measured_at > now() - interval '1 day');
-- and
select count(*) from device d left join (select device_id, max(measured_at) as m from reading group by device_id) x on x.device_id = d.device_id where not d.retired and (m is null or m <= now() - interval '1 day');
