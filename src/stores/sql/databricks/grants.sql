select table_schema as `schema`, table_name as relation, grantee, privilege_type as privilege
from {{catalog}}.information_schema.table_privileges
where table_schema <> 'information_schema'
order by 1, 2, 3, 4
limit {{row_max}}
