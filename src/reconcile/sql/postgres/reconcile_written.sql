-- PostgreSQL 13 and later. What tells that a table was written since: rows inserted, updated and deleted as the statistics count
-- them, when those were last reset, and the numbers of its files. Counts of a crash or of the last second may be missing.
select coalesce(sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del), 0)::text as written,
  coalesce((select d.stats_reset from pg_stat_database d where d.datname = current_database()), 'epoch'::timestamptz)::text as reset_at,
  md5(coalesce(string_agg(concat_ws('/', leaf.oid, pg_relation_filenode(leaf.oid)), ',' order by leaf.oid), '')) as files,
  (not pg_is_in_recovery() and bool_and(s.relid is not null)) as counted
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select t.relid from pg_partition_tree(c.oid) t where t.isleaf union select c.oid where c.relkind = 'r') part (oid)
  join pg_class leaf on leaf.oid = part.oid
  left join pg_stat_all_tables s on s.relid = leaf.oid
where n.nspname = {{schema}} and c.relname = {{name}} and c.relkind in ('r', 'p')
