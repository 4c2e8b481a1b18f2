-- ClickHouse: longer queries.
-- dialect clickhouse
-- ddl clickhouse

-- case ch-funnel
-- shown level <- page_view.ts:?, page_view.url:?
-- shown users <-
-- group page_view.user_id page_view.ts page_view.url
SELECT level, count() AS users FROM (SELECT user_id, windowFunnel(3600)(ts, url = '/cart', url = '/pay') AS step FROM telemetry.page_view GROUP BY user_id) ARRAY JOIN range(step) AS level GROUP BY level

-- case ch-join-with-subqueries
-- shown plan <- user_profile.plan
-- shown views <-
-- shown paid <- purchase.amount:aggregate
-- join page_view.user_id user_profile.user_id purchase.user_id
-- group user_profile.plan purchase.user_id
-- filter purchase.status
SELECT u.plan, count() AS views, sum(p.total) AS paid FROM telemetry.page_view AS v
INNER JOIN telemetry.user_profile AS u ON u.user_id = v.user_id
LEFT JOIN (SELECT user_id, sum(amount) AS total FROM telemetry.purchase WHERE status = 'paid' GROUP BY user_id) AS p ON p.user_id = v.user_id
GROUP BY u.plan

-- case ch-window
-- shown user_id <- purchase.user_id
-- shown running <- purchase.amount:aggregate
-- window purchase.user_id purchase.ts
SELECT user_id, sum(amount) OVER (PARTITION BY user_id ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM telemetry.purchase

-- case ch-nested-aggregates-with-alias
-- shown day <- purchase.ts
-- shown revenue <- purchase.amount:aggregate
-- shown per_buyer <- purchase.amount:aggregate, purchase.user_id:aggregate
-- group purchase.ts
-- order purchase.ts
SELECT toDate(ts) AS day, sum(amount) AS revenue, revenue / uniq(user_id) AS per_buyer FROM telemetry.purchase GROUP BY day ORDER BY day WITH FILL

-- case ch-dict-get
-- shown manager <- purchase.currency
-- shown amount <- purchase.amount
SELECT dictGet('ref.currency', 'manager', currency) AS manager, amount FROM telemetry.purchase

-- case ch-avg-if-with-alias
-- shown mobile <- page_view.duration_ms:aggregate
-- filter page_view.device
SELECT avgIf(duration_ms, device.os = 'android') AS mobile FROM telemetry.page_view

-- case ch-tuple-in
-- shown sale_id <- sale.sale_id
-- filter sale.sku sale.quantity price_change.sku price_change.price
SELECT sale_id FROM telemetry.sale WHERE (sku, quantity) IN (SELECT sku, price FROM telemetry.price_change)

-- case ch-top-k-map
-- shown m <- page_view.properties
-- group page_view.country
SELECT groupUniqArray(properties['campaign']) AS m FROM telemetry.page_view GROUP BY country
