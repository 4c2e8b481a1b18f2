-- Since 13. Functions of recovery raise an error on a primary. latest_end_time is by the primary's clock.
-- pg_is_wal_replay_paused() is true from the request on, also where recovery paused by itself for settings that are too small.
-- On a standby the subscriptions are its primary's, and their workers run there.
-- PostgreSQL 18: Recovery Control Functions, pg_stat_wal_receiver, pg_stat_database.
select extract(epoch from clock_timestamp())::float8 as server_time,
  pg_is_in_recovery() as in_recovery,
  case when pg_is_in_recovery() then (
    select json_build_object(
      'receive_lsn', pg_last_wal_receive_lsn()::text,
      'replay_lsn', pg_last_wal_replay_lsn()::text,
      'replay_paused', pg_is_wal_replay_paused(),
      'last_replayed_commit_at', extract(epoch from pg_last_xact_replay_timestamp())::float8,
      'receiver', (
        select json_build_object(
          'status', w.status,
          'slot_name', w.slot_name,
          'latest_end_lsn', w.latest_end_lsn::text,
          'latest_end_at', extract(epoch from w.latest_end_time)::float8,
          'last_message_age_seconds', extract(epoch from clock_timestamp() - w.last_msg_receipt_time)::float8)
        from pg_stat_wal_receiver w),
      'status_interval_seconds', extract(epoch from current_setting('wal_receiver_status_interval')::interval)::float8,
      'conflicts', (select sum(d.conflicts) from pg_stat_database d))) end as standby,
  (select coalesce(json_agg(s), '[]') from ({{subscriptions}}) s) as subscriptions
