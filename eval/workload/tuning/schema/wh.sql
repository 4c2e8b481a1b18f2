-- A warehouse of a usual shape, read by reports and asked by applications.
CREATE TABLE fact_order (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL, product_id bigint NOT NULL, ordered_at timestamp NOT NULL, country text, quantity integer, amount numeric);
CREATE TABLE dim_customer (customer_id bigint NOT NULL, name text, email text, segment text, country text, valid_from timestamp NOT NULL, valid_to timestamp, is_current boolean, PRIMARY KEY (customer_id, valid_from));
CREATE TABLE dim_product (product_id bigint PRIMARY KEY, name text, category text);
CREATE TABLE raw_events (event_id text PRIMARY KEY, user_id bigint, name text, properties text, occurred_at timestamp NOT NULL, loaded_at timestamp NOT NULL);
CREATE TABLE customer_360 (customer_id bigint PRIMARY KEY, lifetime_value numeric, churn_score numeric, next_offer text);
CREATE TABLE feature_store (entity_id text NOT NULL, feature text NOT NULL, value double precision, computed_at timestamp, PRIMARY KEY (entity_id, feature));
CREATE TABLE load_state (source text PRIMARY KEY, high_watermark timestamp, loaded_at timestamp);
