-- Since 13. Client sessions of this database that are in a transaction for over a second, hold back what vacuum may clean up, or
-- wait for a lock. Both the oldest snapshot and an own transaction number hold the horizon, of sessions of the same database
-- only; those that run VACUUM are passed over (ComputeXidHorizons in procarray.c, 18). The number of the statement is shown since 14. Never a text or an address.
select a.pid, coalesce(a.usename::text, '') as role, coalesce(a.application_name, '') as application, a.state,
  {{session_query_id}} as query_id,
  date_part('epoch', statement_timestamp() - a.xact_start) as transaction_seconds,
  case when a.state = 'active' then date_part('epoch', statement_timestamp() - a.query_start) end as statement_seconds,
  case when not exists (select from pg_stat_progress_vacuum v where v.pid = a.pid)
    then greatest(age(a.backend_xmin), age(a.backend_xid))::float8 end as horizon_transactions,
  coalesce(a.wait_event_type = 'Lock', false) as waits
from pg_stat_activity a
where a.backend_type = 'client backend' and a.datname = current_database() and a.pid <> pg_backend_pid()
  and a.application_name is distinct from 'tidemark'
  and (a.backend_xmin is not null or a.backend_xid is not null or a.wait_event_type = 'Lock'
    or a.xact_start < statement_timestamp() - interval '1 second')
order by a.xact_start, a.pid
limit {{row_max}}
