-- DuckDB 1.5. Rows of tables as the storage counts them, deleted ones included until the next checkpoint. Sizes by table and times
-- of change are not kept. A relation of an attached file has the name of that file before its schema.
select r.schema, r.name, t.estimated_size::double as rows, null::double as bytes
from (values {{relations}}) as r (schema, name)
  join duckdb_tables() as t on t.table_name = r.name and if(t.database_name = current_database(), t.schema_name, t.database_name || '.' || t.schema_name) = r.schema
