-- Statements that write: what flows into which column, what decides, what comes back.
-- `shown` are the written columns; `returns` what RETURNING gives.
-- dialect postgres
-- ddl shop

-- case insert-select-list
-- writes customer
-- shown customer_id <- customer_stage.customer_id
-- shown email <- customer_stage.email
-- filter customer_stage.country
INSERT INTO shop.customer (customer_id, email) SELECT customer_id, email FROM shop.customer_stage WHERE country = 'AT'

-- case insert-select-list-permuted
-- writes customer
-- shown phone <- customer_stage.email
-- shown email <- customer_stage.phone
-- shown customer_id <- customer_stage.customer_id
INSERT INTO shop.customer (phone, email, customer_id) SELECT email, phone, customer_id FROM shop.customer_stage

-- case insert-select-by-table-order
-- writes customer_stage
-- shown customer_id <- customer.customer_id
-- shown email <- customer.full_name
-- shown phone <- customer.phone
INSERT INTO shop.customer_stage SELECT customer_id, full_name, phone FROM shop.customer

-- case insert-select-star
-- writes customer_stage
-- shown customer_id <- customer_stage.customer_id
-- shown email <- customer_stage.email
-- shown phone <- customer_stage.phone
-- shown full_name <- customer_stage.full_name
-- shown country <- customer_stage.country
INSERT INTO shop.customer_stage SELECT * FROM shop.customer_stage

-- case insert-values-parameters
-- writes orders
-- shown order_id <-
-- shown status <-
INSERT INTO shop.orders (order_id, status) VALUES ($1, $2)

-- case insert-values-with-subquery
-- writes payment
-- shown payment_id <-
-- shown amount <- orders.total
-- filter orders.order_id
INSERT INTO shop.payment (payment_id, amount) VALUES (1, (SELECT total FROM shop.orders WHERE order_id = 7))

-- case insert-union
-- writes daily_revenue
-- shown day <- orders.placed_at, refund.refunded_at
-- shown revenue <- orders.total, refund.amount
INSERT INTO shop.daily_revenue (day, revenue) SELECT placed_at::date, total FROM shop.orders UNION ALL SELECT refunded_at::date, -amount FROM shop.refund

-- case insert-with-cte
-- writes daily_revenue
-- shown day <- orders.placed_at
-- shown country <- customer.country
-- shown revenue <- orders.total:aggregate
-- shown order_count <-
-- join orders.customer_id customer.customer_id
-- group orders.placed_at customer.country
-- filter orders.status
WITH paid AS (SELECT o.placed_at::date AS day, c.country, o.total FROM shop.orders o JOIN shop.customer c USING (customer_id) WHERE o.status = 'paid')
INSERT INTO shop.daily_revenue (day, country, revenue, order_count) SELECT day, country, sum(total), count(*) FROM paid GROUP BY day, country

-- case insert-on-conflict-excluded
-- writes stock
-- shown product_id <- delivery_note.product_id
-- shown depot_code <- delivery_note.depot_code
-- shown on_hand <- delivery_note.quantity, stock.on_hand
-- shown updated_at <- delivery_note.arrived_at
INSERT INTO shop.stock (product_id, depot_code, on_hand, updated_at)
SELECT product_id, depot_code, quantity, arrived_at FROM shop.delivery_note
ON CONFLICT (product_id, depot_code) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, updated_at = excluded.updated_at

-- case insert-on-conflict-where
-- writes stock
-- shown product_id <- delivery_note.product_id
-- shown depot_code <- delivery_note.depot_code
-- shown on_hand <- delivery_note.quantity
-- shown updated_at <- delivery_note.arrived_at
-- filter stock.updated_at delivery_note.arrived_at
INSERT INTO shop.stock AS s (product_id, depot_code, on_hand, updated_at)
SELECT product_id, depot_code, quantity, arrived_at FROM shop.delivery_note
ON CONFLICT (product_id, depot_code) DO UPDATE SET on_hand = excluded.on_hand WHERE s.updated_at < excluded.updated_at

-- case insert-on-conflict-nothing
-- writes currency_rate
-- shown currency <- orders.currency
-- group orders.currency
INSERT INTO shop.currency_rate (currency) SELECT currency FROM shop.orders GROUP BY currency ON CONFLICT DO NOTHING

-- case insert-returning-written-column
-- writes customer
-- shown customer_id <- customer_stage.customer_id
-- shown email <- customer_stage.phone
-- returns customer_id <- customer_stage.customer_id
-- returns email <- customer_stage.phone
INSERT INTO shop.customer (customer_id, email) SELECT customer_id, phone FROM shop.customer_stage RETURNING customer_id, email

-- case update-plain
-- writes orders
-- shown status <-
-- filter orders.placed_at
UPDATE shop.orders SET status = 'expired' WHERE placed_at < now() - interval '30 days'

-- case update-expression
-- writes product
-- shown price <- product.price
-- filter product.category_id
UPDATE shop.product SET price = price * 1.05 WHERE category_id = 4

-- case update-from
-- writes customer
-- shown email <- customer_stage.email
-- shown full_name <- customer_stage.full_name
-- filter customer_stage.customer_id customer.customer_id
UPDATE shop.customer c SET email = s.email, full_name = trim(s.full_name) FROM shop.customer_stage s WHERE s.customer_id = c.customer_id

-- case update-from-join
-- writes orders
-- shown total <- order_line.quantity, order_line.unit_price, product.price
-- filter order_line.order_id orders.order_id
-- join product.product_id order_line.product_id
UPDATE shop.orders o SET total = coalesce(l.unit_price, p.price) * l.quantity
FROM shop.order_line l JOIN shop.product p ON p.product_id = l.product_id WHERE l.order_id = o.order_id

-- case update-row-from-subquery
-- writes customer
-- shown email <- customer_stage.email
-- shown phone <- customer_stage.phone
-- filter customer_stage.customer_id customer.customer_id
UPDATE shop.customer c SET (email, phone) = (SELECT s.email, s.phone FROM shop.customer_stage s WHERE s.customer_id = c.customer_id)

-- case update-row-from-row
-- writes customer
-- shown email <- customer.phone
-- shown phone <- customer.email
UPDATE shop.customer SET (email, phone) = ROW (phone, email)

-- case update-row-permuted-with-aggregate
-- writes orders
-- shown tax <- order_line.quantity:aggregate
-- shown total <- order_line.unit_price
-- filter order_line.order_id orders.order_id
UPDATE shop.orders o SET (total, tax) = (SELECT max(l.unit_price), sum(l.quantity) FROM shop.order_line l WHERE l.order_id = o.order_id)

-- case update-with-cte
-- writes customer
-- shown deleted_at <-
-- filter orders.customer_id customer.customer_id orders.placed_at
WITH active AS (SELECT customer_id FROM shop.orders WHERE placed_at > now() - interval '3 years')
UPDATE shop.customer SET deleted_at = now() WHERE customer_id NOT IN (SELECT customer_id FROM active)

-- case update-returning-changed-column
-- writes customer
-- shown email <- customer_stage.email
-- returns customer_id <- customer.customer_id
-- returns email <- customer_stage.email
-- filter customer_stage.customer_id customer.customer_id
UPDATE shop.customer c SET email = s.email FROM shop.customer_stage s WHERE s.customer_id = c.customer_id RETURNING c.customer_id, c.email

-- case update-returning-from-side
-- writes orders
-- shown status <-
-- returns order_id <- orders.order_id
-- returns method <- payment.method
-- filter payment.order_id orders.order_id
UPDATE shop.orders o SET status = 'paid' FROM shop.payment p WHERE p.order_id = o.order_id RETURNING o.order_id, p.method

-- case delete-plain
-- writes outbox
-- filter outbox.created_at
DELETE FROM shop.outbox WHERE created_at < now() - interval '7 days'

-- case delete-using
-- writes customer_stage
-- filter customer.customer_id customer_stage.customer_id customer.deleted_at
DELETE FROM shop.customer_stage s USING shop.customer c WHERE c.customer_id = s.customer_id AND c.deleted_at IS NOT NULL

-- case delete-returning
-- writes outbox
-- returns event_id <- outbox.event_id
-- returns body <- outbox.body
-- filter outbox.event_id
DELETE FROM shop.outbox WHERE event_id <= 100 RETURNING event_id, body

-- case delete-returning-star
-- writes delivery_note
-- returns delivery_note.*
-- filter delivery_note.arrived_at
DELETE FROM shop.delivery_note WHERE arrived_at IS NULL RETURNING *

-- case cte-delete-moves-rows
-- also-writes refund
-- writes daily_revenue
-- shown day <- refund.refunded_at
-- shown revenue <- refund.amount:aggregate
-- filter refund.reason
-- group refund.refunded_at
-- also refund.order_id refund.refund_id
WITH gone AS (DELETE FROM shop.refund WHERE reason = 'test' RETURNING *)
INSERT INTO shop.daily_revenue (day, revenue) SELECT refunded_at::date, sum(amount) FROM gone GROUP BY refunded_at::date

-- case cte-insert-returning-joined
-- also customer.customer_id customer.email
-- also-writes customer
-- writes outbox
-- shown aggregate_id <- customer_stage.customer_id
-- shown kind <-
-- shown body <- customer_stage.email
WITH added AS (INSERT INTO shop.customer (customer_id, email) SELECT customer_id, email FROM shop.customer_stage RETURNING customer_id, email)
INSERT INTO shop.outbox (aggregate_id, kind, body) SELECT customer_id, 'customer_added', to_jsonb(email) FROM added

-- case cte-update-returning-read
-- also-writes orders
-- shown order_id <- orders.order_id
-- shown status <-
-- filter orders.status
WITH done AS (UPDATE shop.orders SET status = 'closed' WHERE status = 'shipped' RETURNING order_id, status) SELECT order_id, status FROM done

-- case cte-writes-and-is-not-read
-- also-writes stock
-- shown title <- product.title
-- filter stock.on_hand
WITH cleared AS (DELETE FROM shop.stock WHERE on_hand = 0) SELECT title FROM shop.product

-- case merge-update-insert
-- writes stock
-- shown on_hand <- delivery_note.quantity, stock.on_hand
-- shown updated_at <- delivery_note.arrived_at
-- shown product_id <- delivery_note.product_id
-- shown depot_code <- delivery_note.depot_code
-- join stock.product_id delivery_note.product_id stock.depot_code delivery_note.depot_code
MERGE INTO shop.stock s USING shop.delivery_note d ON s.product_id = d.product_id AND s.depot_code = d.depot_code
WHEN MATCHED THEN UPDATE SET on_hand = s.on_hand + d.quantity, updated_at = d.arrived_at
WHEN NOT MATCHED THEN INSERT (product_id, depot_code, on_hand, updated_at) VALUES (d.product_id, d.depot_code, d.quantity, d.arrived_at)

-- case merge-conditions
-- writes customer
-- shown email <- customer_stage.email
-- shown deleted_at <-
-- join customer.customer_id customer_stage.customer_id
-- filter customer_stage.country customer.email customer_stage.email
MERGE INTO shop.customer c USING shop.customer_stage s ON c.customer_id = s.customer_id
WHEN MATCHED AND s.country = 'XX' THEN UPDATE SET deleted_at = now()
WHEN MATCHED AND c.email IS DISTINCT FROM s.email THEN UPDATE SET email = s.email

-- case merge-subquery-source-insert-without-list
-- writes currency_rate
-- shown currency <- orders.currency
-- shown day <- orders.placed_at
-- shown rate <- orders.total:aggregate
-- join currency_rate.currency orders.currency currency_rate.day orders.placed_at
-- group orders.currency orders.placed_at
MERGE INTO shop.currency_rate r USING (SELECT currency, placed_at::date AS day, avg(total) AS rate FROM shop.orders GROUP BY 1, 2) x ON r.currency = x.currency AND r.day = x.day
WHEN NOT MATCHED THEN INSERT VALUES (x.currency, x.day, x.rate)

-- case merge-delete
-- writes customer_stage
-- join customer_stage.customer_id customer.customer_id
MERGE INTO shop.customer_stage s USING shop.customer c ON s.customer_id = c.customer_id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN DO NOTHING

-- case merge-with-cte
-- writes customer
-- shown country <- customer_stage.country
-- join customer.customer_id customer_stage.customer_id
-- filter customer_stage.country
WITH known AS (SELECT customer_id, country FROM shop.customer_stage WHERE country <> '')
MERGE INTO shop.customer c USING known k ON k.customer_id = c.customer_id WHEN MATCHED THEN UPDATE SET country = k.country

-- case ctas
-- writes churned
-- shown customer_id <- customer.customer_id
-- shown mail <- customer.email:pseudonymous-weak
-- filter customer.deleted_at
CREATE TABLE shop.churned AS SELECT customer_id, md5(email) AS mail FROM shop.customer WHERE deleted_at IS NOT NULL

-- case ctas-column-list
-- writes contact
-- shown id <- customer.customer_id
-- shown number <- customer.phone
CREATE TABLE shop.contact (id, number) AS SELECT customer_id, phone FROM shop.customer

-- case select-into
-- writes contact_copy
-- shown email <- customer.email
-- shown country <- customer.country
SELECT email, country INTO shop.contact_copy FROM shop.customer

-- case create-view-renames
-- writes v_contact
-- shown who <- customer.full_name
-- shown how <- customer.email, customer.phone
-- when customer.opt_in
CREATE VIEW shop.v_contact (who, how) AS SELECT full_name, CASE WHEN opt_in THEN email ELSE phone END FROM shop.customer

-- case create-materialized-view
-- writes mv_country
-- shown country <- customer.country
-- shown revenue <- orders.total:aggregate
-- join orders.customer_id customer.customer_id
-- group customer.country
CREATE MATERIALIZED VIEW shop.mv_country AS SELECT c.country, sum(o.total) AS revenue FROM shop.orders o JOIN shop.customer c ON c.customer_id = o.customer_id GROUP BY c.country

-- case copy-query-out
-- shown email <- customer.email
-- shown spent <- orders.total:aggregate
-- join orders.customer_id customer.customer_id
-- filter customer.opt_in
-- group customer.email
COPY (SELECT c.email, sum(o.total) AS spent FROM shop.customer c JOIN shop.orders o USING (customer_id) WHERE c.opt_in GROUP BY c.email) TO STDOUT WITH (FORMAT csv)

-- case copy-table-columns-out
-- server it keeps no record of COPY of a table
-- shown email <- customer.email
-- shown born_on <- customer.born_on
COPY shop.customer (email, born_on) TO STDOUT

-- case copy-table-out
-- server it keeps no record of COPY of a table
-- shown customer_stage.*
COPY shop.customer_stage TO '/var/export/stage.csv' CSV HEADER

-- case copy-in
-- server it keeps no record of COPY of a table
-- writes customer_stage
-- shown customer_id <-
-- shown email <-
COPY shop.customer_stage (customer_id, email) FROM STDIN

-- case declare-cursor
-- shown email <- customer.email
-- filter customer.country
DECLARE export NO SCROLL CURSOR FOR SELECT email FROM shop.customer WHERE country = 'DE'

-- case explain-inner
-- shown sku <- product.sku
-- filter product.price
EXPLAIN (ANALYZE, BUFFERS) SELECT sku FROM shop.product WHERE price > 100

-- case prepare-inner
-- shown sku <- product.sku
-- filter product.product_id
PREPARE by_id (bigint) AS SELECT sku FROM shop.product WHERE product_id = $1
