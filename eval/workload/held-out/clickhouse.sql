-- A marketplace in ClickHouse.
-- schema: shopfront
-- dialect: clickhouse

-- name: sales by minute | analytical | groups a range
SELECT toStartOfMinute(sold_at) AS t, count() AS c, sum(amount) FROM sale WHERE sold_at >= now() - INTERVAL 1 DAY GROUP BY t ORDER BY t WITH FILL STEP 60
-- name: distinct buyers | analytical | an approximate count of all
SELECT uniq(buyer_id) FROM sale
-- name: three of each | analytical | sorts all for three each
SELECT listing_id, sale_id, amount FROM sale ORDER BY amount DESC LIMIT 3 BY listing_id
-- name: one listing | operational | one row by key
SELECT title, price FROM listing WHERE listing_id = {id:UInt64}
-- name: quantiles | analytical | all rows by group
SELECT seller_id, quantile(0.95)(price) FROM listing GROUP BY seller_id
-- name: latest price by argMax | analytical | all rows by group
SELECT listing_id, argMax(price, updated_at) FROM listing GROUP BY listing_id
-- name: all with final | analytical | a whole table merged
SELECT * FROM listing FINAL
-- name: sample | analytical | a share of the table
SELECT avg(amount) FROM sale SAMPLE 1/10
-- name: rows are written | operational | what the client sends
INSERT INTO sale (sale_id, listing_id, buyer_id, amount, sold_at) VALUES (1, 2, 3, 4.5, '2026-01-01 00:00:00')
-- name: dictionary and join | analytical | groups a join
SELECT s.country, sumIf(x.amount, x.amount > 0) FROM sale AS x ANY LEFT JOIN listing AS l ON l.listing_id = x.listing_id LEFT JOIN seller AS s ON s.seller_id = l.seller_id GROUP BY s.country
-- name: export into a file | analytical | an export
SELECT * FROM sale INTO OUTFILE 'sale.csv' FORMAT CSV
-- name: prewhere of a key | operational | one buyer by key
SELECT sale_id, amount FROM sale PREWHERE buyer_id = 17 ORDER BY sold_at DESC LIMIT 10
