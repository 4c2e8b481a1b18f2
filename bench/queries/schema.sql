CREATE SCHEMA shop;
CREATE TABLE shop.region (region_id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop.country (country_id bigint PRIMARY KEY, region_id bigint NOT NULL REFERENCES shop.region, name text NOT NULL);
CREATE TABLE shop.customer (customer_id bigint PRIMARY KEY, country_id bigint NOT NULL REFERENCES shop.country, full_name text NOT NULL, email text NOT NULL,
  segment text NOT NULL, balance numeric NOT NULL, registered_at timestamptz NOT NULL);
CREATE TABLE shop.supplier (supplier_id bigint PRIMARY KEY, country_id bigint NOT NULL REFERENCES shop.country, name text NOT NULL, balance numeric NOT NULL);
CREATE TABLE shop.product (product_id bigint PRIMARY KEY, name text NOT NULL, brand text NOT NULL, category text NOT NULL, size integer NOT NULL, price numeric NOT NULL);
CREATE TABLE shop.offer (product_id bigint NOT NULL REFERENCES shop.product, supplier_id bigint NOT NULL REFERENCES shop.supplier, available integer NOT NULL,
  cost numeric NOT NULL, PRIMARY KEY (product_id, supplier_id));
CREATE TABLE shop.orders (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customer, status text NOT NULL, priority text NOT NULL,
  total numeric NOT NULL, placed_at timestamptz NOT NULL);
CREATE TABLE shop.order_line (order_id bigint NOT NULL REFERENCES shop.orders, line integer NOT NULL, product_id bigint NOT NULL, supplier_id bigint NOT NULL,
  quantity numeric NOT NULL, price numeric NOT NULL, discount numeric NOT NULL, returned boolean NOT NULL, shipped_on date, promised_on date, received_on date,
  carrier text, PRIMARY KEY (order_id, line));
CREATE TABLE shop.visit (visit_id bigint PRIMARY KEY, customer_id bigint REFERENCES shop.customer, channel text NOT NULL, started_at timestamptz NOT NULL, seconds integer);
CREATE VIEW shop.v_revenue AS
  SELECT l.order_id, l.supplier_id, date_trunc('month', o.placed_at) AS month, sum(l.price * (1 - l.discount)) AS revenue
  FROM shop.order_line l JOIN shop.orders o USING (order_id) GROUP BY 1, 2, 3;
