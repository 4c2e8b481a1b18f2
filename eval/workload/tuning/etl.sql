-- Readers that carry rows away, and checks of their quality.
-- schema: insure

-- name: airbyte full refresh | analytical | every row of a table
SELECT "claim_id","claim_number","policy_id","status","reserve","updated_at" FROM "public"."claim"

-- name: airbyte by change | analytical | everything since the last time, in order of change
SELECT "claim_id","claim_number","status","reserve","updated_at" FROM "public"."claim" WHERE "updated_at" > $1 ORDER BY "updated_at" ASC

-- name: airbyte by physical place | analytical | a range of pages of a whole table
SELECT ctid::text, "policy_id","policy_number","premium" FROM "public"."policy" WHERE ctid > $1::tid AND ctid <= $2::tid

-- name: airbyte by transaction | analytical | everything that newer transactions wrote
SELECT xmin::text::bigint, "claim_id","status" FROM "public"."claim" WHERE xmin::text::bigint >= $1 AND xmin::text::bigint < $2

-- name: airbyte estimates | operational | a look into the catalogue
SELECT pg_relation_size('"public"."claim"'), (SELECT relfilenode FROM pg_class WHERE oid = '"public"."claim"'::regclass)

-- name: fivetran by key | analytical or mixed | a long page in order of the key: one step of a walk over the whole table
SELECT "policy_id", "policy_number", "status" FROM "public"."policy" WHERE "policy_id" > $1 ORDER BY "policy_id" LIMIT 50000

-- name: fivetran by transaction age | analytical | every row is asked for its age
SELECT "claim_id", "status", "xmin" FROM "public"."claim" WHERE age("xmin") < $1

-- name: stitch by replication key | analytical | everything since the last time
SELECT "activity_id", "customer_id", "kind", "at" FROM "public"."activity" WHERE "at" >= '2026-02-01T00:00:00Z' ORDER BY "at" ASC

-- name: singer tap in order of the key | analytical | every row from the bookmark on
SELECT "booking_id", "policy_id", "amount", "due_on" FROM "public"."premium_booking" WHERE "booking_id" >= '104233'::bigint ORDER BY "booking_id" ASC

-- name: sling incremental | analytical | everything since the last time
select "payment_id", "claim_id", "amount", "paid_at" from "public"."claim_payment" where "paid_at" > '2026-02-10 22:14:03.000000 +00' order by "paid_at" asc

-- name: debezium snapshot | analytical | every row of a table
SELECT "claim_id", "claim_number", "policy_id", "status", "reserve" FROM "public"."claim"

-- name: debezium incremental chunk | analytical or mixed | a chunk in order of the key: one step of a walk over the whole table
SELECT * FROM "public"."claim" WHERE "claim_id" > $1 AND NOT ("claim_id" > $2) AND "claim_id" <= $3 ORDER BY "claim_id" LIMIT 1024

-- name: debezium end of the table | operational or mixed | the end of the primary key
SELECT "claim_id" FROM "public"."claim" ORDER BY "claim_id" DESC LIMIT 1

-- name: debezium heartbeat | operational | one row by key
INSERT INTO report_cache (key, body, made_at) VALUES ('heartbeat', '{}', now()) ON CONFLICT (key) DO UPDATE SET made_at = excluded.made_at

-- name: spark by partitions | analytical | a quarter of a whole table by ranges of the key
SELECT "policy_id","premium","status" FROM (SELECT * FROM policy) AS q WHERE "policy_id" >= 250001 AND "policy_id" < 500001

-- name: spark asks for the bounds | analytical or mixed | both ends of a key
SELECT min(policy_id), max(policy_id) FROM (SELECT * FROM policy) AS q

-- name: spark asks for the columns | operational | reads nothing
SELECT * FROM (SELECT * FROM policy) AS q WHERE 1=0

-- name: sqoop splits | analytical | a part of a whole table by a range of the key
SELECT claim_id, status, reserve FROM claim WHERE ( claim_id >= 1 ) AND ( claim_id < 250000 )

-- name: a foreign data wrapper reads | analytical | every row through a cursor of another server
DECLARE c7 CURSOR FOR SELECT policy_id, premium, status FROM public.policy

-- name: a foreign data wrapper reads by key | operational | one row by key for another server
DECLARE c8 CURSOR FOR SELECT policy_id, premium, status FROM public.policy WHERE ((policy_id = 88123::bigint))

-- name: a foreign data wrapper pushes an aggregate | analytical | counts all claims for another server
DECLARE c9 CURSOR FOR SELECT count(*), status FROM public.claim GROUP BY 2

-- name: a foreign data wrapper estimates | analytical or mixed | a sample of a whole table for the statistics of another server
DECLARE c10 CURSOR FOR SELECT policy_id, premium FROM public.policy TABLESAMPLE BERNOULLI(10)

-- name: duckdb attaches by place | analytical | a range of pages of a whole table leaves by COPY
COPY (SELECT "claim_id", "status", "reserve" FROM "public"."claim" WHERE ctid BETWEEN '(0,0)'::tid AND '(1000,0)'::tid) TO STDOUT (FORMAT "binary")

-- name: pg_dump | analytical | every row of a table leaves by COPY
COPY public.activity (activity_id, customer_id, kind, channel, at, detail) TO stdout;

-- name: pg_dump by inserts | analytical | every row of a table through a cursor
DECLARE _pg_dump_cursor CURSOR FOR SELECT claim_id, claim_number FROM ONLY public.claim

-- name: pg_dump locks | operational | a lock, nothing is read
LOCK TABLE public.claim IN ACCESS SHARE MODE

-- name: logical replication copies a table | analytical | every row of a table leaves by COPY
COPY public.premium_booking (booking_id, policy_id, amount, due_on, paid_on, state) TO STDOUT

-- name: psql exports | analytical | a report leaves by COPY
COPY (SELECT p.policy_number, c.name, p.premium FROM policy p JOIN customer c USING (customer_id) WHERE p.status = 'active' ORDER BY 1) TO STDOUT WITH CSV HEADER

-- name: psql exports one customer | operational or mixed | one customer's rows leave by COPY: little, and an export all the same
COPY (SELECT * FROM policy WHERE customer_id = 4711) TO STDOUT WITH CSV HEADER

-- name: psql pages through a cursor | analytical | every row through a cursor
DECLARE _psql_cursor NO SCROLL CURSOR FOR SELECT * FROM claim_payment

-- name: a cursor is read on | unknown | the server counts the work of the cursor here, and what it reads stands in its declaration
FETCH 1000 IN "_psql_cursor"

-- name: rows change hands by day | analytical | every row of a day
SELECT * FROM activity WHERE at >= date_trunc('day', now() - interval '1 day') AND at < date_trunc('day', now())

-- name: rows change hands by hash | analytical | a tenth of a whole table
SELECT * FROM activity WHERE mod(hashtext(activity_id::text), 10) = 3

-- name: deleted rows are found by all keys | analytical | every key of a table
SELECT claim_id FROM claim ORDER BY claim_id

-- name: high watermark is asked | operational or mixed | the end of an index
SELECT max("updated_at") FROM "public"."policy"

-- name: high watermark without an index | analytical or mixed | the end of a column that has no index: reads the whole table
SELECT max(updated_at) FROM claim

-- name: dbt source freshness | analytical or mixed | the end of a column over a whole table, or of an index
select max(updated_at) as max_loaded_at, now() as snapshotted_at from "prod"."public"."claim"

-- name: dbt not null | analytical | looks through a whole table
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select policy_id from "prod"."public"."claim" where policy_id is null ) dbt_internal_test

-- name: dbt unique | analytical | groups a whole table
select count(*) as failures from ( select claim_number as unique_field, count(*) as n_records from "prod"."public"."claim" where claim_number is not null group by claim_number having count(*) > 1 ) dbt_internal_test

-- name: dbt accepted values | analytical | groups a whole table
select count(*) as failures from ( with all_values as ( select status as value_field, count(*) as n_records from "prod"."public"."claim" group by status ) select * from all_values where value_field not in ('new', 'open', 'closed') ) dbt_internal_test

-- name: dbt relationships | analytical | joins two whole tables
select count(*) as failures from ( with child as ( select policy_id as from_field from "prod"."public"."claim" where policy_id is not null ), parent as ( select policy_id as to_field from "prod"."public"."policy" ) select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null ) dbt_internal_test

-- name: dbt incremental model | analytical | groups what is new into a table of results
insert into "prod"."public"."month_summary" ("month", "product_code", "claims") ( select date_trunc('month', c.reported_at), p.product_code, count(*) from claim c join policy p using (policy_id) where c.reported_at > (select max(month) from month_summary) group by 1, 2 )

-- name: dbt table model | analytical | reads whole tables into a new one
create table "prod"."analytics"."claim__dbt_tmp" as ( with source as (select * from "prod"."public"."claim"), renamed as (select claim_id, status, reserve from source) select * from renamed )

-- name: dbt snapshot | analytical | compares whole tables
with snapshot_query as (select * from "prod"."public"."policy"), snapshotted_data as (select *, policy_id as dbt_unique_key from claim_history h join policy using (status)) select s.policy_id from snapshot_query s left join snapshotted_data d on d.dbt_unique_key = s.policy_id where d.dbt_unique_key is null

-- name: great expectations counts a table | analytical | the whole table
SELECT count(*) AS "table.row_count" FROM public.claim

-- name: great expectations looks for nulls | analytical | an aggregate over the whole table
SELECT sum(CASE WHEN (reserve IS NULL) THEN 1 ELSE 0 END) AS "column_values.nonnull.unexpected_count" FROM public.claim

-- name: soda measures | analytical | an aggregate over the whole table
SELECT COUNT(*), COUNT(CASE WHEN status IS NULL THEN 1 END), AVG(reserve), MIN(reserve), MAX(reserve), STDDEV(reserve) FROM public.claim

-- name: soda shows failed rows | analytical or mixed | a hundred rows that a rule finds in the whole table
SELECT * FROM public.claim WHERE NOT (reserve >= 0) LIMIT 100

-- name: a checksum of a table | analytical | hashes every row
SELECT md5(string_agg(md5(c::text), '' ORDER BY claim_id)) FROM claim c

-- name: a checksum by ranges | analytical or mixed | a range of the key whose width the text does not tell: one step of a walk over the whole table
SELECT count(*), sum(('x' || substr(md5(claim_id::text || status), 1, 8))::bit(32)::bigint) FROM claim WHERE claim_id >= $1 AND claim_id < $2

-- name: old activity goes to an archive | analytical or operational | every row of a year is copied: carries as much as an export, and is production's own upkeep
INSERT INTO archive.activity SELECT * FROM activity WHERE at < '2024-01-01'

-- name: old activity is purged | operational | takes rows away; the work belongs to production and no copy could do it
DELETE FROM activity WHERE at < '2024-01-01'

-- name: old activity is purged by place | operational | a bounded batch of deletions
DELETE FROM activity WHERE ctid = ANY (ARRAY(SELECT ctid FROM activity WHERE at < $1 LIMIT 10000))

-- name: reverse ETL writes segments | operational | rows that the client sends, by key
UPDATE customer AS c SET segment = s.segment, updated_at = now() FROM (VALUES ($1::bigint, $2::text), ($3, $4)) AS s(customer_id, segment) WHERE c.customer_id = s.customer_id

-- name: reverse ETL writes one score | operational | one row by key
UPDATE customer SET segment = $1 WHERE customer_number = $2

-- name: a staging table is merged | analytical or operational | every row of a loaded batch, of which the text does not tell how large it is
INSERT INTO customer SELECT * FROM staging.customer ON CONFLICT (customer_id) DO UPDATE SET name = excluded.name, segment = excluded.segment

-- name: rows are loaded | operational | rows that the client sends
COPY customer (customer_id, name, segment) FROM STDIN
