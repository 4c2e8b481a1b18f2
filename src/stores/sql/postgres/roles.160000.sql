-- Since 16: a membership may carry neither INHERIT nor SET, as CREATEROLE users get it on the roles they make; it lets
-- them manage the role, not use its rights.
select r.oid as id, r.rolname as name, r.rolsuper as superuser, r.rolcanlogin as can_login, r.rolinherit as inherits,
  r.rolreplication as replication, r.rolbypassrls as bypasses_row_security,
  nullif(r.rolconnlimit, -1) as connection_limit,
  (select s.setconfig from pg_db_role_setting s where s.setrole = r.oid and s.setdatabase = 0) as settings,
  (select s.setconfig
   from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
   where s.setrole = r.oid and d.datname = current_database()) as database_settings,
  array(
    select distinct g.rolname::text
    from pg_auth_members m join pg_roles g on g.oid = m.roleid
    where m.member = r.oid and (m.inherit_option or m.set_option)
    order by 1) as member_of
from pg_roles r
where r.rolname !~ '^pg_'
order by r.oid
limit {{row_max}}
