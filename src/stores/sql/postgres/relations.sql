-- Since 13. Sizes are the pages that VACUUM, ANALYZE and CREATE INDEX last counted, of heap, TOAST and their indexes:
-- pg_total_relation_size() locks each relation, so it waits behind ALTER TABLE, and asks the file system for every fork;
-- these columns are in the catalogue already.
with index_pages as (
  select i.indrelid, sum(greatest(x.relpages, 0)) as pages
  from pg_index i join pg_class x on x.oid = i.indexrelid
  group by i.indrelid)
select c.oid as id, n.nspname as schema, c.relname as name, c.relkind::text as kind, c.relispartition as partition,
  pg_get_userbyid(c.relowner)::text as owner, left(d.description, {{text_max}}) as comment,
  c.reltuples::float8 as tuples, c.relpages as heap_pages,
  (greatest(c.relpages, 0) + coalesce(greatest(t.relpages, 0), 0) + coalesce(ip.pages, 0) + coalesce(tp.pages, 0))::float8
    as pages,
  c.relrowsecurity as row_security, c.relforcerowsecurity as row_security_forced, c.reloptions as options,
  p.oid as parent
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
  left join pg_class t on t.oid = c.reltoastrelid
  left join index_pages ip on ip.indrelid = c.oid
  left join index_pages tp on tp.indrelid = c.reltoastrelid
  left join pg_inherits h on c.relispartition and h.inhrelid = c.oid
  left join pg_class p on p.oid = h.inhparent
where {{user_relation}}
order by c.oid
limit {{row_max}}
