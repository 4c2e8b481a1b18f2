-- Since 14. Who runs what right now in this database, by the number of the statement: never its text.
select a.query_id::text as query_id, a.usename::text as role, coalesce(a.application_name, '') as application, count(*)::int as sessions
from pg_stat_activity a
where a.backend_type = 'client backend' and a.state = 'active' and a.query_id is not null and a.usename is not null
  and a.datname = current_database() and a.pid <> pg_backend_pid() and a.application_name is distinct from 'tidemark'
group by 1, 2, 3
limit {{row_max}}
