-- 13 to 15. Settings of a role in this database hold over those in all databases. The server's own roles (pg_…) are
-- named where others are members of them but are not listed.
select r.oid as id, r.rolname as name, r.rolsuper as superuser, r.rolcanlogin as can_login, r.rolinherit as inherits,
  r.rolreplication as replication, r.rolbypassrls as bypasses_row_security,
  nullif(r.rolconnlimit, -1) as connection_limit,
  (select s.setconfig from pg_db_role_setting s where s.setrole = r.oid and s.setdatabase = 0) as settings,
  (select s.setconfig
   from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
   where s.setrole = r.oid and d.datname = current_database()) as database_settings,
  array(
    select g.rolname::text
    from pg_auth_members m join pg_roles g on g.oid = m.roleid
    where m.member = r.oid
    order by g.rolname) as member_of
from pg_roles r
where r.rolname !~ '^pg_'
order by r.oid
limit {{row_max}}
