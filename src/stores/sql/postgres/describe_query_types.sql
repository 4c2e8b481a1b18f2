-- Types of the columns of a query, of domains the types below; without length and scale, which no function tells. The query is
-- planned and not run.
select json_agg(b.type order by c.at)::text as types
from (
  select array[{{types}}] as oids from (select 1) as one left join (select * from (
{{query}}
  ) as asked where false) as q on true) as found
  cross join unnest(found.oids) with ordinality as c (oid, at)
  cross join lateral (
    with recursive below (oid, kind) as (
      select t.oid, t.typtype from pg_type t where t.oid = c.oid
      union all
      select t.oid, t.typtype from below join pg_type d on d.oid = below.oid join pg_type t on t.oid = d.typbasetype where below.kind = 'd')
    select format_type(below.oid, null) as type from below where below.kind <> 'd') b
