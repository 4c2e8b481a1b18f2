-- Since 13. Counters of this database, which every role may read.
select extract(epoch from clock_timestamp())::float8 as server_time, d.xact_commit::float8 as commits,
  d.xact_rollback::float8 as rollbacks, d.tup_returned::float8 as rows_returned, d.tup_fetched::float8 as rows_fetched,
  (d.tup_inserted + d.tup_updated + d.tup_deleted)::float8 as rows_changed, d.blks_read::float8 as blocks_read,
  d.blks_hit::float8 as blocks_hit, d.temp_bytes::float8 as temp_bytes, d.deadlocks::float8 as deadlocks,
  extract(epoch from d.stats_reset)::float8 as statistics_reset
from pg_stat_database d
where d.datname = current_database()
