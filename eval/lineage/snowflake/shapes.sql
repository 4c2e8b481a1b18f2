-- Snowflake: PIVOT and UNPIVOT. Source: "PIVOT", "UNPIVOT".
-- dialect snowflake
-- ddl warehouse

-- case sf-pivot-renamed
-- shown channel <- fct_orders.channel
-- shown eur <- fct_orders.net_amount:aggregate
-- shown usd <- fct_orders.net_amount:aggregate
-- filter fct_orders.currency
-- group fct_orders.channel
SELECT * FROM (SELECT channel, currency, net_amount FROM analytics.fct_orders) PIVOT (SUM(net_amount) FOR currency IN ('EUR', 'USD')) AS p (channel, eur, usd)

-- case sf-unpivot
-- shown region <- monthly_budget.region
-- shown quarter <-
-- shown budget <- monthly_budget.q1, monthly_budget.q2, monthly_budget.q3, monthly_budget.q4
SELECT * FROM analytics.monthly_budget UNPIVOT (budget FOR quarter IN (q1, q2, q3, q4))
