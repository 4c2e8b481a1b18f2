-- BigQuery: what is turned from rows to columns, and what dbt compiles. Source: "Query syntax" (PIVOT, UNPIVOT), "MERGE".
-- dialect bigquery
-- ddl warehouse

-- case bq-pivot-aliased
-- shown channel <- fct_orders.channel
-- shown net_eur <- fct_orders.net_amount:aggregate
-- shown net_other <- fct_orders.net_amount:aggregate
-- filter fct_orders.currency
-- group fct_orders.channel
SELECT * FROM (SELECT channel, currency, net_amount FROM analytics.fct_orders) PIVOT (SUM(net_amount) AS net FOR currency IN ('EUR' AS eur, 'USD' AS other))

-- case bq-unpivot
-- shown region <- monthly_budget.region
-- shown budget <- monthly_budget.q1, monthly_budget.q2
-- shown quarter <-
SELECT region, budget, quarter FROM analytics.monthly_budget UNPIVOT (budget FOR quarter IN (q1, q2))

-- case bq-dbt-incremental-merge
-- writes raw.crm_contacts
-- shown id <- dim_customer.customer_id
-- shown email <- dim_customer.email
-- shown updated_at <- dim_customer.valid_from
-- filter dim_customer.valid_from, raw.crm_contacts.updated_at
-- join dim_customer.customer_id, raw.crm_contacts.id
merge into `acme-prod`.`raw`.`crm_contacts` as DBT_INTERNAL_DEST using (
  with source as (select * from `acme-prod`.`analytics`.`dim_customer` where valid_from > (select max(updated_at) from `acme-prod`.`raw`.`crm_contacts`)),
  renamed as (select customer_id as id, lower(trim(email)) as email, valid_from as updated_at from source)
  select * from renamed
) as DBT_INTERNAL_SOURCE on (DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id)
when matched then update set `id` = DBT_INTERNAL_SOURCE.`id`, `email` = DBT_INTERNAL_SOURCE.`email`, `updated_at` = DBT_INTERNAL_SOURCE.`updated_at`
when not matched then insert (`id`, `email`, `updated_at`) values (`id`, `email`, `updated_at`)

-- case bq-merge-insert-row
-- writes dim_store
-- shown store_key <- dim_product.product_key
-- shown city <- dim_product.sku
MERGE analytics.dim_store t USING (SELECT product_key, sku FROM analytics.dim_product) s ON FALSE WHEN NOT MATCHED THEN INSERT ROW

-- case bq-materialized-view-with-options
-- writes mv_country
-- shown country <- dim_customer.country
-- shown people <- dim_customer.email:aggregate
-- group dim_customer.country
CREATE MATERIALIZED VIEW analytics.mv_country PARTITION BY day CLUSTER BY country OPTIONS (enable_refresh = true) AS SELECT country, COUNT(DISTINCT email) AS people FROM analytics.dim_customer GROUP BY country
