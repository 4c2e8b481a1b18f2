-- schema shop
CREATE SCHEMA shop;
CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, email text, phone text, full_name text, country text, born_on date, opt_in boolean,
  created_at timestamptz, deleted_at timestamptz, tags text[], preferences jsonb);
CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, status text, channel text, total numeric,
  tax numeric, discount numeric, currency text, placed_at timestamptz, shipped_at timestamptz);
CREATE TABLE shop.order_line (order_id bigint, line_no int, product_id bigint, quantity int, unit_price numeric, PRIMARY KEY (order_id, line_no));
CREATE TABLE shop.product (product_id bigint PRIMARY KEY, sku text, title text, category_id bigint, price numeric, cost numeric, attributes jsonb);
CREATE TABLE shop.category (category_id bigint PRIMARY KEY, parent_id bigint, name text);
CREATE TABLE shop.payment (payment_id bigint PRIMARY KEY, order_id bigint, method text, amount numeric, card_last4 text, paid_at timestamptz, state text);
CREATE TABLE shop.refund (refund_id bigint PRIMARY KEY, order_id bigint, amount numeric, reason text, refunded_at timestamptz);
CREATE TABLE shop.stock (product_id bigint, depot_code text, on_hand int, updated_at timestamptz, PRIMARY KEY (product_id, depot_code));
CREATE TABLE shop.delivery_note (product_id bigint, depot_code text, quantity int, arrived_at timestamptz);
CREATE TABLE shop.outbox (event_id bigint PRIMARY KEY, aggregate_id bigint, kind text, body jsonb, created_at timestamptz);
CREATE TABLE shop.customer_stage (customer_id bigint, email text, phone text, full_name text, country text);
CREATE TABLE shop.daily_revenue (day date, country text, revenue numeric, order_count bigint, PRIMARY KEY (day, country));
CREATE TABLE shop.currency_rate (currency text, day date, rate numeric);
CREATE VIEW shop.v_paid_order AS
  SELECT o.order_id, o.customer_id, o.total, o.placed_at, p.method FROM shop.orders o JOIN shop.payment p USING (order_id) WHERE p.state = 'captured';
CREATE VIEW shop.v_customer_value (customer_id, email_domain, lifetime_value, last_order) AS
  SELECT c.customer_id, split_part(c.email, '@', 2), sum(v.total), max(v.placed_at)
  FROM shop.customer c LEFT JOIN shop.v_paid_order v ON v.customer_id = c.customer_id WHERE c.deleted_at IS NULL GROUP BY c.customer_id, c.email;
