select schema_name as schema, table_name as name
from duckdb_columns()
where database_name = current_database() and not internal and column_name in ({{product_column}}, {{watermark_column}})
group by 1, 2
having count(*) = 2
order by 1, 2
limit 20
