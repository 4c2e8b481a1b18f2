-- T-SQL. Source: learn.microsoft.com/sql/t-sql/queries.
-- dialect tsql
-- ddl warehouse

-- case ts-top-brackets
-- shown email <- dim_customer.email
-- order dim_customer.valid_from
SELECT TOP (10) [c].[email] FROM [analytics].[dim_customer] AS [c] ORDER BY [c].[valid_from] DESC

-- case ts-cross-apply
-- shown full_name <- dim_customer.full_name
-- shown order_ts <- fct_orders.order_ts
-- filter fct_orders.customer_key dim_customer.customer_key
-- order fct_orders.order_ts
SELECT c.full_name, l.order_ts FROM analytics.dim_customer c CROSS APPLY (SELECT TOP 1 o.order_ts FROM analytics.fct_orders o WHERE o.customer_key = c.customer_key ORDER BY o.order_ts DESC) l

-- case ts-outer-apply
-- shown full_name <- dim_customer.full_name
-- shown n <-
-- filter fct_orders.customer_key dim_customer.customer_key
SELECT c.full_name, l.n FROM analytics.dim_customer AS c OUTER APPLY (SELECT COUNT(*) AS n FROM analytics.fct_orders AS o WHERE o.customer_key = c.customer_key) AS l

-- case ts-alias-equals
-- shown mail <- dim_customer.email
SELECT mail = email FROM analytics.dim_customer

-- case ts-iif-isnull
-- shown contact <- dim_customer.email, dim_customer.phone
-- when dim_customer.is_current
SELECT IIF(is_current = 1, ISNULL(email, phone), phone) AS contact FROM analytics.dim_customer

-- case ts-cte-window
-- shown customer_id <- dim_customer.customer_id
-- shown email <- dim_customer.email
-- window dim_customer.customer_id dim_customer.valid_from
WITH d AS (SELECT customer_id, email, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) AS rn FROM analytics.dim_customer) SELECT customer_id, email FROM d WHERE rn = 1

-- case ts-string-agg
-- shown cities <- dim_store.city
-- order dim_store.city
-- group dim_store.country
SELECT STRING_AGG(city, ', ') WITHIN GROUP (ORDER BY city) AS cities FROM analytics.dim_store GROUP BY country

-- case ts-four-part-and-nolock
-- shown sku <- dim_product.sku
-- filter dim_product.category
SELECT p.sku FROM dwh.analytics.dim_product AS p WITH (NOLOCK) WHERE p.category = 'toys'

-- case ts-update-alias-from
-- writes dim_customer
-- shown email <- raw.crm_contacts.email
-- join dim_customer.customer_id raw.crm_contacts.id
UPDATE c SET c.email = s.email FROM analytics.dim_customer c JOIN raw.crm_contacts s ON s.id = c.customer_id

-- case ts-pivot
-- shown channel <- fct_orders.channel
-- shown paid <- fct_orders.net_amount:aggregate
-- shown void <- fct_orders.net_amount:aggregate
-- filter fct_orders.status
-- group fct_orders.channel
SELECT channel, [paid], [void] FROM (SELECT channel, status, net_amount FROM analytics.fct_orders) s PIVOT (SUM(net_amount) FOR status IN ([paid], [void])) p

-- case ts-openjson-with
-- shown customer_key <- dim_customer.customer_key
-- shown city <- dim_customer.profile
SELECT c.customer_key, j.city FROM analytics.dim_customer c CROSS APPLY OPENJSON(c.profile) WITH (city NVARCHAR(50) '$.city') j

-- case ts-count-big
-- shown country <- dim_customer.country
-- shown n <-
-- group dim_customer.country
SELECT country, COUNT_BIG(*) AS n FROM analytics.dim_customer GROUP BY country
