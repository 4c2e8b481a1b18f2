-- Superusers and users with ACCESS SYSTEM TABLE see all, others what concerns them (Redshift guide, SVV_RELATION_PRIVILEGES).
select namespace_name::varchar as "schema", relation_name::varchar as relation,
  case when identity_type = 'public' then 'public' else identity_name end::varchar as grantee, upper(privilege_type)::varchar as privilege
from svv_relation_privileges
where left(namespace_name, 3) <> 'pg_' and namespace_name <> 'information_schema'
order by 1, 2, 3, 4
limit {{row_max}}
