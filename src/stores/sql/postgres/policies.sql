-- Since 13. Role 0 stands for PUBLIC.
select p.oid as id, p.polrelid as relation, p.polname as name, p.polcmd::text as command, p.polqual is not null as filters,
  array(
    select case when u.id = 0 then 'public' else pg_get_userbyid(u.id)::text end
    from unnest(p.polroles) u(id)
    order by 1) as roles
from pg_policy p
order by p.oid
limit {{row_max}}
