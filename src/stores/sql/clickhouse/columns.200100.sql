SELECT database, table, name, type, default_kind, default_expression, comment
FROM system.columns
WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') AND table NOT LIKE '.inner%'
ORDER BY database, table, position
LIMIT {{row_max}}
