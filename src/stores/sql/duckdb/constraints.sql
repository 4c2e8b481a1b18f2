-- The schema of a referenced table stands in constraint_text alone.
select schema_name as schema, table_name as relation, constraint_name as name, constraint_type as kind, constraint_text as text,
  expression, constraint_column_names as columns, referenced_table as referenced, referenced_column_names as referenced_columns
from duckdb_constraints()
where database_name = current_database()
order by 1, 2, constraint_index
limit {{row_max}}
