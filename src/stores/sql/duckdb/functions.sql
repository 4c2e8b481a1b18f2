-- Macros. Which of their parameters have a default is told nowhere.
select schema_name as schema, function_name as name, function_type = 'table_macro' as returns_set, parameters as names,
  macro_definition as definition
from duckdb_functions()
where database_name = current_database() and not internal and function_type in ('macro', 'table_macro')
order by 1, 2, len(parameters)
limit {{row_max}}
