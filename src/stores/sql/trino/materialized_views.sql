select schema_name as "schema", name, definition
from system.metadata.materialized_views
where catalog_name = {{catalog_text}} {{only}}
order by 1, 2
limit {{row_max}}
