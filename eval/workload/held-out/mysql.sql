-- A marketplace in MySQL: its application's statements, digests as performance_schema keeps them, and reports.
-- schema: shopfront
-- dialect: mysql

-- name: seller by key, a digest | operational | one row by key
SELECT `name` , `country` FROM `seller` WHERE `seller_id` = ? LIMIT ?
-- name: sales of a buyer | operational | one buyer's by index
SELECT s.sale_id, s.amount, l.title FROM sale s INNER JOIN listing l ON l.listing_id = s.listing_id WHERE s.buyer_id = 42 ORDER BY s.sold_at DESC LIMIT 0, 20
-- name: upsert | operational | what the client sends
INSERT INTO seller (seller_id, name, country) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name), country = VALUES(country)
-- name: replace | operational | what the client sends
REPLACE INTO job (job_id, queue, state, run_at) VALUES (1, 'mail', 'ready', NOW())
-- name: a job is taken | operational | a page of a queue with SKIP LOCKED
SELECT job_id, payload FROM job WHERE queue = ? AND state = ? AND run_at <= NOW() ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED
-- name: a job is claimed | operational | a page of a queue changed
UPDATE job SET state = 'taken' WHERE queue = 'mail' AND state = 'ready' ORDER BY run_at LIMIT 1
-- name: sales by month | analytical | groups all
SELECT DATE_FORMAT(sold_at, '%Y-%m') AS ym, SUM(amount) FROM sale GROUP BY ym WITH ROLLUP
-- name: dump of a table | analytical | an export of a table
SELECT /*!40001 SQL_NO_CACHE */ * FROM `sale`
-- name: outfile | analytical | an export
SELECT sale_id, amount INTO OUTFILE '/tmp/sale.csv' FIELDS TERMINATED BY ',' FROM sale
-- name: names joined | analytical | gathers all
SELECT country, GROUP_CONCAT(DISTINCT name ORDER BY name SEPARATOR ', ') FROM seller GROUP BY country
-- name: listings of a list | operational | a list of keys
SELECT listing_id, title FROM listing WHERE listing_id IN (1, 2, 3, 4, 5)
-- name: exists | operational | a probe by index
SELECT 1 AS one FROM sale WHERE listing_id = 9 LIMIT 1
-- name: dearest listings | analytical | sorts the table
SELECT listing_id, price FROM listing ORDER BY price DESC LIMIT 50
