-- PostgreSQL 13 and later. What reading a relation page by page needs to know: the pages of its largest part, whether every part
-- is a heap of this server, whether addresses of rows may be read (which asks for SELECT on the whole table), and a mark that changes when a part gets a new file (VACUUM FULL, CLUSTER, TRUNCATE) or parts come and go.
select current_setting('block_size')::int as block_bytes,
  coalesce(max(pg_relation_size(leaf.oid)), 0)::float8 as largest_bytes,
  coalesce(bool_and(leaf.relkind in ('r', 'm') and am.amname = 'heap'), false) as heap,
  has_table_privilege(c.oid, 'select') as pages_granted,
  md5(coalesce(string_agg(concat_ws('/', d.oid, leaf.oid, pg_relation_filenode(leaf.oid)), ',' order by leaf.oid), '')) as file
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_database d on d.datname = current_database()
  cross join lateral (select t.relid from pg_partition_tree(c.oid) t where t.isleaf union select c.oid where c.relkind in ('r', 'm') union select i.inhrelid from pg_inherits i where i.inhparent = c.oid and c.relkind = 'r') part (oid)
  join pg_class leaf on leaf.oid = part.oid
  left join pg_am am on am.oid = leaf.relam
where n.nspname = {{schema}} and c.relname = {{name}}
group by c.oid
