-- Types as DESCRIBE TABLE prints them. Snowflake, INFORMATION_SCHEMA.COLUMNS.
select table_schema as "schema", table_name as "relation", column_name as "name",
  case data_type
    when 'NUMBER' then 'NUMBER(' || numeric_precision || ',' || numeric_scale || ')'
    when 'TEXT' then 'VARCHAR(' || character_maximum_length || ')'
    when 'BINARY' then 'BINARY(' || character_maximum_length || ')'
    when 'TIME' then 'TIME(' || datetime_precision || ')'
    when 'TIMESTAMP_NTZ' then 'TIMESTAMP_NTZ(' || datetime_precision || ')'
    when 'TIMESTAMP_LTZ' then 'TIMESTAMP_LTZ(' || datetime_precision || ')'
    when 'TIMESTAMP_TZ' then 'TIMESTAMP_TZ(' || datetime_precision || ')'
    else data_type
  end as "type",
  is_nullable as "nullable", comment as "comment", iff(is_identity = 'YES', 'identity', column_default) as "default"
from {{database}}.information_schema.columns
where table_schema <> 'INFORMATION_SCHEMA'
order by 1, 2, ordinal_position
limit {{row_max}}
