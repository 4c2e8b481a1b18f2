-- 13 and 14: whole tables only. A publication of all tables comes with no list.
select p.oid as publication, p.pubname as name, p.puballtables as all_tables, r.oid as id, r.prrelid as relation,
  null::text[] as columns, false as filtered
from pg_publication p left join pg_publication_rel r on r.prpubid = p.oid
order by p.oid, r.oid
limit {{row_max}}
