-- A marketplace in Redshift.
-- schema: shopfront
-- dialect: redshift

-- name: unload to storage | analytical | an export
UNLOAD ('SELECT * FROM sale WHERE sold_at >= ''2026-01-01''') TO 's3://bucket/sale_' IAM_ROLE 'arn:aws:iam::1:role/x' PARQUET
-- name: load from storage | operational | loads what the client sends
COPY sale FROM 's3://bucket/sale/' IAM_ROLE 'arn:aws:iam::1:role/x' FORMAT AS PARQUET
-- name: names of sellers in a line | analytical | gathers all
SELECT country, LISTAGG(name, ',') WITHIN GROUP (ORDER BY name) FROM seller GROUP BY country
-- name: sales by hour | analytical | groups a range
SELECT DATE_TRUNC('hour', sold_at) AS h, COUNT(*), SUM(amount) FROM public.sale WHERE sold_at > DATEADD(day, -7, GETDATE()) GROUP BY 1
-- name: seller by key | operational | one row by key
SELECT name FROM seller WHERE seller_id = 12
-- name: median price | analytical | sorts all
SELECT MEDIAN(price) FROM listing
-- name: rank | analytical | a window over the table
SELECT listing_id, DENSE_RANK() OVER (PARTITION BY seller_id ORDER BY price DESC) FROM listing
-- name: a temporary step | analytical | writes a table from a whole table
CREATE TEMP TABLE step DISTKEY(seller_id) AS SELECT seller_id, COUNT(*) AS n FROM listing GROUP BY seller_id
-- name: upsert's delete | analytical or operational | removes what a staging table holds
DELETE FROM sale USING sale_stage WHERE sale.sale_id = sale_stage.sale_id
-- name: top by amount | analytical | sorts the table
SELECT TOP 10 sale_id, amount FROM sale ORDER BY amount DESC
-- name: a buyer's page | operational | one buyer's by key
SELECT sale_id, amount FROM sale WHERE buyer_id = $1 ORDER BY sold_at DESC LIMIT 10
