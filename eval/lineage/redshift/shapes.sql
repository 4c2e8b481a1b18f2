-- Redshift: clauses that no grammar of PostgreSQL has. Source: "CREATE MATERIALIZED VIEW", "UNPIVOT", "Querying semistructured data".
-- dialect redshift
-- ddl warehouse

-- case rs-materialized-view-with-keys
-- writes mv_mails
-- shown customer_key <- dim_customer.customer_key
-- shown email <- dim_customer.email
CREATE MATERIALIZED VIEW analytics.mv_mails DISTKEY(customer_key) SORTKEY(customer_key) AUTO REFRESH YES AS SELECT customer_key, email FROM analytics.dim_customer

-- case rs-unpivot-all
-- shown region <- monthly_budget.region
-- shown quarter <-
-- shown budget <- monthly_budget.q1, monthly_budget.q2
SELECT * FROM (SELECT region, q1, q2 FROM analytics.monthly_budget) UNPIVOT (budget FOR quarter IN (q1, q2))

-- case rs-super-items-in-from
-- shown order_id <- fct_orders.order_id
-- shown sku <- fct_orders.payload
-- filter fct_orders.payload
SELECT o.order_id, i.sku FROM analytics.fct_orders o, o.payload.items AS i WHERE i.qty > 1
