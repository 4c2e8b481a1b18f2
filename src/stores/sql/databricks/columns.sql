select table_schema as `schema`, table_name as relation, column_name as name, full_data_type as type, is_nullable as nullable, comment
from {{catalog}}.information_schema.columns
where table_schema <> 'information_schema' {{only}}
order by table_schema, table_name, ordinal_position
limit {{row_max}}
