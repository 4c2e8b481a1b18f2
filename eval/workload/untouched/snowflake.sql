-- The same warehouse in the dialect of Snowflake.
-- schema: star
-- dialect: snowflake

-- name: the newest version of each customer | analytical | a window over the whole dimension
SELECT * FROM public.dim_customer QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from DESC) = 1

-- name: an application reads one customer | operational | one row by key
SELECT name, email, segment FROM public.dim_customer WHERE customer_id = :1

-- name: sales of a year by store | analytical | groups the fact table
SELECT store_id, DATE_TRUNC('month', sold_at) AS month, SUM(net_amount) FROM public.fact_sales WHERE sold_at >= DATEADD(year, -1, CURRENT_DATE()) GROUP BY ALL

-- name: a table made of another | analytical | reads and groups everything
CREATE OR REPLACE TABLE public.sales_by_product AS SELECT product_id, SUM(quantity) AS quantity FROM public.fact_sales GROUP BY product_id
