-- Reports, data science and sweeps, written by people.
-- schema: insure

-- name: cohorts | analytical | retention of all customers by month
WITH first AS (SELECT customer_id, date_trunc('month', min(starts_on)) AS cohort FROM policy GROUP BY customer_id) SELECT f.cohort, date_trunc('month', p.starts_on) AS month, count(DISTINCT p.customer_id) FROM first f JOIN policy p USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2

-- name: funnel | analytical | steps of all customers
SELECT count(*) FILTER (WHERE s >= 1) AS visited, count(*) FILTER (WHERE s >= 2) AS quoted, count(*) FILTER (WHERE s >= 3) AS bought FROM (SELECT customer_id, max(CASE kind WHEN 'visit' THEN 1 WHEN 'quote' THEN 2 WHEN 'buy' THEN 3 ELSE 0 END) AS s FROM activity WHERE at >= current_date - 30 GROUP BY customer_id) x

-- name: sessions from gaps | analytical | windows over the activities of a week
SELECT customer_id, count(*) AS sessions FROM (SELECT customer_id, at, CASE WHEN at - lag(at) OVER (PARTITION BY customer_id ORDER BY at) > interval '30 minutes' THEN 1 END AS begins FROM activity WHERE at >= now() - interval '7 days') g WHERE begins = 1 GROUP BY customer_id

-- name: gaps and islands | analytical | windows over all bookings
SELECT policy_id, min(due_on), max(due_on), count(*) FROM (SELECT policy_id, due_on, due_on - (row_number() OVER (PARTITION BY policy_id ORDER BY due_on))::int AS island FROM premium_booking WHERE state = 'missed') t GROUP BY policy_id, island HAVING count(*) >= 3

-- name: percentiles | analytical | ordered sets over closed claims
SELECT cause, percentile_disc(0.5) WITHIN GROUP (ORDER BY closed_at - reported_at) AS median, percentile_disc(0.9) WITHIN GROUP (ORDER BY closed_at - reported_at) AS p90 FROM claim WHERE closed_at IS NOT NULL GROUP BY cause

-- name: grouping sets | analytical | sums of a year in several ways
SELECT p.product_code, b.region, sum(p.premium) FROM policy p JOIN broker b USING (broker_id) WHERE p.starts_on >= DATE '2025-01-01' GROUP BY GROUPING SETS ((p.product_code), (b.region), ())

-- name: cube of sums | analytical | sums in all ways
SELECT product_code, status, count(*) FROM policy GROUP BY CUBE (product_code, status)

-- name: crosstab | analytical | a pivot of all claims
SELECT * FROM crosstab('SELECT cause, status, count(*) FROM claim GROUP BY 1, 2 ORDER BY 1, 2') AS ct(cause text, open bigint, closed bigint)

-- name: loss triangle | analytical | all payments by the years of claim and payment
SELECT extract(year FROM c.occurred_on) AS accident_year, extract(year FROM cp.paid_at) - extract(year FROM c.occurred_on) AS development, sum(cp.amount) FROM claim c JOIN claim_payment cp USING (claim_id) GROUP BY 1, 2 ORDER BY 1, 2

-- name: the regulator's list | analytical | all claims above a sum with their payments
SELECT c.claim_number, p.policy_number, c.reserve, sum(cp.amount) AS paid FROM claim c JOIN policy p USING (policy_id) LEFT JOIN claim_payment cp USING (claim_id) WHERE c.reserve > 1000000 GROUP BY c.claim_id, p.policy_id ORDER BY c.reserve DESC

-- name: month end of premiums | analytical | sums all bookings of a month
SELECT p.product_code, sum(b.amount) FILTER (WHERE b.state = 'paid') AS paid, sum(b.amount) FILTER (WHERE b.state = 'missed') AS missed FROM premium_booking b JOIN policy p ON p.policy_id = b.policy_id WHERE b.due_on BETWEEN '2026-01-01' AND '2026-01-31' GROUP BY ROLLUP (p.product_code)

-- name: earned premium | analytical | every policy of a year, day by day
SELECT sum(premium * (least(coalesce(ends_on, '2025-12-31'), '2025-12-31'::date) - greatest(starts_on, '2025-01-01'::date) + 1) / 365.0) FROM policy WHERE starts_on <= '2025-12-31' AND (ends_on IS NULL OR ends_on >= '2025-01-01')

-- name: open claims as of a day | analytical | the latest version of every claim up to a day
SELECT DISTINCT ON (claim_id) claim_id, status, valid_from FROM claim_history WHERE valid_from <= $1 ORDER BY claim_id, version DESC

-- name: moving average | analytical | a window over the days of a year
SELECT day, avg(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM (SELECT reported_at::date AS day, count(*) AS n FROM claim GROUP BY 1) d

-- name: ranks of brokers | analytical | ranks over the groups of all policies
SELECT broker_id, sum(premium) AS premium, dense_rank() OVER (ORDER BY sum(premium) DESC) FROM policy GROUP BY broker_id

-- name: the top broker | analytical | groups everything for one row
SELECT broker_id FROM policy GROUP BY broker_id ORDER BY sum(premium) DESC LIMIT 1

-- name: the largest claim | mixed or analytical | one row, for which the whole table is sorted
SELECT claim_id, reserve FROM claim ORDER BY reserve DESC LIMIT 1

-- name: the hundred largest open claims | analytical or mixed | a list to a limit, for which all open claims are sorted
SELECT claim_number, reserve, handler FROM claim WHERE closed_at IS NULL ORDER BY reserve DESC LIMIT 100

-- name: duplicates of customers | analytical | groups all customers by name and birth
SELECT name, birth_date, count(*), array_agg(customer_id) FROM customer GROUP BY name, birth_date HAVING count(*) > 1

-- name: duplicates by likeness | analytical | a self join of all customers
SELECT a.customer_id, b.customer_id FROM customer a JOIN customer b ON a.customer_id < b.customer_id AND a.postcode = b.postcode AND similarity(a.name, b.name) > 0.8

-- name: duplicates are taken away | analytical or operational | a sweep of the whole table by a window, and the deletion of what it finds: the search is a report's, the deletion is production's
DELETE FROM activity a USING (SELECT activity_id, row_number() OVER (PARTITION BY customer_id, kind, at ORDER BY activity_id) AS n FROM activity) d WHERE d.activity_id = a.activity_id AND d.n > 1

-- name: fraud: one payee, many claims | analytical | groups all payments by account
SELECT iban, count(DISTINCT claim_id), sum(amount) FROM claim_payment GROUP BY iban HAVING count(DISTINCT claim_id) > 5

-- name: fraud: ring of brokers | analytical | a self join of all claims
SELECT p1.broker_id, count(*) FROM claim c1 JOIN policy p1 ON p1.policy_id = c1.policy_id JOIN claim c2 ON c2.occurred_on = c1.occurred_on AND c2.claim_id <> c1.claim_id JOIN policy p2 ON p2.policy_id = c2.policy_id AND p2.broker_id = p1.broker_id GROUP BY p1.broker_id

-- name: fraud: one claim is scored | operational | aggregates below one claim's customer before it is paid
SELECT count(*) AS earlier, coalesce(sum(cp.amount), 0) AS paid FROM claim c JOIN policy p ON p.policy_id = c.policy_id JOIN policy p2 ON p2.customer_id = p.customer_id JOIN claim c2 ON c2.policy_id = p2.policy_id AND c2.claim_id <> c.claim_id LEFT JOIN claim_payment cp ON cp.claim_id = c2.claim_id WHERE c.claim_id = $1

-- name: customers without a policy | analytical | an anti-join of whole tables
SELECT c.customer_id, c.email FROM customer c LEFT JOIN policy p ON p.customer_id = c.customer_id WHERE p.policy_id IS NULL

-- name: customers who have both | analytical | an intersection of whole tables
SELECT customer_id FROM policy WHERE product_code = 'HOME' INTERSECT SELECT customer_id FROM policy WHERE product_code = 'CAR'

-- name: a mailing list | analytical or mixed | every customer of a segment, without a key or an index: many or few, which the text does not tell
SELECT email, name FROM customer WHERE segment = 'family' AND email IS NOT NULL

-- name: renewals of next month | analytical or mixed | every policy that ends in a month: a report for the sales team, or the work list of a batch
SELECT policy_number, customer_id, ends_on FROM policy WHERE ends_on >= date_trunc('month', now()) + interval '1 month' AND ends_on < date_trunc('month', now()) + interval '2 months'

-- name: renewals are written | operational or mixed | new rows for every policy that ends: production's own batch, over a range
INSERT INTO premium_booking (booking_id, policy_id, amount, due_on, state) SELECT nextval('premium_booking_seq'), policy_id, premium, ends_on + 1, 'open' FROM policy WHERE status = 'active' AND ends_on = $1

-- name: the summary of a month is written | analytical | groups a month of two large tables into a table of results
INSERT INTO month_summary (month, product_code, policies, premium) SELECT date_trunc('month', starts_on), product_code, count(*), sum(premium) FROM policy WHERE starts_on >= $1 AND starts_on < $2 GROUP BY 1, 2

-- name: the summary of a month is made anew | analytical | groups all policies into a new table
CREATE TABLE month_summary_new AS SELECT date_trunc('month', starts_on) AS month, product_code, count(*) AS policies, sum(premium) AS premium FROM policy GROUP BY 1, 2

-- name: the summary is updated from the payments | analytical or mixed | groups all payments of a month to write them: a report's work, kept in a table
UPDATE month_summary m SET paid = x.paid FROM (SELECT date_trunc('month', cp.paid_at)::date AS month, p.product_code, sum(cp.amount) AS paid FROM claim_payment cp JOIN claim c USING (claim_id) JOIN policy p USING (policy_id) GROUP BY 1, 2) x WHERE x.month = m.month AND x.product_code = m.product_code

-- name: merge of a summary | analytical | groups all payments into a table of results
MERGE INTO month_summary m USING (SELECT date_trunc('month', paid_at)::date AS month, sum(amount) AS paid FROM claim_payment GROUP BY 1) s ON m.month = s.month WHEN MATCHED THEN UPDATE SET paid = s.paid WHEN NOT MATCHED THEN INSERT (month, product_code, paid) VALUES (s.month, 'ALL', s.paid)

-- name: a view is computed anew | analytical | over all that its query reads
REFRESH MATERIALIZED VIEW mv_month

-- name: a sample | analytical or mixed | one row in a hundred of a large table, read by pages
SELECT * FROM activity TABLESAMPLE SYSTEM (1)

-- name: a random customer | analytical or mixed | one row, for which all are sorted
SELECT customer_id FROM customer ORDER BY random() LIMIT 1

-- name: features for a model | analytical | aggregates of every customer
SELECT c.customer_id, date_part('year', age(c.birth_date)) AS age, (SELECT count(*) FROM policy p WHERE p.customer_id = c.customer_id) AS policies, (SELECT max(at) FROM activity a WHERE a.customer_id = c.customer_id) AS last_seen FROM customer c

-- name: features for one customer | operational | aggregates below one key, when a model is asked
SELECT date_part('year', age(c.birth_date)) AS age, (SELECT count(*) FROM policy p WHERE p.customer_id = c.customer_id) AS policies, (SELECT max(at) FROM activity a WHERE a.customer_id = c.customer_id) AS last_seen FROM customer c WHERE c.customer_id = $1

-- name: correlation | analytical | statistics over all policies
SELECT corr(premium, extract(epoch FROM created_at)), regr_slope(premium, extract(year FROM starts_on)), stddev_samp(premium) FROM policy

-- name: the extent of a table | analytical or mixed | the ends of two columns, of which one has an index
SELECT min(reported_at), max(updated_at) FROM claim

-- name: the newest change | operational or mixed | the end of an index
SELECT max(updated_at) FROM policy

-- name: the largest key | operational or mixed | the end of the primary key
SELECT max(claim_id) FROM claim

-- name: count of an estimate | operational | a look into the catalogue instead of the table
SELECT reltuples::bigint FROM pg_class WHERE oid = 'public.claim'::regclass

-- name: claims beyond all their reserves | analytical | compares each claim with the sum of its payments
SELECT c.claim_id, c.reserve, (SELECT sum(amount) FROM claim_payment cp WHERE cp.claim_id = c.claim_id) AS paid FROM claim c WHERE c.reserve < (SELECT sum(amount) FROM claim_payment cp WHERE cp.claim_id = c.claim_id)

-- name: reconciliation of two tables | analytical | a full join of the groups of whole tables
SELECT coalesce(a.policy_id, b.policy_id) FROM (SELECT policy_id, sum(amount) AS s FROM premium_booking GROUP BY 1) a FULL JOIN (SELECT policy_id, premium AS s FROM policy) b USING (policy_id) WHERE a.s IS DISTINCT FROM b.s

-- name: string of all names | analytical | one text from a whole table
SELECT string_agg(name, ', ' ORDER BY name) FROM customer

-- name: all years that there are | analytical | the values of an expression over a whole table
SELECT DISTINCT extract(year FROM occurred_on) FROM claim ORDER BY 1

-- name: search in JSON without an index | analytical | reads every activity for a pattern in its detail
SELECT activity_id, customer_id FROM activity WHERE detail->>'agent' ILIKE '%bot%'
