-- What looks like the one and is the other.
-- schema: insure

-- name: a table called olap, by key | operational | one claim's rows by index
SELECT kind, at FROM events_olap WHERE claim_id = $1 ORDER BY at

-- name: a table called olap, counted below a key | operational | a count below one claim
SELECT kind, count(*) FROM events_olap WHERE claim_id = $1 GROUP BY kind

-- name: a table called report, by key | operational | one row by key
SELECT body FROM report_cache WHERE key = $1

-- name: a table called report, written | operational | one row by key
INSERT INTO report_cache (key, body, made_at) VALUES ($1, $2, now()) ON CONFLICT (key) DO UPDATE SET body = excluded.body, made_at = excluded.made_at

-- name: a table called analytics, by key | operational | one row by key
SELECT consent FROM analytics_setting WHERE customer_id = $1

-- name: a table called stats, as a queue | operational | takes the next requests and locks them
SELECT request_id, policy_id FROM stats_request WHERE state = 'new' ORDER BY created_at LIMIT 5 FOR UPDATE SKIP LOCKED

-- name: a summary, by key | operational | one row by key
SELECT policies, premium, claims, paid FROM month_summary WHERE month = $1 AND product_code = $2

-- name: a plain name, taken whole | analytical | every row of a table called customer
SELECT customer_id, name, email, postcode FROM customer

-- name: count with a unique key | operational | zero or one row
SELECT count(*) FROM policy WHERE policy_number = $1

-- name: sum with the key | operational | zero or one row
SELECT sum(reserve) FROM claim WHERE claim_id = $1

-- name: group by the key, below the key | operational | one row by key with its aggregate
SELECT p.policy_id, p.policy_number, count(c.claim_id) FROM policy p LEFT JOIN claim c ON c.policy_id = p.policy_id WHERE p.policy_id = $1 GROUP BY p.policy_id

-- name: group by the key, of all | analytical | an aggregate of every policy
SELECT p.policy_id, count(c.claim_id) FROM policy p LEFT JOIN claim c ON c.policy_id = p.policy_id GROUP BY p.policy_id

-- name: group by below a list of keys | operational | aggregates below a list of keys
SELECT policy_id, sum(amount) FROM premium_booking WHERE policy_id = ANY($1) AND state = 'open' GROUP BY policy_id

-- name: group by below a sub-query of one key | operational | aggregates below one customer's policies
SELECT policy_id, sum(amount) FROM premium_booking WHERE policy_id IN (SELECT policy_id FROM policy WHERE customer_id = $1) GROUP BY policy_id

-- name: group by below a sub-query of a range | analytical | aggregates below all policies of a year
SELECT policy_id, sum(amount) FROM premium_booking WHERE policy_id IN (SELECT policy_id FROM policy WHERE starts_on >= '2025-01-01') GROUP BY policy_id

-- name: exists with an aggregate inside, below a key | operational | existence below one key
SELECT EXISTS (SELECT 1 FROM claim_payment WHERE claim_id = $1 GROUP BY payee HAVING count(*) > 1)

-- name: exists with an aggregate inside, over all | analytical | groups all payments to know whether one is
SELECT EXISTS (SELECT 1 FROM claim_payment GROUP BY claim_id, amount HAVING count(*) > 1)

-- name: exists over a status | operational | stops at the first row
SELECT EXISTS (SELECT 1 FROM claim WHERE status = 'new')

-- name: limit above an aggregate | analytical | groups everything, the limit cuts what is shown
SELECT cause, count(*) FROM claim GROUP BY cause ORDER BY 2 DESC LIMIT 3

-- name: limit above a window | analytical | ranks everything, the limit cuts what is shown
SELECT claim_id, rank() OVER (ORDER BY reserve DESC) FROM claim LIMIT 10

-- name: limit above distinct | analytical | sorts out everything, the limit cuts what is shown
SELECT DISTINCT postcode FROM customer ORDER BY postcode LIMIT 50

-- name: limit below an aggregate | operational | counts at most a hundred rows
SELECT count(*) FROM (SELECT 1 FROM claim WHERE status = 'new' LIMIT 100) x

-- name: limit on one side of a union | analytical | the other side is a whole table
(SELECT claim_id FROM claim WHERE status = 'new' LIMIT 10) UNION ALL SELECT policy_id FROM policy

-- name: union of keyed reads | operational | three lookups by key
SELECT 'policy' AS kind, policy_id AS id FROM policy WHERE policy_number = $1 UNION ALL SELECT 'claim', claim_id FROM claim WHERE claim_number = $1 UNION ALL SELECT 'customer', customer_id FROM customer WHERE customer_number = $1

-- name: timeline of one customer | operational | several tables below one key, sorted and cut
SELECT * FROM (SELECT at, kind FROM activity WHERE customer_id = $1 UNION ALL SELECT p.created_at, 'policy' FROM policy p WHERE p.customer_id = $1) t ORDER BY at DESC LIMIT 30

-- name: window below one key | operational | numbers the bookings of one policy
SELECT booking_id, row_number() OVER (ORDER BY due_on) FROM premium_booking WHERE policy_id = $1

-- name: window with a key outside | operational | the partition is the key that is asked for
SELECT * FROM (SELECT booking_id, policy_id, sum(amount) OVER (PARTITION BY policy_id ORDER BY due_on) AS total FROM premium_booking) x WHERE policy_id = $1

-- name: window with a key that does not reach in | analytical | the window needs every row before one is chosen
SELECT * FROM (SELECT claim_id, rank() OVER (ORDER BY reserve DESC) AS place FROM claim) x WHERE claim_id = $1

-- name: distinct below a key | operational | the causes of one policy's claims
SELECT DISTINCT cause FROM claim WHERE policy_id = $1

-- name: a common table only names | operational | one row by key, then its children
WITH c AS (SELECT claim_id, policy_id FROM claim WHERE claim_number = $1) SELECT c.claim_id, sum(cp.amount) FROM c LEFT JOIN claim_payment cp ON cp.claim_id = c.claim_id GROUP BY c.claim_id

-- name: a common table groups all, then a key | mixed or operational | PostgreSQL pushes the key into what is not materialised; a reader cannot be sure
WITH paid AS (SELECT claim_id, sum(amount) AS total FROM claim_payment GROUP BY claim_id) SELECT total FROM paid WHERE claim_id = $1

-- name: a materialised common table groups all, then a key | analytical | the key cannot be pushed in
WITH paid AS MATERIALIZED (SELECT claim_id, sum(amount) AS total FROM claim_payment GROUP BY claim_id) SELECT total FROM paid WHERE claim_id = $1

-- name: lateral latest rows below a key | operational | three rows each for one customer's policies
SELECT p.policy_id, b.due_on, b.amount FROM policy p, LATERAL (SELECT due_on, amount FROM premium_booking WHERE policy_id = p.policy_id ORDER BY due_on DESC LIMIT 3) b WHERE p.customer_id = $1

-- name: lateral latest rows of all | analytical | the latest booking of every policy
SELECT p.policy_id, b.due_on FROM policy p, LATERAL (SELECT due_on FROM premium_booking WHERE policy_id = p.policy_id ORDER BY due_on DESC LIMIT 1) b

-- name: nine tables by key | operational | a wide screen of one claim
SELECT c.claim_number, p.policy_number, cu.name, d.name, b.name, h.status, cp.amount, pb.due_on, a.kind FROM claim c JOIN policy p ON p.policy_id = c.policy_id JOIN customer cu ON cu.customer_id = p.customer_id JOIN product d ON d.product_code = p.product_code LEFT JOIN broker b ON b.broker_id = p.broker_id LEFT JOIN claim_history h ON h.claim_id = c.claim_id LEFT JOIN claim_payment cp ON cp.claim_id = c.claim_id LEFT JOIN premium_booking pb ON pb.policy_id = p.policy_id LEFT JOIN activity a ON a.customer_id = cu.customer_id WHERE c.claim_id = $1

-- name: two tables of all | analytical | a short text, every row
SELECT c.claim_id, p.premium FROM claim c JOIN policy p USING (policy_id)

-- name: a key in a list of one | operational | one row by key
SELECT * FROM claim WHERE claim_id IN ($1)

-- name: a key or nothing | analytical or mixed | with no parameter every row, with one a single row: which of them ran, only numbers tell
SELECT * FROM claim WHERE $1::bigint IS NULL OR claim_id = $1

-- name: a key within a function | analytical | the function hides the key from its index
SELECT count(*) FROM claim WHERE claim_id::text LIKE '48%'

-- name: not the key | analytical | all but one row
SELECT count(*) FROM claim WHERE claim_id <> $1

-- name: above a key without a limit | analytical | every row from a key on
SELECT * FROM claim WHERE claim_id > $1

-- name: a short range of the key | operational or mixed | a range of the key whose width the text does not tell
SELECT * FROM claim WHERE claim_id BETWEEN $1 AND $2

-- name: one page of work | operational | a page by index in order of its age
SELECT claim_number, handler FROM claim WHERE status = 'open' ORDER BY reported_at LIMIT 25

-- name: a very long page | analytical or mixed | a hundred thousand rows are an export, whatever the limit says
SELECT claim_number, status, reserve FROM claim ORDER BY claim_id LIMIT 100000

-- name: a page far away | operational or mixed | twenty rows, for which a hundred thousand are passed over
SELECT claim_number, status FROM claim ORDER BY claim_id LIMIT 20 OFFSET 100000

-- name: fetch with ties | operational | ten rows by index
SELECT claim_number FROM claim ORDER BY reported_at DESC FETCH FIRST 10 ROWS WITH TIES

-- name: an aggregate as a default | operational | writes one row with the end of a key
INSERT INTO claim_history (claim_id, version, status, valid_from) SELECT $1, coalesce(max(version), 0) + 1, $2, now() FROM claim_history WHERE claim_id = $1

-- name: an aggregate as a condition | operational | one row, if a count below a key allows
UPDATE claim SET status = 'paid' WHERE claim_id = $1 AND (SELECT sum(amount) FROM claim_payment WHERE claim_id = $1) >= reserve

-- name: a count of what was changed | operational | writes by key and counts it
WITH u AS (UPDATE premium_booking SET state = 'paid', paid_on = current_date WHERE booking_id = ANY($1) RETURNING 1) SELECT count(*) FROM u

-- name: only what was sent | operational | aggregates over the list of the client
SELECT count(*), sum(x) FROM unnest($1::numeric[]) AS x

-- name: only values | operational | reads no table
SELECT sum(v.n) FROM (VALUES (1, 10), (2, 20), (3, 30)) AS v(id, n)

-- name: only a series | operational | reads no table
SELECT count(*) FROM generate_series(1, 1000000)

-- name: a series with a group of all | analytical | days against all claims
SELECT d.day, count(c.claim_id) FROM generate_series($1::date, $2::date, '1 day') AS d(day) LEFT JOIN claim c ON c.reported_at::date = d.day GROUP BY d.day ORDER BY d.day

-- name: json of one | operational | one row by key with its children as JSON
SELECT row_to_json(c), (SELECT json_agg(cp) FROM claim_payment cp WHERE cp.claim_id = c.claim_id) FROM claim c WHERE c.claim_id = $1

-- name: json of all | analytical | every row as one text
SELECT json_agg(c) FROM claim c

-- name: for update of a range | operational | locks rows to change them
SELECT booking_id FROM premium_booking WHERE due_on = current_date AND state = 'open' FOR UPDATE

-- name: sign-in by mail, lowered | operational | one row by what the text compares for equality, though through a function
SELECT customer_id FROM customer WHERE lower(email) = lower($1)

-- name: open claims of a policy through a view | operational | below one key through a view
SELECT claim_number, reserve FROM v_open_claim WHERE policy_id = $1

-- name: open claims of all through a view | analytical | every row that is open through a view
SELECT claim_number, reserve FROM v_open_claim

-- name: semi-join by key | operational | one row by key, if its customer agreed
SELECT p.policy_number FROM policy p WHERE p.policy_id = $1 AND p.customer_id IN (SELECT customer_id FROM analytics_setting WHERE consent)

-- name: cross join by mistake | analytical | every pair of rows
SELECT count(*) FROM claim, policy

-- name: a recursive walk of all | analytical | versions of every claim
WITH RECURSIVE v AS (SELECT claim_id, version, status FROM claim_history WHERE version = 1 UNION ALL SELECT h.claim_id, h.version, h.status FROM claim_history h JOIN v ON h.claim_id = v.claim_id AND h.version = v.version + 1) SELECT status, count(*) FROM v GROUP BY status

-- name: distinct ends of an index by recursion | operational | jumps along an index, a row for each value
WITH RECURSIVE s AS ((SELECT status FROM claim ORDER BY status LIMIT 1) UNION ALL SELECT (SELECT status FROM claim WHERE status > s.status ORDER BY status LIMIT 1) FROM s WHERE s.status IS NOT NULL) SELECT status FROM s WHERE status IS NOT NULL

-- name: explain | operational or analytical | the plan alone costs nothing; with ANALYZE the query runs, which stands in the same text
EXPLAIN SELECT count(*) FROM claim GROUP BY cause

-- name: a prepared statement is run | unknown | its text stands elsewhere
EXECUTE month_report(2026, 1)

-- name: a procedure | unknown | what it does stands elsewhere
CALL close_month($1)

-- name: a block of code | unknown | what it does stands in another language
DO $$ BEGIN PERFORM close_month(1); END $$
