-- DuckDB: longer queries.
-- dialect duckdb
-- ddl duckdb

-- case dk-from-first-in-cte
-- shown country <- customer.country
-- shown n <-
-- group customer.country
-- filter customer.born_on
WITH adults AS (FROM mart.customer WHERE born_on < DATE '2008-01-01') FROM adults SELECT country, count(*) AS n GROUP BY country

-- case dk-json-extract-list
-- shown skus <- sale.payload
SELECT list_distinct(json_extract_string(payload, '$.items[*].sku')) AS skus FROM mart.sale

-- case dk-window-qualify-alias
-- shown customer_id <- sale.customer_id
-- shown rank_no <-
-- window sale.customer_id sale.amount
SELECT customer_id, rank() OVER (PARTITION BY customer_id ORDER BY amount DESC) AS rank_no FROM mart.sale QUALIFY rank_no = 1

-- case dk-lateral-join
-- shown full_name <- customer.full_name
-- shown top <- sale.amount
-- filter sale.customer_id customer.customer_id
SELECT c.full_name, l.top FROM mart.customer c, LATERAL (SELECT max(s.amount) AS top FROM mart.sale s WHERE s.customer_id = c.customer_id) l

-- case dk-group-by-alias
-- shown month <- sale.sold_at:partial
-- shown n <-
-- group sale.sold_at
-- having sale.amount
SELECT date_trunc('month', sold_at) AS month, count(*) AS n FROM mart.sale GROUP BY month HAVING sum(amount) > 100

-- case dk-insert-select
-- writes quarter
-- shown region <- customer.country
-- shown q1 <- sale.amount:aggregate
-- join sale.customer_id customer.customer_id
-- group customer.country
INSERT INTO mart.quarter (region, q1) SELECT c.country, sum(s.amount) FROM mart.sale s JOIN mart.customer c USING (customer_id) GROUP BY c.country

-- case dk-star-qualified-exclude
-- shown sale_id <- sale.sale_id
-- shown email <- customer.email
-- shown full_name <- customer.full_name
-- shown country <- customer.country
-- join sale.customer_id customer.customer_id
SELECT s.sale_id, c.* EXCLUDE (customer_id, born_on, address, attributes) FROM mart.sale s JOIN mart.customer c ON c.customer_id = s.customer_id

-- case dk-reusable-alias-chain
-- shown a <- sale.amount
-- shown b <- sale.amount, sale.quantity
-- shown c <- sale.amount, sale.quantity
SELECT amount * 2 AS a, a * quantity AS b, b - a AS c FROM mart.sale
