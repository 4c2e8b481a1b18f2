select schemaname::varchar as "schema", viewname::varchar as name, definition
from pg_views
where left(schemaname, 3) <> 'pg_' and schemaname not in ('information_schema', 'catalog_history')
order by schemaname, viewname
limit {{row_max}}
