-- Since 14, of all databases of the server. The main worker applies; workers that copy single tables come and go, and are
-- the only rows of pg_stat_subscription where the main one is down. last_msg_receipt_time is by this server's clock,
-- latest_end_time by the publisher's.
-- Tables that are not yet copied are known in the database of the subscription only.
select s.subname as name, d.datname as database, s.subenabled as enabled, s.subslotname as slot_name, w.pid,
  w.received_lsn::text as received_lsn, w.latest_end_lsn::text as latest_end_lsn,
  extract(epoch from w.latest_end_time)::float8 as latest_end_at,
  extract(epoch from clock_timestamp() - w.last_msg_receipt_time)::float8 as last_message_age_seconds,
  {{subscriptions_errors}},
  case when d.datname = current_database() then (
    select count(*) from pg_subscription_rel r where r.srsubid = s.oid and r.srsubstate <> 'r') end as tables_syncing
from pg_subscription s
  join pg_database d on d.oid = s.subdbid
  left join pg_stat_subscription w on w.subid = s.oid and w.relid is null and {{subscriptions_leader}}
where not pg_is_in_recovery()
order by d.datname, s.subname
