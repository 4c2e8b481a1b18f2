-- Since 9.6, so that a server that is too old can be told apart from one that is broken.
select current_setting('server_version_num')::int as version_num, current_setting('server_version') as version,
  current_database()::text as database, pg_is_in_recovery() as in_recovery, current_user::text as role,
  r.oid as role_id, r.rolsuper as superuser
from pg_roles r
where r.rolname = current_user
