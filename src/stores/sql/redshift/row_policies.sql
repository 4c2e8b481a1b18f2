-- For superusers and sys:secadmin (Redshift guide, SVV_RLS_ATTACHED_POLICY).
select trim(relschema)::varchar as "schema", trim(relname)::varchar as relation, trim(polname)::varchar as name, trim(grantee)::varchar as grantee, (is_pol_on and is_rls_on) as active
from svv_rls_attached_policy
order by 1, 2, 3, 4
limit {{row_max}}
