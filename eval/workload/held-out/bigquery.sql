-- A marketplace in BigQuery.
-- schema: shopfront
-- dialect: bigquery

-- name: sales by day | analytical | groups the table
SELECT DATE(sold_at) AS day, SUM(amount) AS amount FROM `market.public.sale` GROUP BY day ORDER BY day DESC
-- name: one listing by key | operational | one row by key
SELECT title, price FROM listing WHERE listing_id = @listing_id
-- name: buyers, roughly | analytical | an approximate count of all
SELECT APPROX_COUNT_DISTINCT(buyer_id) FROM sale WHERE sold_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 30 DAY)
-- name: last state of each listing | analytical | a window over the table
SELECT * EXCEPT (rn) FROM (SELECT l.*, ROW_NUMBER() OVER (PARTITION BY listing_id ORDER BY updated_at DESC) AS rn FROM listing l) WHERE rn = 1
-- name: struct of sales | analytical | gathers all sales by listing
SELECT listing_id, ARRAY_AGG(STRUCT(sale_id, amount) ORDER BY sold_at DESC LIMIT 3) AS last3 FROM sale GROUP BY listing_id
-- name: all sellers | analytical | a whole table
SELECT * FROM seller
-- name: export to storage | analytical | an export
EXPORT DATA OPTIONS (uri = 'gs://bucket/sale-*.csv', format = 'CSV') AS SELECT sale_id, amount FROM sale
-- name: write rows | operational | what the client sends
INSERT INTO seller (seller_id, name, country) VALUES (1, 'Nordlicht', 'DE'), (2, 'Polder', 'NL')
-- name: sellers by a list | operational | a list of keys
SELECT seller_id, name FROM seller WHERE seller_id IN UNNEST(@ids)
-- name: a share of sales with a window | analytical | a window over all
SELECT sale_id, amount / SUM(amount) OVER (PARTITION BY listing_id) AS share FROM sale
-- name: change of one | operational | one row by key
UPDATE listing SET price = @price WHERE listing_id = @id
