-- MySQL: longer queries.
-- dialect mysql
-- ddl mysql

-- case my-latest-booking-per-member
-- shown last_name <- member.last_name
-- shown starts_at <- booking.starts_at
-- join booking.member_id member.member_id booking.starts_at
-- group booking.member_id
SELECT m.last_name, b.starts_at FROM club.member m JOIN (SELECT member_id, MAX(starts_at) AS last_at FROM club.booking GROUP BY member_id) x ON x.member_id = m.member_id
JOIN club.booking b ON b.member_id = x.member_id AND b.starts_at = x.last_at

-- case my-order-by-field
-- shown state <- booking.state
-- order booking.state
SELECT state FROM club.booking ORDER BY FIELD(state, 'open', 'paid', 'cancelled')

-- case my-no-alias-names
-- shown _ <- member.email
-- shown _ <- booking.fee:aggregate
-- join booking.member_id member.member_id
-- group member.email
SELECT m.email, SUM(b.fee) FROM club.member m INNER JOIN club.booking b USING (member_id) GROUP BY m.email

-- case my-occupancy
-- shown name <- court.name
-- shown hours <- booking.booking_id:aggregate
-- shown turnover <- booking.fee:aggregate, court.rate
-- join booking.court_id court.court_id
-- group court.court_id court.name court.rate
-- order booking.fee court.rate
SELECT c.name, COUNT(b.booking_id) AS hours, COALESCE(SUM(b.fee), 0) / c.rate AS turnover FROM club.court c LEFT OUTER JOIN club.booking b ON b.court_id = c.court_id
GROUP BY c.court_id, c.name, c.rate ORDER BY turnover DESC LIMIT 10 OFFSET 5

-- case my-rlike-and-not-in
-- shown email <- member.email
-- filter member.email member.member_id booking.member_id
SELECT email FROM club.member WHERE email RLIKE '@example' AND member_id NOT IN (SELECT member_id FROM club.booking WHERE member_id IS NOT NULL)

-- case my-case-in-sum
-- shown city <- member.city
-- shown juniors <-
-- when member.born_on
-- group member.city
SELECT city, SUM(CASE WHEN born_on > '2008-01-01' THEN 1 ELSE 0 END) AS juniors FROM club.member GROUP BY city
