-- Queries as dashboards, dbt models and pg_stat_statements hold them.
-- dialect postgres
-- ddl shop

-- case dash-metabase-wrapper
-- shown country <- customer.country
-- shown count <-
-- group customer.country
-- order customer.country
-- also customer.created_at customer.customer_id customer.email
SELECT "source"."country" AS "country", COUNT(*) AS "count" FROM (SELECT "shop"."customer"."customer_id" AS "customer_id", "shop"."customer"."email" AS "email",
  "shop"."customer"."country" AS "country", "shop"."customer"."created_at" AS "created_at" FROM "shop"."customer") AS "source" GROUP BY "source"."country" ORDER BY "source"."country" ASC

-- case dash-metabase-joined
-- shown Customers - Customer__country <- customer.country
-- shown placed_at <- orders.placed_at:partial
-- shown sum <- orders.total:aggregate
-- join orders.customer_id customer.customer_id
-- filter orders.status
-- group customer.country orders.placed_at
-- order customer.country orders.placed_at
SELECT "Customers - Customer"."country" AS "Customers - Customer__country", DATE_TRUNC('month', "shop"."orders"."placed_at") AS "placed_at", SUM("shop"."orders"."total") AS "sum"
FROM "shop"."orders" LEFT JOIN "shop"."customer" AS "Customers - Customer" ON "shop"."orders"."customer_id" = "Customers - Customer"."customer_id"
WHERE "shop"."orders"."status" = 'paid' GROUP BY "Customers - Customer"."country", DATE_TRUNC('month', "shop"."orders"."placed_at")
ORDER BY "Customers - Customer"."country" ASC, DATE_TRUNC('month', "shop"."orders"."placed_at") ASC

-- case dash-superset-virtual-dataset
-- shown channel <- orders.channel
-- shown SUM(net) <- orders.total:aggregate, orders.tax:aggregate
-- group orders.channel
-- order orders.total orders.tax
-- filter orders.placed_at
SELECT channel AS channel, sum(net) AS "SUM(net)" FROM (SELECT channel, total - tax AS net, placed_at FROM shop.orders) AS virtual_table
WHERE placed_at >= TO_TIMESTAMP('2026-01-01 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US') GROUP BY channel ORDER BY "SUM(net)" DESC LIMIT 1000

-- case dash-cohort-retention
-- shown cohort <- orders.placed_at:partial
-- shown month_no <- orders.placed_at:partial
-- shown buyers <- orders.customer_id:aggregate
-- group orders.customer_id orders.placed_at
-- join orders.customer_id
WITH first_order AS (SELECT customer_id, date_trunc('month', min(placed_at)) AS cohort FROM shop.orders GROUP BY customer_id),
activity AS (SELECT o.customer_id, f.cohort, extract(month FROM age(date_trunc('month', o.placed_at), f.cohort)) AS month_no FROM shop.orders o JOIN first_order f ON f.customer_id = o.customer_id)
SELECT cohort, month_no, count(DISTINCT customer_id) AS buyers FROM activity GROUP BY cohort, month_no

-- case dash-rfm-segments
-- shown customer_id <- orders.customer_id
-- shown recency <-
-- shown frequency <-
-- shown monetary <-
-- window orders.placed_at orders.order_id orders.total
-- group orders.customer_id
WITH base AS (SELECT customer_id, max(placed_at) AS last_at, count(order_id) AS n, sum(total) AS spent FROM shop.orders GROUP BY customer_id)
SELECT customer_id, ntile(5) OVER (ORDER BY last_at DESC) AS recency, ntile(5) OVER (ORDER BY n) AS frequency, ntile(5) OVER (ORDER BY spent) AS monetary FROM base

-- case dash-net-revenue-with-refunds
-- shown day <- orders.placed_at:partial
-- shown net <- orders.total:aggregate, refund.amount:aggregate
-- group orders.placed_at refund.order_id
-- join refund.order_id orders.order_id
WITH r AS (SELECT order_id, sum(amount) AS refunded FROM shop.refund GROUP BY order_id)
SELECT date_trunc('month', o.placed_at) AS day, sum(o.total - coalesce(r.refunded, 0)) AS net FROM shop.orders o LEFT JOIN r ON r.order_id = o.order_id GROUP BY 1

-- case dash-best-sellers
-- shown title <- product.title
-- shown units <- order_line.quantity:aggregate
-- join order_line.product_id product.product_id orders.order_id order_line.order_id
-- filter orders.placed_at orders.status
-- group product.title
-- order order_line.quantity
SELECT p.title, sum(l.quantity) AS units FROM shop.order_line l JOIN shop.product p ON p.product_id = l.product_id JOIN shop.orders o ON o.order_id = l.order_id
WHERE o.placed_at >= now() - interval '90 days' AND o.status <> 'cancelled' GROUP BY p.title ORDER BY units DESC LIMIT 10

-- case dash-abandoned-outer-join
-- shown email <- customer.email
-- join orders.customer_id customer.customer_id orders.placed_at
-- filter orders.order_id
SELECT c.email FROM shop.customer c LEFT JOIN shop.orders o ON o.customer_id = c.customer_id AND o.placed_at > now() - interval '1 year' WHERE o.order_id IS NULL

-- case dash-margin
-- shown sku <- product.sku
-- shown margin <- product.cost, product.price
-- filter product.price
-- order product.cost product.price
SELECT sku, (price - cost) / price AS margin FROM shop.product WHERE price > 0 ORDER BY 2

-- case dash-category-tree-revenue
-- shown root <- category.name
-- shown revenue <- order_line.quantity:aggregate, order_line.unit_price:aggregate
-- filter category.parent_id
-- join category.parent_id category.category_id product.category_id order_line.product_id product.product_id
-- group category.name
WITH RECURSIVE tree (category_id, root) AS (
  SELECT category_id, name FROM shop.category WHERE parent_id IS NULL UNION ALL SELECT c.category_id, t.root FROM shop.category c JOIN tree t ON c.parent_id = t.category_id)
SELECT t.root, sum(l.quantity * l.unit_price) AS revenue FROM tree t JOIN shop.product p ON p.category_id = t.category_id JOIN shop.order_line l ON l.product_id = p.product_id GROUP BY t.root

-- case dash-view-customer-value
-- shown email_domain <- customer.email:partial
-- shown value <- orders.total:aggregate
-- group customer.email customer.customer_id
-- join orders.order_id payment.order_id orders.customer_id customer.customer_id
-- filter payment.state customer.deleted_at
-- order orders.total
SELECT email_domain, sum(lifetime_value) AS value FROM shop.v_customer_value GROUP BY email_domain ORDER BY value DESC

-- case dash-currency-conversion-latest-rate
-- shown eur <- orders.total:aggregate, currency_rate.rate:aggregate
-- filter currency_rate.currency orders.currency currency_rate.day orders.placed_at
-- order currency_rate.day
SELECT sum(o.total * r.rate) AS eur FROM shop.orders o JOIN LATERAL (SELECT rate FROM shop.currency_rate c WHERE c.currency = o.currency AND c.day <= o.placed_at::date ORDER BY c.day DESC LIMIT 1) r ON true

-- case dash-payment-mix-pivot
-- shown month <- payment.paid_at:partial
-- shown card <- payment.amount:aggregate
-- shown transfer <- payment.amount:aggregate
-- group payment.paid_at
-- filter payment.method
SELECT date_trunc('month', paid_at) AS month, sum(amount) FILTER (WHERE method = 'card') AS card, sum(amount) FILTER (WHERE method = 'transfer') AS transfer FROM shop.payment GROUP BY 1

-- case dash-export-with-pii
-- shown full_name <- customer.full_name
-- shown email <- customer.email
-- shown phone <- customer.phone:partial
-- shown orders <- orders.order_id:aggregate
-- join orders.customer_id customer.customer_id
-- group customer.customer_id
-- having orders.order_id
SELECT c.full_name, c.email, '***' || right(c.phone, 3) AS phone, count(o.order_id) AS orders FROM shop.customer c LEFT JOIN shop.orders o USING (customer_id) GROUP BY c.customer_id HAVING count(o.order_id) >= 3

-- case dbt-staging
-- shown order_id <- orders.order_id
-- shown customer_id <- orders.customer_id
-- shown order_status <- orders.status
-- shown ordered_on <- orders.placed_at
-- also orders.channel orders.currency orders.discount orders.shipped_at orders.tax orders.total
with source as (select * from shop.orders), renamed as (select order_id, customer_id, lower(status) as order_status, placed_at::date as ordered_on from source) select * from renamed

-- case dbt-mart-customers
-- shown customer_id <- customer.customer_id
-- shown first_order <- orders.placed_at
-- shown order_count <- orders.order_id:aggregate
-- shown lifetime_value <- payment.amount:aggregate
-- join orders.customer_id customer.customer_id payment.order_id orders.order_id
-- group orders.customer_id
-- also customer.born_on customer.country customer.created_at customer.deleted_at customer.email customer.full_name customer.opt_in customer.phone customer.preferences customer.tags payment.card_last4 payment.method payment.paid_at payment.payment_id payment.state orders.channel orders.currency orders.discount orders.shipped_at orders.status orders.tax orders.total
with customers as (select * from shop.customer), orders as (select * from shop.orders), payments as (select * from shop.payment),
customer_orders as (select customer_id, min(placed_at) as first_order, count(order_id) as order_count from orders group by customer_id),
customer_payments as (select orders.customer_id, sum(amount) as total_amount from payments left join orders on payments.order_id = orders.order_id group by orders.customer_id),
final as (select customers.customer_id, customer_orders.first_order, customer_orders.order_count, customer_payments.total_amount as lifetime_value
  from customers left join customer_orders on customers.customer_id = customer_orders.customer_id left join customer_payments on customers.customer_id = customer_payments.customer_id)
select * from final

-- case dbt-incremental
-- shown event_id <- outbox.event_id
-- shown kind <- outbox.kind
-- shown created_at <- outbox.created_at
-- filter outbox.created_at daily_revenue.day
select event_id, kind, created_at from shop.outbox where created_at > (select max(day) from shop.daily_revenue)

-- case dbt-surrogate-key
-- shown line_key <- order_line.order_id:pseudonymous-weak, order_line.line_no:pseudonymous-weak
-- shown quantity <- order_line.quantity
select md5(cast(coalesce(cast(order_id as text), '_null_') || '-' || coalesce(cast(line_no as text), '_null_') as text)) as line_key, quantity from shop.order_line

-- case dbt-snapshot-latest
-- shown sku <- product.sku
-- shown price <- product.price
-- window product.sku product.product_id
-- also product.attributes product.category_id product.cost product.title
select sku, price from (select *, row_number() over (partition by sku order by product_id desc) as n from shop.product) d where n = 1

-- case pgss-in-list
-- shown customer_id <- orders.customer_id
-- shown total <- orders.total
-- filter orders.order_id
SELECT customer_id, total FROM shop.orders WHERE order_id IN ($1, $2, $3)

-- case pgss-any-array
-- shown email <- customer.email
-- filter customer.customer_id
SELECT email FROM shop.customer WHERE customer_id = ANY ($1)

-- case pgss-interval-and-limit
-- shown status <- orders.status
-- shown count <-
-- group orders.status
-- filter orders.placed_at
-- server the grammar of the server refuses a typed literal that is a parameter
SELECT status, count(*) FROM shop.orders WHERE placed_at > now() - interval $1 GROUP BY status LIMIT $2

-- case pgss-extract-parameter
-- shown extract <- orders.placed_at:?
-- shown count <-
-- group orders.placed_at
-- server the grammar of the server refuses a parameter as the field of EXTRACT
SELECT extract($1 FROM placed_at), count(*) FROM shop.orders GROUP BY 1

-- case pgss-commented
-- shown order_id <- orders.order_id
-- shown total <- orders.total
-- filter orders.customer_id
-- order orders.placed_at
/* app=checkout, trace=0af7 */ SELECT "orders"."order_id", "orders"."total" FROM "shop"."orders" WHERE "orders"."customer_id" = $1 ORDER BY "orders"."placed_at" DESC LIMIT $2

-- case pgss-orm-aliases
-- shown c0_id <- customer.customer_id
-- shown c0_email <- customer.email
-- shown o1_total <- orders.total
-- join orders.customer_id customer.customer_id
-- filter customer.email
select c0.customer_id as c0_id, c0.email as c0_email, o1.total as o1_total from shop.customer c0 left outer join shop.orders o1 on c0.customer_id = o1.customer_id where c0.email = $1

-- case pgss-upsert
-- server beside ON CONFLICT it records every column of the row
-- writes stock
-- shown product_id <-
-- shown depot_code <-
-- shown on_hand <-
INSERT INTO shop.stock (product_id, depot_code, on_hand) VALUES ($1, $2, $3) ON CONFLICT (product_id, depot_code) DO UPDATE SET on_hand = excluded.on_hand

-- case pgss-keyset-page
-- shown order_id <- orders.order_id
-- filter orders.placed_at orders.order_id
-- order orders.placed_at orders.order_id
SELECT order_id FROM shop.orders WHERE (placed_at, order_id) < ($1, $2) ORDER BY placed_at DESC, order_id DESC LIMIT $3

-- case pgss-lock
-- shown event_id <- outbox.event_id
-- shown body <- outbox.body
-- filter outbox.kind
-- order outbox.created_at
SELECT event_id, body FROM shop.outbox WHERE kind = $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED

-- ddl energy

-- case grafana-time-series
-- shown time <- measurement.time:?
-- shown metric <- measurement.host
-- shown value <- measurement.value:aggregate
-- filter measurement.time measurement.metric
-- group measurement.time measurement.host
-- order measurement.time
SELECT date_trunc('hour', time) AS time, host AS metric, avg(value) AS value FROM grid.measurement
WHERE time BETWEEN '2026-03-01T00:00:00Z' AND '2026-03-02T00:00:00Z' AND metric = 'cpu' GROUP BY 1, 2 ORDER BY 1

-- case grafana-epoch-buckets
-- shown metric <- measurement.labels
-- shown value <- measurement.value
-- group measurement.time measurement.labels
-- filter measurement.metric
SELECT labels ->> 'feeder' AS metric, max(value) AS value FROM grid.measurement WHERE metric = 'load' GROUP BY floor(extract(epoch FROM time) / 300) * 300, 1

-- case grafana-annotations
-- shown time <- outage.started_at
-- shown timeend <- outage.ended_at
-- shown text <- feeder.name, outage.cause
-- join feeder.feeder_id outage.feeder_id
SELECT o.started_at AS time, o.ended_at AS timeEnd, f.name || ': ' || o.cause AS text FROM grid.outage o JOIN grid.feeder f USING (feeder_id)

-- case energy-consumption-cost
-- shown customer_no <- site.customer_no
-- shown cost <- reading.kwh:aggregate, tariff.price_per_kwh:aggregate
-- join meter.site_id site.site_id reading.meter_id meter.meter_id tariff.tariff_code site.tariff_code reading.read_at tariff.valid_from tariff.valid_to
-- filter reading.quality
-- group site.customer_no
SELECT s.customer_no, sum(r.kwh * t.price_per_kwh) AS cost FROM grid.site s JOIN grid.meter m USING (site_id) JOIN grid.reading r USING (meter_id)
JOIN grid.tariff t ON t.tariff_code = s.tariff_code AND r.read_at::date BETWEEN t.valid_from AND t.valid_to WHERE r.quality = 'A' GROUP BY s.customer_no

-- case energy-gap-filled-hours
-- shown hour <-
-- shown kwh <- reading.kwh:aggregate
-- join reading.read_at
SELECT h.hour, coalesce(sum(r.kwh), 0) AS kwh FROM generate_series('2026-01-01'::timestamptz, '2026-01-02', interval '1 hour') AS h (hour)
LEFT JOIN grid.reading r ON date_trunc('hour', r.read_at) = h.hour GROUP BY h.hour

-- case energy-feeder-loss-recursive
-- shown top <- feeder.name
-- shown minutes <- outage.started_at, outage.ended_at
-- filter feeder.parent_id
-- join feeder.parent_id feeder.feeder_id outage.feeder_id
-- group feeder.name
WITH RECURSIVE below AS (
  SELECT feeder_id, name AS top FROM grid.feeder WHERE parent_id IS NULL UNION ALL SELECT f.feeder_id, b.top FROM grid.feeder f JOIN below b ON f.parent_id = b.feeder_id)
SELECT top, max(o.ended_at - o.started_at) AS minutes FROM below JOIN grid.outage o USING (feeder_id) GROUP BY top

-- case energy-coordinates-rounded
-- shown lat <- meter.lat:partial
-- shown lon <- meter.lon
-- shown n <-
-- group meter.lat meter.lon
SELECT round(lat, 1) AS lat, round(lon, 6) AS lon, count(*) AS n FROM grid.meter GROUP BY 1, 2

-- ddl logistics

-- case fleet-transit-time
-- shown origin <- depot.city
-- shown destination <- depot.city
-- shown days <- shipment.booked_at:aggregate, shipment.delivered_at:aggregate
-- join depot.depot_id shipment.origin_id shipment.destination_id
-- group depot.city
-- filter shipment.delivered_at
SELECT a.city AS origin, b.city AS destination, avg(s.delivered_at - s.booked_at) AS days FROM fleet.shipment s
JOIN fleet.depot a ON a.depot_id = s.origin_id JOIN fleet.depot b ON b.depot_id = s.destination_id WHERE s.delivered_at IS NOT NULL GROUP BY 1, 2

-- case fleet-last-scan
-- shown reference <- shipment.reference
-- shown kind <- scan_event.kind
-- shown full_name <- driver.full_name
-- distinct shipment.shipment_id
-- join scan_event.shipment_id shipment.shipment_id driver.driver_id scan_event.scanned_by
-- order shipment.shipment_id scan_event.scanned_at
SELECT DISTINCT ON (s.shipment_id) s.reference, e.kind, d.full_name FROM fleet.shipment s JOIN fleet.scan_event e ON e.shipment_id = s.shipment_id
LEFT JOIN fleet.driver d ON d.driver_id = e.scanned_by ORDER BY s.shipment_id, e.scanned_at DESC

-- case fleet-unbilled
-- shown name <- carrier.name
-- shown value <- shipment.declared_value:aggregate
-- filter invoice.shipment_id shipment.shipment_id
-- join carrier.carrier_id shipment.carrier_id
-- group carrier.name
SELECT c.name, sum(s.declared_value) AS value FROM fleet.shipment s JOIN fleet.carrier c ON c.carrier_id = s.carrier_id
WHERE s.shipment_id NOT IN (SELECT shipment_id FROM fleet.invoice) GROUP BY c.name

-- case fleet-routes-recursive-sum
-- shown to_depot <- route_leg.to_depot
-- shown km <- route_leg.distance_km
-- filter route_leg.from_depot route_leg.distance_km
-- join route_leg.from_depot route_leg.to_depot
-- group route_leg.to_depot
WITH RECURSIVE reach (to_depot, km) AS (
  SELECT to_depot, distance_km FROM fleet.route_leg WHERE from_depot = 1
  UNION ALL SELECT l.to_depot, r.km + l.distance_km FROM reach r JOIN fleet.route_leg l ON l.from_depot = r.to_depot WHERE r.km < 2000)
SELECT to_depot, min(km) AS km FROM reach GROUP BY to_depot
