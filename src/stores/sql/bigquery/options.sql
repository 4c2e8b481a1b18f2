select table_schema as schema, table_name as relation, option_name as name, option_value as value
from {{scope}}.INFORMATION_SCHEMA.TABLE_OPTIONS
where option_name in ('description', 'labels', 'require_partition_filter')
order by 1, 2, 3
limit {{row_max}}
