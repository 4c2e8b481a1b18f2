-- Since 13. Members of every enum type, also under the domains over it.
with recursive named(id, enum) as (
  select t.oid, t.oid from pg_type t where t.typtype = 'e'
  union all
  select d.oid, b.enum from pg_type d join named b on d.typbasetype = b.id where d.typtype = 'd')
select b.id, array_agg(e.enumlabel::text order by e.enumsortorder) as members
from named b join pg_enum e on e.enumtypid = b.enum
group by b.id
limit {{row_max}}
