-- schema analytics
CREATE TABLE analytics.fct_orders (order_id bigint, customer_key bigint, product_key bigint, store_key bigint, order_ts timestamp, order_date date,
  quantity bigint, net_amount decimal, gross_amount decimal, currency text, status text, channel text, payload variant, tags array);
CREATE TABLE analytics.dim_customer (customer_key bigint, customer_id text, email text, phone text, full_name text, country text, birth_date date,
  valid_from timestamp, valid_to timestamp, is_current boolean, profile variant, address struct);
CREATE TABLE analytics.dim_product (product_key bigint, sku text, title text, category text, price decimal, attributes variant);
CREATE TABLE analytics.dim_store (store_key bigint, city text, country text, manager_name text);
CREATE TABLE analytics.fct_sessions (session_id text, customer_key bigint, started_at timestamp, ended_at timestamp, events array, device struct,
  landing_page text, user_pseudo_id text);
CREATE TABLE analytics.monthly_budget (region text, q1 decimal, q2 decimal, q3 decimal, q4 decimal);
CREATE TABLE raw.events (event_id text, received_at timestamp, src variant, body variant, loaded_at timestamp);
CREATE TABLE raw.crm_contacts (id text, email text, phone text, updated_at timestamp, is_deleted boolean);
CREATE TABLE raw.stripe_charges (id text, customer text, amount_cents bigint, created timestamp, metadata text, paid boolean);
