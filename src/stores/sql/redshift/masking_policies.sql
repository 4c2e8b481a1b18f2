-- For superusers and sys:secadmin, nobody else sees a row (Redshift guide, SVV_ATTACHED_MASKING_POLICY).
select trim(schema_name)::varchar as "schema", trim(table_name)::varchar as relation, trim(policy_name)::varchar as name, output_columns::varchar(65535) as columns,
  trim(grantee)::varchar as grantee, trim(grantee_type)::varchar as grantee_type
from svv_attached_masking_policy
where true {{only}}
order by 1, 2, 3
limit {{row_max}}
