select schema_name as `schema`, table_name as relation, column_name as column, tag_name as tag, tag_value as value
from {{catalog}}.information_schema.column_tags
order by 1, 2, 3, 4
limit {{row_max}}
