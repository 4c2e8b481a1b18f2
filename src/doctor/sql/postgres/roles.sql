-- Since 13. Roles that log in, and how many of them have no statement_timeout of their own, in this database or everywhere.
-- What the server gives to all cannot be seen from a session that brought its own.
select count(*)::float8 as roles,
  count(*) filter (where not exists (
    select from pg_db_role_setting s
    where s.setrole in (0, r.oid)
      and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
      and exists (select from unnest(s.setconfig) c where c like 'statement_timeout=%' and c <> 'statement_timeout=0'))
  )::float8 as unbounded
from pg_roles r
where r.rolcanlogin and not r.rolsuper and r.rolname <> current_user
