-- A marketplace in DuckDB.
-- schema: shopfront
-- dialect: duckdb

-- name: from first | analytical | a whole table
FROM sale
-- name: group by all | analytical | groups the table
SELECT listing_id, sum(amount) FROM sale GROUP BY ALL ORDER BY ALL
-- name: a file is read | analytical | a whole file
SELECT count(*) FROM read_parquet('sale/*.parquet')
-- name: export as parquet | analytical | an export
COPY (SELECT * FROM sale) TO 'sale.parquet' (FORMAT parquet)
-- name: one seller | operational | one row by key
SELECT * FROM seller WHERE seller_id = 3
-- name: summarise | analytical | reads all of a table
SUMMARIZE sale
-- name: qualify | analytical | a window over the table
SELECT * FROM sale QUALIFY row_number() OVER (PARTITION BY buyer_id ORDER BY sold_at DESC) = 1
-- name: as-of join | analytical | whole tables
SELECT s.sale_id, l.price FROM sale s ASOF JOIN listing l ON s.listing_id = l.listing_id AND s.sold_at >= l.updated_at
-- name: a step's table | analytical | writes from a whole table
CREATE OR REPLACE TABLE sale_day AS SELECT sold_at::DATE AS day, sum(amount) AS amount FROM sale GROUP BY day
-- name: rows are written | operational | what the client sends
INSERT INTO seller VALUES (1, 'Nordlicht', 'DE') ON CONFLICT DO NOTHING
-- name: setting | operational | the session
SET memory_limit = '4GB'
