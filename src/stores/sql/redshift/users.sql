select usesysid as id, usename::varchar as name, usesuper as superuser
from pg_user
order by usename
limit {{row_max}}
