-- A telephone company's billing.
-- schema: telecom

-- name: the balance before a call | operational | one row by key, locked
SELECT credit, version FROM balance WHERE subscriber_id = $1 FOR UPDATE
-- name: optimistic debit | operational | one row by key
UPDATE balance SET credit = credit - $1, version = version + 1 WHERE subscriber_id = $2 AND version = $3
-- name: who is calling | operational | by a unique number, two keyed joins
SELECT s.subscriber_id, s.state, a.credit_limit, b.credit FROM subscriber s JOIN account a USING (account_id) JOIN balance b USING (subscriber_id) WHERE s.msisdn = $1
-- name: what a subscriber used this month | operational | an aggregate of one subscriber off an index
SELECT sum(seconds), sum(charge) FROM call_record WHERE subscriber_id = $1 AND started_at >= date_trunc('month', now())
-- name: usage of a family account | operational | one account's subscribers and their records
SELECT s.msisdn, sum(c.seconds) FROM subscriber s JOIN call_record c ON c.subscriber_id = s.subscriber_id WHERE s.account_id = $1 AND c.started_at >= $2 GROUP BY s.msisdn
-- name: the event screen in spite of its name | operational | a page of one subscriber's events; the name olap decides nothing
SELECT name, at FROM events_olap WHERE subscriber_id = $1 ORDER BY at DESC LIMIT 25
-- name: an event is written in spite of its name | operational | writes what the client sends
INSERT INTO events_olap (event_id, subscriber_id, name, at) VALUES ($1, $2, $3, $4)
-- name: switch hands over its records | operational | loads what the client sends
COPY call_record (record_id, subscriber_id, started_at, seconds, cell_id) FROM STDIN
-- name: records in many rows | operational | a batch that the client sends, and its conflict
INSERT INTO call_record (record_id, subscriber_id, started_at, seconds, cell_id) VALUES ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10), ($11, $12, $13, $14, $15) ON CONFLICT DO NOTHING
-- name: rating takes unrated records | operational | a page of work, locked
SELECT record_id, subscriber_id, seconds FROM call_record WHERE NOT rated LIMIT $1 FOR UPDATE SKIP LOCKED
-- name: prices come back | operational | writes what the client sends, by keys from arrays
UPDATE call_record c SET charge = v.charge, rated = true FROM (SELECT unnest($1::bigint[]) AS record_id, unnest($2::numeric[]) AS charge) v WHERE c.record_id = v.record_id
-- name: an invoice and its lines | operational | one invoice by key
SELECT i.period, i.amount, l.line_no, l.kind, l.amount FROM invoice i JOIN invoice_line l USING (invoice_id) WHERE i.account_id = $1 AND i.period = $2 ORDER BY l.line_no
-- name: the invoice's sum agrees with its lines | operational | a row trigger's check of one invoice
SELECT sum(amount) FROM invoice_line WHERE invoice_id = $1
-- name: does an account owe | operational | EXISTS off the unique index of the account
SELECT $2 WHERE EXISTS (SELECT FROM invoice WHERE account_id = $1 AND paid_at IS NULL)
-- name: subscribers of a page of accounts | operational | an IN list of keys that an ORM sends
SELECT s0.subscriber_id, s0.msisdn, s0.account_id FROM subscriber AS s0 WHERE s0.account_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
-- name: an admin's list, by offset far away | mixed or analytical | a page whose offset walks the table
SELECT subscriber_id, msisdn FROM subscriber ORDER BY subscriber_id LIMIT $1 OFFSET $2
-- name: the monthly bill run | analytical | aggregates every record of a month and writes it
INSERT INTO invoice_line (invoice_id, line_no, kind, amount) SELECT i.invoice_id, row_number() OVER (PARTITION BY i.invoice_id ORDER BY c.cell_id), 'calls', sum(c.charge) FROM call_record c JOIN subscriber s USING (subscriber_id) JOIN invoice i USING (account_id) WHERE c.started_at >= $1 AND c.started_at < $2 AND i.period = $3 GROUP BY i.invoice_id, c.cell_id
-- name: churn by region | analytical | joins and groups all subscribers
SELECT a.region, s.plan_code, count(*) FILTER (WHERE s.state = 'LEFT') * 1.0 / count(*) AS churn FROM subscriber s JOIN account a USING (account_id) GROUP BY a.region, s.plan_code
-- name: busiest cells by hour | analytical | groups all records, and the limit stands above
SELECT cell_id, date_bin('1 hour', started_at, '2000-01-01') AS hour, count(*) FROM call_record GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 100
-- name: sessions of callers | analytical | a window over the table
SELECT subscriber_id, started_at, started_at - lag(started_at) OVER (PARTITION BY subscriber_id ORDER BY started_at) AS pause FROM call_record
-- name: big scan for the regulator | analytical | everything above a length, by no index, without GROUP BY
SELECT record_id, subscriber_id, started_at, seconds FROM call_record WHERE seconds > $1
-- name: how many records | analytical | counts a whole table
SELECT count(*) FROM call_record
-- name: distinct cells of a month | analytical | DISTINCT over a range
SELECT count(DISTINCT cell_id) FROM call_record WHERE started_at >= '2026-10-01' AND started_at < '2026-11-01'
-- name: debtors | analytical | every invoice that is unpaid, by no index
SELECT account_id, sum(amount) FROM invoice WHERE paid_at IS NULL AND period < $1 GROUP BY account_id HAVING sum(amount) > $2
-- name: year over year by month | analytical | two aggregates of all invoices joined to each other
WITH m AS (SELECT period, sum(amount) AS total FROM invoice GROUP BY period) SELECT n.period, n.total, n.total / nullif(o.total, 0) - 1 AS growth FROM m n LEFT JOIN m o ON o.period = n.period - interval '1 year' ORDER BY 1
-- name: union of sources | analytical | two whole tables one under the other
SELECT subscriber_id, at AS moment, name AS what FROM events_olap UNION ALL SELECT subscriber_id, started_at, 'call' FROM call_record
-- name: latest event of every subscriber | analytical | one row for every subscriber, from all events
SELECT DISTINCT ON (subscriber_id) subscriber_id, name, at FROM events_olap ORDER BY subscriber_id, at DESC
-- name: latest event of some subscribers | operational | one row each for a list of keys
SELECT DISTINCT ON (subscriber_id) subscriber_id, name, at FROM events_olap WHERE subscriber_id = ANY($1) ORDER BY subscriber_id, at DESC
-- name: a materialised step does not narrow | analytical | the step is computed whole before the key is asked
WITH spent AS MATERIALIZED (SELECT subscriber_id, sum(charge) AS total FROM call_record GROUP BY subscriber_id) SELECT total FROM spent WHERE subscriber_id = $1
-- name: a step that is inlined narrows | operational | one reference, so that the key reaches the table
WITH spent AS (SELECT subscriber_id, sum(charge) AS total FROM call_record GROUP BY subscriber_id) SELECT total FROM spent WHERE subscriber_id = $1
-- name: a step that is used twice does not narrow | analytical | two references, so that it is computed whole
WITH spent AS (SELECT subscriber_id, sum(charge) AS total FROM call_record GROUP BY subscriber_id) SELECT a.total - b.total FROM spent a, spent b WHERE a.subscriber_id = $1 AND b.subscriber_id = $2
-- name: partitions of the past go | operational | changes the schema
ALTER TABLE call_record DETACH PARTITION call_record_2019 CONCURRENTLY
-- name: statistics of the planner | operational | runs the server
ANALYZE call_record
-- name: the numbers of the server | operational | the catalogue
SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 20
