-- Since 13. What is published under the name that consumers see: the root of partitioned tables where the publication says
-- so, leaves otherwise. Changes are counted at leaves, and it is their identity that updates and deletes are checked
-- against. PostgreSQL 18: CREATE PUBLICATION (publish_via_partition_root), ALTER TABLE (REPLICA IDENTITY).
-- Counters stand still where track_counts is off, and on a standby.
with published as materialized (
  select p.oid as publication, t.relid
  from pg_publication p cross join lateral (select relid from pg_get_publication_tables(p.pubname::text)) t
), leaf as (
  select distinct r.relid, coalesce(l.relid, r.relid) as leaf
  from published r
    join pg_class c on c.oid = r.relid
    left join lateral (
      select t.relid from pg_partition_tree(r.relid) t where c.relkind = 'p' and t.isleaf and t.relid <> r.relid) l on true
), fact as (
  select l.relid,
    bool_and(case c.relreplident
      when 'f' then true
      when 'n' then false
      when 'i' then exists (select from pg_index i where i.indrelid = c.oid and i.indisreplident)
      else exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) end) as has_identity,
    case when not pg_is_in_recovery() and current_setting('track_counts') = 'on' then
      sum(pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid)) end as changes
  from leaf l join pg_class c on c.oid = l.leaf
  group by l.relid
), listed as (
  select p.pubname, n.nspname, c.relname, f.has_identity, f.changes, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate
  from published r
    join pg_publication p on p.oid = r.publication
    join fact f on f.relid = r.relid
    join pg_class c on c.oid = r.relid
    join pg_namespace n on n.oid = c.relnamespace
  order by f.changes desc nulls last, n.nspname, c.relname, p.pubname
  limit {{table_max}}
), total as (
  select r.publication, count(*) as tables, count(*) filter (where not f.has_identity) as tables_without_identity,
    sum(f.changes) as changes
  from published r join fact f on f.relid = r.relid
  group by r.publication
)
select extract(epoch from clock_timestamp())::float8 as server_time, current_database()::text as database,
  (select coalesce(json_agg(json_build_object(
      'name', p.pubname, 'tables', coalesce(t.tables, 0), 'tables_without_identity', coalesce(t.tables_without_identity, 0),
      'changes', t.changes) order by p.pubname), '[]')
    from pg_publication p left join total t on t.publication = p.oid) as publications,
  (select coalesce(json_agg(json_build_object(
      'publication', l.pubname, 'relation', l.nspname || '.' || l.relname, 'has_identity', l.has_identity, 'changes', l.changes,
      'publishes', array_remove(array[
        case when l.pubinsert then 'insert' end, case when l.pubupdate then 'update' end,
        case when l.pubdelete then 'delete' end, case when l.pubtruncate then 'truncate' end], null))
      order by l.changes desc nulls last, l.nspname, l.relname, l.pubname), '[]')
    from listed l) as tables
