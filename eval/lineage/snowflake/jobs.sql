-- Snowflake: longer models as a team keeps them.
-- dialect snowflake
-- ddl warehouse

-- case sf-long-customer-360
-- shown customer_id <- dim_customer.customer_id
-- shown email_domain <- dim_customer.email:partial
-- shown orders <- fct_orders.order_id:aggregate
-- shown revenue <- fct_orders.net_amount:aggregate
-- shown last_device <- fct_sessions.device
-- filter dim_customer.is_current fct_orders.status
-- group fct_orders.customer_key
-- window fct_sessions.customer_key fct_sessions.started_at
-- join dim_customer.customer_key fct_orders.customer_key fct_sessions.customer_key
with customers as (
    select * from analytics.dim_customer where is_current
),
orders as (
    select customer_key, count(order_id) as orders, sum(net_amount) as revenue
    from analytics.fct_orders where status not in ('cancelled', 'test') group by 1
),
sessions as (
    select customer_key, device:category::string as last_device
    from analytics.fct_sessions
    qualify row_number() over (partition by customer_key order by started_at desc) = 1
),
final as (
    select c.customer_id, split_part(c.email, '@', 2) as email_domain, coalesce(o.orders, 0) as orders, o.revenue, s.last_device
    from customers c left join orders o using (customer_key) left join sessions s on s.customer_key = c.customer_key
)
select * from final

-- case sf-long-union-of-sources
-- shown source <-
-- shown contact_id <- raw.crm_contacts.id, raw.stripe_charges.customer
-- shown email <- raw.crm_contacts.email, raw.stripe_charges.metadata
-- filter raw.crm_contacts.is_deleted
-- also raw.crm_contacts.phone raw.crm_contacts.updated_at raw.stripe_charges.created
with crm as (select 'crm' as source, id as contact_id, email, phone, updated_at from raw.crm_contacts where is_deleted = false),
stripe as (select 'stripe' as source, customer as contact_id, parse_json(metadata):email::string as email, null as phone, created from raw.stripe_charges)
select source, contact_id, email from (select * from crm union all select * from stripe) as u

-- case sf-nested-flatten-aggregated
-- shown order_id <- fct_orders.order_id
-- shown skus <- fct_orders.payload
-- group fct_orders.order_id
-- order fct_orders.payload
select o.order_id, listagg(distinct li.value:sku::string, ',') within group (order by li.value:sku::string) as skus
from analytics.fct_orders o, lateral flatten(input => o.payload:lines) li group by o.order_id

-- case sf-scd2-join-between
-- shown order_id <- fct_orders.order_id
-- shown country <- dim_customer.country
-- join dim_customer.customer_key fct_orders.customer_key fct_orders.order_ts dim_customer.valid_from dim_customer.valid_to
select o.order_id, c.country from analytics.fct_orders o join analytics.dim_customer c
on c.customer_key = o.customer_key and o.order_ts between c.valid_from and coalesce(c.valid_to, '9999-12-31'::timestamp)

-- case sf-create-view-with-columns
-- writes v_masked
-- shown id <- dim_customer.customer_id
-- shown mail <- dim_customer.email:pseudonymous-weak
-- filter dim_customer.is_current
create or replace secure view analytics.v_masked (id, mail) as select customer_id, sha2(lower(email), 256) from analytics.dim_customer where is_current

-- case sf-window-over-aggregate
-- shown month <- fct_orders.order_date:partial
-- shown revenue <- fct_orders.net_amount:aggregate
-- shown previous <- fct_orders.net_amount:aggregate
-- group fct_orders.order_date
-- window fct_orders.order_date
select date_trunc('month', order_date) as month, sum(net_amount) as revenue, lag(sum(net_amount)) over (order by date_trunc('month', order_date)) as previous
from analytics.fct_orders group by 1

-- case sf-conditional-change-event
-- shown session_id <- fct_sessions.session_id
-- shown gap <-
-- when fct_sessions.started_at fct_sessions.ended_at
-- window fct_sessions.user_pseudo_id fct_sessions.started_at
select session_id, case when datediff('minute', lag(ended_at) over (partition by user_pseudo_id order by started_at), started_at) > 30 then 1 else 0 end as gap from analytics.fct_sessions

-- case sf-delete-using
-- writes dim_customer
-- filter dim_customer.customer_id raw.crm_contacts.id raw.crm_contacts.is_deleted
delete from analytics.dim_customer d using raw.crm_contacts s where d.customer_id = s.id and s.is_deleted
