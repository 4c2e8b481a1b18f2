-- BigQuery, INFORMATION_SCHEMA.TABLES and VIEWS. The text of a materialised view stands in its ddl alone.
select t.table_schema as schema, t.table_name as name, t.table_type as kind, v.view_definition as definition, if(t.table_type = 'MATERIALIZED VIEW', t.ddl, null) as ddl
from {{scope}}.INFORMATION_SCHEMA.TABLES as t
  left join {{scope}}.INFORMATION_SCHEMA.VIEWS as v on v.table_schema = t.table_schema and v.table_name = t.table_name
order by 1, 2
limit {{row_max}}
