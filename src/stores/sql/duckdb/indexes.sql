-- Those of CREATE INDEX; the ones behind PRIMARY KEY and UNIQUE are not listed.
select schema_name as schema, table_name as relation, index_name as name, is_unique as "unique", is_primary as "primary",
  expressions
from duckdb_indexes()
where database_name = current_database()
order by 1, 2, 3
limit {{row_max}}
