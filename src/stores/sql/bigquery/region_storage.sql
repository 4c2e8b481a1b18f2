select table_schema as schema, table_name as name, cast(total_rows as float64) as `rows`, cast(total_logical_bytes as float64) as bytes
from {{scope}}.INFORMATION_SCHEMA.TABLE_STORAGE
where not deleted
order by 1, 2
limit {{row_max}}
