-- Since 13. Counters of relations and of the database, which every role may read. The view of all tables is as slow as the
-- catalogue is large (100 ms for 10,000 tables): that it answers is enough.
select exists (select from pg_stat_all_tables where relid = 'pg_class'::regclass) as readable,
  extract(epoch from clock_timestamp() - d.stats_reset)::float8 as age_seconds
from pg_stat_database d
where d.datname = current_database()
