-- What is the same for as long as the server runs. Rights are tested when a statement starts, in branches that are never
-- reached too: so this has to be known before.
select pg_is_in_recovery() as in_recovery, extract(epoch from pg_postmaster_start_time())::float8 as started_at,
  has_function_privilege('pg_control_system()', 'execute') as may_read_system,
  has_function_privilege('pg_control_checkpoint()', 'execute')
    and has_function_privilege('pg_control_recovery()', 'execute') as may_read_timeline
