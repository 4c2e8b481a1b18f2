-- What dashboard tools send to production.
-- schema: insure

-- name: metabase counts rows | analytical | the whole table
SELECT COUNT(*) AS "count" FROM "public"."claim"

-- name: metabase counts rows of a status | mixed or analytical | a count behind one value of an index: how many rows that value has, the text does not tell
SELECT COUNT(*) AS "count" FROM "public"."claim" WHERE "public"."claim"."status" = $1

-- name: metabase by month with a filter on time | analytical | groups two years of claims
SELECT DATE_TRUNC('month', "public"."claim"."reported_at") AS "reported_at", COUNT(*) AS "count" FROM "public"."claim" WHERE "public"."claim"."reported_at" >= DATE_TRUNC('month', (NOW() + INTERVAL '-24 month')) AND "public"."claim"."reported_at" < DATE_TRUNC('month', NOW()) GROUP BY DATE_TRUNC('month', "public"."claim"."reported_at") ORDER BY DATE_TRUNC('month', "public"."claim"."reported_at") ASC

-- name: metabase through a wrapped question | analytical | groups all policies through the wrapper of the tool
SELECT "source"."Product__line" AS "Product__line", AVG("source"."premium") AS "avg" FROM (SELECT "public"."policy"."policy_id" AS "policy_id", "public"."policy"."premium" AS "premium", "Product"."line" AS "Product__line" FROM "public"."policy" LEFT JOIN "public"."product" AS "Product" ON "public"."policy"."product_code" = "Product"."product_code") AS "source" GROUP BY "source"."Product__line" ORDER BY "source"."Product__line" ASC

-- name: metabase distinct counts | analytical | distinct values over a year
SELECT COUNT(DISTINCT "public"."policy"."customer_id") AS "count" FROM "public"."policy" WHERE "public"."policy"."created_at" >= timestamp with time zone '2025-01-01 00:00:00.000Z'

-- name: metabase bins a number | analytical | a histogram of all claims
SELECT (FLOOR((("public"."claim"."reserve" - 0.0) / 12500.0)) * 12500.0) + 0.0 AS "reserve", COUNT(*) AS "count" FROM "public"."claim" GROUP BY (FLOOR((("public"."claim"."reserve" - 0.0) / 12500.0)) * 12500.0) + 0.0 ORDER BY 1 ASC

-- name: metabase cumulative | analytical | a window over the groups of all payments
SELECT "source"."paid_at" AS "paid_at", SUM("source"."sum") OVER (ORDER BY "source"."paid_at" ASC ROWS UNBOUNDED PRECEDING) AS "sum" FROM (SELECT DATE_TRUNC('month', "public"."claim_payment"."paid_at") AS "paid_at", SUM("public"."claim_payment"."amount") AS "sum" FROM "public"."claim_payment" GROUP BY DATE_TRUNC('month', "public"."claim_payment"."paid_at")) AS "source" ORDER BY "source"."paid_at" ASC

-- name: metabase row by its key | operational | one row by key, as its detail page asks
SELECT "public"."claim"."claim_id" AS "claim_id", "public"."claim"."claim_number" AS "claim_number", "public"."claim"."status" AS "status" FROM "public"."claim" WHERE "public"."claim"."claim_id" = 481516 LIMIT 2

-- name: metabase rows below a key | operational | the payments of one claim, as its detail page asks
SELECT "public"."claim_payment"."payment_id" AS "payment_id", "public"."claim_payment"."amount" AS "amount" FROM "public"."claim_payment" WHERE "public"."claim_payment"."claim_id" = 481516 LIMIT 2000

-- name: metabase shows a table | mixed or analytical | two thousand rows without order: bounded, and far beyond a screen
SELECT "public"."claim"."claim_id" AS "claim_id", "public"."claim"."claim_number" AS "claim_number", "public"."claim"."status" AS "status" FROM "public"."claim" LIMIT 2000

-- name: metabase scans field values | analytical | the distinct values of a column of a whole table
SELECT "public"."claim"."cause" AS "cause" FROM "public"."claim" GROUP BY "public"."claim"."cause" ORDER BY "public"."claim"."cause" ASC LIMIT 1000

-- name: metabase fingerprints | mixed or analytical | a sample of ten thousand rows without order: bounded, and far beyond a screen
SELECT "public"."policy"."premium" AS "premium", "public"."policy"."starts_on" AS "starts_on", SUBSTRING("public"."policy"."status", 1, 1234) AS "substring1" FROM "public"."policy" LIMIT 10000

-- name: metabase searches in a field | analytical or mixed | distinct values by a pattern that no index serves, to a limit
SELECT "public"."customer"."name" AS "name" FROM "public"."customer" WHERE LOWER("public"."customer"."name") LIKE '%smi%' GROUP BY "public"."customer"."name" ORDER BY "public"."customer"."name" ASC LIMIT 100

-- name: metabase native with its signature | analytical | groups the payments of a year
-- Metabase:: userID: 12 queryType: native queryHash: 4be0
SELECT p.product_code, sum(cp.amount) FROM claim_payment cp JOIN claim c USING (claim_id) JOIN policy p USING (policy_id) WHERE cp.paid_at >= '2025-01-01' GROUP BY 1

-- name: metabase one customer | operational | the policies of one customer by a unique key
SELECT p.policy_number, p.status, p.premium FROM policy p JOIN customer c ON c.customer_id = p.customer_id WHERE c.customer_number = $1

-- name: grafana macro, expanded | analytical | groups six hours of activities
SELECT floor(extract(epoch from at)/300)*300 AS time, channel AS metric, count(*) AS value FROM activity WHERE at BETWEEN '2026-02-11T06:00:00Z' AND '2026-02-11T12:00:00Z' GROUP BY 1, 2 ORDER BY 1, 2

-- name: grafana macro with fill, as the server keeps it | analytical | groups a range of time
SELECT floor(extract($1 from "at")/$2)*$3 AS "time", percentile_cont($4) within group (order by (detail->>$5)::numeric) AS "p95" FROM activity WHERE "at" BETWEEN $6 AND $7 GROUP BY 1 ORDER BY 1

-- name: grafana stat | analytical | a count over a range of time
SELECT count(*) AS "claims today" FROM claim WHERE reported_at >= date_trunc('day', now())

-- name: grafana stat of everything open | analytical | a sum over all open claims
SELECT sum(reserve) AS "open reserve" FROM claim WHERE closed_at IS NULL

-- name: grafana table of the latest | operational or mixed | the latest twenty rows by index, on a dashboard
SELECT claim_number, status, reported_at FROM claim ORDER BY reported_at DESC LIMIT 20

-- name: grafana variable | analytical | the distinct values of a column of a whole table
SELECT DISTINCT handler FROM claim WHERE handler IS NOT NULL ORDER BY 1

-- name: grafana alert | analytical | an aggregate over an hour of all activities
SELECT avg((detail->>'latency_ms')::numeric) FROM activity WHERE at > now() - interval '1 hour'

-- name: superset chart | analytical | groups all policies behind the row limit of the tool
SELECT line AS line, COUNT(DISTINCT policy_id) AS "COUNT_DISTINCT(policy_id)" FROM (SELECT p.policy_id, p.premium, d.line FROM policy p JOIN product d ON d.product_code = p.product_code) AS virtual_table GROUP BY line ORDER BY "COUNT_DISTINCT(policy_id)" DESC LIMIT 10000

-- name: superset samples | mixed or analytical | a thousand rows without order
SELECT claim_id AS claim_id, status AS status FROM public.claim LIMIT 1000

-- name: superset filter box | analytical | the values of a column of a whole table
SELECT region AS region FROM (SELECT b.region, p.premium FROM policy p JOIN broker b USING (broker_id)) AS virtual_table GROUP BY region LIMIT 1000

-- name: superset big number with a comparison | analytical | sums over a range of time
SELECT SUM(amount) AS "SUM(amount)" FROM public.claim_payment WHERE paid_at >= TO_TIMESTAMP('2026-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') AND paid_at < TO_TIMESTAMP('2026-02-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') LIMIT 50000

-- name: redash with its tags | analytical | groups a quarter of claims
/* Username: anna, query_id: 88, Queue: queries, Job ID: 6c1 */ SELECT cause, count(*) AS claims, avg(reserve) FROM claim WHERE reported_at > now() - interval '90 days' GROUP BY cause ORDER BY 2 DESC

-- name: redash parameter | operational | the claims of one policy by a unique key
/* Username: ben, query_id: 91 */ SELECT c.claim_number, c.status, c.reserve FROM claim c JOIN policy p ON p.policy_id = c.policy_id WHERE p.policy_number = 'HH-204771'

-- name: looker explore | analytical | groups a join of whole tables behind the limit of the tool
SELECT policy.product_code AS "policy.product_code", TO_CHAR(DATE_TRUNC('month', policy.starts_on), 'YYYY-MM') AS "policy.starts_month", COALESCE(SUM(policy.premium), 0) AS "policy.total_premium" FROM public.policy AS policy LEFT JOIN public.customer AS customer ON policy.customer_id = customer.customer_id WHERE ((( policy.starts_on ) >= (DATE_TRUNC('month', DATE '2025-06-01')))) GROUP BY 1, 2 ORDER BY 2 DESC LIMIT 500

-- name: looker symmetric aggregate | analytical | hashes every row to sum each once
SELECT COALESCE(COALESCE(CAST((SUM(DISTINCT (CAST(FLOOR(COALESCE(policy.premium, 0)*(1000000*1.0)) AS DECIMAL(65,0))) + ('x' || MD5(policy.policy_id::varchar))::bit(64)::bigint::DECIMAL(65)) - SUM(DISTINCT ('x' || MD5(policy.policy_id::varchar))::bit(64)::bigint::DECIMAL(65))) AS DOUBLE PRECISION) / 1000000.0, 0), 0) AS "policy.total" FROM public.policy AS policy LEFT JOIN public.claim AS claim ON claim.policy_id = policy.policy_id

-- name: looker derived table | analytical | a derived table of all claims, then groups
WITH first_claim AS (SELECT policy_id, MIN(reported_at) AS first_at FROM claim GROUP BY 1) SELECT DATE_TRUNC('month', first_claim.first_at) AS m, COUNT(*) AS n FROM policy INNER JOIN first_claim ON policy.policy_id = first_claim.policy_id GROUP BY 1 ORDER BY 1 DESC LIMIT 500

-- name: tableau asks for metadata | operational | reads nothing
SELECT "claim"."status" AS "status" FROM "public"."claim" "claim" LIMIT 0

-- name: tableau domain | analytical | the values of a column of a whole table
SELECT "claim"."cause" AS "cause" FROM "public"."claim" "claim" GROUP BY 1 ORDER BY 1 ASC

-- name: tableau level of detail | analytical | a join with a group of the whole table
SELECT "t0"."x_measure__0" AS "x", COUNT(1) AS "n" FROM "public"."customer" "customer" INNER JOIN (SELECT "policy"."customer_id" AS "customer_id", COUNT(1) AS "x_measure__0" FROM "public"."policy" "policy" GROUP BY 1) "t0" ON ("customer"."customer_id" = "t0"."customer_id") GROUP BY 1

-- name: tableau extract | analytical | every row in a cursor
BEGIN; declare "SQL_CUR0x7f9c" cursor with hold for SELECT "policy"."policy_id" AS "policy_id", "policy"."premium" AS "premium", "policy"."status" AS "status" FROM "public"."policy" "policy"

-- name: tableau temporary table | analytical | keeps the groups of a whole table
CREATE LOCAL TEMPORARY TABLE "#Tableau_1_1_Connect" ON COMMIT PRESERVE ROWS AS SELECT "claim"."cause" AS "cause", SUM("claim"."reserve") AS "sum" FROM "public"."claim" "claim" GROUP BY 1

-- name: power bi import | analytical | every row of a table, as folded
select "$Table"."policy_id" as "policy_id", "$Table"."premium" as "premium", "$Table"."status" as "status" from "public"."policy" "$Table"

-- name: power bi preview | mixed or analytical | a thousand rows without order
select "$Table"."policy_id" as "policy_id", "$Table"."status" as "status" from "public"."policy" "$Table" limit 1000

-- name: power bi direct query | analytical | groups the whole table behind the limit of the tool
select "rows"."line" as "line", sum("rows"."premium") as "a0" from (select "_"."premium" as "premium", "$Outer"."line" from "public"."policy" "_" left outer join "public"."product" "$Outer" on ("_"."product_code" = "$Outer"."product_code")) "rows" group by "line" order by "line" limit 1000001

-- name: power bi slicer | analytical | the distinct values of a column of a whole table
select distinct "rows"."region" from (select "region" from "public"."broker" "_" inner join "public"."policy" "p" using ("broker_id")) "rows" limit 501

-- name: lightdash | analytical | groups behind the limit of the tool
WITH metrics AS (SELECT "policy".status AS "policy_status", DATE_TRUNC('WEEK', "policy".created_at) AS "policy_created_at_week", COUNT(DISTINCT "policy".policy_id) AS "policy_count" FROM "public"."policy" AS "policy" GROUP BY 1, 2) SELECT * FROM metrics ORDER BY "policy_created_at_week" DESC LIMIT 500

-- name: cube | analytical | groups a range of time
SELECT "claim".status "claim__status", date_trunc('day', ("claim".reported_at::timestamptz AT TIME ZONE 'UTC')) "claim__reported_at_day", count("claim".claim_id) "claim__count" FROM public.claim AS "claim" WHERE ("claim".reported_at >= $1::timestamptz AND "claim".reported_at <= $2::timestamptz) GROUP BY 1, 2 ORDER BY 2 ASC LIMIT 10000

-- name: excel by odbc | analytical | every row of a table
SELECT "claim"."claim_id", "claim"."claim_number", "claim"."status", "claim"."reserve" FROM "insurer"."public"."claim" "claim"

-- name: google data studio | analytical | groups a range of time in a wrapper
SELECT "t0"."_cause", COUNT(1) AS "t0_n" FROM (SELECT "cause" AS "_cause", "reported_at" FROM "claim") AS t0 WHERE ("t0"."reported_at" >= '2026-01-01' AND "t0"."reported_at" < '2026-02-01') GROUP BY "t0"."_cause" ORDER BY "t0_n" DESC LIMIT 2000001

-- name: sigma pivots | analytical | a pivot by filters over all policies
SELECT product_code, count(*) FILTER (WHERE status = 'active') AS active, count(*) FILTER (WHERE status = 'lapsed') AS lapsed, count(*) FILTER (WHERE status = 'cancelled') AS cancelled FROM policy GROUP BY product_code

-- name: a view of loss ratios | analytical | a view that sums everything
SELECT * FROM v_loss_ratio ORDER BY paid / premium DESC

-- name: a view of loss ratios with a limit | analytical | a view that sums everything, cut
SELECT product_code, paid FROM v_loss_ratio LIMIT 3

-- name: a summary view below a key | operational | the groups of one key of a view that groups all
SELECT bookings, total FROM v_policy_sum WHERE policy_id = $1

-- name: a materialised view is read | operational or mixed | a few rows of a summary that is already computed: small, which the text does not tell
SELECT month, claims FROM mv_month WHERE month = $1

-- name: hex notebook cell | analytical | a join of whole tables for a frame
SELECT c.customer_id, c.segment, c.postcode, p.policy_id, p.premium, p.starts_on FROM customer c JOIN policy p ON p.customer_id = c.customer_id

-- name: pandas read_sql | analytical | every payment of a year
SELECT payment_id, claim_id, amount, paid_at FROM claim_payment WHERE paid_at >= '2025-01-01' AND paid_at < '2026-01-01'

-- name: pandas looks at the head | mixed or operational | five rows of a table
SELECT * FROM claim LIMIT 5
