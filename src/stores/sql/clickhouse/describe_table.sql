SELECT database, name, engine, engine_full, create_table_query, sorting_key
FROM system.tables
WHERE database = {{database}} AND name = {{name}}
