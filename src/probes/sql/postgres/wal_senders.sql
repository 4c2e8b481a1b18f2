-- reply_time is by the receiver's clock. A role without pg_read_all_stats sees pid, role and application_name.
select r.pid, (select s.slot_name from slot s where s.active_pid = r.pid limit 1) as slot_name,
  pg_get_userbyid(a.usesysid) as role, a.application_name, host(a.client_addr) as client_address, r.state, r.sync_state,
  r.sent_lsn::text as sent_lsn, r.write_lsn::text as write_lsn, r.flush_lsn::text as flush_lsn, r.replay_lsn::text as replay_lsn,
  extract(epoch from r.write_lag)::float8 as write_lag_seconds,
  extract(epoch from r.flush_lag)::float8 as flush_lag_seconds,
  extract(epoch from r.replay_lag)::float8 as replay_lag_seconds,
  extract(epoch from clock_timestamp() - r.reply_time)::float8 as reply_age_seconds
from pg_stat_get_wal_senders() r cross join lateral pg_stat_get_activity(r.pid) a
