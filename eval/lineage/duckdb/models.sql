-- DuckDB: notebooks, dbt-duckdb, MotherDuck. Output names are checked against DuckDB itself.
-- dialect duckdb
-- ddl duckdb

-- case dk-from-first
-- shown customer_id <- customer.customer_id
-- shown email <- customer.email
-- shown full_name <- customer.full_name
-- shown country <- customer.country
-- shown born_on <- customer.born_on
-- shown address <- customer.address
-- shown attributes <- customer.attributes
-- filter customer.country
FROM mart.customer WHERE country = 'AT'

-- case dk-from-first-select
-- shown email <- customer.email
FROM mart.customer SELECT email

-- case dk-group-by-all
-- shown channel <- sale.channel
-- shown month <- sale.sold_at:partial
-- shown revenue <- sale.amount:aggregate
-- group sale.channel sale.sold_at
-- order sale.amount sale.channel sale.sold_at
SELECT channel, date_trunc('month', sold_at) AS month, sum(amount) AS revenue FROM mart.sale GROUP BY ALL ORDER BY ALL

-- case dk-star-exclude
-- shown customer_id <- customer.customer_id
-- shown country <- customer.country
-- shown born_on <- customer.born_on
-- shown address <- customer.address
-- shown attributes <- customer.attributes
SELECT * EXCLUDE (email, full_name) FROM mart.customer

-- case dk-star-replace
-- shown sku <- price.sku
-- shown price <- price.price
-- shown valid_from <- price.valid_from
SELECT * REPLACE (price / 100 AS price) FROM mart.price

-- case dk-star-rename
-- shown sku <- price.sku
-- shown list_price <- price.price
-- shown valid_from <- price.valid_from
SELECT * RENAME (price AS list_price) FROM mart.price

-- case dk-columns-regex
-- shown ms_load <- visit.ms_load
-- shown ms_total <- visit.ms_total
SELECT COLUMNS('^ms_') FROM mart.visit

-- case dk-columns-star-max
-- shown region <- quarter.region
-- shown q1 <- quarter.q1
-- shown q2 <- quarter.q2
SELECT max(COLUMNS(*)) FROM mart.quarter

-- case dk-columns-lambda
-- shown ms_load <- visit.ms_load
-- shown ms_total <- visit.ms_total
SELECT COLUMNS(c -> c LIKE 'ms_%') FROM mart.visit

-- case dk-qualify
-- shown sku <- price.sku
-- shown price <- price.price
-- window price.sku price.valid_from
SELECT sku, price FROM mart.price QUALIFY row_number() OVER (PARTITION BY sku ORDER BY valid_from DESC) = 1

-- case dk-lateral-alias
-- shown net <- sale.amount
-- shown gross <- sale.amount
SELECT amount / 100 AS net, net * 1.2 AS gross FROM mart.sale

-- case dk-alias-in-where
-- shown y <- customer.born_on:partial
-- filter customer.born_on
SELECT year(born_on) AS y FROM mart.customer WHERE y > 1980

-- case dk-struct-field
-- shown city <- customer.address
-- shown zip <- customer.address
SELECT address.city, c.address.zip FROM mart.customer c

-- case dk-struct-star
-- shown city <- customer.address
-- shown zip <- customer.address
SELECT address.* FROM mart.customer

-- case dk-struct-pack
-- shown person <- customer.email, customer.full_name
SELECT {'name': full_name, 'mail': email} AS person FROM mart.customer

-- case dk-unnest-in-select
-- shown tag <- sale.tags
SELECT unnest(tags) AS tag FROM mart.sale

-- case dk-unnest-lateral
-- shown sale_id <- sale.sale_id
-- shown tag <- sale.tags
SELECT s.sale_id, t.tag FROM mart.sale s, unnest(s.tags) AS t(tag)

-- case dk-list-comprehension
-- shown upper_tags <- sale.tags
SELECT [upper(x) FOR x IN tags IF x <> ''] AS upper_tags FROM mart.sale

-- case dk-list-transform-lambda
-- shown lengths <- sale.tags
SELECT list_transform(tags, lambda t : upper(t)) AS lengths FROM mart.sale

-- case dk-json-arrow
-- shown mail <- sale.payload
-- filter sale.payload
SELECT payload ->> '$.contact.email' AS mail FROM mart.sale WHERE (payload -> '$.test') IS NULL

-- case dk-map-access
-- shown tier <- customer.attributes
SELECT attributes['tier'] AS tier FROM mart.customer

-- case dk-asof-join
-- shown sale_id <- sale.sale_id
-- shown price <- price.price
-- join sale.sku price.sku sale.sold_at price.valid_from
SELECT s.sale_id, p.price FROM mart.sale s ASOF JOIN mart.price p ON s.sku = p.sku AND s.sold_at >= p.valid_from

-- case dk-asof-join-using
-- shown sale_id <- sale.sale_id
-- shown price <- price.price
-- join sale.sku price.sku sale.sold_at price.valid_from
SELECT s.sale_id, p.price FROM mart.sale s ASOF LEFT JOIN mart.price p ON s.sku = p.sku AND s.sold_at >= p.valid_from

-- case dk-semi-join
-- shown email <- customer.email
-- join customer.customer_id sale.customer_id
SELECT email FROM mart.customer SEMI JOIN mart.sale USING (customer_id)

-- case dk-anti-join
-- shown email <- customer.email
-- join customer.customer_id sale.customer_id
SELECT c.email FROM mart.customer c ANTI JOIN mart.sale s ON s.customer_id = c.customer_id

-- case dk-positional-join
-- shown region <- quarter.region
-- shown sku <- price.sku
SELECT q.region, p.sku FROM mart.quarter q POSITIONAL JOIN mart.price p

-- case dk-union-by-name
-- shown who <- customer.full_name
-- shown place <- customer.country, quarter.region
SELECT full_name AS who, country AS place FROM mart.customer UNION ALL BY NAME SELECT region AS place FROM mart.quarter

-- case dk-pivot-is-partial
-- uncertain
-- outputs-open
-- reads sale
PIVOT mart.sale ON channel USING sum(amount) GROUP BY sku

-- case dk-unpivot
-- uncertain
-- outputs-open
-- reads quarter
UNPIVOT mart.quarter ON q1, q2 INTO NAME quarter VALUE revenue

-- case dk-arg-max
-- shown sku <- price.sku
-- shown latest <- price.price
-- order price.valid_from
-- group price.sku
SELECT sku, arg_max(price, valid_from) AS latest FROM mart.price GROUP BY sku

-- case dk-filter-and-count-if
-- shown big <-
-- either big sale.amount
-- shown web <- sale.amount:aggregate
-- filter sale.amount sale.channel
SELECT count_if(amount > 100) AS big, sum(amount) FILTER (channel = 'web') AS web FROM mart.sale

-- case dk-list-agg-ordered
-- shown skus <- sale.sku
-- order sale.sold_at
-- group sale.customer_id
SELECT list(sku ORDER BY sold_at) AS skus FROM mart.sale GROUP BY customer_id

-- case dk-recursive
-- shown n <-
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t

-- case dk-distinct-on
-- shown sku <- price.sku
-- shown price <- price.price
-- distinct price.sku
-- order price.sku price.valid_from
SELECT DISTINCT ON (sku) sku, price FROM mart.price ORDER BY sku, valid_from DESC

-- case dk-case-insensitive
-- shown email <- customer.email
SELECT C.EMAIL AS email FROM MART.CUSTOMER C

-- case dk-prefix-alias
-- shown mail <- customer.email
-- shown half <- sale.amount
-- join customer.customer_id sale.customer_id
SELECT mail: c.email, half: s.amount / 2 FROM mart.customer c JOIN mart.sale s USING (customer_id)

-- case dk-ctas
-- writes top_customer
-- shown email <- customer.email
-- shown spent <- sale.amount:aggregate
-- join customer.customer_id sale.customer_id
-- group customer.email
CREATE OR REPLACE TABLE mart.top_customer AS SELECT c.email, sum(s.amount) AS spent FROM mart.customer c JOIN mart.sale s USING (customer_id) GROUP BY c.email

-- case dk-copy-out
-- shown email <- customer.email
-- shown h <- customer.full_name:pseudonymous-weak
COPY (SELECT email, md5(full_name) AS h FROM mart.customer) TO '/tmp/customers.parquet' (FORMAT parquet)

-- case dk-insert-by-name
-- writes quarter
-- shown q1 <- sale.amount:aggregate
-- shown region <- sale.channel
-- group sale.channel
INSERT INTO mart.quarter BY NAME SELECT sum(amount) AS q1, channel AS region FROM mart.sale GROUP BY channel

-- case dk-window-frame
-- shown avg7 <- sale.amount:aggregate
-- window sale.sold_at
SELECT avg(amount) OVER (ORDER BY sold_at RANGE BETWEEN INTERVAL 7 DAYS PRECEDING AND CURRENT ROW) AS avg7 FROM mart.sale
