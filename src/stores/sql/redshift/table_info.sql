-- Superusers only, unless SELECT is granted; tables without data blocks are not in it. Size in blocks of 1 MB; the estimate leaves
-- out rows that are deleted and not yet vacuumed away, tbl_rows does not (Redshift guide, SVV_TABLE_INFO).
select trim("schema")::varchar as "schema", trim("table")::varchar as name, table_id::bigint::varchar as id,
  coalesce(estimated_visible_rows, tbl_rows)::float8 as "rows", size::float8 * 1048576 as bytes
from svv_table_info
where "database" = {{database}} {{only}}
limit {{row_max}}
