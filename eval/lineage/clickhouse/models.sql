-- ClickHouse: Grafana, Superset and materialised views. Source: clickhouse.com/docs/sql-reference/statements/select.
-- dialect clickhouse
-- ddl clickhouse

-- case ch-count-if
-- shown country <- page_view.country
-- shown slow <-
-- shown users <- page_view.user_id:aggregate
-- filter page_view.duration_ms
-- group page_view.country
SELECT country, countIf(duration_ms > 3000) AS slow, uniqExact(user_id) AS users FROM telemetry.page_view GROUP BY country

-- case ch-sum-if
-- shown paid <- purchase.amount:aggregate
-- filter purchase.status
SELECT sumIf(amount, status = 'paid') AS paid FROM telemetry.purchase

-- case ch-array-join-clause
-- shown event_id <- page_view.event_id
-- shown tag <- page_view.tags
SELECT event_id, tag FROM telemetry.page_view ARRAY JOIN tags AS tag

-- case ch-array-join-two
-- shown tag <- page_view.tags
-- shown score <- page_view.scores
SELECT tag, score FROM telemetry.page_view LEFT ARRAY JOIN tags AS tag, scores AS score

-- case ch-array-join-function
-- shown tag <- page_view.tags
SELECT arrayJoin(tags) AS tag FROM telemetry.page_view

-- case ch-prewhere
-- shown url <- page_view.url
-- filter page_view.event_date page_view.country
SELECT url FROM telemetry.page_view PREWHERE event_date = today() WHERE country = 'AT'

-- case ch-limit-by
-- shown user_id <- page_view.user_id
-- shown url <- page_view.url
-- order page_view.user_id page_view.ts
-- maybe page_view.user_id page_view.ts
SELECT user_id, url FROM telemetry.page_view ORDER BY user_id, ts DESC LIMIT 3 BY user_id

-- case ch-final-and-sample
-- shown email <- user_profile.email
SELECT email FROM telemetry.user_profile FINAL

-- case ch-asof-join
-- shown sale_id <- sale.sale_id
-- shown price <- price_change.price
-- join sale.sku price_change.sku sale.sold_at price_change.changed_at
SELECT s.sale_id, p.price FROM telemetry.sale s ASOF LEFT JOIN telemetry.price_change p ON s.sku = p.sku AND s.sold_at >= p.changed_at

-- case ch-alias-before-column
-- shown country <- page_view.url:partial
-- shown n <-
-- group page_view.url
SELECT domain(url) AS country, count() AS n FROM telemetry.page_view GROUP BY country

-- case ch-alias-used-in-where
-- shown seconds <- page_view.duration_ms
-- filter page_view.duration_ms
SELECT duration_ms / 1000 AS seconds FROM telemetry.page_view WHERE seconds > 5

-- case ch-alias-used-in-select
-- shown day <- page_view.ts:?
-- shown label <- page_view.ts:?, page_view.country
SELECT toStartOfDay(ts) AS day, concat(toString(day), country) AS label FROM telemetry.page_view

-- case ch-with-expression
-- shown url <- page_view.url
-- filter page_view.event_date
WITH today() - 7 AS since SELECT url FROM telemetry.page_view WHERE event_date >= since

-- case ch-with-expression-of-column
-- shown host <- page_view.url:partial
-- group page_view.url
WITH domain(url) AS host SELECT host FROM telemetry.page_view GROUP BY host

-- case ch-with-scalar-subquery
-- shown share <- purchase.amount
WITH (SELECT sum(amount) FROM telemetry.purchase) AS total SELECT amount / total AS share FROM telemetry.purchase

-- case ch-cte
-- shown plan <- user_profile.plan
-- shown spent <- purchase.amount:aggregate
-- join purchase.user_id user_profile.user_id
-- group user_profile.plan
-- filter purchase.status
WITH paid AS (SELECT user_id, amount FROM telemetry.purchase WHERE status = 'paid') SELECT u.plan, sum(p.amount) AS spent FROM paid AS p INNER JOIN telemetry.user_profile AS u ON u.user_id = p.user_id GROUP BY u.plan

-- case ch-using-any-join
-- shown email <- user_profile.email
-- shown amount <- purchase.amount
-- join purchase.user_id user_profile.user_id
SELECT email, amount FROM telemetry.purchase ANY LEFT JOIN telemetry.user_profile USING (user_id)

-- case ch-global-in
-- shown url <- page_view.url
-- filter page_view.user_id purchase.user_id
SELECT url FROM telemetry.page_view WHERE user_id GLOBAL IN (SELECT user_id FROM telemetry.purchase)

-- case ch-tuple-element-and-map
-- shown os <- page_view.device
-- shown campaign <- page_view.properties
SELECT device.os AS os, properties['utm_campaign'] AS campaign FROM telemetry.page_view

-- case ch-json-extract
-- shown mail <- page_view.payload
-- filter page_view.payload
SELECT JSONExtractString(payload, 'email') AS mail FROM telemetry.page_view WHERE JSONHas(payload, 'email')

-- case ch-lambda
-- shown long_tags <- page_view.tags
SELECT arrayFilter(x -> length(x) > 3, tags) AS long_tags FROM telemetry.page_view

-- case ch-lambda-parameter-hides-column
-- shown upper_tags <- page_view.tags
SELECT arrayMap(url -> upper(url), tags) AS upper_tags FROM telemetry.page_view

-- case ch-arg-max
-- shown user_id <- user_profile.user_id
-- shown email <- user_profile.email
-- order user_profile.updated_at
-- group user_profile.user_id
SELECT user_id, argMax(email, updated_at) AS email FROM telemetry.user_profile GROUP BY user_id

-- case ch-group-array
-- shown urls <- page_view.url
-- group page_view.user_id
SELECT groupArray(10)(url) AS urls FROM telemetry.page_view GROUP BY user_id

-- case ch-quantiles
-- shown p <- page_view.duration_ms:?
-- group page_view.country
SELECT quantiles(0.5, 0.95)(duration_ms) AS p FROM telemetry.page_view GROUP BY country

-- case ch-uniq-state-merge
-- shown country <- daily_uniques.country
-- shown users <- daily_uniques.users:aggregate
-- group daily_uniques.country
SELECT country, uniqMerge(users) AS users FROM telemetry.daily_uniques GROUP BY country

-- case ch-grafana-bucket
-- shown t <- page_view.ts:?
-- shown views <-
-- group page_view.ts
-- order page_view.ts
-- filter page_view.ts
SELECT toStartOfInterval(ts, INTERVAL 5 minute) AS t, count() AS views FROM telemetry.page_view WHERE ts >= toDateTime(1767225600) AND ts <= toDateTime(1767312000) GROUP BY t ORDER BY t

-- case ch-with-totals
-- shown currency <- purchase.currency
-- shown total <- purchase.amount:aggregate
-- group purchase.currency
-- having purchase.amount
SELECT currency, sum(amount) AS total FROM telemetry.purchase GROUP BY currency WITH TOTALS HAVING total > 100

-- case ch-star-except
-- shown user_id <- user_profile.user_id
-- shown name <- user_profile.name
-- shown plan <- user_profile.plan
-- shown country <- user_profile.country
-- shown updated_at <- user_profile.updated_at
SELECT * EXCEPT (email) FROM telemetry.user_profile

-- case ch-multi-if
-- shown band <-
-- shown who <- user_profile.name, user_profile.email
-- when page_view.duration_ms user_profile.plan
-- join page_view.user_id user_profile.user_id
SELECT multiIf(v.duration_ms < 100, 'fast', v.duration_ms < 1000, 'normal', 'slow') AS band, if(u.plan = 'free', u.name, u.email) AS who FROM telemetry.page_view AS v INNER JOIN telemetry.user_profile AS u ON v.user_id = u.user_id

-- case ch-union-all-subquery
-- shown id <- page_view.user_id, purchase.user_id
SELECT id FROM (SELECT user_id AS id FROM telemetry.page_view UNION ALL SELECT user_id FROM telemetry.purchase)

-- case ch-insert-select
-- writes user_profile
-- shown user_id <- purchase.user_id
-- shown plan <-
INSERT INTO telemetry.user_profile (user_id, plan) SELECT user_id, 'paying' FROM telemetry.purchase

-- case ch-materialized-view-to
-- writes daily_uniques
-- shown event_date <- page_view.event_date
-- shown country <- page_view.country
-- shown users <- page_view.user_id:aggregate
-- group page_view.event_date page_view.country
CREATE MATERIALIZED VIEW telemetry.mv_uniques TO telemetry.daily_uniques AS SELECT event_date, country, uniqState(user_id) AS users FROM telemetry.page_view GROUP BY event_date, country

-- case ch-settings-and-format
-- shown email <- user_profile.email
-- filter user_profile.plan
SELECT email FROM telemetry.user_profile WHERE plan = 'pro' SETTINGS max_threads = 2 FORMAT CSV

-- case ch-cityhash
-- shown h <- user_profile.email:pseudonymous-weak
SELECT cityHash64(email) AS h FROM telemetry.user_profile

-- case ch-column-in-another-case
-- uncertain
-- outputs-open
-- reads user_profile
SELECT Email FROM telemetry.user_profile
