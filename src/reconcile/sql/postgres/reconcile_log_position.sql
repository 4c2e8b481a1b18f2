-- The end of the log behind everything that can be seen: where the next record is inserted, or, of a standby, what it has
-- replayed. Both functions exist since PostgreSQL 10.
select
  extract(epoch from clock_timestamp())::float8 as at,
  (case
    when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
    else pg_catalog.pg_current_wal_insert_lsn()
  end)::text as lsn
