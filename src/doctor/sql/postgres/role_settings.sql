-- Since 13. Settings of all roles, of this database and of one role (`own`): role 0 is all roles, database 0 all databases.
select s.setrole <> 0 as own, s.setdatabase <> 0 as in_database, s.setconfig as settings
from pg_db_role_setting s
where s.setrole in (0, (select r.oid from pg_roles r where r.rolname = convert_from(decode('{{role_hex}}', 'hex'), 'UTF8')))
  and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
