-- Since 13. The extension may be in any schema and of an older version than the server's own; which columns its function
-- returns decides what is read.
select e.extversion as version, quote_ident(n.nspname) as schema, has_schema_privilege(n.oid, 'usage') as may_use_schema,
  not exists (
    select from pg_proc p
    where p.pronamespace = n.oid and p.proname = 'pg_stat_statements' and not has_function_privilege(p.oid, 'execute'))
    as may_execute,
  array(
    select a.attname::text
    from pg_class v join pg_attribute a on a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
    where v.relnamespace = n.oid and v.relname = 'pg_stat_statements') as columns
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'
