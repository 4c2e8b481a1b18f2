-- Since 13. What this role may see of the statistics, and how they are set. shared_preload_libraries is hidden from roles
-- without pg_read_all_settings and must not be asked for by current_setting(), which would fail.
select current_setting('pg_stat_statements.max', true)::int as entries_max,
  current_setting('pg_stat_statements.track', true) as track,
  current_setting('pg_stat_statements.track_planning', true) as track_planning,
  current_setting('block_size')::int as block_bytes,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_all,
  (select s.setting from pg_settings s where s.name = 'shared_preload_libraries') as preloaded
