SELECT l.returned, o.status, sum(l.quantity) AS quantity, sum(l.price) AS gross, sum(l.price * (1 - l.discount)) AS net, avg(l.quantity) AS average_quantity,
  avg(l.price) AS average_price, avg(l.discount) AS average_discount, count(*) AS lines
FROM shop.order_line l JOIN shop.orders o USING (order_id) WHERE l.shipped_on <= date '2025-12-01' - interval '90 days'
GROUP BY l.returned, o.status ORDER BY l.returned, o.status;

SELECT s.balance, s.name, c.name AS country, p.product_id, p.brand, f.cost
FROM shop.product p, shop.supplier s, shop.offer f, shop.country c, shop.region r
WHERE p.product_id = f.product_id AND s.supplier_id = f.supplier_id AND p.size = 15 AND p.category LIKE '%steel' AND s.country_id = c.country_id
  AND c.region_id = r.region_id AND r.name = 'Europe'
  AND f.cost = (SELECT min(g.cost) FROM shop.offer g, shop.supplier t, shop.country d, shop.region e
    WHERE p.product_id = g.product_id AND t.supplier_id = g.supplier_id AND t.country_id = d.country_id AND d.region_id = e.region_id AND e.name = 'Europe')
ORDER BY s.balance DESC, c.name, s.name, p.product_id LIMIT 100;

WITH monthly AS (
  SELECT date_trunc('month', o.placed_at) AS month, c.segment, sum(l.price * (1 - l.discount)) AS revenue, count(DISTINCT o.customer_id) AS buyers
  FROM shop.orders o JOIN shop.order_line l USING (order_id) JOIN shop.customer c ON c.customer_id = o.customer_id
  WHERE o.status <> 'cancelled' GROUP BY 1, 2
), ranked AS (
  SELECT m.*, lag(m.revenue) OVER (PARTITION BY m.segment ORDER BY m.month) AS before, rank() OVER (PARTITION BY m.month ORDER BY m.revenue DESC) AS place FROM monthly m
)
SELECT month, segment, revenue, buyers, revenue - before AS growth, CASE WHEN before = 0 THEN NULL ELSE (revenue - before) / before END AS growth_share
FROM ranked WHERE place <= 3 AND month >= date '2025-01-01' ORDER BY month, place;

SELECT o.priority, count(*) AS orders FROM shop.orders o
WHERE o.placed_at >= date '2025-07-01' AND o.placed_at < date '2025-10-01'
  AND EXISTS (SELECT * FROM shop.order_line l WHERE l.order_id = o.order_id AND l.promised_on < l.received_on)
GROUP BY o.priority ORDER BY o.priority;

WITH RECURSIVE months (month) AS (
  SELECT timestamptz '2025-01-01' UNION ALL SELECT month + interval '1 month' FROM months WHERE month < timestamptz '2025-12-01'
)
SELECT m.month, coalesce(v.visits, 0) AS visits, coalesce(b.orders, 0) AS orders, round(100.0 * coalesce(b.orders, 0) / nullif(v.visits, 0), 1) AS conversion
FROM months m
LEFT JOIN (SELECT date_trunc('month', started_at) AS month, count(*) AS visits FROM shop.visit WHERE channel IN ('web', 'app', 'mail') GROUP BY 1) v ON v.month = m.month
LEFT JOIN LATERAL (SELECT count(*) AS orders FROM shop.orders o WHERE o.placed_at >= m.month AND o.placed_at < m.month + interval '1 month') b ON true
ORDER BY 1;

SELECT country, year, sum(amount) AS profit FROM (
  SELECT c.name AS country, extract(year FROM o.placed_at) AS year, l.price * (1 - l.discount) - f.cost * l.quantity AS amount
  FROM shop.product p, shop.supplier s, shop.order_line l, shop.offer f, shop.orders o, shop.country c
  WHERE s.supplier_id = l.supplier_id AND f.supplier_id = l.supplier_id AND f.product_id = l.product_id AND p.product_id = l.product_id AND o.order_id = l.order_id
    AND s.country_id = c.country_id AND p.name LIKE '%green%'
) AS profit GROUP BY country, year ORDER BY country, year DESC;

SELECT channel, CASE WHEN GROUPING(segment) = 1 THEN 'all' ELSE segment END AS segment, sum(revenue) AS revenue, sum(visits) AS visits
FROM (
  SELECT v.channel, c.segment, 0::numeric AS revenue, count(*) AS visits FROM shop.visit v JOIN shop.customer c USING (customer_id) GROUP BY v.channel, c.segment
  UNION ALL
  SELECT 'orders', c.segment, sum(o.total), 0 FROM shop.orders o JOIN shop.customer c USING (customer_id) WHERE o.status IN ('paid', 'shipped') GROUP BY c.segment
) AS x GROUP BY ROLLUP (channel, segment) HAVING sum(revenue) + sum(visits) > 0 ORDER BY 1, 2;

SELECT r.month, s.name, r.revenue, sum(r.revenue) OVER (PARTITION BY s.supplier_id ORDER BY r.month ROWS BETWEEN 11 PRECEDING AND CURRENT ROW) AS twelve_months
FROM shop.v_revenue r JOIN shop.supplier s USING (supplier_id) WHERE r.month >= now() - interval '2 years';

SELECT left(c.email, 3) AS prefix, md5(c.email) AS buyer, c.segment, percentile_cont(0.5) WITHIN GROUP (ORDER BY o.total) AS median_total,
  string_agg(DISTINCT o.status, ', ' ORDER BY o.status) AS statuses, count(*) FILTER (WHERE o.status = 'returned') AS returned
FROM shop.customer c JOIN shop.orders o USING (customer_id)
WHERE c.country_id NOT IN (SELECT country_id FROM shop.country WHERE name IN ('Nowhere', 'Unknown')) AND c.balance BETWEEN 0 AND 10000
GROUP BY 1, 2, 3 HAVING count(*) > 2 ORDER BY 4 DESC LIMIT 50;

SELECT s.name, count(*) AS waiting FROM shop.supplier s, shop.order_line l1, shop.orders o, shop.country c
WHERE s.supplier_id = l1.supplier_id AND o.order_id = l1.order_id AND o.status = 'failed' AND l1.received_on > l1.promised_on
  AND EXISTS (SELECT * FROM shop.order_line l2 WHERE l2.order_id = l1.order_id AND l2.supplier_id <> l1.supplier_id)
  AND NOT EXISTS (SELECT * FROM shop.order_line l3 WHERE l3.order_id = l1.order_id AND l3.supplier_id <> l1.supplier_id AND l3.received_on > l3.promised_on)
  AND s.country_id = c.country_id AND c.name = 'Austria'
GROUP BY s.name ORDER BY waiting DESC, s.name LIMIT 100;

SELECT substring(c.full_name FROM 1 FOR 1) AS initial, count(*) AS customers, sum(c.balance) AS balance
FROM (SELECT full_name, balance FROM shop.customer WHERE balance > (SELECT avg(balance) FROM shop.customer WHERE balance > 0)
  AND NOT EXISTS (SELECT 1 FROM shop.orders WHERE orders.customer_id = customer.customer_id)) AS c
GROUP BY initial ORDER BY initial;

SELECT "source"."month" AS "month", "source"."revenue" AS "revenue" FROM (
  SELECT date_trunc('month', "shop"."orders"."placed_at") AS "month", sum("shop"."orders"."total") AS "revenue" FROM "shop"."orders"
  WHERE "shop"."orders"."status" = 'paid' GROUP BY date_trunc('month', "shop"."orders"."placed_at")
) AS "source" ORDER BY "source"."month" ASC LIMIT 1048575;
