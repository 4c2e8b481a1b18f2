-- When the oldest open transaction of this database began, by the server's clock. Also one that has not written yet may
-- write later with the time of its beginning, so all that are open count. Of prepared ones only the time of preparing is kept.
-- Without pg_read_all_stats other roles' transactions are hidden; how many are open is told then, not since when.
select
  extract(epoch from clock_timestamp())::float8 as at,
  extract(epoch from min(a.xact_start) filter (where a.application_name not like 'tidemark%'))::float8 as oldest,
  count(*) filter (where a.query = '<insufficient privilege>') as hidden,
  (select extract(epoch from min(p.prepared))::float8 from pg_catalog.pg_prepared_xacts as p where p.database = pg_catalog.current_database()) as prepared
from pg_catalog.pg_stat_activity as a
where a.datname = pg_catalog.current_database()
  and a.pid <> pg_catalog.pg_backend_pid()
  and coalesce(a.backend_type, '') not in ('walsender', 'autovacuum worker', 'logical replication launcher')
