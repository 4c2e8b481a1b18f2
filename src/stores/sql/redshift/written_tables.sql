-- When rows of a table were last inserted or deleted, within the days that are kept (Redshift guide, SYS_QUERY_DETAIL).
select table_id::bigint::varchar as id, trim(table_name)::varchar as name, extract(epoch from max(end_time))::float8 as modified_at
from sys_query_detail
where trim(step_name) in ('insert', 'delete') and (table_id in ({{ids}}) or trim(table_name) in ({{names}}))
group by 1, 2
