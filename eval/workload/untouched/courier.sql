-- The courier: its application, its queues, and those who report on it.
-- schema: parcel

-- name: tracking page | operational | one parcel by its number, with its scans
SELECT p.tracking_number, p.status, s.kind, s.scanned_at, d.name FROM parcel p LEFT JOIN scan s ON s.parcel_id = p.parcel_id LEFT JOIN depot d ON d.depot_id = s.depot_id WHERE p.tracking_number = $1 ORDER BY s.scanned_at DESC

-- name: parcels near a point | operational | twenty rows by a spatial index
SELECT parcel_id, tracking_number, ST_Distance(destination, ST_MakePoint($1, $2)::geography) AS metres FROM parcel WHERE ST_DWithin(destination, ST_MakePoint($1, $2)::geography, 500) ORDER BY destination <-> ST_MakePoint($1, $2)::geography LIMIT 20

-- name: a driver's day | operational | the parcels of one route by key
SELECT p.parcel_id, p.recipient, p.postcode, p.status FROM route r JOIN parcel p ON p.route_id = r.route_id WHERE r.driver_id = $1 AND r.day = $2 ORDER BY p.postcode

-- name: progress of one route | operational | an aggregate below one key
SELECT count(*) FILTER (WHERE status = 'delivered') AS done, count(*) AS total FROM parcel WHERE route_id = $1

-- name: progress of the routes of a page | operational | groups below a list of keys
SELECT route_id, count(*) AS parcels, sum(weight_grams) AS weight FROM parcel WHERE route_id IN ($1, $2, $3, $4, $5, $6) GROUP BY route_id

-- name: the outbox is polled | operational | the next hundred messages, locked
SELECT outbox_id, topic, aggregate_id, payload FROM outbox WHERE published_at IS NULL ORDER BY outbox_id LIMIT 100 FOR UPDATE SKIP LOCKED

-- name: the outbox is marked | operational | rows by a list of keys
UPDATE outbox SET published_at = now() WHERE outbox_id = ANY($1)

-- name: the outbox is measured | operational or mixed | the backlog by a partial index, asked by the poller itself: short while all is well, which the text does not tell
SELECT min(created_at) FROM outbox WHERE published_at IS NULL

-- name: a parcel's history in a table of another name | operational | events of one parcel; the name says nothing
SELECT event_id, kind, happened_at, body FROM events_olap WHERE parcel_id = $1 ORDER BY happened_at

-- name: a cache called report | operational | one row by key
SELECT body FROM report_cache WHERE cache_key = $1 AND expires_at > now()

-- name: a summary read by key | operational | one row of the day's table
SELECT parcels, weight_grams FROM parcel_day WHERE day = $1 AND depot_id = $2

-- name: keyset page of a sender | operational | fifty rows after the last one seen
SELECT parcel_id, tracking_number, status, created_at FROM parcel WHERE sender_id = $1 AND (created_at, parcel_id) < ($2, $3) ORDER BY created_at DESC, parcel_id DESC LIMIT 50

-- name: the invoices of one sender with their lines | operational | joins below one key
SELECT i.invoice_id, i.period, i.total, l.line_no, l.text, l.amount FROM invoice i JOIN invoice_line l USING (invoice_id) WHERE i.sender_id = $1 AND i.period = $2 ORDER BY l.line_no

-- name: one sender's year | operational | a grouped aggregate below one key for the sender's own screen
SELECT date_trunc('month', created_at) AS month, count(*) AS parcels, sum(price) AS spent FROM parcel WHERE sender_id = $1 AND created_at >= $2 GROUP BY 1 ORDER BY 1

-- name: a batch of scans is written | operational | rows that the client sends
INSERT INTO scan (scan_id, parcel_id, depot_id, kind, scanned_at) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::timestamptz[]) ON CONFLICT (scan_id) DO NOTHING

-- name: prices of a batch are set | operational | rows by a list of keys that the client sends
UPDATE parcel AS p SET price = v.price FROM (VALUES ($1::bigint, $2::numeric), ($3, $4), ($5, $6)) AS v(parcel_id, price) WHERE p.parcel_id = v.parcel_id

-- name: a foreign key is checked | operational | the server's own check, one row by key
SELECT 1 FROM ONLY "public"."parcel" x WHERE "parcel_id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x

-- name: a cascade | operational | the server's own deletion below one key
DELETE FROM ONLY "public"."scan" WHERE $1 OPERATOR(pg_catalog.=) "parcel_id"

-- name: the open parcel by number through a view | operational | one row by key through a view
SELECT * FROM open_parcel WHERE tracking_number = $1

-- name: a generated calendar with keyed rows | operational | seven days of one depot by key
SELECT g.day, coalesce(d.parcels, 0) AS parcels FROM generate_series($1::date, $1::date + 6, interval '1 day') AS g(day) LEFT JOIN parcel_day d ON d.day = g.day::date AND d.depot_id = $2 ORDER BY g.day

-- name: aggregates over what was sent | operational | reads no table
SELECT array_agg(DISTINCT x ORDER BY x) FROM unnest($1::text[]) AS x

-- name: metabase counts by month | analytical | groups all parcels
SELECT DATE_TRUNC('month', "public"."parcel"."created_at") AS "created_at", COUNT(*) AS "count" FROM "public"."parcel" GROUP BY DATE_TRUNC('month', "public"."parcel"."created_at") ORDER BY DATE_TRUNC('month', "public"."parcel"."created_at") ASC

-- name: metabase joins depots | analytical | sums parcels of a quarter by region
SELECT "Depot"."region" AS "Depot__region", SUM("public"."parcel"."price") AS "sum" FROM "public"."parcel" LEFT JOIN "public"."depot" AS "Depot" ON "public"."parcel"."depot_id" = "Depot"."depot_id" WHERE "public"."parcel"."created_at" >= DATE_TRUNC('quarter', NOW()) GROUP BY "Depot"."region" ORDER BY "sum" DESC LIMIT 10

-- name: metabase reads the values of a field | analytical | sorts out the distinct values of a column of a whole table
SELECT "public"."parcel"."status" AS "status" FROM "public"."parcel" GROUP BY "public"."parcel"."status" ORDER BY "public"."parcel"."status" ASC LIMIT 1001

-- name: grafana draws scans per minute | analytical | groups the scans of a range of time
SELECT floor(extract(epoch from scanned_at)/60)*60 AS "time", kind AS metric, count(*) AS value FROM scan WHERE scanned_at BETWEEN '2026-03-01T08:00:00Z' AND '2026-03-01T14:00:00Z' GROUP BY 1, 2 ORDER BY 1

-- name: superset sums a virtual dataset | analytical | an aggregate over a range of all parcels
SELECT DATE_TRUNC('week', created_at) AS created_at, SUM(price) AS "SUM(price)" FROM (SELECT p.*, d.region FROM parcel p JOIN depot d USING (depot_id)) AS virtual_table WHERE created_at >= TO_TIMESTAMP('2025-09-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY DATE_TRUNC('week', created_at) ORDER BY "SUM(price)" DESC LIMIT 50000

-- name: tableau pushes its levels down | analytical | an aggregate over the whole table
SELECT "parcel"."status" AS "status", AVG(CAST("parcel"."weight_grams" AS DOUBLE PRECISION)) AS "avg:weight_grams:ok" FROM "public"."parcel" "parcel" INNER JOIN "public"."sender" "sender" ON ("parcel"."sender_id" = "sender"."sender_id") WHERE ("sender"."tariff" IN ('business', 'premium')) GROUP BY 1

-- name: power bi folds | analytical | an aggregate over the whole table behind a row limit of the tool
select "_"."depot_id", count("_"."parcel_id") as "C1" from (select "depot_id", "parcel_id" from "public"."parcel" "$Table" where "status" = 'lost') "_" group by "depot_id" limit 1000001

-- name: looker with its limit | analytical | groups the whole table, the limit cuts only what is shown
SELECT (DATE("parcel"."created_at")) AS "parcel.created_date", COUNT(DISTINCT "parcel"."sender_id") AS "parcel.senders" FROM "public"."parcel" AS "parcel" LEFT JOIN "public"."scan" AS "scan" ON "parcel"."parcel_id" = "scan"."parcel_id" WHERE "scan"."kind" = 'damaged' GROUP BY 1 ORDER BY 1 DESC FETCH NEXT 500 ROWS ONLY

-- name: time to delivery in percentiles | analytical | percentiles over a month
SELECT depot_id, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - created_at)) FROM parcel WHERE delivered_at >= date_trunc('month', now()) - interval '1 month' GROUP BY depot_id

-- name: a funnel | analytical | each parcel's first scan of each kind, all parcels
SELECT count(*) AS accepted, count(loaded) AS loaded, count(delivered) AS delivered FROM (SELECT parcel_id, min(scanned_at) FILTER (WHERE kind = 'accepted') AS accepted, min(scanned_at) FILTER (WHERE kind = 'loaded') AS loaded, min(scanned_at) FILTER (WHERE kind = 'delivered') AS delivered FROM scan GROUP BY parcel_id) f WHERE accepted IS NOT NULL

-- name: gaps between scans | analytical | a window over the scans of a day
SELECT parcel_id, scanned_at, scanned_at - lag(scanned_at) OVER (PARTITION BY parcel_id ORDER BY scanned_at) AS gap FROM scan WHERE scanned_at >= current_date - 1

-- name: the notebook takes the table | analytical | every row of a table leaves it
SELECT * FROM parcel

-- name: the notebook takes the open ones | analytical | every row that is open, without a key
SELECT parcel_id, sender_id, depot_id, status, created_at FROM parcel WHERE delivered_at IS NULL

-- name: airbyte reads what changed | analytical | an extract of everything since the last time
SELECT "parcel_id","tracking_number","sender_id","status","updated_at" FROM "public"."parcel" WHERE "updated_at" > $1 ORDER BY "updated_at" ASC

-- name: airbyte reads a part by place | analytical | a full read by physical ranges
SELECT ctid::text, "parcel_id","tracking_number","sender_id","status","updated_at" FROM "public"."parcel" WHERE ctid > '(0,0)'::tid AND ctid <= '(131072,0)'::tid

-- name: fivetran reads a table | analytical | a full read in order of the key
SELECT "scan_id", "parcel_id", "depot_id", "kind", "scanned_at" FROM "public"."scan" ORDER BY "scan_id"

-- name: debezium takes its snapshot | analytical | every row of a table
SELECT "parcel_id", "tracking_number", "sender_id", "depot_id", "status", "price", "created_at" FROM "public"."parcel"

-- name: pg_dump copies out | analytical | every row leaves by COPY
COPY public.scan (scan_id, parcel_id, depot_id, kind, scanned_at, detail) TO stdout

-- name: psql exports a query | analytical | an export with a join
COPY (SELECT p.tracking_number, s.name, p.price FROM parcel p JOIN sender s USING (sender_id) WHERE p.created_at >= '2026-01-01') TO STDOUT WITH (FORMAT csv, HEADER)

-- name: a cursor for the warehouse | analytical | every row through a cursor
DECLARE "fetch_parcel_1" NO SCROLL CURSOR WITH HOLD FOR SELECT * FROM "public"."parcel" WHERE "created_at" < '2026-02-01'

-- name: dbt tests a key | analytical | groups the whole table to find duplicates
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select tracking_number as unique_field, count(*) as n_records from "prod"."public"."parcel" where tracking_number is not null group by tracking_number having count(*) > 1 ) dbt_internal_test

-- name: dbt tests a relationship | analytical | joins two whole tables
select count(*) as failures from ( with child as ( select parcel_id as from_field from "public"."scan" where parcel_id is not null ), parent as ( select parcel_id as to_field from "public"."parcel" ) select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null ) dbt_internal_test

-- name: a quality check counts missing values | analytical | an aggregate over the whole table
SELECT COUNT(*), COUNT(CASE WHEN postcode IS NULL THEN 1 END), MIN(weight_grams), MAX(weight_grams) FROM public.parcel

-- name: a view is refreshed | analytical | computes a summary of all parcels anew
REFRESH MATERIALIZED VIEW CONCURRENTLY depot_month

-- name: the day's summary is written | analytical | aggregates the parcels of a day into a table of results
INSERT INTO parcel_day (day, depot_id, parcels, weight_grams) SELECT created_at::date, depot_id, count(*), sum(weight_grams) FROM parcel WHERE created_at >= current_date - 1 AND created_at < current_date GROUP BY 1, 2 ON CONFLICT (day, depot_id) DO UPDATE SET parcels = excluded.parcels, weight_grams = excluded.weight_grams

-- name: senders that have gone quiet | analytical | an anti-join of all senders with all parcels
SELECT s.sender_id, s.name FROM sender s WHERE NOT EXISTS (SELECT 1 FROM parcel p WHERE p.sender_id = s.sender_id AND p.created_at > now() - interval '90 days')

-- name: top senders with a limit | analytical | groups everything, the limit cuts what is shown
SELECT sender_id, sum(price) FROM parcel GROUP BY sender_id ORDER BY 2 DESC LIMIT 5

-- name: distinct postcodes | analytical | sorts out the values of a column of a whole table
SELECT DISTINCT postcode FROM parcel

-- name: old scans are purged | operational | takes rows away; the work belongs to production and no copy could do it
DELETE FROM scan WHERE scanned_at < now() - interval '13 months'

-- name: old scans are purged in batches | operational | a bounded batch of deletions
DELETE FROM scan WHERE scan_id IN (SELECT scan_id FROM scan WHERE scanned_at < $1 ORDER BY scanned_at LIMIT 5000)

-- name: the outbox table is measured by the server | operational | a look into the catalogue
SELECT c.relname, pg_total_relation_size(c.oid), s.n_live_tup FROM pg_catalog.pg_class c JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid WHERE c.relkind = 'r' ORDER BY 2 DESC LIMIT 20
