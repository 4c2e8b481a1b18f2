-- Columns of one relation with the types below their domains. row_security_active: true where policies hide rows from us.
select c.relkind::text as kind, row_security_active(c.oid) as hides_rows, a.attname::text as name,
  format_type(case t.typtype when 'd' then t.typbasetype else t.oid end, case t.typtype when 'd' then t.typtypmod else a.atttypmod end) as type
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid
  join pg_type t on t.oid = a.atttypid
where n.nspname = {{schema}} and c.relname = {{name}} and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and a.attnum > 0 and not a.attisdropped
order by a.attnum
