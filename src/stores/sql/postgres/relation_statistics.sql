-- Since 13. The functions that pg_stat_all_tables and pg_stat_all_indexes are made of, without their joins and grouping. A
-- partitioned table counts nothing itself: its partitions do. Pages are those that VACUUM and ANALYZE last counted.
with index_scans as (
  select i.indrelid, sum(pg_stat_get_numscans(i.indexrelid)) as scans
  from pg_index i
  group by i.indrelid)
select n.nspname as schema, c.relname as name,
  pg_stat_get_numscans(c.oid)::float8 as sequential_scans, pg_stat_get_tuples_returned(c.oid)::float8 as rows_read,
  coalesce(x.scans, 0)::float8 as index_scans,
  pg_stat_get_tuples_inserted(c.oid)::float8 as rows_inserted, pg_stat_get_tuples_updated(c.oid)::float8 as rows_updated,
  pg_stat_get_tuples_hot_updated(c.oid)::float8 as rows_updated_in_place, pg_stat_get_tuples_deleted(c.oid)::float8 as rows_deleted,
  pg_stat_get_live_tuples(c.oid)::float8 as rows_live, pg_stat_get_dead_tuples(c.oid)::float8 as rows_dead,
  date_part('epoch', greatest(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid))) as last_vacuum,
  case when c.reltuples >= {{tuples_known}} or c.relpages > 0 then c.relpages * current_setting('block_size')::float8 end as heap_bytes
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join index_scans x on x.indrelid = c.oid
where c.relkind in ('r', 'm') and {{user_relation}}
order by n.nspname, c.relname
limit {{row_max}}
