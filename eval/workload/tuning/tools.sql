-- Drivers, tools, monitors, migrations and administrators.
-- schema: market

-- name: pool: alive | operational | reads nothing
SELECT 1

-- name: pool: alive in words | operational | reads nothing
SELECT 'keep alive' AS ping

-- name: health check with a table | operational | stops at the first row
SELECT 1 FROM users LIMIT 1

-- name: driver: version | operational | reads nothing
SELECT version()

-- name: driver: settings | operational | a setting of the session
SET client_encoding TO 'UTF8'

-- name: driver: session | operational | settings of the session
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY

-- name: driver: show | operational | a setting is shown
SHOW TRANSACTION ISOLATION LEVEL

-- name: driver: discard | operational | upkeep of the session
DISCARD ALL

-- name: driver: savepoint | operational | control of a transaction
SAVEPOINT active_record_1

-- name: driver: rollback | operational | control of a transaction
ROLLBACK TO SAVEPOINT active_record_1

-- name: driver: rails types | operational | a look into the catalogue
SELECT t.oid, t.typname, t.typelem, t.typdelim, t.typinput, r.rngsubtype, t.typtype, t.typbasetype FROM pg_type as t LEFT JOIN pg_range as r ON oid = rngtypid WHERE t.typname IN ('int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bool')

-- name: driver: rails columns | operational | a look into the catalogue
SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull, a.atttypid, a.atttypmod FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum LEFT JOIN pg_type t ON a.atttypid = t.oid WHERE a.attrelid = '"users"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum

-- name: driver: jdbc keys | operational | a look into the catalogue
SELECT NULL AS TABLE_CAT, n.nspname AS TABLE_SCHEM, ct.relname AS TABLE_NAME, a.attname AS COLUMN_NAME, (information_schema._pg_expandarray(i.indkey)).n AS KEY_SEQ, ci.relname AS PK_NAME FROM pg_catalog.pg_class ct JOIN pg_catalog.pg_attribute a ON (ct.oid = a.attrelid) JOIN pg_catalog.pg_namespace n ON (ct.relnamespace = n.oid) JOIN pg_catalog.pg_index i ON (a.attrelid = i.indrelid) JOIN pg_catalog.pg_class ci ON (ci.oid = i.indexrelid) WHERE n.nspname = 'public' AND ct.relname = 'users' AND i.indisprimary

-- name: tool: psql describes | operational | a look into the catalogue
SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(orders)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 2, 3

-- name: tool: counts tables by schema | operational | a look into the catalogue, grouped
SELECT table_schema, count(*) FROM information_schema.tables GROUP BY table_schema ORDER BY 1

-- name: tool: sizes | operational | a look into the catalogue, summed
SELECT n.nspname, sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') GROUP BY 1 ORDER BY 2 DESC

-- name: tool: bloat | operational | a look into the catalogue, in windows
SELECT relname, n_dead_tup, rank() OVER (ORDER BY n_dead_tup DESC) FROM pg_stat_user_tables LIMIT 20

-- name: tool: hibernate sequence | operational | reads no table
select nextval('orders_id_seq') from generate_series(1, 50)

-- name: tool: types of an enum | operational | a look into the catalogue
SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = $1 ORDER BY e.enumsortorder

-- name: monitor: activity | operational | a look into the server
SELECT state, wait_event_type, count(*), max(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2

-- name: monitor: statements | operational | a look into the server
SELECT queryid, query, calls, total_exec_time, rows FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 100

-- name: monitor: statements, all of them | operational | a look into the server
SELECT * FROM pg_stat_statements(true)

-- name: monitor: locks | operational | a look into the server
SELECT bl.pid AS blocked, kl.pid AS blocking FROM pg_locks bl JOIN pg_locks kl ON kl.transactionid = bl.transactionid AND kl.pid <> bl.pid WHERE NOT bl.granted

-- name: monitor: replication | operational | a look into the server
SELECT application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) AS lag_bytes FROM pg_stat_replication

-- name: monitor: heartbeat | operational | one row that the client sends
INSERT INTO sessions (id, data, expires_at) VALUES ('heartbeat', '', now()) ON CONFLICT (id) DO UPDATE SET expires_at = now()

-- name: migration: looks | operational | existence in the catalogue
SELECT EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'public' AND table_name = 'schema_migrations')

-- name: migration: advisory lock | operational | takes a lock
SELECT pg_try_advisory_lock(4177113210)

-- name: migration: transaction lock by text | operational | takes a lock
SELECT pg_advisory_xact_lock(hashtext($1))

-- name: migration: creates | operational | a definition
CREATE TABLE IF NOT EXISTS gift_cards (id bigserial PRIMARY KEY, code text NOT NULL UNIQUE, balance_cents integer NOT NULL)

-- name: migration: alters | operational | a definition
ALTER TABLE orders ADD COLUMN gift boolean NOT NULL DEFAULT false

-- name: migration: adds a constraint unchecked | operational | a definition
ALTER TABLE order_items ADD CONSTRAINT fk_gift FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID

-- name: migration: index | operational | upkeep of the owner
CREATE INDEX CONCURRENTLY index_orders_on_channel ON orders (channel)

-- name: migration: view | operational | a definition; nothing is read yet
CREATE OR REPLACE VIEW big_orders AS SELECT user_id, sum(total_cents) AS total FROM orders GROUP BY user_id

-- name: migration: comment | operational | a definition
COMMENT ON COLUMN orders.state IS 'placed, paid, shipped, cancelled'

-- name: migration: grant | operational | gives a right, reads nothing
GRANT SELECT ON orders TO reporting

-- name: upkeep: vacuum | operational | upkeep of the server
VACUUM (ANALYZE) orders

-- name: upkeep: analyze | operational | upkeep of the server
ANALYZE products

-- name: upkeep: reindex | operational | upkeep of the server
REINDEX INDEX CONCURRENTLY index_orders_on_user_id

-- name: upkeep: partition | operational | a definition
CREATE TABLE page_views_2026_03 (LIKE page_views INCLUDING ALL)

-- name: upkeep: refresh | analytical | computes a summary of all items anew
REFRESH MATERIALIZED VIEW CONCURRENTLY seller_stats

-- name: session: kill | operational | a call of an administrator
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND state_change < now() - interval '10 minutes'

-- name: session: notify | operational | tells who listens
SELECT pg_notify($1, $2)

-- name: session: listen | operational | waits for what is told
LISTEN job_inserted

-- name: session: local setting | operational | a setting of the session
SELECT set_config('request.jwt.claims', $1, true), set_config('role', $2, true)

-- name: session: prepared | operational | a statement is kept for later
DEALLOCATE pdo_stmt_00000004

-- name: slot: changes | operational | changes of one slot: no table of the business
SELECT lsn, xid, data FROM pg_logical_slot_get_changes('outbox_slot', NULL, 500)

-- name: tool: estimated rows by plan | operational | only a plan
EXPLAIN (FORMAT JSON) SELECT * FROM orders WHERE user_id = 12
