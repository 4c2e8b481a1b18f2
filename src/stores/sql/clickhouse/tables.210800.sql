SELECT database, name, engine, engine_full, create_table_query, as_select, sorting_key, partition_key, comment, toString(total_rows) AS rows, toString(total_bytes) AS bytes
FROM system.tables
WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') AND NOT is_temporary AND name NOT LIKE '.inner%'
ORDER BY database, name
LIMIT {{row_max}}
