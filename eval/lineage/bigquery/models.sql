-- BigQuery: exports of GA4, dbt models, Looker. Source: cloud.google.com/bigquery/docs/reference/standard-sql, "Query syntax".
-- dialect bigquery
-- ddl warehouse

-- case bq-backticked-three-part
-- shown email <- dim_customer.email
-- filter dim_customer.country
SELECT c.email FROM `acme-prod.analytics.dim_customer` AS c WHERE c.country = 'AT'

-- case bq-backticks-apart
-- shown sku <- dim_product.sku
SELECT p.sku FROM `acme-prod`.`analytics`.`dim_product` p

-- case bq-star-except
-- shown store_key <- dim_store.store_key
-- shown city <- dim_store.city
-- shown country <- dim_store.country
SELECT * EXCEPT (manager_name) FROM analytics.dim_store

-- case bq-star-replace
-- shown id <- raw.crm_contacts.id
-- shown email <- raw.crm_contacts.email
-- shown phone <- raw.crm_contacts.phone:pseudonymous-weak
-- shown updated_at <- raw.crm_contacts.updated_at
-- shown is_deleted <- raw.crm_contacts.is_deleted
SELECT * REPLACE (TO_HEX(SHA256(phone)) AS phone) FROM raw.crm_contacts

-- case bq-star-except-and-replace-in-cte
-- shown sku <- dim_product.sku
-- shown title <- dim_product.title
-- shown category <- dim_product.category
-- shown price <- dim_product.price:?
WITH p AS (SELECT * EXCEPT (product_key, attributes) REPLACE (ROUND(price) AS price) FROM analytics.dim_product) SELECT sku, title, category, price * 1.0 AS price FROM p

-- case bq-unnest-comma
-- shown order_id <- fct_orders.order_id
-- shown tag <- fct_orders.tags
SELECT o.order_id, tag FROM analytics.fct_orders o, UNNEST(o.tags) AS tag

-- case bq-unnest-join-offset
-- shown tag <- fct_orders.tags
-- filter fct_orders.status
SELECT tag FROM analytics.fct_orders o LEFT JOIN UNNEST(o.tags) AS tag WITH OFFSET AS pos WHERE o.status = 'paid'

-- case bq-ga4-event-param
-- shown session_id <- fct_sessions.session_id
-- shown page <- fct_sessions.events
-- filter fct_sessions.events
SELECT session_id, (SELECT ep.value.string_value FROM UNNEST(events) AS ep WHERE ep.key = 'page_location') AS page FROM analytics.fct_sessions

-- case bq-ga4-count
-- shown device <- fct_sessions.device
-- shown users <- fct_sessions.user_pseudo_id:aggregate
-- group fct_sessions.device
SELECT device.category AS device, COUNT(DISTINCT user_pseudo_id) AS users FROM analytics.fct_sessions GROUP BY 1

-- case bq-struct-field-qualified
-- shown city <- dim_customer.address
-- shown zip <- dim_customer.address
SELECT c.address.city, c.address.postal.zip AS zip FROM analytics.dim_customer c

-- case bq-struct-of-columns
-- shown person <- dim_customer.email, dim_customer.full_name
SELECT STRUCT(full_name AS name, email) AS person FROM analytics.dim_customer

-- case bq-array-agg-struct-latest
-- shown customer_key <- fct_orders.customer_key
-- shown last <- fct_orders.channel, fct_orders.order_ts
-- order fct_orders.order_ts
-- group fct_orders.customer_key
SELECT customer_key, ARRAY_AGG(STRUCT(order_ts, channel) ORDER BY order_ts DESC LIMIT 1)[OFFSET(0)] AS last FROM analytics.fct_orders GROUP BY customer_key

-- case bq-array-subquery
-- shown full_name <- dim_customer.full_name
-- shown ids <- fct_orders.order_id
-- filter fct_orders.customer_key dim_customer.customer_key
SELECT full_name, ARRAY(SELECT o.order_id FROM analytics.fct_orders o WHERE o.customer_key = c.customer_key) AS ids FROM analytics.dim_customer c

-- case bq-qualify
-- shown id <- raw.crm_contacts.id
-- shown email <- raw.crm_contacts.email
-- filter raw.crm_contacts.is_deleted
-- window raw.crm_contacts.id raw.crm_contacts.updated_at
SELECT id, email FROM raw.crm_contacts WHERE NOT is_deleted QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1

-- case bq-no-lateral-alias
-- uncertain
-- outputs-open
-- reads fct_orders
SELECT net_amount AS n, n * 2 AS twice FROM analytics.fct_orders

-- case bq-group-by-alias
-- shown month <- fct_orders.order_date:partial
-- shown revenue <- fct_orders.net_amount:aggregate
-- group fct_orders.order_date
-- order fct_orders.order_date
SELECT DATE_TRUNC(order_date, MONTH) AS month, SUM(net_amount) AS revenue FROM analytics.fct_orders GROUP BY month ORDER BY month

-- case bq-if-and-countif
-- shown channel <- fct_orders.channel
-- shown refunds <-
-- either refunds fct_orders.status
-- shown paid <- fct_orders.net_amount:aggregate
-- filter fct_orders.status
-- when fct_orders.status
-- group fct_orders.channel
SELECT channel, COUNTIF(status = 'refunded') AS refunds, SUM(IF(status = 'paid', net_amount, 0)) AS paid FROM analytics.fct_orders GROUP BY channel

-- case bq-safe-cast-and-json
-- shown amount <- raw.events.body
-- shown plan <- raw.stripe_charges.metadata
-- join raw.stripe_charges.id raw.events.event_id
SELECT SAFE_CAST(JSON_VALUE(e.body, '$.amount') AS NUMERIC) AS amount, JSON_EXTRACT_SCALAR(s.metadata, '$.plan') AS plan FROM raw.events e JOIN raw.stripe_charges s ON s.id = e.event_id

-- case bq-any-value-having-max
-- shown email <- raw.crm_contacts.email
-- group raw.crm_contacts.phone
SELECT ANY_VALUE(email) AS email FROM raw.crm_contacts GROUP BY phone

-- case bq-approx-and-safe-divide
-- shown country <- dim_customer.country
-- shown per_buyer <- fct_orders.net_amount:aggregate, fct_orders.customer_key:aggregate
-- join fct_orders.customer_key dim_customer.customer_key
-- group dim_customer.country
SELECT c.country, SAFE_DIVIDE(SUM(o.net_amount), APPROX_COUNT_DISTINCT(o.customer_key)) AS per_buyer FROM analytics.fct_orders o JOIN analytics.dim_customer c USING (customer_key) GROUP BY c.country

-- case bq-generate-date-array
-- shown day <-
-- shown orders <- fct_orders.order_id:aggregate
-- join fct_orders.order_date
SELECT day, COUNT(o.order_id) AS orders FROM UNNEST(GENERATE_DATE_ARRAY('2026-01-01', '2026-01-31')) AS day LEFT JOIN analytics.fct_orders o ON o.order_date = day GROUP BY day

-- case bq-union-distinct
-- shown mail <- dim_customer.email, raw.crm_contacts.email
SELECT email AS mail FROM analytics.dim_customer UNION DISTINCT SELECT email FROM raw.crm_contacts

-- case bq-except-distinct
-- shown email <- raw.crm_contacts.email
-- filter dim_customer.email
SELECT email FROM raw.crm_contacts EXCEPT DISTINCT SELECT email FROM analytics.dim_customer

-- case bq-whole-row-json
-- shown row_json <- dim_store.*
SELECT TO_JSON_STRING(s) AS row_json FROM analytics.dim_store AS s

-- case bq-named-window
-- shown previous <- fct_orders.net_amount
-- window fct_orders.customer_key fct_orders.order_ts
SELECT LAG(net_amount) OVER w AS previous FROM analytics.fct_orders WINDOW w AS (PARTITION BY customer_key ORDER BY order_ts)

-- case bq-merge
-- writes dim_customer
-- shown email <- raw.crm_contacts.email
-- shown customer_id <- raw.crm_contacts.id
-- join dim_customer.customer_id raw.crm_contacts.id
-- filter raw.crm_contacts.updated_at
MERGE `acme-prod.analytics.dim_customer` T USING (SELECT id, email FROM raw.crm_contacts WHERE updated_at > TIMESTAMP '2026-01-01') S ON T.customer_id = S.id
WHEN MATCHED THEN UPDATE SET email = S.email WHEN NOT MATCHED THEN INSERT (customer_id, email) VALUES (S.id, S.email)

-- case bq-ctas-partitioned
-- writes daily_store
-- shown order_date <- fct_orders.order_date
-- shown city <- dim_store.city
-- shown n <-
-- join fct_orders.store_key dim_store.store_key
-- group fct_orders.order_date dim_store.city
CREATE OR REPLACE TABLE analytics.daily_store PARTITION BY order_date CLUSTER BY city AS
SELECT o.order_date, s.city, COUNT(*) AS n FROM analytics.fct_orders o JOIN analytics.dim_store s ON o.store_key = s.store_key GROUP BY 1, 2

-- case bq-pivot
-- shown channel <- fct_orders.channel
-- shown paid <- fct_orders.net_amount:aggregate
-- shown open <- fct_orders.net_amount:aggregate
-- filter fct_orders.status
-- group fct_orders.channel
SELECT * FROM (SELECT channel, status, net_amount FROM analytics.fct_orders) PIVOT (SUM(net_amount) FOR status IN ('paid', 'open'))

-- case bq-looker-cte
-- shown dim_customer_country <- dim_customer.country
-- shown orders_total <- fct_orders.net_amount:aggregate
-- join fct_orders.customer_key dim_customer.customer_key
-- filter fct_orders.order_date
-- group dim_customer.country
-- order fct_orders.net_amount
WITH orders AS (SELECT * FROM `analytics.fct_orders`)
SELECT dim_customer.country AS dim_customer_country, COALESCE(SUM(orders.net_amount), 0) AS orders_total FROM orders LEFT JOIN `analytics.dim_customer` AS dim_customer ON orders.customer_key = dim_customer.customer_key
WHERE orders.order_date >= DATE('2026-01-01') GROUP BY 1 ORDER BY 2 DESC LIMIT 500
