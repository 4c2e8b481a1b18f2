select schema_name as `schema`, table_name as relation, filter_name as name
from {{catalog}}.information_schema.row_filters
where true {{only}}
order by 1, 2
limit {{row_max}}
