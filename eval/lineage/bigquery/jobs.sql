-- BigQuery: longer models as a team keeps them.
-- dialect bigquery
-- ddl warehouse

-- case bq-long-sessions
-- shown user <- fct_sessions.user_pseudo_id
-- shown first_page <- fct_sessions.landing_page
-- shown purchases <-
-- group fct_sessions.user_pseudo_id
-- order fct_sessions.started_at
-- either purchases fct_sessions.events
WITH flat AS (
  SELECT s.user_pseudo_id, s.started_at, s.landing_page, e.name AS event_name
  FROM `acme.analytics.fct_sessions` AS s CROSS JOIN UNNEST(s.events) AS e
)
SELECT user_pseudo_id AS user, ARRAY_AGG(landing_page ORDER BY started_at LIMIT 1)[SAFE_OFFSET(0)] AS first_page, COUNTIF(event_name = 'purchase') AS purchases
FROM flat GROUP BY user_pseudo_id

-- case bq-unnest-struct-fields
-- shown order_id <- fct_orders.order_id
-- shown sku <- fct_orders.payload
-- filter fct_orders.payload
SELECT o.order_id, line.sku FROM analytics.fct_orders AS o, UNNEST(o.payload.lines) AS line WHERE line.qty > 1

-- case bq-exists-unnest
-- shown order_id <- fct_orders.order_id
-- filter fct_orders.tags
SELECT order_id FROM analytics.fct_orders WHERE EXISTS (SELECT 1 FROM UNNEST(tags) AS t WHERE t = 'gift')

-- case bq-in-unnest
-- shown order_id <- fct_orders.order_id
-- filter fct_orders.tags
SELECT order_id FROM analytics.fct_orders WHERE 'gift' IN UNNEST(tags)

-- case bq-select-as-struct
-- shown customer <- dim_customer.email, dim_customer.full_name
-- filter dim_customer.customer_key fct_orders.customer_key
SELECT ARRAY(SELECT AS STRUCT c.full_name, c.email FROM analytics.dim_customer c WHERE c.customer_key = o.customer_key) AS customer FROM analytics.fct_orders o

-- case bq-dedupe-array-agg
-- shown id <- raw.crm_contacts.id
-- shown email <- raw.crm_contacts.email
-- group raw.crm_contacts.id
-- order raw.crm_contacts.updated_at
SELECT latest.id, latest.email FROM (SELECT ARRAY_AGG(c ORDER BY c.updated_at DESC LIMIT 1)[OFFSET(0)] AS latest FROM raw.crm_contacts c GROUP BY c.id)

-- case bq-create-view-options
-- writes v_orders
-- shown order_id <- fct_orders.order_id
-- shown day <- fct_orders.order_ts
CREATE OR REPLACE VIEW analytics.v_orders OPTIONS (description = 'orders') AS SELECT order_id, DATE(order_ts) AS day FROM analytics.fct_orders

-- case bq-update-from
-- writes dim_customer
-- shown phone <- raw.crm_contacts.phone
-- filter dim_customer.customer_id raw.crm_contacts.id
UPDATE analytics.dim_customer c SET phone = s.phone FROM raw.crm_contacts s WHERE c.customer_id = s.id

-- case bq-qualify-with-group
-- shown store_key <- fct_orders.store_key
-- shown revenue <- fct_orders.net_amount:aggregate
-- group fct_orders.store_key
-- window fct_orders.net_amount
SELECT store_key, SUM(net_amount) AS revenue FROM analytics.fct_orders GROUP BY store_key QUALIFY RANK() OVER (ORDER BY SUM(net_amount) DESC) <= 10
