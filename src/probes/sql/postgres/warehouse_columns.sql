-- The name arrives as the digits of its bytes, so that no setting of the session decides how a literal is read.
select n.nspname as schema, c.relname as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid
where n.nspname = convert_from(decode('{{schema_hex}}', 'hex'), 'UTF8') and c.relname = convert_from(decode('{{name_hex}}', 'hex'), 'UTF8')
  and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
order by a.attnum
limit 1600
