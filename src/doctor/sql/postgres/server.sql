-- Since 13. Who we are, where, and how the session came to be. pg_stat_ssl shows a row of our own to every role.
-- A pooler drops what a connection brings along; then the settings come from the transaction (source `session`).
select extract(epoch from clock_timestamp())::float8 as server_time,
  pg_is_in_recovery() as in_recovery,
  r.rolreplication as replication, r.rolbypassrls as bypasses_row_security, r.rolconnlimit as connection_limit,
  pg_has_role(current_user, 'pg_monitor', 'usage') as monitor,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_statistics,
  pg_has_role(current_user, 'pg_read_all_settings', 'usage') as reads_settings,
  ({{server_reads_data}}) as reads_data,
  coalesce((select s.ssl from pg_stat_ssl s where s.pid = pg_backend_pid()), false) as tls,
  (select s.version from pg_stat_ssl s where s.pid = pg_backend_pid()) as tls_version,
  coalesce(inet_client_addr() <<= '127.0.0.0/8' or inet_client_addr() = '::1', true) as same_machine,
  current_setting('transaction_read_only') = 'on' as read_only,
  current_setting('statement_timeout') <> '0' as bounded,
  exists (select from pg_roles t where t.rolname = convert_from(decode('{{role_hex}}', 'hex'), 'UTF8')) as target_exists
from pg_roles r
where r.rolname = current_user
