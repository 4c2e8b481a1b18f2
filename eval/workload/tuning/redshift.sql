-- Redshift: reports and unloads, and an application that asks by key.
-- schema: wh
-- dialect: redshift

-- name: by month | analytical | groups a range
SELECT DATE_TRUNC('month', ordered_at), SUM(amount) FROM fact_order WHERE ordered_at >= DATEADD(year, -1, GETDATE()) GROUP BY 1

-- name: median | analytical | an aggregate over a whole table
SELECT country, MEDIAN(amount), LISTAGG(DISTINCT country, ',') FROM fact_order GROUP BY country

-- name: one customer's scores | operational | one row by key
SELECT churn_score FROM customer_360 WHERE customer_id = $1

-- name: copies a table deeply | analytical | every row into a new table
CREATE TABLE fact_order_copy DISTKEY (customer_id) SORTKEY (ordered_at) AS SELECT * FROM fact_order

-- name: the newest version of each | analytical | a window over a whole table
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY loaded_at DESC) AS n FROM raw_events) WHERE n = 1
