-- Databricks and Spark. Source: docs.databricks.com/sql/language-manual.
-- dialect databricks
-- ddl warehouse

-- case dbx-backticks-three-part
-- shown email <- dim_customer.email
SELECT `c`.`email` FROM `main`.`analytics`.`dim_customer` `c`

-- case dbx-lateral-view-explode
-- shown order_id <- fct_orders.order_id
-- shown tag <- fct_orders.tags
SELECT o.order_id, t.tag FROM analytics.fct_orders o LATERAL VIEW explode(o.tags) t AS tag

-- case dbx-explode-in-select
-- shown tag <- fct_orders.tags
-- filter fct_orders.status
SELECT explode(tags) AS tag FROM analytics.fct_orders WHERE status = 'paid'

-- case dbx-struct-field
-- shown city <- dim_customer.address
SELECT address.city AS city FROM analytics.dim_customer

-- case dbx-json-path
-- shown kind <- raw.events.body
SELECT body:event.kind::string AS kind FROM raw.events

-- case dbx-qualify
-- shown id <- raw.crm_contacts.id
-- shown phone <- raw.crm_contacts.phone
-- window raw.crm_contacts.id raw.crm_contacts.updated_at
SELECT id, phone FROM raw.crm_contacts QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1

-- case dbx-lateral-alias
-- shown net <- fct_orders.net_amount
-- shown gross <- fct_orders.net_amount
SELECT net_amount * 1 AS net, net * 1.2 AS gross FROM analytics.fct_orders

-- case dbx-star-except
-- shown store_key <- dim_store.store_key
-- shown city <- dim_store.city
-- shown country <- dim_store.country
SELECT * EXCEPT (manager_name) FROM analytics.dim_store

-- case dbx-collect-set
-- shown channels <- fct_orders.channel
-- group fct_orders.customer_key
SELECT collect_set(channel) AS channels FROM analytics.fct_orders GROUP BY customer_key

-- case dbx-merge-update-set
-- writes dim_customer
-- shown email <- raw.crm_contacts.email
-- join dim_customer.customer_id raw.crm_contacts.id
MERGE INTO analytics.dim_customer t USING raw.crm_contacts s ON t.customer_id = s.id WHEN MATCHED THEN UPDATE SET t.email = s.email

-- case dbx-left-semi-join
-- shown email <- dim_customer.email
-- join dim_customer.customer_key fct_orders.customer_key
SELECT c.email FROM analytics.dim_customer c LEFT SEMI JOIN analytics.fct_orders o ON c.customer_key = o.customer_key

-- case db-merge-star
-- writes raw.crm_contacts
-- shown id <- dim_customer.customer_id
-- shown email <- dim_customer.email
-- join dim_customer.customer_id, raw.crm_contacts.id
MERGE INTO raw.crm_contacts t USING (SELECT customer_id AS id, email FROM analytics.dim_customer) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *
