-- Since 13. A null relacl stands for the default rights, which are the owner's alone. Rights on single columns come with
-- the columns' names.
select c.oid as relation, case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end as grantee,
  g.privilege_type as privilege, null::text[] as columns
from pg_class c
  join pg_namespace n on n.oid = c.relnamespace,
  aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
where {{user_relation}}
group by c.oid, g.grantee, g.privilege_type
union all
select c.oid, case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end, g.privilege_type,
  array_agg(distinct a.attname::text order by a.attname::text)
from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace,
  aclexplode(a.attacl) g
where a.attacl is not null and not a.attisdropped and {{user_relation}}
group by c.oid, g.grantee, g.privilege_type
limit {{row_max}}
