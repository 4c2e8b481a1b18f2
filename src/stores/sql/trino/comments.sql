select schema_name as "schema", table_name as name, comment
from system.metadata.table_comments
where catalog_name = {{catalog_text}} and comment is not null
order by 1, 2
limit {{row_max}}
