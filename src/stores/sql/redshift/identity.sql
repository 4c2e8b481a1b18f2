-- Runs on the leader node alone.
select version() as version, current_database()::varchar as database, usename::varchar as role, usesysid as role_id, usesuper as superuser
from pg_user
where usename = current_user
