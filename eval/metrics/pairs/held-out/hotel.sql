-- schema hotel
create table room (
  room_id integer primary key,
  hotel_code varchar(4) not null,
  beds smallint not null,
  out_of_order boolean
);
create table room_feature (
  room_id integer not null references room,
  feature text not null,
  primary key (room_id, feature)
);
create table stay (
  stay_id bigint primary key,
  room_id integer references room,
  guest_email text not null,
  status text not null,
  arrival date not null,
  departure date not null,
  nights integer generated always as (departure - arrival) stored,
  rate numeric(8,2) not null,
  discount numeric(8,2),
  channel text,
  cancelled_at timestamp,
  constraint stay_status check (status in ('reserved', 'in_house', 'checked_out', 'cancelled', 'no_show')),
  constraint at_least_a_night check (departure > arrival),
  constraint cancelled_has_time check (status <> 'cancelled' or cancelled_at is not null),
  constraint discount_bounds check (discount >= 0 and discount <= rate)
);

-- pair hotel-01 | equal or equal-under
-- why: nights is generated from the two dates
-- rests: ?
SELECT SUM("public"."stay"."nights") AS "sum" FROM "public"."stay" WHERE "public"."stay"."status" = 'checked_out';
-- and
SELECT SUM(departure - arrival) AS room_nights FROM stay WHERE status = 'checked_out';

-- pair hotel-02 | equal-under
-- why: five states, two against the other three
-- rests: check stay.stay_status
SELECT COALESCE(SUM(stay.nights * stay.rate), 0) AS "stay.revenue" FROM stay WHERE stay.status IN ('in_house', 'checked_out');
-- and
SELECT COALESCE(SUM(rate * nights), 0) FROM stay WHERE status NOT IN ('reserved', 'cancelled', 'no_show');

-- pair hotel-03 | stricter | kind: population
-- why: a cancelled stay has a time, but a time may stand on others (the rule goes one way)
select count(*) from stay where status = 'cancelled';
-- and
select count(*) from stay where cancelled_at is not null;

-- pair hotel-04 | stricter | kind: rows-lost
-- why: a stay without a room is lost in the join
SELECT COUNT(*) FROM stay s JOIN room r ON r.room_id = s.room_id WHERE s.status = 'reserved';
-- and
SELECT COUNT(*) FROM stay s WHERE s.status = 'reserved';

-- pair hotel-05 | equal-under
-- why: each room of a stay is there once
-- rests: foreign_key stay(room_id)
SELECT s.status, COUNT(*) FROM stay s JOIN room r ON r.room_id = s.room_id GROUP BY s.status;
-- and
SELECT status, COUNT(room_id) FROM stay WHERE room_id IS NOT NULL GROUP BY status;

-- pair hotel-06 | different | kind: fan-out
-- why: a room with two features counts its stays twice
SELECT COUNT(*) FROM stay LEFT JOIN room_feature USING (room_id);
-- and
SELECT COUNT(*) FROM stay;

-- pair hotel-07 | equal-under
-- why: a stay counts once for however many features
-- rests: primary_key stay(stay_id)
SELECT COUNT(DISTINCT s.stay_id) FROM stay s INNER JOIN room_feature f ON f.room_id = s.room_id AND f.feature IN ('balcony', 'sea_view');
-- and
SELECT COUNT(*) FROM stay WHERE room_id IN (SELECT room_id FROM room_feature WHERE feature IN ('balcony', 'sea_view'));

-- pair hotel-08 | equal-under
-- why: a room has a feature once
-- rests: primary_key room_feature(room_id,feature)
SELECT SUM(s.rate) FROM stay s, room_feature f WHERE f.room_id = s.room_id AND f.feature = 'balcony';
-- and
SELECT SUM(s.rate) FROM stay s WHERE EXISTS (SELECT 1 FROM room_feature f WHERE f.room_id = s.room_id AND f.feature = 'balcony');

-- pair hotel-09 | stricter or different | kind: boundary
-- why: whether the day of leaving counts
SELECT d::date AS day, COUNT(s.stay_id) AS occupied FROM generate_series('2024-03-01'::date, '2024-03-07'::date, '1 day') AS d LEFT JOIN stay s ON s.arrival <= d AND d < s.departure GROUP BY 1 ORDER BY 1;
-- and
SELECT d::date AS day, COUNT(s.stay_id) AS occupied FROM generate_series('2024-03-01'::date, '2024-03-07'::date, '1 day') AS d LEFT JOIN stay s ON s.arrival <= d AND d <= s.departure GROUP BY 1 ORDER BY 1;

-- pair hotel-10 | equal-under or undecided
-- why: the outer join counts what the sub-query counts, the id being not NULL
-- rests: primary_key stay(stay_id)
WITH calendar AS (SELECT generate_series('2024-03-01'::date, '2024-03-07'::date, '1 day')::date AS day)
SELECT c.day, COUNT(s.stay_id) FROM calendar c LEFT JOIN stay s ON c.day >= s.arrival AND c.day < s.departure GROUP BY c.day;
-- and
SELECT g.day::date, (SELECT COUNT(*) FROM stay s WHERE s.arrival <= g.day::date AND s.departure > g.day::date) FROM generate_series('2024-03-01'::date, '2024-03-07'::date, '1 day') AS g(day);

-- pair hotel-11 | different | kind: measure
-- why: weighted by nights against one rate a stay
SELECT SUM(rate * nights) / NULLIF(SUM(nights), 0) AS adr FROM stay WHERE status = 'checked_out';
-- and
SELECT AVG(rate) AS adr FROM stay WHERE status = 'checked_out';

-- pair hotel-12 | different | kind: null-handling or measure
-- why: a stay without a discount falls out of the first sum
select sum(rate - discount) from stay where status in ('in_house', 'checked_out');
-- and
select sum(rate - coalesce(discount, 0)) from stay where status in ('in_house', 'checked_out');

-- pair hotel-13 | equal
-- why: NULL is read as another channel in both
SELECT arrival, COUNT(*) FROM stay WHERE COALESCE(channel, '') <> 'ota' GROUP BY arrival;
-- and
SELECT arrival, COUNT(*) FROM stay WHERE channel IS DISTINCT FROM 'ota' GROUP BY arrival;

-- pair hotel-14 | stricter | kind: null-handling or population
-- why: the first leaves out stays without a channel
SELECT arrival, COUNT(*) FROM stay WHERE channel <> 'ota' GROUP BY arrival;
-- and
SELECT arrival, COUNT(*) FROM stay WHERE COALESCE(channel, 'direct') <> 'ota' GROUP BY arrival;
