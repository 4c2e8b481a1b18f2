-- DuckDB's names are equal whatever the case of their letters.
select schema_name as schema, table_name as relation, column_name as name, data_type as type
from duckdb_columns()
where database_name = current_database() and not internal
  and lower(schema_name) = lower(decode(from_hex('{{schema_hex}}'))) and lower(table_name) = lower(decode(from_hex('{{name_hex}}')))
order by column_index
limit 1600
