-- MySQL and MariaDB: Grafana, Metabase, applications. Source: dev.mysql.com/doc/refman/8.4/en/sql-data-manipulation-statements.html.
-- dialect mysql
-- ddl mysql

-- case my-backticks
-- shown email <- member.email
-- filter member.city
SELECT `m`.`email` FROM `club`.`member` `m` WHERE `m`.`city` = 'Wien'

-- case my-backtick-wrapper
-- shown city <- member.city
-- shown count <-
-- group member.city
-- also member.email member.member_id
SELECT `source`.`city` AS `city`, COUNT(*) AS `count` FROM (SELECT `club`.`member`.`member_id` AS `member_id`, `club`.`member`.`email` AS `email`, `club`.`member`.`city` AS `city` FROM `club`.`member`) AS `source` GROUP BY `source`.`city`

-- case my-if-ifnull
-- shown contact <- member.email, member.phone
-- when member.newsletter
SELECT IF(newsletter = 1, IFNULL(email, phone), phone) AS contact FROM club.member

-- case my-group-concat
-- shown names <- member.last_name
-- order member.joined_on
-- group member.city
SELECT GROUP_CONCAT(DISTINCT last_name ORDER BY joined_on SEPARATOR '; ') AS names FROM club.member GROUP BY city

-- case my-date-format-group-alias
-- shown month <- booking.starts_at:?
-- shown revenue <- booking.fee:aggregate
-- group booking.starts_at
-- order booking.starts_at
SELECT DATE_FORMAT(starts_at, '%Y-%m') AS month, SUM(fee) AS revenue FROM club.booking GROUP BY month ORDER BY month

-- case my-having-alias
-- shown member_id <- booking.member_id
-- shown spent <- booking.fee:aggregate
-- group booking.member_id
-- having booking.fee
SELECT member_id, SUM(fee) AS spent FROM club.booking GROUP BY member_id HAVING spent > 100

-- case my-straight-and-left-join
-- shown last_name <- member.last_name
-- shown name <- court.name
-- join booking.member_id member.member_id court.court_id booking.court_id
SELECT m.last_name, c.name FROM club.member m STRAIGHT_JOIN club.booking b ON b.member_id = m.member_id LEFT JOIN club.court c ON c.court_id = b.court_id

-- case my-comma-join
-- shown last_name <- member.last_name
-- shown fee <- booking.fee
-- filter booking.member_id member.member_id booking.state
SELECT last_name, fee FROM club.member, club.booking WHERE booking.member_id = member.member_id AND booking.state = 'open'

-- case my-json-arrow
-- shown phone <- member.profile
-- filter member.profile
SELECT profile ->> '$.emergency.phone' AS phone FROM club.member WHERE JSON_EXTRACT(profile, '$.minor') = true

-- case my-json-table
-- shown last_name <- member.last_name
-- shown kin <- member.profile
SELECT m.last_name, j.kin FROM club.member m, JSON_TABLE(m.profile, '$.kin[*]' COLUMNS (kin VARCHAR(80) PATH '$.name')) AS j

-- case my-window
-- shown member_id <- booking.member_id
-- shown nth <-
-- window booking.member_id booking.starts_at
SELECT member_id, ROW_NUMBER() OVER (PARTITION BY member_id ORDER BY starts_at) AS nth FROM club.booking

-- case my-cte-recursive
-- shown d <-
-- shown bookings <- booking.booking_id:aggregate
-- join booking.starts_at
WITH RECURSIVE days AS (SELECT DATE('2026-01-01') AS d UNION ALL SELECT d + INTERVAL 1 DAY FROM days WHERE d < '2026-01-31')
SELECT days.d, COUNT(b.booking_id) AS bookings FROM days LEFT JOIN club.booking b ON DATE(b.starts_at) = days.d GROUP BY days.d

-- case my-insert-on-duplicate
-- writes member_total
-- shown member_id <- booking.member_id
-- shown total <- booking.fee:aggregate
-- group booking.member_id
INSERT INTO club.member_total (member_id, total) SELECT member_id, SUM(fee) FROM club.booking GROUP BY member_id ON DUPLICATE KEY UPDATE total = VALUES(total)

-- case my-insert-on-duplicate-alias
-- writes member_total
-- shown member_id <-
-- shown total <- member_total.total
INSERT INTO club.member_total (member_id, total) VALUES (1, 10) AS fresh ON DUPLICATE KEY UPDATE total = member_total.total + fresh.total

-- case my-replace-into
-- writes member_total
-- shown member_id <- member.member_id
-- shown total <-
REPLACE INTO club.member_total (member_id, total) SELECT member_id, 0 FROM club.member

-- case my-update-join
-- writes booking
-- shown fee <- court.rate
-- join court.court_id booking.court_id
-- filter booking.state
UPDATE club.booking b JOIN club.court c ON c.court_id = b.court_id SET b.fee = c.rate WHERE b.state = 'open'

-- case my-delete-join
-- writes booking
-- join member.member_id booking.member_id
-- filter member.left_on
DELETE b FROM club.booking b JOIN club.member m ON m.member_id = b.member_id WHERE m.left_on IS NOT NULL

-- case my-exists
-- shown email <- member.email
-- filter booking.member_id member.member_id booking.state
SELECT email FROM club.member m WHERE EXISTS (SELECT * FROM club.booking b WHERE b.member_id = m.member_id AND b.state = 'no_show')

-- case my-union
-- shown name <- member.last_name, court.name
SELECT last_name AS name FROM club.member UNION SELECT name FROM club.court

-- case my-grafana-time-group
-- shown time <- booking.starts_at:?
-- shown value <-
-- filter booking.starts_at
-- group booking.starts_at
-- order booking.starts_at
SELECT UNIX_TIMESTAMP(starts_at) DIV 3600 * 3600 AS "time", count(*) AS value FROM club.booking WHERE starts_at BETWEEN FROM_UNIXTIME(1767225600) AND FROM_UNIXTIME(1767312000) GROUP BY 1 ORDER BY 1

-- case my-with-rollup
-- shown city <- member.city
-- shown n <-
-- group member.city
SELECT city, COUNT(*) AS n FROM club.member GROUP BY city WITH ROLLUP

-- case my-masks
-- shown h <- member.email:pseudonymous-weak
-- shown initial <- member.last_name:partial
-- shown y <- member.born_on:partial
-- shown has_phone <- member.phone:predicate
SELECT SHA2(email, 256) AS h, LEFT(last_name, 1) AS initial, YEAR(born_on) AS y, phone IS NOT NULL AS has_phone FROM club.member

-- case my-concat-ws
-- shown label <- member.first_name, member.last_name
SELECT CONCAT_WS(', ', last_name, first_name) AS label FROM club.member

-- case my-derived-columns
-- shown b <- member.email
-- also member.member_id
SELECT d.b FROM (SELECT member_id, email FROM club.member) AS d (a, b)

-- case my-lateral
-- shown last_name <- member.last_name
-- shown starts_at <- booking.starts_at
-- filter booking.member_id member.member_id
-- order booking.starts_at
SELECT m.last_name, l.starts_at FROM club.member m, LATERAL (SELECT b.starts_at FROM club.booking b WHERE b.member_id = m.member_id ORDER BY b.starts_at DESC LIMIT 1) l

-- case my-ctas
-- writes mailing
-- shown email <- member.email
-- filter member.newsletter
CREATE TABLE club.mailing AS SELECT email FROM club.member WHERE newsletter = 1

-- case my-case-insensitive-column
-- shown email <- member.email
SELECT m.EMAIL AS email FROM club.member AS m

-- case my-using-star
-- shown member_id <- member.member_id
-- shown total <- member_total.total
-- join member.member_id member_total.member_id
SELECT member_id, total FROM club.member JOIN club.member_total USING (member_id)
