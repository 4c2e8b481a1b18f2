-- Since 13. Connections, of which pg_stat_database tells every role, and sessions of others, whose statements are hidden from
-- roles without pg_read_all_stats.
select (select sum(d.numbackends)::float8 from pg_stat_database d where d.datid <> 0) as connections,
  (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()) as database_limit,
  count(*) filter (where a.usesysid is not null and a.pid <> pg_backend_pid())::float8 as others,
  count(*) filter (where a.query = '<insufficient privilege>')::float8 as hidden,
  count(*) filter (where a.pid <> pg_backend_pid() and a.datname = current_database()
    and a.usesysid = (select r.oid from pg_roles r where r.rolname = current_user)
    and a.application_name <> 'tidemark')::float8 as same_role
from pg_stat_activity a
