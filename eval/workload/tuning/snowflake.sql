-- Snowflake: reports, loads, and an application that asks by key.
-- schema: wh
-- dialect: snowflake

-- name: the newest version of each | analytical | a window over a whole table
SELECT * FROM raw_events QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY loaded_at DESC) = 1

-- name: the newest version of one | operational | a window below one key
SELECT * FROM dim_customer WHERE customer_id = ? QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) = 1

-- name: one customer's scores | operational | one row by key
SELECT lifetime_value, churn_score, next_offer FROM customer_360 WHERE customer_id = ?

-- name: features of some entities | operational | rows by a list of keys
SELECT entity_id, feature, value FROM feature_store WHERE entity_id IN (?, ?, ?) AND feature IN ('ltv', 'recency')

-- name: revenue by all | analytical | groups a year
SELECT country, DATE_TRUNC('month', ordered_at) AS month, SUM(amount) AS revenue FROM fact_order WHERE ordered_at >= DATEADD('month', -12, CURRENT_DATE) GROUP BY ALL ORDER BY 2

-- name: distinct approximately | analytical | an aggregate over a whole table
SELECT APPROX_COUNT_DISTINCT(customer_id) FROM fact_order

-- name: pivot | analytical | a pivot over a whole table
SELECT * FROM (SELECT country, category, amount FROM fact_order f JOIN dim_product p ON p.product_id = f.product_id) PIVOT (SUM(amount) FOR country IN ('DE', 'FR')) AS p

-- name: table of results | analytical | groups a whole table into a new one
CREATE OR REPLACE TRANSIENT TABLE daily_revenue AS (SELECT ordered_at::DATE AS day, SUM(amount) AS revenue FROM fact_order GROUP BY 1)

-- name: load state of one source | operational | one row by key
UPDATE load_state SET high_watermark = ?, loaded_at = CURRENT_TIMESTAMP() WHERE source = ?

-- name: which warehouse | operational | a setting of the session
USE WAREHOUSE reporting_xs

-- name: sample of a tool | mixed or analytical | a thousand rows without order
SELECT * FROM fact_order LIMIT 1000
