-- ClickHouse: reports, and an application that asks by key.
-- schema: wh
-- dialect: clickhouse
-- search_path: public

-- name: series | analytical | groups a range of time
SELECT toStartOfHour(occurred_at) AS t, count() FROM raw_events WHERE occurred_at >= now() - INTERVAL 1 DAY GROUP BY t ORDER BY t

-- name: uniq | analytical | an aggregate over a whole table
SELECT uniq(user_id), quantile(0.95)(length(properties)) FROM raw_events

-- name: top by | analytical | groups everything, cut
SELECT name, count() AS c FROM raw_events GROUP BY name ORDER BY c DESC LIMIT 10

-- name: one row by key | operational | one row by key
SELECT lifetime_value FROM customer_360 WHERE customer_id = {id:UInt64}

-- name: final | analytical | every row, merged
SELECT * FROM fact_order FINAL

-- name: rows are written | operational | rows that the client sends
INSERT INTO raw_events (event_id, user_id, name, occurred_at, loaded_at) VALUES ('a1', 7, 'open', '2026-02-01 00:00:00', '2026-02-01 00:00:02')
