-- Drivers, tools and administrators.
-- schema: bank

-- name: a pool asks whether the connection lives | operational | reads nothing
SELECT 1

-- name: a driver asks for its types | operational | a look into the catalogue
SELECT ns.nspname, t.oid, t.typname, t.typtype, t.typnotnull, t.elemtypoid FROM (SELECT typ.oid, typ.typnamespace, typ.typname, typ.typtype, typ.typnotnull, typ.typelem AS elemtypoid FROM pg_type AS typ LEFT JOIN pg_class AS cls ON cls.oid = typ.typrelid WHERE typ.typtype IN ('b', 'r', 'm', 'e', 'd')) AS t JOIN pg_namespace AS ns ON ns.oid = t.typnamespace ORDER BY t.oid

-- name: a tool lists columns | operational | a look into the catalogue
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_name, ordinal_position

-- name: a migration locks itself | operational | takes a lock, reads nothing
SELECT pg_advisory_lock(3713, $1)

-- name: a migration adds a column | operational | changes a definition
ALTER TABLE card ADD COLUMN frozen_at timestamptz

-- name: an index is built | operational | a utility statement of the owner
CREATE INDEX CONCURRENTLY entry_value_date_idx ON entry (value_date)

-- name: a transaction begins | operational | a utility statement
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

-- name: statistics are gathered | operational | upkeep of the server
ANALYZE entry

-- name: a monitor sums the counters | operational | a look into the server's own counters
SELECT datname, sum(blks_hit) / nullif(sum(blks_hit + blks_read), 0) AS ratio, sum(deadlocks) FROM pg_stat_database GROUP BY datname

-- name: an identifier is drawn | operational | reads no table
select nextval('entry_entry_id_seq')

-- name: a cursor is read on | unknown | the server counts the work of the cursor here, and what it reads stands in its declaration
FETCH FORWARD 500 FROM c1

-- name: a fingerprint of a column by a tool | mixed or analytical | a sample of ten thousand rows without order: bounded, and far beyond a screen
SELECT SUBSTRING("source"."name", 1, 1234) AS "substring8123" FROM (SELECT "public"."party"."name" AS "name" FROM "public"."party" LIMIT 10000) AS "source"

-- name: a tool asks whether it may read a table | operational | nothing is read
SELECT TRUE AS "_" FROM "public"."party" WHERE 1 <> 1 LIMIT 0
