-- estimated_size is the number of rows.
select schema_name as schema, table_name as name, 'table' as kind, comment, estimated_size::double as rows, null as sql
from duckdb_tables()
where database_name = current_database() and not internal and not temporary
union all
select schema_name, view_name, 'view', comment, null, sql
from duckdb_views()
where database_name = current_database() and not internal and not temporary
order by 1, 2
limit {{row_max}}
