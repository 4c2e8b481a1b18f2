-- schema transit
create schema gtfs;
create table gtfs.line (
  line_code varchar(5) primary key,
  mode text not null,
  agency text,
  constraint line_mode check (mode in ('bus', 'tram', 'metro'))
);
create table gtfs.trip (
  line_code varchar(5) not null references gtfs.line,
  service_date date not null,
  run smallint not null,
  planned_start timestamptz not null,
  actual_start timestamptz,
  cancelled boolean not null default false,
  seats smallint not null,
  boardings integer,
  primary key (line_code, service_date, run),
  constraint cancelled_not_started check (not cancelled or actual_start is null),
  constraint some_seats check (seats > 0)
);
create table gtfs.tap (
  tap_id bigint primary key,
  line_code varchar(5),
  service_date date,
  run smallint,
  card_hash text not null,
  tapped_at timestamptz not null,
  loaded_at timestamptz not null default now(),
  fare_cents integer not null,
  foreign key (line_code, service_date, run) references gtfs.trip,
  constraint loaded_later check (loaded_at >= tapped_at)
);

-- pair transit-01 | looser | kind: boundary
-- why: the end of the range belongs to BETWEEN
SELECT date_trunc('hour', tapped_at) AS "time", COUNT(*) AS "value" FROM gtfs.tap WHERE tapped_at BETWEEN '2024-05-01T00:00:00Z' AND '2024-05-08T00:00:00Z' GROUP BY 1 ORDER BY 1;
-- and
SELECT date_trunc('hour', tapped_at) AS "time", COUNT(*) AS "value" FROM gtfs.tap WHERE tapped_at >= '2024-05-01T00:00:00Z' AND tapped_at < '2024-05-08T00:00:00Z' GROUP BY 1 ORDER BY 1;

-- pair transit-02 | different | kind: ingestion-time or time-column
-- why: when a card was read against when the record was loaded
SELECT date_trunc('day', tapped_at) AS "time", SUM(fare_cents) FROM gtfs.tap WHERE tapped_at >= '2024-05-01T00:00:00Z' GROUP BY 1;
-- and
SELECT date_trunc('day', loaded_at) AS "time", SUM(fare_cents) FROM gtfs.tap WHERE loaded_at >= '2024-05-01T00:00:00Z' GROUP BY 1;

-- pair transit-03 | equal-under
-- why: a reference whose three parts are there finds one trip
-- rests: foreign_key tap(line_code,service_date,run)
SELECT COUNT(*) FROM gtfs.tap INNER JOIN gtfs.trip USING (line_code, service_date, run);
-- and
SELECT COUNT(*) FROM gtfs.tap WHERE line_code IS NOT NULL AND service_date IS NOT NULL AND run IS NOT NULL;

-- pair transit-04 | stricter | kind: rows-lost or null-handling or population
-- why: one missing part is enough to fall out of the join
SELECT COUNT(*) FROM gtfs.tap t JOIN gtfs.trip r ON (r.line_code, r.service_date, r.run) = (t.line_code, t.service_date, t.run);
-- and
SELECT COUNT(*) FROM gtfs.tap t WHERE t.line_code IS NOT NULL;

-- pair transit-05 | equal or undecided
-- why: a mean of 100 and 0 is the share in percent; no trip is left out of either
SELECT line_code, 100.0 * COUNT(*) FILTER (WHERE actual_start <= planned_start + INTERVAL '5 minutes') / COUNT(*) AS on_time FROM gtfs.trip GROUP BY 1;
-- and
SELECT line_code, AVG(CASE WHEN actual_start <= planned_start + INTERVAL '5 minutes' THEN 100.0 ELSE 0 END) AS on_time FROM gtfs.trip GROUP BY line_code;

-- pair transit-06 | different | kind: null-handling or measure or population
-- why: trips that did not start are late in one and left out in the other
SELECT line_code, AVG(CASE WHEN actual_start <= planned_start + INTERVAL '5 minutes' THEN 1.0 ELSE 0 END) AS on_time FROM gtfs.trip GROUP BY 1;
-- and
SELECT line_code, AVG((actual_start <= planned_start + INTERVAL '5 minutes')::int) AS on_time FROM gtfs.trip GROUP BY 1;

-- pair transit-07 | equal-under
-- why: the flag is never NULL
-- rests: not_null trip.cancelled
select service_date, sum(seats) from gtfs.trip where cancelled is not true group by service_date;
-- and
select service_date, sum(seats) from gtfs.trip where not cancelled group by service_date;

-- pair transit-08 | looser | kind: population
-- why: a cancelled trip has not started, but one that has not started need not be cancelled
select count(*) from gtfs.trip where actual_start is null;
-- and
select count(*) from gtfs.trip where cancelled;

-- pair transit-09 | different | kind: measure
-- why: the share of all seats against the mean of the shares
SELECT SUM(boardings)::float / NULLIF(SUM(seats), 0) AS load FROM gtfs.trip WHERE boardings IS NOT NULL;
-- and
SELECT AVG(boardings::float / NULLIF(seats, 0)) AS load FROM gtfs.trip WHERE boardings IS NOT NULL;

-- pair transit-10 | equal | session: TimeZone=Asia/Tokyo
-- why: the session's zone is the one that is written
SELECT tapped_at::date AS day, COUNT(DISTINCT card_hash) AS riders FROM gtfs.tap GROUP BY 1;
-- and
SELECT (tapped_at AT TIME ZONE 'Asia/Tokyo')::date AS day, COUNT(DISTINCT card_hash) AS riders FROM gtfs.tap GROUP BY 1;
