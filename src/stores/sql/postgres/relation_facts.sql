-- PostgreSQL 13 and later. Rows by the planner's figure (reltuples, -1 from 14 on where nothing was counted yet, 0 before) scaled
-- by the present size as the planner does, bytes of the heap; partitioned tables by their leaves. When rows changed is not kept.
select r.schema, r.name,
  (select sum(case when leaf.reltuples < 0 or (leaf.reltuples = 0 and leaf.relpages = 0) then null when leaf.relpages > 0 then leaf.reltuples / leaf.relpages * (pg_relation_size(leaf.oid) / current_setting('block_size')::int) else leaf.reltuples end)
    from pg_class leaf where leaf.oid in (select t.relid from pg_partition_tree(c.oid) t where t.isleaf union select c.oid where c.relkind in ('r', 'm')))::float8 as rows,
  (select sum(pg_relation_size(leaf.oid)) from pg_class leaf where leaf.oid in (select t.relid from pg_partition_tree(c.oid) t where t.isleaf union select c.oid where c.relkind in ('r', 'm')))::float8 as bytes
from (values {{relations}}) as r (schema, name)
  join pg_namespace n on n.nspname = r.schema
  join pg_class c on c.relnamespace = n.oid and c.relname = r.name
where c.relkind in ('r', 'p', 'm')
