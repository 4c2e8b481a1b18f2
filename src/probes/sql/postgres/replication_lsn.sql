-- Where WAL ends. pg_current_wal_lsn() raises an error on a standby; a standby that never streamed has received nothing.
case when pg_is_in_recovery() then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) else pg_current_wal_lsn() end
