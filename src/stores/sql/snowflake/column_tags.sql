-- Snowflake, ACCOUNT_USAGE.TAG_REFERENCES: up to two hours late, without tags that a column inherits.
select object_schema as "schema", object_name as "relation", column_name as "column", tag_name as "name", tag_value as "value"
from snowflake.account_usage.tag_references
where object_database = {{database_text}} and domain = 'COLUMN' and object_deleted is null
order by 1, 2, 3, 4
limit {{row_max}}
