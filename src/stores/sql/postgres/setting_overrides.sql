-- Since 13. What ALTER DATABASE … SET, ALTER ROLE ALL SET and our own role's ALTER ROLE … SET say; role 0 is all roles,
-- database 0 is all databases.
select s.setrole <> 0 as own, s.setdatabase <> 0 as in_database, s.setconfig as settings
from pg_db_role_setting s
where s.setrole in (0, (select r.oid from pg_roles r where r.rolname = session_user))
  and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
