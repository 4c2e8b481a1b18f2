-- Snowflake, INFORMATION_SCHEMA.TABLES and VIEWS. A view's definition is there only for who may see it.
select t.table_schema as "schema", t.table_name as "name", t.table_type as "kind", t.table_owner as "owner", t.comment as "comment", t.row_count::double as "rows", t.bytes::double as "bytes",
  t.is_dynamic as "dynamic", v.view_definition as "definition", v.is_secure as "secure"
from {{database}}.information_schema.tables as t
  left join {{database}}.information_schema.views as v on v.table_schema = t.table_schema and v.table_name = t.table_name
where t.table_schema <> 'INFORMATION_SCHEMA' and t.table_type not like '%TEMPORARY%'
order by 1, 2
limit {{row_max}}
