-- The courier's tables on MySQL.
-- schema: parcel
-- dialect: mysql

-- name: one parcel by number | operational | one row by a unique key
SELECT `parcel_id`, `status` FROM `parcel` WHERE `tracking_number` = ? LIMIT 1

-- name: parcels of a sender counted | operational | a count below one sender
SELECT COUNT(*) FROM `parcel` WHERE `sender_id` = ? AND `created_at` >= ?

-- name: revenue by day | analytical | groups the parcels of a month
SELECT DATE(`created_at`) AS `day`, SUM(`price`) AS `revenue` FROM `parcel` WHERE `created_at` >= DATE_SUB(CURDATE(), INTERVAL 30 DAY) GROUP BY DATE(`created_at`)

-- name: a dump | analytical | every row leaves
SELECT /*!40001 SQL_NO_CACHE */ * FROM `scan`
