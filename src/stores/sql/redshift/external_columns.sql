-- Tables of other databases that the user may read stand in it too.
select t.schemaname::varchar as "schema", t.tablename::varchar as relation, t.columnname::varchar as name, t.external_type::varchar(65535) as type, t.columnnum::int as number
from svv_external_columns t
where t.redshift_database_name = {{database}} {{only}}
order by 1, 2, 5
limit {{row_max}}
