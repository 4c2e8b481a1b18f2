-- Since 13. One moment of everything that follows WAL. The list is evaluated in its order: first the pair of time and
-- position, then what stands behind it. On a standby `lsn` is what it has received or replayed.
-- The functions that pg_replication_slots, pg_stat_replication, pg_stat_activity and pg_prepared_xacts are made of: planning
-- the views takes longer than running them, and this runs every two seconds. Rights are the same.
-- PostgreSQL 18: Backup Control Functions, Recovery Control Functions, pg_replication_slots, pg_stat_replication.
-- pg_last_committed_xact() raises an error where commit timestamps are off, and on a standby whose primary has them off.
-- A prepared transaction holds back slots too and has no session any more: its time is when it was prepared.
with slot as materialized (select * from pg_get_replication_slots())
select extract(epoch from clock_timestamp())::float8 as server_time,
  ({{replication_lsn}})::text as lsn,
  pg_is_in_recovery() as in_recovery,
  ({{timeline}}) as timeline,
  extract(epoch from pg_postmaster_start_time())::float8 as started_at,
  pg_has_role('pg_read_all_stats', 'usage') as sees_all,
  (select extract(epoch from min(a.xact_start))::float8
    from pg_stat_get_activity(null) a where a.backend_xid is not null) as oldest_session_at,
  (select extract(epoch from min(p.prepared))::float8 from pg_prepared_xact() p) as oldest_prepared_transaction_at,
  case when not pg_is_in_recovery() and current_setting('track_commit_timestamp') = 'on'
    then extract(epoch from (pg_last_committed_xact()).timestamp)::float8 end as last_commit_at,
  (select coalesce(json_agg(s), '[]') from ({{slots}}) s) as slots,
  (select coalesce(json_agg(w), '[]') from ({{wal_senders}}) w) as wal_senders
