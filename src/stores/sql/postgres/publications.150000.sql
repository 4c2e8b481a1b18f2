-- Since 15: whole schemas, row filters and column lists. A publication of all tables comes with no list.
select p.oid as publication, p.pubname as name, p.puballtables as all_tables, r.oid as id, r.prrelid as relation,
  case when r.prattrs is not null then array(
    select a.attname::text
    from unnest(r.prattrs::int2[]) u(attnum)
      join pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.attnum
    order by a.attnum) end as columns,
  r.prqual is not null as filtered
from pg_publication p left join pg_publication_rel r on r.prpubid = p.oid
union all
select p.oid, p.pubname, false, null, c.oid, null, false
from pg_publication p
  join pg_publication_namespace s on s.pnpubid = p.oid
  join pg_class c on c.relnamespace = s.pnnspid and c.relkind in ('r', 'p') and not c.relispartition
order by 1, 4
limit {{row_max}}
