-- To roles and shares alike.
select table_schema as "schema", table_name as "relation", grantee as "grantee", privilege_type as "privilege"
from {{database}}.information_schema.table_privileges
where table_schema <> 'INFORMATION_SCHEMA'
group by 1, 2, 3, 4
order by 1, 2, 3, 4
limit {{row_max}}
