-- Since 13. pg_get_expr locks the relation (AccessShareLock).
select p.oid as id, left(pg_get_expr(p.polqual, p.polrelid), {{text_max}}) as text
from pg_policy p
where p.polqual is not null and p.polrelid = any ('{{{relations}}}'::oid[])
