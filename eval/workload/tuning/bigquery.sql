-- BigQuery: reports, and an application that asks by key.
-- schema: wh
-- dialect: bigquery
-- search_path: public

-- name: revenue of a month | analytical | groups a range
SELECT country, SUM(amount) AS revenue FROM `public.fact_order` WHERE DATE(ordered_at) BETWEEN '2026-01-01' AND '2026-01-31' GROUP BY country

-- name: distinct approximately | analytical | an aggregate over a range
SELECT APPROX_COUNT_DISTINCT(user_id) FROM public.raw_events WHERE occurred_at >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)

-- name: the newest version of each | analytical | a window over a whole table
SELECT * EXCEPT (n) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY loaded_at DESC) AS n FROM public.raw_events) WHERE n = 1

-- name: one customer's scores | operational | one row by key
SELECT next_offer FROM public.customer_360 WHERE customer_id = @customer_id

-- name: what happened to one event | operational | one row by key
SELECT name, properties FROM public.raw_events WHERE event_id = @id LIMIT 1

-- name: a merge of a day | analytical | groups a day of events into a table of results
MERGE public.feature_store t USING (SELECT CAST(user_id AS STRING) AS entity_id, COUNT(*) AS value FROM public.raw_events WHERE DATE(occurred_at) = CURRENT_DATE() GROUP BY user_id) s ON t.entity_id = s.entity_id AND t.feature = 'events' WHEN MATCHED THEN UPDATE SET value = s.value WHEN NOT MATCHED THEN INSERT (entity_id, feature, value) VALUES (s.entity_id, 'events', s.value)
