-- Since 13. Who may see what of change data capture. pg_stat_replication hides positions without pg_read_all_stats;
-- listing the WAL directory takes pg_monitor; slots are for everybody. PostgreSQL 18, 27.2.4, 53.20, 9.28.9.
select (select count(*)::float8 from pg_replication_slots) as slots,
  (select count(*)::float8 from pg_replication_slots s where not s.active) as inactive_slots,
  (select count(*)::float8 from pg_stat_replication) as senders,
  (select count(*)::float8 from pg_stat_replication w where w.state is null) as hidden_senders,
  (select count(*)::float8 from pg_publication) as publications,
  (select count(*)::float8 from pg_subscription_rel) as subscribed_tables,
  has_function_privilege('pg_ls_waldir()', 'execute') as lists_wal,
  case when pg_is_in_recovery() then (select count(*)::float8 from pg_stat_wal_receiver) end as receivers,
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as replay_paused
