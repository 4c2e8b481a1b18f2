select schema_name as schema, table_name as relation, column_name as name, data_type as type, is_nullable as nullable, comment
from duckdb_columns()
where database_name = current_database() and not internal
order by 1, 2, column_index
limit {{row_max}}
