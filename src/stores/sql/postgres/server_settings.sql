-- Since 13. reset_val is what the session started with; source says where that came from.
select s.name, s.reset_val as value, s.source
from pg_settings s
where s.name in (
  'block_size', 'compute_query_id', 'default_transaction_read_only', 'hash_mem_multiplier', 'hot_standby_feedback',
  'idle_in_transaction_session_timeout', 'idle_session_timeout', 'jit', 'lock_timeout', 'max_connections', 'max_parallel_workers',
  'max_parallel_workers_per_gather', 'max_standby_archive_delay', 'max_standby_streaming_delay', 'max_worker_processes',
  'row_security', 'search_path', 'shared_buffers', 'statement_timeout', 'superuser_reserved_connections', 'temp_file_limit',
  'track_activity_query_size', 'track_io_timing', 'transaction_timeout', 'wal_level', 'work_mem',
  'pg_stat_statements.max', 'pg_stat_statements.track', 'pg_stat_statements.track_planning', 'pg_stat_statements.track_utility')
order by s.name
