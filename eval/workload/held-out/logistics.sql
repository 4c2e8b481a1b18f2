-- Parcels: a Java and a Node service (JDBC's ?, a Spring repository's :name), a Metabase and a Superset beside them.
-- schema: logistics

-- name: track a parcel | operational | one row by a unique number
select p1_0.parcel_id,p1_0.state,p1_0.weight_g from parcel p1_0 where p1_0.tracking_no=?
-- name: track a parcel with its scans | operational | one parcel and what hangs on it by an index
select p1_0.parcel_id,s1_0.scan_id,s1_0.at,s1_0.kind,d1_0.city from parcel p1_0 left join scan s1_0 on p1_0.parcel_id=s1_0.parcel_id left join depot d1_0 on d1_0.depot_id=s1_0.depot_id where p1_0.parcel_id=? order by s1_0.at
-- name: a page of a sender's parcels | operational | a page of one sender off an index
select p1_0.parcel_id, p1_0.tracking_no from parcel p1_0 where p1_0.sender_id=? order by p1_0.created_at desc offset ? rows fetch first ? rows only
-- name: how many parcels a sender has | operational | a count of one sender off an index
select count(p1_0.parcel_id) from parcel p1_0 where p1_0.sender_id=?
-- name: the driver's tour | operational | one driver's day by keys
SELECT t.tour_id, s.position, p.tracking_no, p.weight_g FROM tour t JOIN stop s ON s.tour_id = t.tour_id JOIN parcel p ON p.parcel_id = s.parcel_id WHERE t.driver_id = :driver AND t.drives_on = :day ORDER BY s.position
-- name: the scanner writes | operational | rows that the client sends
insert into scan (at,depot_id,kind,parcel_id,scan_id) values (?,?,?,?,?)
-- name: the state of many parcels at once | operational | by keys out of a list of values
UPDATE parcel AS p SET state = v.state FROM (VALUES (?::bigint, ?), (?::bigint, ?)) AS v(parcel_id, state) WHERE p.parcel_id = v.parcel_id
-- name: webhooks that are due | operational | a page of a queue with SKIP LOCKED, in spite of having no index
SELECT delivery_id, payload FROM webhook_delivery WHERE NOT done AND next_at <= now() ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED
-- name: a webhook failed | operational | one row by key
UPDATE webhook_delivery SET attempts = attempts + 1, next_at = now() + (? * interval '1 second') WHERE delivery_id = ?
-- name: an archive of old scans | operational | moves rows of production, which no copy could
WITH moved AS (DELETE FROM scan WHERE at < ? RETURNING *) INSERT INTO scan_archive SELECT * FROM moved
-- name: does the sender exist | operational | a probe
select exists(select 1 from parcel where sender_id = :sender)
-- name: last scan of each parcel on a list | operational | a row each for a list of keys
SELECT p.parcel_id, l.kind, l.at FROM unnest(?::bigint[]) AS p(parcel_id) CROSS JOIN LATERAL (SELECT kind, at FROM scan s WHERE s.parcel_id = p.parcel_id ORDER BY at DESC LIMIT 1) l
-- name: json operator that looks like a placeholder | operational or analytical | a condition on a document without an index, but one sender's
SELECT delivery_id FROM webhook_delivery WHERE sender_id = $1 AND payload ? 'tracking'
-- name: parcels per depot and day | analytical | groups parcels of a range
SELECT "source"."city" AS "city", DATE_TRUNC('day', "source"."created_at") AS "created_at", COUNT(*) AS "count" FROM (SELECT "public"."parcel"."created_at" AS "created_at", "Depot"."city" AS "city" FROM "public"."parcel" LEFT JOIN "public"."depot" AS "Depot" ON "public"."parcel"."depot_id" = "Depot"."depot_id" WHERE "public"."parcel"."created_at" >= timestamp with time zone '2026-01-01 00:00:00.000Z') AS "source" GROUP BY "source"."city", DATE_TRUNC('day', "source"."created_at") ORDER BY 1 ASC, 2 ASC
-- name: the preview of a table | operational or analytical | the first rows of a table as the tool shows them, nothing sorted
SELECT "public"."parcel"."parcel_id" AS "parcel_id", "public"."parcel"."state" AS "state" FROM "public"."parcel" LIMIT 2000
-- name: superset's chart | analytical | a limit above an aggregate
SELECT DATE_TRUNC('week', at) AS at, kind AS kind, COUNT(*) AS "COUNT(*)" FROM public.scan WHERE at >= TO_TIMESTAMP('2026-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY DATE_TRUNC('week', at), kind ORDER BY "COUNT(*)" DESC LIMIT 10000
-- name: superset's filter values | analytical | distinct values of the whole table
SELECT state AS state FROM (SELECT * FROM parcel) AS virtual_table GROUP BY state ORDER BY state ASC LIMIT 1000
-- name: metabase fingerprints | analytical | reads ten thousand rows of a table at a time
SELECT "parcel"."weight_g" FROM "parcel" LIMIT 10000
-- name: delivery time by depot | analytical | two aggregates of all scans
SELECT p.depot_id, avg(d.at - c.at) FROM parcel p JOIN scan c ON c.parcel_id = p.parcel_id AND c.kind = 'created' JOIN scan d ON d.parcel_id = p.parcel_id AND d.kind = 'delivered' GROUP BY p.depot_id
-- name: how far tours are | analytical or mixed | all tours of one day, by what no index begins with
SELECT t.tour_id, count(s.done_at) * 100 / count(*) FROM tour t JOIN stop s USING (tour_id) WHERE t.drives_on = current_date GROUP BY t.tour_id
-- name: weights in buckets | analytical | a histogram of the table
SELECT width_bucket(weight_g, 0, 30000, 30), count(*) FROM parcel GROUP BY 1
-- name: dbt's build of a mart | analytical | a table written from whole tables
CREATE TABLE marts.parcel_day AS (SELECT created_at::date AS day, depot_id, count(*) AS parcels FROM public.parcel GROUP BY 1, 2)
-- name: dbt's test of a key | analytical | checks every row
select count(*) as failures, count(*) != 0 as should_warn from ( select parcel_id as unique_field, count(*) as n_records from public.parcel where parcel_id is not null group by parcel_id having count(*) > 1 ) dbt_internal_test
-- name: sqoop asks how far | operational or analytical | the two ends of the key: two probes of an index, or the boundary question of an extract
SELECT MIN(parcel_id), MAX(parcel_id) FROM parcel
-- name: sqoop takes its part | analytical or mixed | a tenth of a table
SELECT parcel_id, tracking_no, state FROM parcel WHERE ( parcel_id >= 0 ) AND ( parcel_id < 5000000 )
-- name: parcels that nobody carries | analytical | an outer join of whole tables for what is missing
SELECT p.parcel_id FROM parcel p LEFT JOIN stop s ON s.parcel_id = p.parcel_id WHERE s.parcel_id IS NULL
-- name: parcels of one sender that nobody carries | operational | the same for one sender off an index
SELECT p.parcel_id FROM parcel p LEFT JOIN stop s ON s.parcel_id = p.parcel_id WHERE p.sender_id = :sender AND s.parcel_id IS NULL
