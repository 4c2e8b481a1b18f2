-- Since 13. Names of roles, and always our own, with whether anybody else works under it at this moment.
select r.oid::text as role_id, r.rolname::text as role, r.rolname = current_user as own,
  r.rolname = current_user and exists (
    select from pg_stat_activity a where a.usesysid = r.oid and a.application_name <> 'tidemark') as shared
from pg_roles r
where r.oid = any('{{{role_ids}}}'::oid[]) or r.rolname = current_user
