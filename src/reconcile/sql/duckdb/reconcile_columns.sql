select 'r' as kind, false as hides_rows, column_name as name, data_type as type
from duckdb_columns()
where database_name = current_database() and schema_name = {{schema}} and table_name = {{name}}
order by column_index
