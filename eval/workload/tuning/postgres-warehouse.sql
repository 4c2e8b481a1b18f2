-- A warehouse on PostgreSQL: reports, loads, and an application that asks by key.
-- schema: wh

-- name: one customer's scores | operational | one row by key from a table of results
SELECT next_offer FROM customer_360 WHERE customer_id = $1

-- name: scores of a list | operational | rows by a list of keys
SELECT customer_id, churn_score FROM customer_360 WHERE customer_id = ANY($1)

-- name: the current version of one | operational | one row by the first column of a key
SELECT segment FROM dim_customer WHERE customer_id = $1 AND is_current

-- name: revenue by segment | analytical | groups a whole table with its dimension
SELECT c.segment, sum(f.amount) FROM fact_order f JOIN dim_customer c ON c.customer_id = f.customer_id AND f.ordered_at >= c.valid_from AND f.ordered_at < coalesce(c.valid_to, 'infinity') GROUP BY c.segment

-- name: what was loaded is made ready | analytical | every new row into the fact table
INSERT INTO fact_order SELECT (properties::jsonb->>'order_id')::bigint, user_id, (properties::jsonb->>'product_id')::bigint, occurred_at, properties::jsonb->>'country', 1, (properties::jsonb->>'amount')::numeric FROM raw_events WHERE name = 'order' AND loaded_at > (SELECT high_watermark FROM load_state WHERE source = 'orders')

-- name: a dimension is closed | operational | rows by key that the load sends
UPDATE dim_customer SET valid_to = $2, is_current = false WHERE customer_id = $1 AND is_current

-- name: scores of all are written | analytical | aggregates every customer into a table of results
INSERT INTO customer_360 (customer_id, lifetime_value) SELECT customer_id, sum(amount) FROM fact_order GROUP BY customer_id ON CONFLICT (customer_id) DO UPDATE SET lifetime_value = excluded.lifetime_value

-- name: state of a load | operational | one row by key
SELECT high_watermark FROM load_state WHERE source = $1
