-- BigQuery, INFORMATION_SCHEMA.COLUMNS; descriptions and policy tags are kept by path of field alone, and so are the fields of a STRUCT.
select c.table_schema as schema, c.table_name as relation, c.column_name as name, c.data_type as type, c.is_nullable as nullable,
  p.comment, p.tags, p.fields, if(c.is_generated = 'ALWAYS', c.generation_expression, null) as generated, if(c.column_default = 'NULL', null, c.column_default) as `default`
from {{scope}}.INFORMATION_SCHEMA.COLUMNS as c
  left join (
    select table_schema, table_name, column_name, max(if(field_path = column_name, description, null)) as comment,
      max(if(field_path = column_name, array_to_string(policy_tags, ', '), null)) as tags,
      string_agg(if(array_length(split(field_path, '.')) = 2, split(field_path, '.')[offset(1)], null), '\n' order by field_path) as fields
    from {{scope}}.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS
    group by 1, 2, 3) as p
  on p.table_schema = c.table_schema and p.table_name = c.table_name and p.column_name = c.column_name
order by 1, 2, c.ordinal_position
limit {{row_max}}
