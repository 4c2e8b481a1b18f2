-- Since 13. A role without pg_read_all_stats sees no state, wait or time of other roles' sessions (monitoring.sgml, 27.2.3):
-- what cannot be counted then is what it sees, and the horizon is null rather than too young. The horizon of vacuum is
-- held by backend_xmin (procarray.c).
select extract(epoch from clock_timestamp())::float8 as server_time,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all,
  count(*) filter (where coalesce(a.backend_type = 'client backend', a.datid is not null and a.usesysid is not null))::float8
    as connections,
  current_setting('max_connections')::float8 as connections_max,
  count(*) filter (where a.state = 'active' and a.backend_type = 'client backend' and a.pid <> pg_backend_pid())::float8 as active,
  count(*) filter (where a.state like 'idle in transaction%')::float8 as idle_in_transaction,
  count(*) filter (where a.wait_event_type = 'Lock')::float8 as lock_waiters,
  count(*) filter (where a.wait_event_type = 'LWLock')::float8 as lwlock_waiters,
  count(*) filter (where a.wait_event_type = 'IO')::float8 as io_waiters,
  case when pg_has_role(current_user, 'pg_read_all_stats', 'usage')
    then max(age(a.backend_xmin)) filter (where a.pid <> pg_backend_pid()) end::float8 as oldest_xmin_age,
  (max(age(a.backend_xmin)) filter (
    where a.usename = current_user and a.application_name = 'tidemark' and a.pid <> pg_backend_pid()))::float8 as own_xmin_age,
  (select coalesce(json_agg(l), '[]') from (
    select t.pid, coalesce(t.usename::text, '') as role, coalesce(t.application_name, '') as application_name,
      t.state as session_state, extract(epoch from clock_timestamp() - t.xact_start)::float8 as age_seconds,
      greatest(extract(epoch from clock_timestamp() - t.state_change), 0)::float8 as state_age_seconds,
      t.backend_xmin is not null or t.backend_xid is not null as holds_xmin, t.backend_xid is not null as writes,
      {{activity_query_id}} as query_id
    from pg_stat_activity t
    where t.xact_start < clock_timestamp() - interval '1 second' and t.state is not null and t.usesysid is not null
      and t.backend_type not in ('parallel worker', 'walsender') and t.pid <> pg_backend_pid()
    order by t.xact_start limit 10) l) as transactions
from pg_stat_activity a
