-- A marketplace in Snowflake.
-- schema: shopfront
-- dialect: snowflake

-- name: top listings by seller | analytical | ranks all sales
SELECT seller_id, listing_id, SUM(amount) AS total FROM sale JOIN listing USING (listing_id) GROUP BY ALL QUALIFY ROW_NUMBER() OVER (PARTITION BY seller_id ORDER BY SUM(amount) DESC) <= 3
-- name: one seller | operational | one row by key
SELECT name, country FROM seller WHERE seller_id = ?
-- name: sales of a buyer | operational | one buyer's by key
SELECT sale_id, amount FROM sale WHERE buyer_id = :1 ORDER BY sold_at DESC LIMIT 20
-- name: sellers by country | analytical | groups the table
SELECT country, COUNT(*) FROM seller GROUP BY 1
-- name: unload | analytical | an export of a table
COPY INTO @exports/sales/ FROM (SELECT sale_id, amount FROM sale) FILE_FORMAT = (TYPE = PARQUET)
-- name: merge of a stage | analytical or operational | writes what it reads of a whole staging table
MERGE INTO listing t USING listing_stage s ON t.listing_id = s.listing_id WHEN MATCHED THEN UPDATE SET price = s.price WHEN NOT MATCHED THEN INSERT (listing_id, price) VALUES (s.listing_id, s.price)
-- name: insert of values | operational | what the client sends
INSERT INTO seller (seller_id, name, country) VALUES (%s, %s, %s)
-- name: month over month | analytical | a window over an aggregate
SELECT DATE_TRUNC('MONTH', sold_at) AS m, SUM(amount) AS s, LAG(s) OVER (ORDER BY m) FROM sale GROUP BY m
-- name: pivot of sales | analytical | groups all
SELECT * FROM (SELECT buyer_id, amount, MONTH(sold_at) AS mon FROM sale) PIVOT (SUM(amount) FOR mon IN (1, 2, 3)) AS p
-- name: a table of a table | analytical | writes from whole tables
CREATE OR REPLACE TABLE mart_daily AS SELECT sold_at::date AS day, SUM(amount) AS amount FROM sale GROUP BY 1
-- name: the session's warehouse | operational | runs the session
USE WAREHOUSE reporting_wh
-- name: clean | operational | removes rows by key
DELETE FROM sale WHERE sale_id = 18
