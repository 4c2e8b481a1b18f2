-- PostgreSQL 13 and later. What a server does besides us, before it is asked for a chunk of rows. Sessions of others are counted
-- as far as this role sees them (pg_read_all_stats); background processes are not clients.
-- `standby_bytes`: what standbys have not replayed; `slot_bytes`: what consumers of slots have not confirmed (13's documentation,
-- 27.2 and 51.81); on a standby both are null and its own delay stands in `replay_seconds`, null while there is nothing to replay.
-- `others`: another reconciliation of tidemark, begun before ours, that read rows here within 30 seconds.
select
  (select count(*) from pg_stat_activity a where a.backend_type = 'client backend' and a.state = 'active' and a.pid <> pg_backend_pid())::int as active,
  (select count(*) from pg_stat_activity a where a.backend_type = 'client backend')::int as clients,
  current_setting('max_connections')::int as clients_max,
  (select count(*) from pg_stat_activity a where a.wait_event_type in ('Lock', 'LWLock') and a.pid <> pg_backend_pid())::int as waiting,
  case when not pg_is_in_recovery() then (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)) from pg_stat_replication r) end::float8 as standby_bytes,
  case when not pg_is_in_recovery() then (select max(pg_wal_lsn_diff(pg_current_wal_lsn(), s.confirmed_flush_lsn)) from pg_replication_slots s where s.active) end::float8 as slot_bytes,
  case when pg_is_in_recovery() and pg_last_wal_receive_lsn() is distinct from pg_last_wal_replay_lsn() then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end::float8 as replay_seconds,
  exists (
    select from pg_stat_activity a join pg_stat_activity own on own.pid = pg_backend_pid()
    where a.pid <> own.pid and a.datid = own.datid and a.application_name = 'tidemark' and a.query like '%/* tidemark reconcile */%'
      and a.state_change > clock_timestamp() - interval '30 seconds'
      and (a.backend_start, a.pid) < (own.backend_start, own.pid)) as others
