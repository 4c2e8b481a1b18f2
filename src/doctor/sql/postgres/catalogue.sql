-- Since 13. How much there is to read, and what this role could change although it must not. Partitions count with their
-- parents, so that a table of a thousand days is one. Without a list of rights only the owner has any (PostgreSQL 18, 5.8), and
-- members of pg_write_all_data (14): asking for each of 10,000 tables would take a quarter of a second.
with own as materialized (
  select exists (select from pg_roles w where w.rolname = 'pg_write_all_data' and pg_has_role(w.oid, 'usage')) as writes_all
), relation as materialized (
  select n.nspname, c.relname, c.relkind,
    c.relkind in ('r', 'p') and case when c.relacl is null then o.writes_all or pg_has_role(c.relowner, 'usage')
      else has_table_privilege(c.oid, 'insert, update, delete, truncate') end as writable
  from own o cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
)
select
  count(*) filter (where r.relkind in ('r', 'p'))::float8 as tables,
  count(*) filter (where r.relkind = 'v')::float8 as views,
  count(*) filter (where r.relkind = 'm')::float8 as materialized_views,
  count(*) filter (where r.relkind = 'f')::float8 as foreign_tables,
  count(*) filter (where r.writable)::float8 as writable,
  min(quote_ident(r.nspname) || '.' || quote_ident(r.relname)) filter (where r.writable) as writable_example,
  (select count(*)::float8 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema') as functions,
  (select count(*)::float8 from pg_foreign_server) as foreign_servers,
  has_function_privilege('pg_get_viewdef(oid)', 'execute') as reads_definitions,
  has_table_privilege('pg_catalog.pg_class', 'select') and has_table_privilege('pg_catalog.pg_roles', 'select')
    and has_table_privilege('pg_catalog.pg_db_role_setting', 'select') as reads_catalogue,
  (select min(quote_ident(n.nspname)) from pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and has_schema_privilege(n.oid, 'create')) as creates_in,
  (select min(quote_ident(n.nspname)) from pg_namespace n cross join aclexplode(n.nspacl) a
    where n.nspname !~ '^pg_' and a.grantee = 0 and a.privilege_type = 'CREATE') as public_creates_in
from relation r
