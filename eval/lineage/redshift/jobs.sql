-- Redshift: longer queries.
-- dialect redshift
-- ddl warehouse

-- case rs-long-funnel
-- shown landing_page <- fct_sessions.landing_page
-- shown sessions <- fct_sessions.session_id:aggregate
-- shown buyers <- fct_orders.customer_key:aggregate
-- join fct_orders.customer_key fct_sessions.customer_key fct_orders.order_ts fct_sessions.started_at
-- group fct_sessions.landing_page
-- order fct_sessions.session_id
SELECT s.landing_page, COUNT(DISTINCT s.session_id) AS sessions, COUNT(DISTINCT o.customer_key) AS buyers
FROM analytics.fct_sessions s LEFT JOIN analytics.fct_orders o ON o.customer_key = s.customer_key AND o.order_ts BETWEEN s.started_at AND DATEADD(day, 7, s.started_at)
GROUP BY s.landing_page ORDER BY 2 DESC

-- case rs-case-decode
-- shown band <- 
-- shown n <-
-- when dim_product.price
SELECT CASE WHEN price < 10 THEN 'low' WHEN price < 100 THEN 'mid' ELSE 'high' END AS band, COUNT(*) AS n FROM analytics.dim_product GROUP BY 1

-- case rs-unload
-- shown email <- dim_customer.email
-- filter dim_customer.is_current
-- maybe dim_customer.email
UNLOAD ('SELECT email FROM analytics.dim_customer WHERE is_current') TO 's3://exports/customers/' IAM_ROLE default FORMAT PARQUET

-- case rs-string-functions
-- shown local <- raw.crm_contacts.email
-- shown area <- raw.crm_contacts.phone:partial
SELECT SPLIT_PART(email, '@', 1) AS local, LEFT(phone, 3) AS area FROM raw.crm_contacts

-- case rs-cte-insert
-- writes dim_store
-- shown store_key <- fct_orders.store_key
-- shown city <-
-- group fct_orders.store_key
-- filter dim_store.store_key fct_orders.store_key
INSERT INTO analytics.dim_store (store_key, city) WITH seen AS (SELECT store_key FROM analytics.fct_orders GROUP BY store_key)
SELECT store_key, 'unknown' FROM seen WHERE store_key NOT IN (SELECT store_key FROM analytics.dim_store)
