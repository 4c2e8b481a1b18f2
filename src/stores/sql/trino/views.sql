select table_schema as "schema", table_name as name, view_definition as definition
from {{catalog}}.information_schema.views
where table_schema <> 'information_schema'
order by 1, 2
limit {{row_max}}
