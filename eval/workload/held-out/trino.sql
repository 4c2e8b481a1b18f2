-- A marketplace through Trino.
-- schema: shopfront
-- dialect: trino

-- name: buyers, roughly | analytical | an approximate count of all
SELECT approx_distinct(buyer_id) FROM sale
-- name: two catalogues joined | analytical | whole tables grouped
SELECT s.country, sum(x.amount) FROM postgresql.public.seller s JOIN hive.facts.sale x ON x.seller_id = s.seller_id GROUP BY s.country
-- name: one seller | operational | one row by key
SELECT name FROM seller WHERE seller_id = 7
-- name: max by | analytical | all by group
SELECT listing_id, max_by(amount, sold_at) FROM sale GROUP BY 1
-- name: a table from a table | analytical | writes from a whole table
CREATE TABLE hive.marts.sale_day WITH (format = 'ORC') AS SELECT date(sold_at) AS day, sum(amount) AS amount FROM sale GROUP BY 1
-- name: an extract | analytical | a whole table
SELECT sale_id, listing_id, amount FROM sale
-- name: write one | operational | what the client sends
INSERT INTO seller VALUES (1, 'Polder', 'NL')
-- name: listings of a list | operational | a list of keys
SELECT title FROM listing WHERE listing_id IN (1, 2, 3)
-- name: window | analytical | a window over the table
SELECT sale_id, first_value(amount) OVER (PARTITION BY listing_id ORDER BY sold_at) FROM sale
-- name: distinct | analytical | the whole table
SELECT DISTINCT country FROM seller
