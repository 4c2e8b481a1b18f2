-- Since 13. Settings that decide what can be seen. Those for superusers only are missing without pg_read_all_settings.
-- reset_val is what the session began with: nobody but a client changes it, and we change none of these.
select s.name, s.reset_val as value, s.source, s.context = 'postmaster' as needs_restart
from pg_settings s
where s.name in (
  'compute_query_id', 'hot_standby_feedback', 'lock_timeout', 'max_connections', 'max_standby_streaming_delay',
  'shared_preload_libraries', 'superuser_reserved_connections', 'reserved_connections', 'track_activities',
  'track_activity_query_size', 'track_commit_timestamp', 'track_counts', 'track_io_timing', 'wal_level',
  'pg_stat_statements.max', 'pg_stat_statements.save', 'pg_stat_statements.track', 'pg_stat_statements.track_planning',
  'pg_stat_statements.track_utility')
order by s.name
