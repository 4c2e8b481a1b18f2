-- A shop on a managed server: the provider's logins, reverse ETL, marts that dbt builds beside the tables, an analyst who corrects by hand.
CREATE ROLE rdsproxyadmin LOGIN;
CREATE ROLE rdstopmgr LOGIN IN ROLE pg_monitor;
CREATE ROLE azuresu LOGIN SUPERUSER;
CREATE ROLE supabase_etl_admin LOGIN REPLICATION IN ROLE pg_read_all_data;
CREATE ROLE storefront LOGIN PASSWORD 'counter';
CREATE ROLE hightouch LOGIN PASSWORD 'counter';
CREATE ROLE dbt_prod LOGIN PASSWORD 'counter';
CREATE ROLE stitch_etl LOGIN PASSWORD 'counter';
CREATE ROLE metabase LOGIN PASSWORD 'counter';
CREATE ROLE "j.ortiz" LOGIN PASSWORD 'counter';

CREATE SCHEMA shop;
CREATE SCHEMA analytics;
CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, segment text);
CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customer, status text, total_cents bigint, placed_at timestamptz);
CREATE INDEX orders_customer ON shop.orders (customer_id);
CREATE TABLE shop.credit_grant (grant_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint REFERENCES shop.customer, limit_cents bigint);
CREATE TABLE shop.price_feed (sku text, price_cents bigint);
INSERT INTO shop.customer SELECT g, 'B' FROM generate_series(1, 20000) g;
INSERT INTO shop.orders SELECT g, 1 + g % 20000, 'PAID', g % 9000, '2026-01-01'::timestamptz + g * interval '30 s' FROM generate_series(1, 100000) g;

GRANT USAGE ON SCHEMA shop, analytics TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO storefront;
GRANT SELECT ON shop.orders TO dbt_prod, metabase, "j.ortiz";
GRANT SELECT, UPDATE ON shop.customer TO hightouch;
GRANT UPDATE ON shop.orders TO "j.ortiz";
GRANT SELECT, TRUNCATE ON shop.price_feed TO stitch_etl;
GRANT CREATE ON SCHEMA analytics TO dbt_prod;
ALTER DEFAULT PRIVILEGES FOR ROLE dbt_prod IN SCHEMA analytics GRANT SELECT ON TABLES TO storefront;

-- Everything that a reporting role should have, metabase has; what the analyst lacks is found.
ALTER ROLE metabase CONNECTION LIMIT 5;
ALTER ROLE metabase SET statement_timeout = '30s';
ALTER ROLE metabase SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE metabase SET lock_timeout = '5s';
ALTER ROLE metabase SET default_transaction_read_only = on;
ALTER ROLE metabase SET temp_file_limit = '2GB';
ALTER ROLE "j.ortiz" IN DATABASE shop SET statement_timeout = '1h';
ALTER ROLE hightouch SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE hightouch SET lock_timeout = '5s';
ALTER ROLE dbt_prod SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE dbt_prod SET lock_timeout = '5s';
ALTER ROLE stitch_etl SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE stitch_etl SET lock_timeout = '5s';
ANALYZE;
