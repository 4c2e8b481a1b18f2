-- Since 13. Who holds what the given sessions wait for; sent only where somebody waits, for pg_blocking_pids() stops the lock
-- manager for a moment and pg_locks copies its table. A prepared transaction has process number 0. Since when: from 14 on.
with waiting as (
  select l.pid, {{lock_wait_start}} as since
  from pg_locks l
  where not l.granted and l.pid = any ('{{{pids}}}'::int[])
  group by l.pid)
select w.pid as waiting, date_part('epoch', statement_timestamp() - w.since) as waited_seconds, b.pid as blocking,
  coalesce(a.usename::text, '') as role,
  case when b.pid = 0 then 'prepared transaction' when a.backend_type = 'client backend' then coalesce(a.application_name, '')
    else coalesce(a.backend_type, '') end as application,
  a.state, {{session_query_id}} as query_id
from waiting w
  left join lateral (select distinct p.pid from unnest(pg_blocking_pids(w.pid)) p(pid)) b on true
  left join pg_stat_activity a on a.pid = b.pid
limit {{row_max}}
