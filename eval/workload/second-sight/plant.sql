-- Pipelines, servers, consoles.
-- schema: plant

-- name: pg_dump | analytical | an extract of a whole table
COPY app.case_file (id, tenant_id, opened_at, updated_at, status, amount, doc) TO stdout

-- name: pg_dump reads the catalogue | operational | the catalogue
SELECT t.tableoid, t.oid, i.indrelid, t.relname AS indexname, pg_catalog.pg_get_indexdef(i.indexrelid) AS indexdef, i.indisclustered FROM unnest('{16390,16402}'::pg_catalog.oid[]) AS src(tbloid) JOIN pg_catalog.pg_index i ON (src.tbloid = i.indrelid) JOIN pg_catalog.pg_class t ON (t.oid = i.indexrelid) WHERE i.indisvalid ORDER BY i.indrelid, indexname

-- name: debezium snapshot | analytical | reads a whole table
SELECT "id", "tenant_id", "opened_at", "updated_at", "status", "amount", "doc" FROM "app"."case_file"

-- name: debezium chunk | mixed or operational | a bounded step of a walk over everything, or a page between two keys
SELECT * FROM "app"."case_event" WHERE "id" > $1 AND NOT ("id" > $2) ORDER BY "id" LIMIT 1024

-- name: debezium looks for the end | operational | the last row by the key
SELECT * FROM "app"."case_event" ORDER BY "id" DESC LIMIT 1

-- name: airbyte incremental | analytical | an extract of everything since a cursor, without a limit
SELECT "id","tenant_id","updated_at","status","amount" FROM "app"."case_file" WHERE "updated_at" > $1 OR ("updated_at" = $1 AND "id" > $2) ORDER BY "updated_at" ASC

-- name: fivetran by ctid | analytical or mixed | a range of blocks of a walk over the whole table
SELECT "id", "case_id", "kind", "at" FROM "app"."case_event" WHERE ctid >= '(0,0)'::tid AND ctid < '(131072,0)'::tid

-- name: dbt builds a table | analytical | written from everything
create table "shop"."mart"."fct_case__dbt_tmp" as (with src as (select * from "shop"."app"."case_file"), ev as (select case_id, count(*) as n from "shop"."app"."case_event" group by 1) select src.id as case_id, src.tenant_id, ev.n as score, src.status as segment, src.opened_at::date as opened_on from src left join ev on ev.case_id = src.id)

-- name: dbt tests uniqueness | analytical | checks the whole table
select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from (select case_id as unique_field, count(*) as n_records from "shop"."mart"."fct_case" where case_id is not null group by case_id having count(*) > 1) dbt_internal_test

-- name: dbt deletes before it inserts | operational or analytical | removes rows of a mart which a pipeline rebuilds: production or not is not in the text
delete from "shop"."mart"."fct_case" as DBT_INTERNAL_DEST where (case_id) in (select distinct case_id from "fct_case__dbt_tmp211530" as DBT_INTERNAL_SOURCE)

-- name: dbt renames | operational | the catalogue
alter table "shop"."mart"."fct_case__dbt_tmp" rename to "fct_case"

-- name: the application reads the mart | operational | one row of the warehouse by key
SELECT score, segment FROM mart.fct_case WHERE case_id = $1

-- name: reverse etl | analytical or operational | changes production from a whole mart: the rows are production, the reading is everything
UPDATE app.case_file c SET doc = c.doc || jsonb_build_object('segment', f.segment) FROM mart.fct_case f WHERE f.case_id = c.id AND c.doc->>'segment' IS DISTINCT FROM f.segment

-- name: a lying name: olap | operational | one row by key
SELECT body FROM app.events_olap WHERE id = $1

-- name: flags of the application | operational or analytical | a whole table that is surely small, though the text does not say so
SELECT name, enabled FROM app.feature_flag

-- name: redash parameter of one tenant | operational or mixed | groups one tenant, which may itself be large
/* Username: anna@firm.example, Query ID: 88, Queue: queries */ SELECT status, count(*), sum(amount) FROM app.case_file WHERE tenant_id = 17 GROUP BY status

-- name: looker with its derived table | analytical | groups everything twice
WITH tenant_facts AS (SELECT tenant_id, MIN(opened_at) AS first_case FROM app.case_file GROUP BY 1) SELECT (TO_CHAR(DATE_TRUNC('month', tenant_facts.first_case), 'YYYY-MM')) AS "cohort", COUNT(DISTINCT case_file.tenant_id) AS "tenants" FROM app.case_file AS case_file LEFT JOIN tenant_facts ON case_file.tenant_id = tenant_facts.tenant_id GROUP BY 1 ORDER BY 1 DESC LIMIT 500

-- name: explain analyze of a report | analytical | ANALYZE runs the statement
EXPLAIN (ANALYZE, BUFFERS) SELECT tenant_id, count(*) FROM app.case_file GROUP BY 1

-- name: explain of a report | operational | only plans
EXPLAIN SELECT tenant_id, count(*) FROM app.case_file GROUP BY 1

-- name: exporter of the server's figures | operational | the server's own views
SELECT datname, usename, state, count(*), max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity GROUP BY 1, 2, 3

-- name: size by a catalogue estimate | operational | an estimate from the catalogue
SELECT reltuples::bigint FROM pg_class WHERE oid = 'app.case_event'::regclass

-- name: dedicated lock | operational | the session
SELECT pg_try_advisory_xact_lock(hashtextextended($1, $2))

-- name: logical decoding by hand | operational | runs the server
SELECT lsn, xid, data FROM pg_logical_slot_get_changes($1, NULL, $2, 'include-xids', '0')

-- name: vacuum | operational | runs the server
VACUUM (ANALYZE, PARALLEL 2) app.case_event

-- name: stored procedure of the night | unknown | the text does not say what is read
CALL app.run_nightly($1, $2)

-- name: fetch of a cursor | unknown | the text does not say what is read
FETCH FORWARD 10000 FROM "c_airbyte_1"

-- name: spark reads a partition | analytical or mixed | a slice of a parallel read of the whole table
SELECT "id","case_id","kind","at" FROM app.case_event WHERE "id" >= 12500000 AND "id" < 25000000

-- name: odbc asks for everything of a join | analytical | three tables without a key and without GROUP BY
SELECT t.name, c.id, c.amount, e.kind, e.at FROM app.tenant t, app.case_file c, app.case_event e WHERE c.tenant_id = t.id AND e.case_id = c.id AND e.at > DATE '2026-01-01'

-- name: jsonb filter with no index | analytical | reads all rows to find a few
SELECT id FROM app.case_file WHERE doc @> '{"vip": true}'

-- name: count of what stands open, for a readiness probe | operational | stops at the first row, with no condition at all
SELECT 1 FROM app.tenant LIMIT 1

-- name: temporary table from everything | analytical | written from an extract
SELECT c.id, c.tenant_id, c.amount INTO TEMP TABLE snap FROM app.case_file c WHERE c.status = 'open'

-- name: jobs of pg_cron | operational | the server's schedule
SELECT cron.schedule('nightly-rollup', '0 3 * * *', $$INSERT INTO mart.fct_case SELECT id, tenant_id, count(*) FROM app.case_file GROUP BY 1, 2$$)

-- name: delete of a tenant's tail by pages | operational | removes rows of production of one tenant
DELETE FROM app.case_file WHERE id IN (SELECT id FROM app.case_file WHERE tenant_id = $1 AND opened_at < $2 ORDER BY opened_at LIMIT 5000)
