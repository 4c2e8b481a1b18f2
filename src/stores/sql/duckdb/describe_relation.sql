-- DuckDB 1.5. The columns of one relation and its keys. A relation of an attached file has the name of that file before its
-- schema, unless the main file has a schema of that whole name.
select case t.kind when 'view' then 'v' else 'r' end as kind, to_json(t.columns)::varchar as columns,
  (select to_json(list(c.constraint_column_names order by c.constraint_type))::varchar
    from duckdb_constraints() as c
    where c.database_name = t.database_name and c.schema_name = t.schema_name and c.table_name = {{name}} and c.constraint_type in ('PRIMARY KEY', 'UNIQUE')) as keys
from (
  select c.database_name, c.schema_name, if(bool_or(v.view_name is not null), 'view', 'table') as kind, list({'name': c.column_name, 'type': c.data_type, 'nullable': c.is_nullable} order by c.column_index) as columns
  from duckdb_columns() as c
    left join duckdb_views() as v on v.database_name = c.database_name and v.schema_name = c.schema_name and v.view_name = c.table_name
  where if(c.database_name = current_database(), c.schema_name, c.database_name || '.' || c.schema_name) = {{schema}} and c.table_name = {{name}}
  group by c.database_name, c.schema_name
  order by c.database_name = current_database() desc
  limit 1) as t
