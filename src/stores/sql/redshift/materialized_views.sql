select trim(schema_name)::varchar as "schema", trim(name)::varchar as name
from svv_mv_info
where database_name = {{database}} {{only}}
limit {{row_max}}
