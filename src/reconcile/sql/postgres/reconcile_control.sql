-- Tables with both columns that the convention of watermarks has.
select n.nspname::text as schema, c.relname::text as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = {{product_column}} and not a.attisdropped)
  and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = {{watermark_column}} and not a.attisdropped)
order by 1, 2
limit 20
