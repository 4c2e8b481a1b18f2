-- Trino and Athena. Source: trino.io/docs/current/sql/select.html.
-- dialect trino
-- ddl warehouse

-- case tr-three-part
-- shown email <- dim_customer.email
SELECT c.email FROM hive.analytics.dim_customer c

-- case tr-unnest-with-ordinality
-- shown order_id <- fct_orders.order_id
-- shown tag <- fct_orders.tags
SELECT o.order_id, t.tag FROM analytics.fct_orders o CROSS JOIN UNNEST(o.tags) AS t (tag)

-- case tr-row-field
-- shown city <- dim_customer.address
SELECT c.address.city AS city FROM analytics.dim_customer c

-- case tr-lambda-transform
-- shown upper_tags <- fct_orders.tags
SELECT transform(tags, t -> upper(t)) AS upper_tags FROM analytics.fct_orders

-- case tr-approx-and-filter
-- shown country <- dim_store.country
-- shown buyers <- fct_orders.customer_key:aggregate
-- join fct_orders.store_key dim_store.store_key
-- filter fct_orders.status
-- group dim_store.country
SELECT s.country, approx_distinct(o.customer_key) FILTER (WHERE o.status = 'paid') AS buyers FROM analytics.fct_orders o JOIN analytics.dim_store s ON s.store_key = o.store_key GROUP BY 1

-- case tr-max-by
-- shown customer_key <- fct_orders.customer_key
-- shown last_channel <- fct_orders.channel
-- order fct_orders.order_ts
-- group fct_orders.customer_key
SELECT customer_key, max_by(channel, order_ts) AS last_channel FROM analytics.fct_orders GROUP BY customer_key

-- case tr-json-extract
-- shown plan <- raw.stripe_charges.metadata
-- filter raw.stripe_charges.paid
SELECT json_extract_scalar(metadata, '$.plan') AS plan FROM raw.stripe_charges WHERE paid

-- case tr-ctas-with-properties
-- writes agg_day
-- shown order_date <- fct_orders.order_date
-- shown n <-
-- group fct_orders.order_date
CREATE TABLE analytics.agg_day WITH (format = 'PARQUET') AS SELECT order_date, count(*) AS n FROM analytics.fct_orders GROUP BY order_date

-- case tr-if-try
-- shown v <- dim_customer.phone, dim_customer.email
-- when dim_customer.is_current
SELECT if(is_current, phone, try(email)) AS v FROM analytics.dim_customer
