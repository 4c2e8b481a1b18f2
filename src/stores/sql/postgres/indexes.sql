-- Since 13. Expression columns (attribute number 0) come as null. pg_stat_get_numscans reads the counter without the
-- joins of pg_stat_all_indexes.
select i.indrelid as relation, i.indexrelid as id, x.relname as name,
  array(
    select a.attname::text
    from unnest(i.indkey::int2[]) with ordinality u(attnum, position)
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum and u.attnum <> 0
    where u.position <= i.indnkeyatts
    order by u.position) as columns,
  i.indisunique as "unique", i.indisprimary as "primary", i.indisvalid as valid, i.indpred is not null as partial,
  pg_stat_get_numscans(i.indexrelid)::float8 as scans, x.relpages as pages
from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
where {{user_relation}}
order by i.indexrelid
limit {{row_max}}
