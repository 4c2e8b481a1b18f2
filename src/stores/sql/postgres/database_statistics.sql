-- Since 13. Conflicts are counted on a standby only. From 15 on a database that nobody ever reset has no stats_reset; the counters
-- of the whole server know since when they run, which is the first start or the last crash, when all counters begin anew. For a
-- database that was created later that is too early, so rates are too low.
select date_part('epoch', coalesce(d.stats_reset, (
    select least(a.stats_reset, b.stats_reset) from pg_stat_archiver a, pg_stat_bgwriter b))) as since, d.blks_hit::float8 as blocks_hit, d.blks_read::float8 as blocks_read,
  d.tup_returned::float8 as rows_returned, d.tup_fetched::float8 as rows_fetched, d.temp_files::float8 as temp_files,
  d.temp_bytes::float8 as temp_bytes, d.deadlocks::float8 as deadlocks, pg_is_in_recovery() as standby,
  coalesce(c.confl_tablespace, 0)::float8 as conflicts_tablespace, coalesce(c.confl_lock, 0)::float8 as conflicts_lock,
  coalesce(c.confl_snapshot, 0)::float8 as conflicts_snapshot, coalesce(c.confl_bufferpin, 0)::float8 as conflicts_buffer_pin,
  coalesce(c.confl_deadlock, 0)::float8 as conflicts_deadlock
from pg_stat_database d left join pg_stat_database_conflicts c on c.datid = d.datid
where d.datname = current_database()
