-- A standby cannot name segments: the newest of what it receives, has replayed and restarts from. It may be promoted.
case when pg_is_in_recovery() then greatest(
    (select received_tli from pg_stat_wal_receiver),
    (select min_recovery_end_timeline from pg_control_recovery()),
    (select timeline_id from pg_control_checkpoint()))
  else {{replication_timeline}} end
