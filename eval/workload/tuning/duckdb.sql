-- DuckDB: notebooks, exports, and a lookup.
-- schema: wh
-- dialect: duckdb
-- search_path: public

-- name: summary by all | analytical | groups a whole table
SELECT country, sum(amount) FROM fact_order GROUP BY ALL ORDER BY ALL

-- name: from first | analytical | every row
FROM fact_order

-- name: summarise | analytical | statistics of every column of a whole table
SUMMARIZE fact_order

-- name: export to a file | analytical | every row of a year leaves
COPY (SELECT * FROM fact_order WHERE ordered_at >= '2025-01-01') TO 'orders.parquet' (FORMAT parquet)

-- name: one customer's scores | operational | one row by key
SELECT churn_score FROM customer_360 WHERE customer_id = $1

-- name: state of a load | operational | one row by key
INSERT INTO load_state VALUES ('orders', now(), now()) ON CONFLICT (source) DO UPDATE SET high_watermark = excluded.high_watermark
