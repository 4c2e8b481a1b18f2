-- A marketplace in Databricks.
-- schema: shopfront
-- dialect: databricks

-- name: merge of changes | analytical or operational | writes what it reads of a whole staging table
MERGE INTO listing AS t USING listing_changes AS s ON t.listing_id = s.listing_id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *
-- name: sales by seller | analytical | a join grouped
SELECT l.seller_id, sum(x.amount) FROM sale x JOIN listing l ON l.listing_id = x.listing_id GROUP BY l.seller_id
-- name: one listing | operational | one row by key
SELECT * FROM listing WHERE listing_id = :listing_id
-- name: explode | analytical | all rows taken apart
SELECT listing_id, word FROM listing LATERAL VIEW explode(split(title, ' ')) w AS word
-- name: overwrite | analytical | writes from a whole table
INSERT OVERWRITE TABLE sale_day SELECT date(sold_at), sum(amount) FROM sale GROUP BY date(sold_at)
-- name: percentile | analytical | all by group
SELECT seller_id, percentile_approx(price, 0.5) FROM listing GROUP BY seller_id
-- name: top | analytical | sorts the table
SELECT * FROM sale ORDER BY amount DESC LIMIT 100
-- name: write one | operational | what the client sends
INSERT INTO seller VALUES (1, 'Polder', 'NL')
-- name: optimise | operational | runs the server
OPTIMIZE sale
-- name: qualify | analytical | a window over the table
SELECT * FROM sale QUALIFY row_number() OVER (PARTITION BY buyer_id ORDER BY sold_at DESC) = 1
