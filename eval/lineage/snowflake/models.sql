-- Snowflake: dbt models, worksheets and dashboards. Sources: docs.snowflake.com, "SQL command reference" and "Querying semi-structured data".
-- dialect snowflake
-- ddl warehouse

-- case sf-qualify-latest
-- shown customer_id <- dim_customer.customer_id
-- shown email <- dim_customer.email
-- window dim_customer.customer_id dim_customer.valid_from
SELECT customer_id, email FROM analytics.dim_customer QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) = 1

-- case sf-qualify-alias
-- shown order_id <- fct_orders.order_id
-- shown rn <-
-- window fct_orders.customer_key fct_orders.order_ts
SELECT order_id, ROW_NUMBER() OVER (PARTITION BY customer_key ORDER BY order_ts) AS rn FROM analytics.fct_orders QUALIFY rn <= 3

-- case sf-qualify-on-shown-aggregate
-- shown customer_key <- fct_orders.customer_key
-- shown total <- fct_orders.net_amount:aggregate
-- qualify fct_orders.net_amount
-- window fct_orders.customer_key
SELECT customer_key, SUM(net_amount) OVER (PARTITION BY customer_key) AS total FROM analytics.fct_orders QUALIFY total > 1000

-- case sf-lateral-alias
-- shown net <- fct_orders.net_amount
-- shown with_tax <- fct_orders.net_amount
SELECT net_amount * 1 AS net, net * 1.2 AS with_tax FROM analytics.fct_orders

-- case sf-lateral-alias-in-where
-- shown age_days <- fct_orders.order_date:?
-- filter fct_orders.order_date
SELECT DATEDIFF('day', order_date, CURRENT_DATE) AS age_days FROM analytics.fct_orders WHERE age_days > 30

-- case sf-column-wins-over-alias
-- shown status <- fct_orders.channel
-- shown copy <- fct_orders.status
SELECT channel AS status, UPPER(status) AS copy FROM analytics.fct_orders

-- case sf-variant-path
-- shown mail <- raw.events.body
-- shown kind <- raw.events.src
SELECT body:user.email::string AS mail, src:kind::varchar AS kind FROM raw.events

-- case sf-variant-path-filter
-- shown event_id <- raw.events.event_id
-- filter raw.events.body
SELECT e.event_id FROM raw.events e WHERE e.body:consent.marketing::boolean = TRUE

-- case sf-variant-brackets
-- shown city <- raw.events.body
SELECT body['addresses'][0]['city']::string AS city FROM raw.events

-- case sf-flatten-table-function
-- shown event_id <- raw.events.event_id
-- shown sku <- raw.events.body
SELECT e.event_id, f.value:sku::string AS sku FROM raw.events e, LATERAL FLATTEN(input => e.body:items) f

-- case sf-flatten-nested
-- shown option <- raw.events.body
SELECT o.value:name::string AS option FROM raw.events e, LATERAL FLATTEN(input => e.body:items) i, LATERAL FLATTEN(input => i.value:options) o

-- case sf-flatten-table-keyword
-- shown event_id <- raw.events.event_id
-- shown key <- raw.events.src
-- filter raw.events.src
SELECT e.event_id, f.key FROM raw.events e, TABLE(FLATTEN(input => e.src, outer => TRUE)) f WHERE f.value IS NOT NULL

-- case sf-star-exclude
-- shown store_key <- dim_store.store_key
-- shown city <- dim_store.city
-- shown country <- dim_store.country
SELECT * EXCLUDE (manager_name) FROM analytics.dim_store

-- case sf-star-exclude-rename
-- shown store_key <- dim_store.store_key
-- shown town <- dim_store.city
-- shown country <- dim_store.country
SELECT * EXCLUDE manager_name RENAME city AS town FROM analytics.dim_store

-- case sf-star-replace
-- shown id <- raw.crm_contacts.id
-- shown email <- raw.crm_contacts.email:pseudonymous-weak
-- shown phone <- raw.crm_contacts.phone
-- shown updated_at <- raw.crm_contacts.updated_at
-- shown is_deleted <- raw.crm_contacts.is_deleted
SELECT * REPLACE (SHA2(email) AS email) FROM raw.crm_contacts

-- case sf-iff
-- shown contact <- dim_customer.email, dim_customer.phone
-- when dim_customer.is_current
SELECT IFF(is_current, email, phone) AS contact FROM analytics.dim_customer

-- case sf-count-if
-- shown country <- dim_store.country
-- shown returned <-
-- either returned fct_orders.status
-- join fct_orders.store_key dim_store.store_key
-- filter fct_orders.status
-- group dim_store.country
SELECT s.country, COUNT_IF(o.status = 'returned') AS returned FROM analytics.fct_orders o JOIN analytics.dim_store s USING (store_key) GROUP BY s.country

-- case sf-group-by-all
-- shown channel <- fct_orders.channel
-- shown month <- fct_orders.order_date:partial
-- shown revenue <- fct_orders.net_amount:aggregate
-- group fct_orders.channel fct_orders.order_date
SELECT channel, DATE_TRUNC('month', order_date) AS month, SUM(net_amount) AS revenue FROM analytics.fct_orders GROUP BY ALL

-- case sf-listagg
-- shown skus <- dim_product.sku
-- order dim_product.price
-- group dim_product.category
SELECT LISTAGG(sku, ', ') WITHIN GROUP (ORDER BY price) AS skus FROM analytics.dim_product GROUP BY category

-- case sf-object-construct-agg
-- shown contacts <- raw.crm_contacts.email, raw.crm_contacts.phone
SELECT ARRAY_AGG(OBJECT_CONSTRUCT('m', email, 'p', phone)) AS contacts FROM raw.crm_contacts

-- case sf-three-part-upper-case
-- shown email <- dim_customer.email
-- filter dim_customer.country
SELECT C.EMAIL FROM PROD.ANALYTICS.DIM_CUSTOMER AS C WHERE C.COUNTRY = 'AT'

-- case sf-quoted-upper-case
-- shown email <- dim_customer.email
SELECT "EMAIL" FROM "ANALYTICS"."DIM_CUSTOMER"

-- case sf-dbt-incremental-merge
-- writes dim_customer
-- shown email <- raw.crm_contacts.email
-- shown phone <- raw.crm_contacts.phone
-- shown customer_id <- raw.crm_contacts.id
-- join dim_customer.customer_id raw.crm_contacts.id
-- filter raw.crm_contacts.is_deleted
MERGE INTO analytics.dim_customer AS DBT_INTERNAL_DEST USING (SELECT id, email, phone FROM raw.crm_contacts WHERE NOT is_deleted) AS DBT_INTERNAL_SOURCE
ON DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.customer_id
WHEN MATCHED THEN UPDATE SET email = DBT_INTERNAL_SOURCE.email, phone = DBT_INTERNAL_SOURCE.phone
WHEN NOT MATCHED THEN INSERT (customer_id, email, phone) VALUES (DBT_INTERNAL_SOURCE.id, DBT_INTERNAL_SOURCE.email, DBT_INTERNAL_SOURCE.phone)

-- case sf-dbt-staging-ctas
-- writes stg_charges
-- shown charge_id <- raw.stripe_charges.id
-- shown customer_id <- raw.stripe_charges.customer
-- shown amount <- raw.stripe_charges.amount_cents
-- filter raw.stripe_charges.paid
-- also raw.stripe_charges.created raw.stripe_charges.metadata
create or replace transient table analytics.stg_charges as (
with source as (select * from raw.stripe_charges), renamed as (select id as charge_id, customer as customer_id, amount_cents / 100 as amount, paid from source)
select charge_id, customer_id, amount from renamed where paid)

-- case sf-insert-overwrite
-- writes monthly_budget
-- shown region <- dim_store.country
-- shown q1 <- fct_orders.net_amount:aggregate
-- join fct_orders.store_key dim_store.store_key
-- group dim_store.country
INSERT OVERWRITE INTO analytics.monthly_budget (region, q1) SELECT s.country, SUM(o.net_amount) FROM analytics.fct_orders o JOIN analytics.dim_store s ON s.store_key = o.store_key GROUP BY 1

-- case sf-pivot-joined
-- shown channel <- fct_orders.channel
-- shown _ <- fct_orders.net_amount:aggregate
-- shown _ <- fct_orders.net_amount:aggregate
-- shown region <- monthly_budget.region
-- shown q1 <- monthly_budget.q1
-- shown q2 <- monthly_budget.q2
-- shown q3 <- monthly_budget.q3
-- shown q4 <- monthly_budget.q4
-- filter fct_orders.status
-- group fct_orders.channel
SELECT * FROM (SELECT channel, status, net_amount FROM analytics.fct_orders) PIVOT (SUM(net_amount) FOR status IN ('paid', 'open')) AS p JOIN analytics.monthly_budget b ON TRUE

-- case sf-values-and-columns-by-number
-- shown code <-
-- shown name <-
SELECT column1 AS code, column2 AS name FROM (VALUES ('AT', 'Austria'), ('DE', 'Germany'))

-- case sf-semi-join-in
-- shown email <- dim_customer.email
-- filter dim_customer.customer_key fct_orders.customer_key fct_orders.order_ts
SELECT email FROM analytics.dim_customer WHERE customer_key IN (SELECT customer_key FROM analytics.fct_orders WHERE order_ts > DATEADD(day, -7, CURRENT_TIMESTAMP()))

-- case sf-recursive-hierarchy
-- shown n <-
WITH RECURSIVE spine AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM spine WHERE n < 12) SELECT n FROM spine

-- case sf-asof-join
-- shown order_id <- fct_orders.order_id
-- shown page <- fct_sessions.landing_page
-- join fct_orders.order_ts fct_sessions.started_at fct_orders.customer_key fct_sessions.customer_key
SELECT o.order_id, s.landing_page AS page FROM analytics.fct_orders o ASOF JOIN analytics.fct_sessions s MATCH_CONDITION (o.order_ts >= s.started_at) ON o.customer_key = s.customer_key
