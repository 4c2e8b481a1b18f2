-- MySQL: an application and its reports.
-- schema: market
-- dialect: mysql
-- search_path: public

-- name: user by mail | operational | one row by a unique key
select * from `users` where `email` = ? limit 1

-- name: products by a list of keys | operational | rows by a list of keys
SELECT `products`.`id`, `products`.`title` FROM `products` WHERE `products`.`id` IN (?, ?, ?)

-- name: digest of a lookup | operational | one row by key, as the server keeps it
SELECT * FROM `orders` WHERE `number` = ?

-- name: locks without waiting | operational | takes the next rows and locks them
SELECT `id` FROM `orders` WHERE `state` = 'paid' ORDER BY `placed_at` LIMIT 10 FOR UPDATE SKIP LOCKED

-- name: writes or changes | operational | rows that the client sends
INSERT INTO `stock_levels` (`variant_id`, `warehouse_id`, `on_hand`, `reserved`) VALUES (?, ?, ?, 0) ON DUPLICATE KEY UPDATE `on_hand` = VALUES(`on_hand`)

-- name: counts below a user | operational | a count below one key
SELECT COUNT(*) AS aggregate FROM `orders` WHERE `orders`.`user_id` = ? AND `state` = ?

-- name: revenue by day | analytical | groups the orders of a month
SELECT DATE_FORMAT(`placed_at`, '%Y-%m-%d') AS d, SUM(`total_cents`) FROM `orders` WHERE `placed_at` >= DATE_SUB(NOW(), INTERVAL 1 MONTH) GROUP BY d WITH ROLLUP

-- name: values of a column | analytical | the distinct values of a whole table
SELECT DISTINCT `channel` FROM `orders`

-- name: a dump | analytical | every row of a table
SELECT /*!40001 SQL_NO_CACHE */ * FROM `order_items`

-- name: all rows, counted for a page | operational or mixed | a page of one category that counts all its hits
SELECT SQL_CALC_FOUND_ROWS `id`, `title` FROM `products` WHERE `category_id` = ? ORDER BY `created_at` DESC LIMIT 0, 20
