-- Since 14. Who runs what right now in this database, and what has begun since the last look: an idle session still shows when
-- its last statement began, so that short ones are seen too. By the number of the statement: never its text.
select a.query_id::text as query_id, a.usename::text as role, coalesce(a.application_name, '') as application,
  bool_or(a.state = 'active') as active,
  array_agg(distinct round(date_part('epoch', a.query_start) * 1000))::float8[] as started_ms
from pg_stat_activity a
where a.backend_type = 'client backend' and a.query_id is not null and a.usename is not null
  and (a.state = 'active' or a.query_start > statement_timestamp() - interval '{{since_seconds}} seconds')
  and a.datname = current_database() and a.pid <> pg_backend_pid() and a.application_name is distinct from 'tidemark'
group by 1, 2, 3
limit {{row_max}}
