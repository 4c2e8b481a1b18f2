-- Before 20 columns have no number; they come in their order.
SELECT database, table, name, type, default_kind, default_expression, comment
FROM system.columns
WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') AND table NOT LIKE '.inner%'
LIMIT {{row_max}}
