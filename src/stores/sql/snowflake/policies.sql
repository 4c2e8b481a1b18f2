-- Masking and row access policies by what they are set on. Snowflake, ACCOUNT_USAGE.POLICY_REFERENCES: up to two hours late.
select ref_schema_name as "schema", ref_entity_name as "relation", ref_column_name as "column", policy_kind as "kind", policy_db || '.' || policy_schema || '.' || policy_name as "policy"
from snowflake.account_usage.policy_references
where ref_database_name = {{database_text}} and policy_kind in ('MASKING_POLICY', 'ROW_ACCESS_POLICY')
order by 1, 2, 3, 5
limit {{row_max}}
