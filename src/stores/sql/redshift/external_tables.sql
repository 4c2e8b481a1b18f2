-- Tables of other databases that the user may read stand in it too.
select t.schemaname::varchar as "schema", t.tablename::varchar as name
from svv_external_tables t
where t.redshift_database_name = {{database}} {{only}}
order by 1, 2
limit {{row_max}}
