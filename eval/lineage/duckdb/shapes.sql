-- DuckDB: shapes of its own. Source: "Star Expression", "List Comprehension", "PIVOT Statement"; the names of columns were asked of DuckDB 1.5.
-- dialect duckdb
-- ddl duckdb

-- case dk-list-comprehension-of-two
-- shown labels <- sale.tags, sale.channel
SELECT [upper(t) || channel FOR t IN tags IF t <> ''] AS labels FROM mart.sale

-- case dk-pivot-in-from
-- shown channel <- sale.channel
-- shown a-1 <- sale.amount:aggregate
-- shown b-2 <- sale.amount:aggregate
-- filter sale.sku
-- group sale.channel
SELECT * FROM (SELECT channel, sku, amount FROM mart.sale) PIVOT (sum(amount) FOR sku IN ('a-1', 'b-2'))

-- case dk-unpivot-in-from
-- shown region <- quarter.region
-- shown part <-
-- shown value <- quarter.q1, quarter.q2
SELECT * FROM mart.quarter UNPIVOT (value FOR part IN (q1, q2))

-- case dk-columns-of-two
-- shown visit_id <- visit.visit_id
-- shown ms_load <- visit.ms_load
-- shown ms_total <- visit.ms_total
SELECT visit_id, COLUMNS('^ms_(load|total)$') FROM mart.visit

-- case dk-slice-of-a-text
-- shown head <- customer.email:partial
-- shown tail <- customer.email:partial
-- shown rest <- customer.email
-- shown some <- sale.tags
SELECT email[1:3] AS head, email[-4:] AS tail, email[2:] AS rest, tags[1:2] AS some FROM mart.customer, mart.sale
