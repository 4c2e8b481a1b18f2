select table_schema as "schema", table_name as name, table_type as kind
from {{catalog}}.information_schema.tables
where table_schema <> 'information_schema'
order by 1, 2
limit {{row_max}}
