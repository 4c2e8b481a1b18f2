-- Views WITH NO SCHEMA BINDING have no columns in pg_attribute (Redshift guide, PG_GET_LATE_BINDING_VIEW_COLS).
select view_schema::varchar as "schema", view_name::varchar as relation, col_name::varchar as name, col_type::varchar as type, col_num as number
from pg_get_late_binding_view_cols() cols (view_schema name, view_name name, col_name name, col_type varchar, col_num int)
where true {{only}}
order by view_schema, view_name, col_num
limit {{row_max}}
