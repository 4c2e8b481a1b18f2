-- 13: the identifier of a subscription is not for every role, its name and database are. A worker tells its database as a
-- session. Tables of other databases do not stand in this database's pg_subscription_rel.
select s.subname as name, d.datname as database, s.subenabled as enabled, s.subslotname as slot_name, w.pid,
  w.received_lsn::text as received_lsn, w.latest_end_lsn::text as latest_end_lsn,
  extract(epoch from w.latest_end_time)::float8 as latest_end_at,
  extract(epoch from clock_timestamp() - w.last_msg_receipt_time)::float8 as last_message_age_seconds,
  null::bigint as apply_errors, null::bigint as sync_errors,
  case when d.datname = current_database() then (
    select count(*) from pg_subscription_rel r
    where r.srsubid in (select v.subid from pg_stat_subscription v where v.subname = s.subname) and r.srsubstate <> 'r'
  ) end as tables_syncing
from pg_subscription s
  join pg_database d on d.oid = s.subdbid
  left join (pg_stat_subscription w join pg_stat_activity a on a.pid = w.pid)
    on w.subname = s.subname and w.relid is null and a.datid = s.subdbid
where not pg_is_in_recovery()
order by d.datname, s.subname
