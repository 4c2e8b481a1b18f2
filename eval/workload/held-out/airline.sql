-- An airline's reservations: booking, check-in, revenue accounting.
-- schema: airline

-- name: the booking of a locator | operational | one booking and its tickets by key
SELECT b.locator, b.total, t.ticket_no, p.name, s.seat, f.number, f.departs_at FROM booking b JOIN ticket t ON t.locator = b.locator JOIN passenger p ON p.passenger_id = t.passenger_id JOIN segment s ON s.ticket_no = t.ticket_no JOIN flight f ON f.flight_id = s.flight_id WHERE b.locator = $1 ORDER BY f.departs_at
-- name: flights between two towns on a day | operational | an index narrows it to a handful
SELECT flight_id, number, departs_at FROM flight WHERE origin = $1 AND destination = $2 AND departs_on = $3 ORDER BY departs_at
-- name: passengers of a flight | operational | one flight's segments off an index
SELECT p.name, s.seat, s.cabin FROM segment s JOIN ticket t USING (ticket_no) JOIN passenger p USING (passenger_id) WHERE s.flight_id = $1 ORDER BY s.seat
-- name: seats left on a flight | operational | an aggregate of one flight against one aircraft
SELECT a.seats - (SELECT count(*) FROM segment s WHERE s.flight_id = f.flight_id) AS left_over FROM flight f JOIN aircraft a ON a.tail = f.tail WHERE f.flight_id = $1
-- name: seats left on several flights | operational | grouped, over a list of keys that the client sends
SELECT flight_id, cabin, count(*) FROM segment WHERE flight_id = ANY ($1) GROUP BY flight_id, cabin
-- name: a seat is held | operational | an upsert of one row
INSERT INTO seat_hold (flight_id, seat, held_until, session_id) VALUES ($1, $2, now() + $3::interval, $4) ON CONFLICT (flight_id, seat) DO UPDATE SET held_until = excluded.held_until, session_id = excluded.session_id WHERE seat_hold.held_until < now() RETURNING session_id
-- name: holds that ran out go | operational | removes rows
DELETE FROM seat_hold WHERE held_until < now()
-- name: the relay reads what is unsent | operational | a page of a queue with SKIP LOCKED
SELECT event_id, topic, payload FROM outbound_event WHERE sent_at IS NULL ORDER BY event_id LIMIT 100 FOR NO KEY UPDATE SKIP LOCKED
-- name: the relay marks what was sent | operational | by a list of keys
UPDATE outbound_event SET sent_at = now() WHERE event_id = ANY($1::bigint[])
-- name: the relay deletes and returns | operational | a CTE that takes a page off a queue
WITH taken AS (DELETE FROM outbound_event WHERE event_id IN (SELECT event_id FROM outbound_event WHERE sent_at IS NULL ORDER BY event_id FOR UPDATE SKIP LOCKED LIMIT 50) RETURNING topic, payload) SELECT topic, payload FROM taken
-- name: does the passenger fly already that day | operational | EXISTS by keys
SELECT EXISTS (SELECT 1 FROM ticket t JOIN segment s ON s.ticket_no = t.ticket_no JOIN flight f ON f.flight_id = s.flight_id WHERE t.passenger_id = $1 AND f.departs_on = $2)
-- name: the boarding of one | operational | one row by its whole key
UPDATE segment SET boarded_at = clock_timestamp() WHERE ticket_no = $1 AND flight_id = $2 AND boarded_at IS NULL
-- name: miles of a member | operational | an aggregate of one member's tickets
SELECT sum(t.fare) FROM passenger p JOIN ticket t ON t.passenger_id = p.passenger_id WHERE p.loyalty_no = $1
-- name: the statement of a member with a running sum | operational | a window over one passenger's tickets
SELECT t.ticket_no, t.fare, sum(t.fare) OVER (ORDER BY t.ticket_no) FROM ticket t WHERE t.passenger_id = $1
-- name: the next page of departures | operational | a keyset page by the key
SELECT flight_id, number, status FROM flight WHERE flight_id > $1 ORDER BY flight_id LIMIT 50
-- name: revenue by route | analytical | joins and adds every ticket ever sold
SELECT f.origin, f.destination, date_trunc('month', b.booked_at) AS month, sum(t.fare) AS revenue FROM segment s JOIN flight f USING (flight_id) JOIN ticket t USING (ticket_no) JOIN booking b USING (locator) GROUP BY CUBE (f.origin, f.destination), 3
-- name: load factor of last quarter | analytical | an aggregate over a range of flights and their segments
SELECT f.number, avg(sold.n::numeric / a.seats) FROM flight f JOIN aircraft a USING (tail) JOIN LATERAL (SELECT count(*) AS n FROM segment s WHERE s.flight_id = f.flight_id) sold ON true WHERE f.departs_on BETWEEN $1 AND $2 GROUP BY f.number
-- name: on-time rank of routes | analytical | ranks over aggregates of all flights
SELECT origin, destination, rank() OVER (ORDER BY avg(arrived_at - departs_at)) FROM flight GROUP BY origin, destination
-- name: flights with more sold than seats | analytical | checks the whole table
SELECT f.flight_id FROM flight f JOIN aircraft a USING (tail) JOIN segment s USING (flight_id) GROUP BY f.flight_id, a.seats HAVING count(*) > a.seats
-- name: passengers who never flew | analytical | an anti-join of whole tables
SELECT p.passenger_id, p.name FROM passenger p WHERE NOT EXISTS (SELECT FROM ticket t WHERE t.passenger_id = p.passenger_id)
-- name: the warehouse takes what is new | analytical or mixed | everything since a moment, which may be an hour or a year
SELECT locator, booked_at, agent_id, total, currency FROM public.booking WHERE booked_at >= $1 AND booked_at < $2
-- name: the warehouse takes everything | analytical | an extract of two whole tables
SELECT t.ticket_no, t.locator, t.fare, s.flight_id, s.cabin FROM ticket t JOIN segment s ON s.ticket_no = t.ticket_no
-- name: booking frame of the analyst | analytical | a count over a question over the table, as tools ask for pages
SELECT count(*) FROM (SELECT b.locator, b.total FROM booking b WHERE b.currency = 'EUR') AS page_source
-- name: the ten dearest bookings ever | analytical | orders the table by what no index holds
SELECT locator, total FROM booking ORDER BY total DESC LIMIT 10
-- name: the latest booking | operational | one row off the end of an index
SELECT locator, booked_at FROM booking ORDER BY booked_at DESC LIMIT 1
-- name: duplicate documents | analytical | groups every passenger
SELECT document_no, array_agg(passenger_id) FROM passenger WHERE document_no IS NOT NULL GROUP BY document_no HAVING count(*) > 1
-- name: fare percentile by cabin | analytical | sorts all segments by group
SELECT s.cabin, percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY t.fare) FROM segment s JOIN ticket t USING (ticket_no) GROUP BY s.cabin
-- name: a function that books | unknown | the text names a procedure and nothing that it reads
CALL rebook_passengers($1, $2)
-- name: a prepared name | unknown | what was prepared the text does not tell
EXECUTE s_41($1)
-- name: settings of the session | operational | runs the session
SET search_path = airline, public
-- name: one at a time | operational | a lock of the session
SELECT pg_try_advisory_xact_lock($1, hashtext($2))
-- name: connections for shortest trip | analytical | walks the route graph over all flights
WITH RECURSIVE trip AS (SELECT origin, destination, ARRAY[origin, destination] AS path FROM flight UNION ALL SELECT t.origin, f.destination, t.path || f.destination FROM trip t JOIN flight f ON f.origin = t.destination WHERE NOT f.destination = ANY (t.path)) SELECT origin, destination, min(cardinality(path)) FROM trip GROUP BY origin, destination
