-- The tables that this release of Metabase has, and their columns: names drifted over releases. information_schema would hide
-- the tables that the role may not read, and they would be taken for ones that this release lacks.
select c.relname::text as table_name, a.attname::text as column_name
from pg_catalog.pg_class c
join pg_catalog.pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'v', 'm', 'p') and a.attnum > 0 and not a.attisdropped
  and c.relnamespace = any (select n.oid from pg_catalog.pg_namespace n where n.nspname = any (current_schemas(false)))
