-- Since 13. What this role may see of the statistics, how they are set, and the server's clock. shared_preload_libraries is hidden
-- from roles without pg_read_all_settings and must not be asked for by current_setting(), which would fail.
select current_setting('pg_stat_statements.max', true)::int as entries_max,
  current_setting('pg_stat_statements.track', true) as track,
  current_setting('pg_stat_statements.track_utility', true) as track_utility,
  current_setting('pg_stat_statements.track_planning', true) as track_planning,
  current_setting('block_size')::int as block_bytes,
  to_char(statement_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as read_at,
  to_char(pg_postmaster_start_time() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as started_at,
  exists (
    select from pg_stat_activity a
    where a.usename = current_user and a.pid <> pg_backend_pid() and a.application_name is distinct from 'tidemark') as shares_role,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_all,
  (select s.setting from pg_settings s where s.name = 'shared_preload_libraries') as preloaded
