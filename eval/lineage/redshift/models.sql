-- Redshift: Metabase and Tableau over the wire, dbt, administrators' scripts. Source: docs.aws.amazon.com/redshift/latest/dg, "SQL commands".
-- dialect redshift
-- ddl warehouse

-- case rs-lateral-alias
-- shown net <- fct_orders.net_amount
-- shown gross <- fct_orders.net_amount
SELECT net_amount / 100 AS net, net * 1.2 AS gross FROM analytics.fct_orders

-- case rs-lateral-alias-hides-nothing
-- shown status <- fct_orders.channel
-- shown upper_status <- fct_orders.status
SELECT channel AS status, UPPER(status) AS upper_status FROM analytics.fct_orders

-- case rs-listagg
-- shown store_key <- fct_orders.store_key
-- shown channels <- fct_orders.channel
-- order fct_orders.channel
-- group fct_orders.store_key
SELECT store_key, LISTAGG(DISTINCT channel, ',') WITHIN GROUP (ORDER BY channel) AS channels FROM analytics.fct_orders GROUP BY store_key

-- case rs-top
-- shown sku <- dim_product.sku
-- order dim_product.price
SELECT TOP 10 sku FROM analytics.dim_product ORDER BY price DESC

-- case rs-qualify
-- shown id <- raw.crm_contacts.id
-- shown email <- raw.crm_contacts.email
-- window raw.crm_contacts.id raw.crm_contacts.updated_at
SELECT id, email FROM raw.crm_contacts QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1

-- case rs-super-navigation
-- shown city <- dim_customer.profile
SELECT c.profile.address.city AS city FROM analytics.dim_customer c

-- case rs-super-unnest
-- shown order_id <- fct_orders.order_id
-- shown sku <- fct_orders.payload
SELECT o.order_id, i.sku FROM analytics.fct_orders o, o.payload.items i

-- case rs-json-extract-path
-- shown mail <- raw.stripe_charges.metadata
-- filter raw.stripe_charges.metadata
SELECT JSON_EXTRACT_PATH_TEXT(metadata, 'email') AS mail FROM raw.stripe_charges WHERE JSON_EXTRACT_PATH_TEXT(metadata, 'test') <> 'true'

-- case rs-dateadd-filter
-- shown revenue <- fct_orders.net_amount:aggregate
-- filter fct_orders.order_ts
SELECT SUM(net_amount) AS revenue FROM analytics.fct_orders WHERE order_ts >= DATEADD(month, -3, GETDATE())

-- case rs-nvl-decode
-- shown contact <- dim_customer.email, dim_customer.phone
SELECT NVL(email, phone) AS contact FROM analytics.dim_customer

-- case rs-approximate-count
-- shown country <- dim_customer.country
-- shown buyers <- fct_orders.customer_key:aggregate
-- join fct_orders.customer_key dim_customer.customer_key
-- group dim_customer.country
SELECT c.country, APPROXIMATE COUNT(DISTINCT o.customer_key) AS buyers FROM analytics.fct_orders o JOIN analytics.dim_customer c ON c.customer_key = o.customer_key GROUP BY 1

-- case rs-ctas-dist
-- writes agg_channel
-- shown channel <- fct_orders.channel
-- shown revenue <- fct_orders.net_amount:aggregate
-- group fct_orders.channel
CREATE TABLE analytics.agg_channel DISTKEY (channel) SORTKEY (channel) AS SELECT channel, SUM(net_amount) AS revenue FROM analytics.fct_orders GROUP BY channel

-- case rs-view-no-schema-binding
-- writes v_contact
-- shown email <- raw.crm_contacts.email
CREATE VIEW analytics.v_contact AS SELECT email FROM raw.crm_contacts WITH NO SCHEMA BINDING

-- case rs-insert-select
-- writes monthly_budget
-- shown region <- dim_store.country
-- shown q1 <- fct_orders.net_amount:aggregate
-- join fct_orders.store_key dim_store.store_key
-- group dim_store.country
INSERT INTO analytics.monthly_budget (region, q1) SELECT s.country, SUM(o.net_amount) FROM analytics.fct_orders o JOIN analytics.dim_store s USING (store_key) GROUP BY s.country

-- case rs-delete-using
-- writes dim_customer
-- filter dim_customer.customer_id raw.crm_contacts.id raw.crm_contacts.is_deleted
DELETE FROM analytics.dim_customer USING raw.crm_contacts WHERE dim_customer.customer_id = crm_contacts.id AND crm_contacts.is_deleted

-- case rs-update-from
-- writes dim_customer
-- shown email <- raw.crm_contacts.email
-- filter dim_customer.customer_id raw.crm_contacts.id
UPDATE analytics.dim_customer SET email = s.email FROM raw.crm_contacts s WHERE dim_customer.customer_id = s.id

-- case rs-cursor-fetch
-- shown email <- dim_customer.email
-- shown country <- dim_customer.country
DECLARE "SQL_CUR0x7f" CURSOR FOR SELECT "dim_customer"."email" AS "email", "dim_customer"."country" AS "country" FROM "analytics"."dim_customer" "dim_customer"

-- case rs-tableau-custom-sql
-- shown country <- dim_store.country
-- shown sum:net:ok <- fct_orders.net_amount:aggregate
-- join fct_orders.store_key dim_store.store_key
-- group dim_store.country
-- having fct_orders.net_amount
SELECT "Custom SQL Query"."country" AS "country", SUM("Custom SQL Query"."net_amount") AS "sum:net:ok" FROM (
  SELECT s.country, o.net_amount FROM analytics.fct_orders o INNER JOIN analytics.dim_store s ON s.store_key = o.store_key) "Custom SQL Query" GROUP BY 1 HAVING SUM("Custom SQL Query"."net_amount") > 0

-- case rs-upper-case-folds
-- shown email <- dim_customer.email
SELECT "EMAIL" FROM ANALYTICS.DIM_CUSTOMER

-- case rs-median-and-ratio
-- shown share <- fct_orders.net_amount:?
-- window fct_orders.channel
SELECT RATIO_TO_REPORT(net_amount) OVER (PARTITION BY channel) AS share FROM analytics.fct_orders

-- case rs-first-value-ignore-nulls
-- shown page <- fct_sessions.landing_page
-- window fct_sessions.customer_key fct_sessions.started_at
SELECT FIRST_VALUE(landing_page IGNORE NULLS) OVER (PARTITION BY customer_key ORDER BY started_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS page FROM analytics.fct_sessions

-- case rs-recursive
-- shown n <-
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100) SELECT n FROM numbers

-- case rs-minus
-- shown email <- raw.crm_contacts.email
-- filter dim_customer.email
SELECT email FROM raw.crm_contacts MINUS SELECT email FROM analytics.dim_customer

-- case rs-scalar-subquery
-- shown sku <- dim_product.sku
-- shown sold <- fct_orders.quantity:aggregate
-- filter fct_orders.product_key dim_product.product_key
SELECT p.sku, (SELECT SUM(o.quantity) FROM analytics.fct_orders o WHERE o.product_key = p.product_key) AS sold FROM analytics.dim_product p

-- case rs-pivot
-- shown channel <- fct_orders.channel
-- shown paid <- fct_orders.net_amount:aggregate
-- shown open <- fct_orders.net_amount:aggregate
-- filter fct_orders.status
-- group fct_orders.channel
SELECT * FROM (SELECT channel, status, net_amount FROM analytics.fct_orders) PIVOT (SUM(net_amount) FOR status IN ('paid', 'open'))

-- case rs-convert-and-hash
-- shown k <- dim_customer.email:pseudonymous-weak
-- shown y <- dim_customer.birth_date:partial
SELECT FUNC_SHA1(LOWER(email)) AS k, DATE_PART(year, birth_date) AS y FROM analytics.dim_customer

-- case rs-merge
-- writes dim_product
-- shown price <- fct_orders.gross_amount
-- shown product_key <- fct_orders.product_key
-- join dim_product.product_key fct_orders.product_key
MERGE INTO analytics.dim_product USING analytics.fct_orders s ON dim_product.product_key = s.product_key
WHEN MATCHED THEN UPDATE SET price = s.gross_amount WHEN NOT MATCHED THEN INSERT (product_key, price) VALUES (s.product_key, s.gross_amount)
