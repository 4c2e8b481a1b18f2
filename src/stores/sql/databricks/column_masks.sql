select schema_name as `schema`, table_name as relation, column_name as column, mask_name as mask
from {{catalog}}.information_schema.column_masks
where true {{only}}
order by 1, 2, 3
limit {{row_max}}
