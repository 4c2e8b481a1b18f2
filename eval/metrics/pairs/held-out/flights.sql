-- schema flights
create type cabin as enum ('first', 'business', 'economy');
create table airport (
  iata char(5) primary key,
  icao text unique,
  city text,
  region text,
  constraint airport_region check (region in ('emea', 'apac', 'americas'))
);
create table flight (
  flight_id integer primary key,
  origin char(5) not null references airport,
  destination char(5) references airport,
  alternate_icao text,
  departs timestamp(0) not null,
  lands timestamp,
  seats integer not null,
  sold integer,
  held integer,
  price double precision
);
create table slot (
  iata char(5) not null references airport,
  gate text,
  opens date not null,
  unique (iata, gate)
);
create table ticket (
  ticket_no text primary key,
  flight_id integer not null references flight,
  cabin cabin not null,
  fare numeric(9,2),
  currency text,
  agent text,
  desk text,
  issued date not null,
  promo_code text,
  unique nulls not distinct (flight_id, promo_code)
);

-- pair flight-01 | stricter or different | kind: population or measure
-- why: a padded text does not match the pattern, it equals the value
SELECT COUNT(*) FROM flight WHERE origin LIKE 'ZRH';
-- and
SELECT COUNT(*) FROM flight WHERE origin = 'ZRH';

-- pair flight-02 | different or stricter | kind: population or null-handling
-- why: NOT IN a list with NULL is never true
SELECT COUNT(*) FROM ticket WHERE currency NOT IN ('CHF', NULL);
-- and
SELECT COUNT(*) FROM ticket WHERE currency <> 'CHF';

-- pair flight-03 | equal-under
-- why: an unknown code meets no airport, a known one at most one
-- rests: unique airport(icao)
SELECT COUNT(*), SUM(f.seats) FROM flight f LEFT JOIN airport a ON a.icao = f.alternate_icao;
-- and
SELECT COUNT(*), SUM(seats) FROM flight;

-- pair flight-04 | different | kind: fan-out
-- why: UNIQUE admits many airports without a code, and here NULL meets NULL
SELECT COUNT(*), SUM(f.seats) FROM flight f LEFT JOIN airport a ON a.icao IS NOT DISTINCT FROM f.alternate_icao;
-- and
SELECT COUNT(*), SUM(seats) FROM flight;

-- pair flight-05 | different | kind: fan-out
-- why: a place may have many slots without a gate
SELECT COUNT(*) FROM flight f LEFT JOIN slot s ON s.iata = f.origin AND s.gate IS NULL;
-- and
SELECT COUNT(*) FROM flight;

-- pair flight-06 | equal-under
-- why: a gate of a place stands once
-- rests: unique slot(iata,gate)
SELECT COUNT(*) FROM flight f LEFT JOIN slot s ON s.iata = f.origin AND s.gate = 'A1';
-- and
SELECT COUNT(*) FROM flight;

-- pair flight-07 | different | kind: empty | cosmetic: yes
-- why: no row where there is no flight
SELECT COUNT(*) FROM flight HAVING COUNT(*) > 0;
-- and
SELECT COUNT(*) FROM flight;

-- pair flight-08 | different or looser | kind: population or null-handling or empty
-- why: all of none is true, the greatest of none is NULL
SELECT COUNT(*) FROM flight f WHERE f.seats > ALL (SELECT g.sold FROM flight g WHERE g.origin = f.destination);
-- and
SELECT COUNT(*) FROM flight f WHERE f.seats > (SELECT MAX(g.sold) FROM flight g WHERE g.origin = f.destination);

-- pair flight-09 | stricter | kind: null-handling or population
-- why: the CHECK passes where the region is NULL
SELECT COUNT(*) FROM airport WHERE region IN ('emea', 'apac', 'americas');
-- and
SELECT COUNT(*) FROM airport;

-- pair flight-10 | equal or equal-under
-- why: departures are whole seconds
-- rests: ?
SELECT COUNT(*) FROM flight WHERE departs::date = '2024-02-29';
-- and
SELECT COUNT(*) FROM flight WHERE departs BETWEEN '2024-02-29 00:00:00' AND '2024-02-29 23:59:59';

-- pair flight-11 | looser | kind: boundary
-- why: a landing in the last second of the day
SELECT COUNT(*) FROM flight WHERE lands::date = '2024-02-29';
-- and
SELECT COUNT(*) FROM flight WHERE lands BETWEEN '2024-02-29 00:00:00' AND '2024-02-29 23:59:59';

-- pair flight-12 | stricter or different | kind: boundary or population
-- why: a month after the 31st of March is the 30th of April, too
SELECT COUNT(*) FROM ticket WHERE issued + INTERVAL '1 month' > '2024-04-30';
-- and
SELECT COUNT(*) FROM ticket WHERE issued > DATE '2024-04-30' - INTERVAL '1 month';

-- pair flight-13 | different | kind: measure
-- why: halves go to the even number or away from zero
SELECT SUM(ROUND(price)) FROM flight WHERE price BETWEEN 0 AND 1000;
-- and
SELECT SUM(ROUND(price::numeric)) FROM flight WHERE price BETWEEN 0 AND 1000;

-- pair flight-14 | different | kind: distinctness or measure
-- why: two texts put together do not tell where the first ends
SELECT COUNT(DISTINCT agent || desk) FROM ticket WHERE agent IS NOT NULL AND desk IS NOT NULL;
-- and
SELECT COUNT(DISTINCT (agent, desk)) FROM ticket WHERE agent IS NOT NULL AND desk IS NOT NULL;

-- pair flight-15 | stricter or different | kind: population or measure
-- why: the order of the members is not that of their names
SELECT COUNT(*) FROM ticket WHERE cabin > 'business';
-- and
SELECT COUNT(*) FROM ticket WHERE cabin::text > 'business';

-- pair flight-16 | different | kind: empty or null-handling | cosmetic: yes
-- why: NULL against 0 on an empty table
SELECT SUM(COALESCE(fare, 0)) FROM ticket;
-- and
SELECT COALESCE(SUM(fare), 0) FROM ticket;

-- pair flight-17 | looser | kind: population or null-handling
-- why: unequal rows differ in one part at least
SELECT COUNT(*) FROM flight WHERE (seats, flight_id) <> (180, 7);
-- and
SELECT COUNT(*) FROM flight WHERE seats <> 180 AND flight_id <> 7;

-- pair flight-18 | equal or undecided
-- why: GREATEST leaves NULL out, as OR does
SELECT COUNT(*) FROM flight WHERE GREATEST(sold, held) > 5;
-- and
SELECT COUNT(*) FROM flight WHERE sold > 5 OR held > 5;

-- pair flight-19 | looser or different | kind: null-handling or population
-- why: LEAST leaves NULL out, AND does not
SELECT COUNT(*) FROM flight WHERE LEAST(sold, held) > 5;
-- and
SELECT COUNT(*) FROM flight WHERE sold > 5 AND held > 5;

-- pair flight-20 | different | kind: null-handling or rows-lost or measure or population
-- why: a flight without tickets counts one row of the outer join
SELECT f.flight_id, COUNT(*) FROM flight f LEFT JOIN ticket t ON t.flight_id = f.flight_id GROUP BY f.flight_id;
-- and
SELECT f.flight_id, (SELECT COUNT(*) FROM ticket t WHERE t.flight_id = f.flight_id) FROM flight f;

-- pair flight-21 | equal-under
-- why: the outer join counts the numbers that it found
-- rests: primary_key flight(flight_id); primary_key ticket(ticket_no)
SELECT f.flight_id, COUNT(t.ticket_no) FROM flight f LEFT JOIN ticket t ON t.flight_id = f.flight_id GROUP BY f.flight_id;
-- and
SELECT f.flight_id, (SELECT COUNT(*) FROM ticket t WHERE t.flight_id = f.flight_id) FROM flight f;

-- pair flight-22 | equal-under
-- why: no flight has two tickets with one code, nor two without
-- rests: unique ticket(flight_id,promo_code); not_null ticket.flight_id
SELECT COUNT(*) FROM ticket WHERE promo_code IS NULL;
-- and
SELECT COUNT(DISTINCT flight_id) FROM ticket WHERE promo_code IS NULL;

-- pair flight-23 | different or looser | kind: fan-out or population
-- why: two ends of a flight are two airports
SELECT COUNT(*) FROM flight f JOIN airport a ON a.iata IN (f.origin, f.destination);
-- and
SELECT COUNT(*) FROM flight f JOIN airport a ON a.iata = f.origin;

-- pair flight-24 | different | kind: measure
-- why: whole numbers are divided to a whole number
SELECT SUM(sold) / COUNT(sold) FROM flight;
-- and
SELECT AVG(sold) FROM flight;

-- pair flight-25 | different | kind: null-handling or distinctness or population
-- why: EXCEPT treats NULL as a value
SELECT COUNT(*) FROM (SELECT agent FROM ticket WHERE cabin = 'first' EXCEPT SELECT agent FROM ticket WHERE cabin = 'economy') x;
-- and
SELECT COUNT(DISTINCT t.agent) FROM ticket t WHERE t.cabin = 'first' AND NOT EXISTS (SELECT 1 FROM ticket e WHERE e.cabin = 'economy' AND e.agent = t.agent);

-- pair flight-26 | different | kind: grain or time-column or population
-- why: the first days of January may be of the last week of the year before
SELECT EXTRACT(YEAR FROM issued) AS year, EXTRACT(WEEK FROM issued) AS week, COUNT(*) FROM ticket GROUP BY 1, 2;
-- and
SELECT EXTRACT(ISOYEAR FROM issued) AS year, EXTRACT(WEEK FROM issued) AS week, COUNT(*) FROM ticket GROUP BY 1, 2;
