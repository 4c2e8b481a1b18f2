-- Since 13. What holds back vacuum in this database besides sessions: the oldest snapshot that a slot keeps for a standby, an
-- open prepared transaction of this database, and a standby that reports its snapshots without a slot. A catalog_xmin alone, which
-- every logical slot has, holds back the system catalogues only. Left out: slots that the server has invalidated (wal_status
-- lost), and the sender of a logical slot, whose snapshot vacuum passes over (PROC_IN_LOGICAL_DECODING; procarray.c, 18).
select 'replication slot' as kind, s.slot_name::text as name, age(coalesce(s.xmin, s.catalog_xmin))::float8 as transactions,
  null::float8 as age_seconds, s.xmin is null as catalog_only
from pg_replication_slots s
where coalesce(s.xmin, s.catalog_xmin) is not null and s.wal_status is distinct from 'lost'
union all
select 'prepared transaction', left(p.gid, 200), age(p.transaction)::float8, date_part('epoch', statement_timestamp() - p.prepared), false
from pg_prepared_xacts p
where p.database = current_database()
union all
select 'standby', coalesce(nullif(r.application_name, ''), 'without a name'), age(r.backend_xmin)::float8, null, false
from pg_stat_replication r
where r.backend_xmin is not null
  and not exists (select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')
limit {{row_max}}
